"""Telegram's HTML, as its server parses it: same entities, same UTF-16 offsets, same error texts.

`parse_html(source) -> (text, entities)` raises `EntityError` whose message is Telegram's, without the
"Bad Request: can't parse entities: " in front. It follows the behaviour of TDLib's `parse_html`: tag names fold case,
`&lt; &gt; &amp; &quot;` and numeric references are decoded with or without the semicolon, an unknown reference stays as
it is, byte offsets are counted in UTF-8.
"""

from __future__ import annotations

import re
from typing import Any

TAGS = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "pre": "pre",
    "code": "code",
    "blockquote": "blockquote",
}
SPACE = b" \t\r\n\v\0"
NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
MAX_ENTITIES = 100


class EntityError(ValueError):
    """Telegram cannot parse the entities; the message is Telegram's own."""


def utf16(text: str) -> int:
    """The length of `text` in UTF-16 code units, as Telegram counts offsets."""
    return len(text) + sum(1 for c in text if ord(c) > 0xFFFF)


def decode_reference(source: bytes, i: int) -> tuple[str, int] | None:
    """The character of the reference at `source[i] == '&'` and the index behind it, or None when it is none."""
    numeric = re.compile(rb"&#(?:x([0-9a-fA-F]+)|([0-9]+));?").match(source, i)
    if numeric:
        code = int(numeric[1], 16) if numeric[1] else int(numeric[2])
        if code == 0 or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            return None
        return chr(code), numeric.end()
    named = re.compile(rb"&([a-zA-Z]+)").match(source, i)
    if not named or named[1] not in NAMED:
        return None
    end = named.end()
    return NAMED[named[1]], end + (source[end : end + 1] == b";")


