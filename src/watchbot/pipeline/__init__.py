"""A feed's whole update: fetch, parse, plan, commit. See `update` for the way of an entry."""
