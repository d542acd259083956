"""The feed at an address, be it a feed or a page that has one: `watchbot feeds add` and /addfeed ask the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from watchbot.errors import FetchError, ParseError, WatchbotError
from watchbot.fetch.diagnose import problem
from watchbot.fetch.discover import feed_links, looks_like_feed, usual_addresses
from watchbot.fetch.fetcher import FetchRequest, FetchResponse
from watchbot.model import ParsedFeed

MAX_TRIES = 12
"""Fetches for one address: itself, what it declares, and the usual places."""
NO_PAGE = (403, 404, 406)
"""Answers of a site whose front page says nothing; its feed may still be where feeds usually are."""
Fetch = Callable[[FetchRequest], Awaitable[FetchResponse]]
Parse = Callable[[FetchResponse], Awaitable[ParsedFeed]]


@dataclass(frozen=True, slots=True)
class Found:
    """A feed, and the address to poll it at."""

    url: str
    parsed: ParsedFeed

    @property
    def name(self) -> str:
        """What to call it: its own title, else its host."""
        return self.parsed.title.strip() or urlsplit(self.url).hostname or self.url


def with_scheme(address: str) -> str:
    """An address as people write it, as a URL."""
    return address if "://" in address else f"https://{address}"


async def find_feed(url: str, fetch: Fetch, parse: Parse) -> Found | None:
    """What is at `url` itself, else the first feed that its page names, else the usual places; None when none is.

    `fetch` is the guarded fetcher's. `parse` raises ParseError. FetchError and WatchbotError when `url` cannot be had.
    """
    response = await fetch(FetchRequest(url))
    trouble = problem(response.status, response.headers)
    if trouble is not None and response.status not in NO_PAGE:
        raise WatchbotError(f"{url}: {trouble[1]}")
    if trouble is None and (parsed := await _parsed(response, parse)):
        return Found(response.permanent_url or url, parsed)
    page = response.final_url
    declared = feed_links(response.body, page) if trouble is None else []
    for candidate in [*declared, *usual_addresses(page)][: MAX_TRIES - 1]:
        try:
            response = await fetch(FetchRequest(candidate.url))
        except FetchError:
            continue
        if response.status == 200 and (parsed := await _parsed(response, parse)):
            return Found(response.permanent_url or candidate.url, parsed)
    return None


async def _parsed(response: FetchResponse, parse: Parse) -> ParsedFeed | None:
    if not looks_like_feed(response.body, response.content_type):
        return None
    try:
        return await parse(response)
    except ParseError:
        return None
