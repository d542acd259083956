"""Values of a YAML file as rules need them: each reader notes what is wrong, at its place, and goes on."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import timedelta
from typing import TypeVar

from watchbot.config.durations import parse_duration
from watchbot.config.yamlfile import Path, YamlFile

T = TypeVar("T")


def mapping(doc: YamlFile, place: Path, value: object, what: str) -> dict[str, object]:
    """A mapping; empty where nothing stands. `what` names it in the message."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        doc.add(place, f"{what} must be a mapping of keys to values", hint="each line is written `key: value`")
        return {}
    return value


def check_keys(doc: YamlFile, place: Path, data: Mapping[str, object], known: tuple[str, ...]) -> None:
    """Note each key that is not `known`, with the nearest that is."""
    for key in data:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(known)}"
            doc.add((*place, key), f"unknown key '{key}'", hint=hint, key=True)


def strings(doc: YamlFile, place: Path, value: object) -> tuple[str, ...]:
    """A list of texts; one text stands for a list of one."""
    if value is None:
        return ()
    if not isinstance(value, list):
        value = [value]
    found = []
    for i, item in enumerate(value):
        if isinstance(item, (str, int)) and not isinstance(item, bool) and str(item).strip():
            found.append(str(item).strip())
        else:
            doc.add((*place, i), "a text is needed here", hint="texts like true, null or 1.5 must be quoted")
    return tuple(found)


def text(doc: YamlFile, place: Path, data: Mapping[str, object], key: str) -> str | None:
    """A required text of a rule; None where it is missing."""
    value = data.get(key)
    if isinstance(value, str):
        return value
    if value is None:
        doc.add(place, f"a rule needs '{key}'")
    else:
        doc.add((*place, key), f"'{key}' must be a text")
    return None


def flag(doc: YamlFile, place: Path, data: Mapping[str, object], key: str, *, default: bool) -> bool:
    """true or false."""
    value = data.get(key, default)
    if isinstance(value, bool):
        return value
    doc.add((*place, key), f"{key} is true or false")
    return default


def choice(doc: YamlFile, place: Path, value: object, choices: Mapping[str, T]) -> T | None:
    """One of the named values, in any case; None for another."""
    found = choices.get(str(value).lower())
    if found is None:
        doc.add(place, f"'{value}' is none of {', '.join(choices)}")
    return found


def duration(doc: YamlFile, place: Path, value: object) -> timedelta | None:
    """A duration such as 24h; None where nothing stands."""
    if value is None:
        return None
    try:
        return parse_duration(value if isinstance(value, str) else str(value))
    except ValueError as error:
        doc.add(place, str(error))
        return None