class Parser:
    """One pass over one text. NUL ends the text, as in the C strings of the original."""

    def __init__(self, source: str) -> None:
        self.source = source.encode("utf-8", "strict") + b"\0"
        self.size = len(self.source) - 1
        self.i = 0
        self.out = bytearray()
        self.offset = 0
        self.open: list[tuple[str, str, int]] = []
        self.entities: list[dict[str, Any]] = []

    def at(self) -> bytes:
        return self.source[self.i : self.i + 1] or b"\0"

    def ended(self) -> bool:
        return self.i >= self.size

    def is_space(self) -> bool:
        return self.at() in (b" ", b"\t", b"\r", b"\n", b"\v", b"\0")

    def skip_space(self) -> None:
        while not self.ended() and self.is_space():
            self.i += 1

    def parse(self) -> tuple[str, list[dict[str, Any]]]:
        while not self.ended():
            char = self.at()
            if char == b"&" and (found := decode_reference(self.source, self.i)):
                text, self.i = found
                self.put(text)
            elif char == b"<":
                self.tag()
            else:
                end = self.next_special()
                self.put(self.source[self.i : end].decode())
                self.i = end
        if self.open:
            raise EntityError(f'Can\'t find end tag corresponding to start tag "{self.open[-1][0]}"')
        self.entities.sort(key=lambda e: (e["offset"], -e["length"]))
        return self.out.decode(), self.entities[:MAX_ENTITIES]

    def next_special(self) -> int:
        found = re.compile(rb"[&<]").search(self.source, self.i + 1, self.size)
        return found.start() if found else self.size

    def put(self, text: str) -> None:
        self.out += text.encode()
        self.offset += utf16(text)

    def tag(self) -> None:
        begin = self.i
        self.i += 1
        if self.at() == b"/":
            self.end_tag(begin)
        else:
            self.start_tag(begin)

    def start_tag(self, begin: int) -> None:
        while not self.is_space() and self.at() != b">":
            self.i += 1
        if self.ended():
            raise EntityError(f"Unclosed start tag at byte offset {begin}")
        name = self.source[begin + 1 : self.i].decode(errors="replace").lower()
        if name not in TAGS:
            raise EntityError(f'Unsupported start tag "{name}" at byte offset {begin}')
        argument = ""
        while self.at() != b">":
            self.skip_space()
            if self.at() == b">":
                break
            attribute, value = self.attribute(name, begin)
            argument = self.argument(name, attribute, value) or argument
        self.i += 1
        if name == "span" and argument != "spoiler":
            raise EntityError(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self.open.append((name, argument, self.offset))

    def attribute(self, tag: str, begin: int) -> tuple[str, str]:
        start = self.i
        while not self.is_space() and self.at() not in (b"=", b">", b"/", b'"', b"'"):
            self.i += 1
        name = self.source[start : self.i].decode(errors="replace")
        if not name:
            raise EntityError(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
        self.skip_space()
        if self.at() != b"=":
            if self.ended():
                raise EntityError(f'Unclosed start tag "{tag}" at byte offset {begin}')
            return name, "1"
        self.i += 1
        self.skip_space()
        if self.ended():
            raise EntityError(f'Unclosed start tag "{tag}" at byte offset {begin}')
        value = self.quoted() if self.at() in (b'"', b"'") else self.token()
        if self.ended():
            raise EntityError(f'Unclosed start tag "{tag}" at byte offset {begin}')
        return name, value

    def token(self) -> str:
        start = self.i
        while re.match(rb"[A-Za-z0-9.-]", self.at()):
            self.i += 1
        if not self.is_space() and self.at() != b">":
            raise EntityError(f"Unexpected end of name token at byte offset {start}")
        return self.source[start : self.i].decode().lower()

    def quoted(self) -> str:
        quote = self.at()
        self.i += 1
        value = bytearray()
        while not self.ended() and self.at() != quote:
            if self.at() == b"&" and (found := decode_reference(self.source, self.i)):
                text, self.i = found
                value += text.encode()
                continue
            value += self.at()
            self.i += 1
        self.i += self.at() == quote
        return value.decode(errors="replace")

    @staticmethod
    def argument(tag: str, attribute: str, value: str) -> str:
        if tag == "a" and attribute == "href":
            return value
        if tag == "code" and attribute == "class" and value.startswith("language-"):
            return value.removeprefix("language-")
        if tag == "span" and attribute == "class" and value.startswith("tg-"):
            return value.removeprefix("tg-")
        if tag == "tg-emoji" and attribute == "emoji-id":
            return value
        return "1" if tag == "blockquote" and attribute == "expandable" else ""

    def end_tag(self, begin: int) -> None:
        if not self.open:
            raise EntityError(f"Unexpected end tag at byte offset {begin}")
        while not self.is_space() and self.at() != b">":
            self.i += 1
        found = self.source[begin + 2 : self.i].decode(errors="replace")
        self.skip_space()
        if self.at() != b">":
            raise EntityError(f"Unclosed end tag at byte offset {begin}")
        self.i += 1
        name, argument, offset = self.open.pop()
        if found and found != name:
            raise EntityError(f'Unmatched end tag at byte offset {begin}, expected "</{name}>", found "</{found}>"')
        if self.offset > offset:
            self.add(name, argument, offset)

    def add(self, name: str, argument: str, offset: int) -> None:
        entity: dict[str, Any] = {"type": TAGS[name], "offset": offset, "length": self.offset - offset}
        if name == "a":
            text = self.out.decode().encode("utf-16-le")[offset * 2 :].decode("utf-16-le")
            url = normal_url(argument or text)
            if url is None:
                return  # Telegram drops a link it cannot use and keeps its text
            entity["url"] = url
        elif name == "tg-emoji":
            entity["custom_emoji_id"] = argument
        elif name == "code" and argument:
            entity["language"] = argument
        elif name == "blockquote" and argument:
            entity["type"] = "expandable_blockquote"
        self.entities.append(entity)


def normal_url(url: str) -> str | None:
    """The URL as a link's target, or None when Telegram would drop the link."""
    url = url.strip()
    match = re.fullmatch(r"(?:(https?|tg|ton|tonsite)://)?([^\s/?#]+)([/?#]\S*)?", url, re.IGNORECASE)
    if not match or not (match[1] or "." in match[2]):
        return None
    if match[1] and match[1].lower() in ("http", "https") and not re.search(r"[.\]]|^localhost", match[2]):
        return None
    return url if match[1] else f"http://{url}"


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """The text and its entities (Telegram's MessageEntity as dicts), or EntityError."""
    return Parser(source).parse()


def trim(text: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Strip white space at both ends, as Telegram does after parsing, and move the entities along."""
    text = text.replace("\r", "")
    left = utf16(text) - utf16(text.lstrip(" \t\n\v\0"))
    text = text.strip(" \t\n\v\0")
    size, kept = utf16(text), []
    for entity in entities:
        start = max(entity["offset"] - left, 0)
        end = min(entity["offset"] + entity["length"] - left, size)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return text, kept
