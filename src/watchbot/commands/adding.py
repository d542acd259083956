"""/addfeed: what is at an address, be it a feed or a page that names one; every fetch behind the network guard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from watchbot.commands.services import Declined
from watchbot.fetch.find import Fetch, Parse, find_feed, with_scheme
from watchbot.model import FeedSpec, Note, plain_note
from watchbot.storage import Storage, StorageThread


class FeedAdder:
    """`fetch` is the guarded fetcher's; `parse` runs where it can be killed."""

    def __init__(
        self, storage: Storage, thread: StorageThread, fetch: Fetch, parse: Parse, clock: Callable[[], datetime]
    ) -> None:
        self._storage, self._thread = storage, thread
        self._fetch, self._parse, self._clock = fetch, parse, clock

    async def __call__(self, url: str) -> tuple[Note, ...]:
        """Add the feed of `url` and say what was added. WatchbotError with the reason when there is none."""
        address = with_scheme(url)
        found = await find_feed(address, self._fetch, self._parse)
        if found is None:
            raise Declined(Note("feed-none", {"url": address}))
        known = await self._thread.run(self._storage.feeds)
        if any(feed.spec.url == found.url for feed in known):
            raise Declined(Note("feed-listed", {"url": found.url}))
        spec = FeedSpec(found.url, found.name, found.parsed.lang)
        await self._thread.run(self._storage.add_feed, spec, self._clock())
        return (
            Note("feed-added", {"name": spec.name, "count": len(found.parsed.entries)}),
            plain_note(found.url),
        )
