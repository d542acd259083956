"""Settings and feeds: what the operator wrote, checked as a whole, every error at once with its place."""
