"""Feeds over HTTP: fetched politely, within limits, and never from inside our own network."""

from watchbot.fetch.fetcher import Fetcher, FetchOptions, FetchRequest, FetchResponse, user_agent

__all__ = ["FetchOptions", "FetchRequest", "FetchResponse", "Fetcher", "user_agent"]
