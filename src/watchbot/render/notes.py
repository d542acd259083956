"""watchbot's own words in the reader's language: notes are keys and values until somebody reads them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from watchbot.model import Note
from watchbot.render.i18n import Texts


def said(note: Note, t: Texts, zone: str, now: datetime) -> str:
    """The note in the language of `t`; its times in `zone`, as seen from `now`."""
    if note.key == "text":
        return str(note.values["text"])
    return t(note.key, **{name: value_in(name, value, t, zone, now) for name, value in note.values.items()})


def value_in(name: str, value: object, t: Texts, zone: str, now: datetime) -> object:
    """A value as the reader sees it: a time in his zone, a `country` (its code) in his language."""
    if isinstance(value, datetime):
        return t.time(value, zone, now)
    return t.country_name(str(value)) if name == "country" else value


def said_all(notes: Iterable[Note], t: Texts, zone: str, now: datetime) -> str:
    """Notes, a line each; what is empty is left out."""
    return "\n".join(line for note in notes if (line := said(note, t, zone, now)))
