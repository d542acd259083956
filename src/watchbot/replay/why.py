"""What became of an entry, in sentences: seen where and when, what matched, which story, sent, folded or held."""

from __future__ import annotations

from collections.abc import Iterable

from watchbot.model import EntryOutcome
from watchbot.storage import EntryRecord, Why

_OUTCOMES = {
    EntryOutcome.ALERT: "opened a story and was sent as a new message",
    EntryOutcome.UPDATE: "was folded into the story's message",
    EntryOutcome.DUPLICATE: "is a copy: it was folded into the story's message",
    EntryOutcome.NO_MATCH: "matched no rule: not sent",
    EntryOutcome.BASELINE: "was already in the feed, and old, when the feed was first polled: recorded, not sent",
    EntryOutcome.QUARANTINED: "came when the feed renewed its entries at once: recorded, not sent",
    EntryOutcome.EMBARGOED: "is under embargo: held",
}


def why_lines(found: Iterable[Why]) -> list[str]:
    """One block of lines per entry, newest entry first, blank lines between; empty when nothing was found."""
    lines: list[str] = []
    for why in found:
        if lines:
            lines.append("")
        lines += _block(why)
    return lines


def _block(why: Why) -> list[str]:
    entry = why.entry
    lines = [entry.title or "(no title)", f"seen in {entry.feed or '?'} at {entry.first_seen_at:%Y-%m-%d %H:%M:%S} UTC"]
    if entry.source and entry.source != entry.feed:
        lines[-1] += f", source {entry.source}"
    if entry.link:
        lines.append(entry.link)
    lines.append(_matched(entry))
    lines += _story(why)
    lines.append(f"outcome: {_OUTCOMES[entry.outcome]}")
    lines += _alerts(why)
    return lines


def _matched(entry: EntryRecord) -> str:
    forms = dict.fromkeys(f'{m.entity} by "{m.text}" in the {m.field}' for m in entry.matches)
    rules = f"rules: {', '.join(entry.rules)}" if entry.rules else "no rule"
    return f"matched: {rules}" + (f" ({'; '.join(list(forms)[:8])})" if forms else "")


def _story(why: Why) -> list[str]:
    placement, size = why.entry.placement, why.story_entries
    if placement is None:
        return []
    lines = [f"story {placement.story}: {size} entr{'y' if size == 1 else 'ies'}; {placement.because}"]
    if placement.score < 1:
        lines[0] += f" (likeness {placement.score:.2f})"
    if placement.copy_of is not None:
        lines.append(_copy(why.original, placement.origin))
    if placement.material:
        lines.append(f"changed: {', '.join(placement.material)}")
    return lines


def _copy(original: EntryRecord | None, origin: str | None) -> str:
    """Of what an entry is a copy, by outlet and title; `origin`: the agency that both name."""
    from_ = f", from {origin}" if origin else ""
    if original is None:
        return f"copy of an entry that is no longer stored{from_}"
    return f'copy of "{original.title or "(no title)"}" ({original.source or original.feed or "?"}){from_}'


def _alerts(why: Why) -> list[str]:
    if not why.alerts:
        return []
    return [f"alert #{number}: {sent} sent, {waiting} waiting" for number, sent, waiting in why.alerts]
