"""When a chat wants to be told: at once, in a digest, or after its quiet hours. Local times follow its time zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from watchbot.model import Chat, ChatSettings, DeliveryState, Priority, Subscription

DEFAULT_DIGEST = ("08:00",)
"""Local time of a daily digest for a chat that chose "daily" and no time: before an editorial conference."""

_INHERITED = ChatSettings()


@dataclass(frozen=True, slots=True)
class Slot:
    """When and how one delivery goes out."""

    state: DeliveryState
    not_before: datetime
    silent: bool


def effective(chat: Chat, subscription: Subscription | None) -> ChatSettings:
    """The chat's settings with the subscription's on top."""
    if subscription is None or subscription.settings == _INHERITED:
        return chat.settings
    own, base = subscription.settings, chat.settings
    values = {f.name: getattr(own, f.name) for f in fields(ChatSettings)}
    return ChatSettings(**{k: v if v is not None else getattr(base, k) for k, v in values.items()})


def wants(settings: ChatSettings, *, priority: Priority, lang: str | None) -> bool:
    """Whether a chat wants an entry of this priority and language at all. An unknown language is let through."""
    if settings.min_priority is not None and priority < settings.min_priority:
        return False
    if settings.languages and lang:
        base = lang.replace("_", "-").split("-")[0].lower()
        return any(base == wanted.replace("_", "-").split("-")[0].lower() for wanted in settings.languages)
    return True


def schedule(chat: Chat, settings: ChatSettings, *, priority: Priority, now: datetime) -> Slot:
    """PENDING now, or HELD until the next digest or the end of quiet hours (which high priority breaks through)."""
    zone = zone_of(chat.timezone)
    silent = bool(settings.silent)
    at = next_slot(settings.mode or "now", settings.digest_times or DEFAULT_DIGEST, zone, now)
    quiet_end = _quiet_end(settings, zone, at)
    breaks = priority is Priority.HIGH and settings.high_breaks_quiet is not False
    if quiet_end is not None and not (breaks and at <= now):
        at = quiet_end
    return Slot(DeliveryState.PENDING if at <= now else DeliveryState.HELD, at, silent)


def next_slot(mode: str, times: Sequence[str], zone: ZoneInfo, now: datetime) -> datetime:
    """`now` for mode "now"; else the next full local hour, or the next of the daily local `times`, in UTC."""
    if mode == "hourly":
        return local_hour(zone, now) + timedelta(hours=1)
    if mode == "daily":
        clock = sorted({t for t in map(_time, times) if t is not None}) or [time(8)]
        day = now.astimezone(zone).date()
        for offset in range(3):
            for at in clock:
                moment = datetime.combine(day + timedelta(days=offset), at, zone).astimezone(UTC)
                if moment > now:
                    return moment
    return now


def local_hour(zone: ZoneInfo, now: datetime) -> datetime:
    """The last full hour of the wall clock, in UTC arithmetic: a clock change moves it neither back nor forth."""
    local = now.astimezone(zone)
    return now - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)


def quiet_until(chat: Chat, settings: ChatSettings, at: datetime) -> datetime | None:
    """The end of the chat's quiet hours when `at` lies in them, else None."""
    return _quiet_end(settings, zone_of(chat.timezone), at)


def _quiet_end(settings: ChatSettings, zone: ZoneInfo, moment: datetime) -> datetime | None:
    """The end of the quiet hours that `moment` falls in, or None."""
    start, end = _time(settings.quiet_from), _time(settings.quiet_to)
    if start is None or end is None or start == end:
        return None
    local = moment.astimezone(zone)
    clock = local.time()
    if start < end:
        if not start <= clock < end:
            return None
        day = local.date()
    else:
        if not (clock >= start or clock < end):
            return None
        day = local.date() + timedelta(days=1 if clock >= start else 0)
    return max(datetime.combine(day, end, zone).astimezone(UTC), moment)


def _time(value: str | None) -> time | None:
    if not value:
        return None
    try:
        hour, _, minute = value.partition(":")
        return time(int(hour), int(minute or 0))
    except ValueError:
        return None


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """The zone, or UTC for a name the system does not know (a chat's setting is checked when it is made)."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
