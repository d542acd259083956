"""/addfeed: what is at an address, be it a feed or a page that names one; every fetch behind the network guard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import urlsplit

from watchbot.errors import FetchError, ParseError, WatchbotError
from watchbot.fetch import FetchRequest, FetchResponse
from watchbot.fetch.discover import feed_links, looks_like_feed, usual_addresses
from watchbot.model import FeedSpec, ParsedFeed
from watchbot.storage import Storage, StorageThread

MAX_TRIES = 12
"""Fetches for one /addfeed: the page, what it declares, and the usual addresses."""
Fetch = Callable[[FetchRequest], Awaitable[FetchResponse]]
Parse = Callable[[bytes, str, str | None, datetime], Awaitable[ParsedFeed]]


class FeedAdder:
    """`fetch` is the guarded fetcher's; `parse(data, url, content_type, now)` runs where it can be killed."""

    def __init__(
        self, storage: Storage, thread: StorageThread, fetch: Fetch, parse: Parse, clock: Callable[[], datetime]
    ) -> None:
        self._storage, self._thread = storage, thread
        self._fetch, self._parse, self._clock = fetch, parse, clock

    async def __call__(self, url: str) -> str:
        """Add the feed of `url` and say what was added. WatchbotError with the reason when there is none."""
        address = url if "://" in url else f"https://{url}"
        found = await self._find(address)
        if found is None:
            raise WatchbotError(f"No feed was found at {address}")
        where, parsed = found
        known = await self._thread.run(self._storage.feeds)
        if any(feed.spec.url == where for feed in known):
            return f"Already listed: {where}"
        spec = FeedSpec(where, parsed.title.strip() or urlsplit(where).hostname or where, parsed.lang)
        await self._thread.run(self._storage.add_feed, spec, self._clock())
        return f"Added: {spec.name}, {len(parsed.entries)} entries\n{where}"

    async def _find(self, address: str) -> tuple[str, ParsedFeed] | None:
        response = await self._fetch(FetchRequest(address))
        parsed = await self._parsed(response)
        if parsed is not None:
            return response.permanent_url or address, parsed
        page = response.final_url
        declared = feed_links(response.body, page) if response.status == 200 else []
        for candidate in [*declared, *usual_addresses(page)][: MAX_TRIES - 1]:
            try:
                response = await self._fetch(FetchRequest(candidate.url))
            except FetchError:
                continue
            parsed = await self._parsed(response)
            if parsed is not None:
                return response.permanent_url or candidate.url, parsed
        return None

    async def _parsed(self, response: FetchResponse) -> ParsedFeed | None:
        if response.status != 200 or not looks_like_feed(response.body, response.content_type):
            return None
        try:
            return await self._parse(response.body, response.final_url, response.content_type, self._clock())
        except ParseError:
            return None
