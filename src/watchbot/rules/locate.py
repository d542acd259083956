"""Where in a YAML file a character of a scalar's value stands, so that a mistake in an expression gets its caret."""

from __future__ import annotations

from collections.abc import Iterator

from watchbot.config.yamlfile import Path, YamlFile


def locate(doc: YamlFile, place: Path, value: str, offset: int) -> tuple[int, int]:
    """Line and column (from 1) of the character `offset` of the scalar `value` at `place`, whatever its style.

    The source holds the value's characters in the same order, with quotes, escapes, line breaks and indents between
    them: the n-th character that is no space in the one is the n-th in the other. `offset` may be the value's end.
    """
    line, column = doc.place(place)
    lines = doc.text.split("\n")
    start = sum(len(text) + 1 for text in lines[: line - 1]) + column - 1
    wanted = sum(not char.isspace() for char in value[:offset])
    at = start
    for index, (first, after, _) in enumerate(_characters(doc.text, start)):
        if index == wanted:
            at = first
            break
        at = after
        if index + 1 == wanted and not value[offset:].strip():
            break
    return doc.text.count("\n", 0, at) + 1, at - doc.text.rfind("\n", 0, at)


def _characters(source: str, at: int) -> Iterator[tuple[int, int, str]]:
    """(first, after, character) of each character but spaces in the scalar at `at` and, for an unquoted one, beyond."""
    quote = source[at : at + 1]
    if quote in ("|", ">"):
        at = source.find("\n", at) + 1 or len(source)
    elif quote in ("'", '"'):
        at += 1
    while at < len(source):
        char, size = source[at], 1
        if char == quote == "'":
            if source[at + 1 : at + 2] != "'":
                return
            size = 2
        elif quote == '"' and char == '"':
            return
        elif quote == '"' and char == "\\":
            char, size = _escaped(source[at + 1 : at + 10])
        if not char.isspace():
            yield at, at + size, char
        at += size


def _escaped(after: str) -> tuple[str, int]:
    """The character that a YAML escape stands for (a space for white space), and the length with its backslash."""
    digits = {"x": 2, "u": 4, "U": 8}.get(after[:1])
    if digits is None:
        return (" ", 2) if after[:1] in tuple("ntrvfabe0_NLP \n") else (after[:1] or " ", 2)
    try:
        return chr(int(after[1 : 1 + digits], 16)), 2 + digits
    except (ValueError, OverflowError):
        return " ", 2
