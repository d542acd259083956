"""Edits the text of feeds.yaml and keeps what people wrote in it: comments, order, spacing. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from watchbot.config.durations import format_duration
from watchbot.config.yamlfile import read_yaml
from watchbot.model import FeedSpec

_PLAIN = re.compile(r"[A-Za-z0-9_/.][A-Za-z0-9_/.:+@()?=&%~ -]*")
_RESERVED = re.compile(r"(?i)(true|false|null|yes|no|on|off|y|n|~|[\d.:+-]+)")


def feed_line(spec: FeedSpec, indent: str = "  ") -> str:
    """One line of feeds.yaml: `- {url: ..., name: ...}`."""
    values = [f"url: {_scalar(spec.url)}", f"name: {_scalar(spec.name)}"]
    if spec.lang:
        values.append(f"lang: {_scalar(spec.lang)}")
    if spec.tags:
        values.append(f"tags: [{', '.join(_scalar(tag) for tag in spec.tags)}]")
    if spec.interval:
        values.append(f"interval: {format_duration(spec.interval)}")
    if spec.format != "auto":
        values.append(f"format: {_scalar(spec.format)}")
    if spec.owner and spec.owner != spec.name:
        values.append(f"owner: {_scalar(spec.owner)}")
    if spec.country:
        values.append(f"country: {_scalar(spec.country)}")
    if spec.headers:
        headers = ", ".join(f"{_scalar(k)}: {_scalar(v)}" for k, v in spec.headers.items())
        values.append(f"headers: {{{headers}}}")
    return f"{indent}- {{{', '.join(values)}}}"


def _scalar(text: str) -> str:
    """`text` as a YAML scalar that reads back the same inside a flow mapping."""
    plain = _PLAIN.fullmatch(text) and not _RESERVED.fullmatch(text) and ": " not in text and " #" not in text
    if plain and not text.endswith((":", " ")) and "?" not in text and "&" not in text:
        return text
    return json.dumps(text, ensure_ascii=False)


def append_feeds(text: str, specs: Iterable[FeedSpec]) -> str:
    """`text` with feeds added at the end of its `feeds:` list. Raises ValueError where the list is no block list."""
    specs = list(specs)
    if not specs:
        return text
    doc = read_yaml(text, "feeds.yaml")
    feeds = doc.data.get("feeds") if isinstance(doc.data, dict) else None
    if doc.data is not None and (doc.problems or not isinstance(doc.data, dict)):
        raise ValueError("feeds.yaml has a mistake: `watchbot check` shows it")
    if isinstance(feeds, list) and feeds:
        return _after_last(text, doc.place(("feeds", len(feeds) - 1))[0], specs)
    lines = text.splitlines()
    key = next((i for i, line in enumerate(lines) if re.match(r"feeds\s*:", line)), None)
    if key is None:
        lines.append("feeds:")
        key = len(lines) - 1
    else:
        lines[key] = re.sub(r"^(feeds\s*:)\s*(\[\s*\]|null|~)?", r"\1", lines[key]).rstrip()
    lines[key + 1 : key + 1] = [feed_line(spec) for spec in specs]
    return "\n".join(lines) + "\n"


def _after_last(text: str, first_line: int, specs: list[FeedSpec]) -> str:
    """Insert after the item that begins on `first_line` (from 1), in its indentation."""
    lines = text.splitlines()
    start = first_line - 1
    match = re.match(r"(\s*)-", lines[start])
    if match is None:
        raise ValueError("the list of feeds is not written one feed to a line: add the feed by hand")
    indent = match.group(1)
    end = _item_end(lines, start, len(indent))
    lines[end:end] = [feed_line(spec, indent) for spec in specs]
    return "\n".join(lines) + "\n"


def _item_end(lines: list[str], start: int, indent: int) -> int:
    """The line after a block list's item: it ends where something stands no further in than its dash."""
    end = start + 1
    for number in range(start + 1, len(lines)):
        line = lines[number]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if len(line) - len(line.lstrip()) <= indent:
            break
        end = number + 1
    return end


def remove_feed(text: str, url: str) -> str | None:
    """`text` without the feed at `url`; comments stay. None when it is not listed."""
    doc = read_yaml(text, "feeds.yaml")
    feeds = doc.data.get("feeds") if isinstance(doc.data, dict) else None
    for index, feed in enumerate(feeds if isinstance(feeds, list) else []):
        if not isinstance(feed, dict) or feed.get("url") != url:
            continue
        lines = text.splitlines()
        start = doc.place(("feeds", index))[0] - 1
        match = re.match(r"(\s*)-", lines[start])
        if match is None:
            return None
        del lines[start : _item_end(lines, start, len(match.group(1)))]
        if isinstance(feeds, list) and len(feeds) == 1:
            # A key without a value is null to YAML, and no list.
            lines = [re.sub(r"^feeds\s*:(?=\s*(#|$))", "feeds: []", line) for line in lines]
        return "\n".join(lines) + "\n"
    return None
