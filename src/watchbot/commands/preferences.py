"""What a settings button changes: (settings, key, value) -> settings. Pure; a forged value changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import available_timezones

from watchbot.model import ChatSettings, Priority
from watchbot.render.dialogues import FEED_LANGUAGES
from watchbot.render.i18n import zone_of

PRIORITIES = {p.name.lower(): p for p in Priority}
MAX_TIMES = 6


def changed(own: ChatSettings, key: str, value: str) -> ChatSettings | None:
    """`own` with one value changed, or None when `value` is none that `key` can have."""
    change = CHANGES.get(key)
    return change(own, value) if change else None


def _mode(own: ChatSettings, value: str) -> ChatSettings | None:
    return replace(own, mode=value) if value in ("now", "hourly", "daily") else None


def _times(own: ChatSettings, value: str) -> ChatSettings | None:
    times = tuple(dict.fromkeys(clock(part) for part in value.split(",")))
    if not 0 < len(times) <= MAX_TIMES or any(t is None for t in times):
        return None
    return replace(own, mode="daily", digest_times=tuple(sorted(t for t in times if t)))


def _quiet(own: ChatSettings, value: str) -> ChatSettings | None:
    if value == "off":
        return replace(own, quiet_from=None, quiet_to=None)
    start, _, end = value.partition("-")
    first, last = clock(start), clock(end)
    if first is None or last is None or first == last:
        return None
    return replace(own, quiet_from=first, quiet_to=last)


def _priority(own: ChatSettings, value: str) -> ChatSettings | None:
    return replace(own, min_priority=PRIORITIES[value]) if value in PRIORITIES else None


def _languages(own: ChatSettings, value: str) -> ChatSettings | None:
    """A language is switched on or off; "all" lifts the limit. Switching the last one off lifts it too."""
    if value == "all":
        return replace(own, languages=())
    if value not in FEED_LANGUAGES:
        return None
    chosen = own.languages or ()
    return replace(own, languages=tuple(c for c in chosen if c != value) if value in chosen else (*chosen, value))


def _rate(own: ChatSettings, value: str) -> ChatSettings | None:
    if value == "usual":
        return replace(own, per_hour=None)
    return replace(own, per_hour=int(value)) if re.fullmatch(r"\d{1,3}", value, re.ASCII) else None


def _switch(name: str, own: ChatSettings, value: str) -> ChatSettings | None:
    if value not in ("yes", "no"):
        return None
    on = value == "yes"
    match name:
        case "silent":
            return replace(own, silent=on)
        case "summary":
            return replace(own, summary=on)
        case "photo":
            return replace(own, photo=on)
        case "bursts":
            return replace(own, bursts=on)
        case _:
            return replace(own, high_breaks_quiet=on)


CHANGES: dict[str, Callable[[ChatSettings, str], ChatSettings | None]] = {
    "mode": _mode,
    "times": _times,
    "quiet": _quiet,
    "prio": _priority,
    "langs": _languages,
    "silent": lambda own, value: _switch("silent", own, value),
    "summary": lambda own, value: _switch("summary", own, value),
    "photo": lambda own, value: _switch("photo", own, value),
    "rate": _rate,
    "bursts": lambda own, value: _switch("bursts", own, value),
    "break": lambda own, value: _switch("break", own, value),
}


def clock(value: str) -> str | None:
    """ "8", "08", "08:30" -> "08:00", "08:30"; None when it is no time of day."""
    found = re.fullmatch(r"([01]?\d|2[0-3])(?::([0-5]\d))?", value.strip(), re.ASCII)
    return f"{int(found[1]):02}:{found[2] or '00'}" if found else None


def timezone(value: str) -> str | None:
    """The IANA name as it is spelled ("asia/almaty" -> "Asia/Almaty"), or None."""
    wanted = value.strip().replace(" ", "_").casefold()
    names = available_timezones()
    exact = next((name for name in names if name.casefold() == wanted), None)
    if exact:
        return exact
    cities = sorted(name for name in names if name.split("/")[-1].casefold() == wanted)
    return cities[0] if cities else None


def mute_until(span: str, zone: str, now: datetime) -> datetime | None:
    """The end of a mute: an hour from `now`, or the end of the local day. None for "ever" (it unsubscribes)."""
    if span == "1h":
        return now + timedelta(hours=1)
    if span == "today":
        local = now.astimezone(zone_of(zone))
        midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        return midnight.astimezone(now.tzinfo)
    return None
