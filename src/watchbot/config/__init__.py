"""Settings and feeds: what the operator wrote, checked as a whole, every error at once with its place."""

from watchbot.config.load import FeedList, load_feeds, load_settings
from watchbot.config.settings import Settings

__all__ = ["FeedList", "Settings", "load_feeds", "load_settings"]
