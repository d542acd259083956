"""What response headers say about time. Pure; `now` is an argument."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_MAX_AGE = re.compile(r'(?:^|[,\s])(s-maxage|max-age)\s*=\s*"?(\d{1,10})', re.IGNORECASE)
LONGEST = timedelta(days=366)


def http_date(text: str | None) -> datetime | None:
    """An HTTP date in any of its three formats, aware; None when it is none."""
    if not text or len(text) > 64:
        return None
    try:
        parsed = parsedate_to_datetime(text.strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def retry_after(headers: Mapping[str, str], now: datetime, *, longest: timedelta) -> timedelta | None:
    """How long a Retry-After (seconds, or a date) asks to wait: at most `longest`; None for none and for garbage."""
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,20}(\.\d{1,9})?", text):
        wait = timedelta(seconds=min(float(text), longest.total_seconds()))
    else:
        date = http_date(text)
        if date is None:
            return None
        # The server's clock, where it shows it, counts: it may differ from ours.
        wait = date - (http_date(headers.get("date")) or now)
    return min(max(wait, timedelta()), longest)


def fresh_for(headers: Mapping[str, str], now: datetime) -> timedelta:
    """For how long a cache would answer with the same bytes (Cache-Control, Expires, Age): asking sooner is futile."""
    control = headers.get("cache-control", "")
    lowered = control.lower()
    if "no-cache" in lowered or "no-store" in lowered:
        return timedelta()
    # s-maxage speaks to shared caches, such as the CDN in front of the feed: it wins, as RFC 9111 has it.
    ages = {name.lower(): int(value) for name, value in _MAX_AGE.findall(control)}
    age = ages.get("s-maxage", ages.get("max-age"))
    if age is not None:
        passed = headers.get("age", "")
        seconds = age - (int(passed) if passed.isdecimal() and len(passed) < 10 else 0)
        return min(max(timedelta(seconds=min(seconds, 10**8)), timedelta()), LONGEST)
    expires = http_date(headers.get("expires"))
    if expires is None:
        return timedelta()
    return min(max(expires - (http_date(headers.get("date")) or now), timedelta()), LONGEST)
