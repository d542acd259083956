"""YAML with places: plain data, and for every value the line and column where it stands.

Both rooms that read files written by people (`config`, `rules`) use it, so all their errors look alike:
file, line, column, the source line with a caret, and a hint.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml

from watchbot.errors import Problem

Path = tuple[str | int, ...]
MAX_NODES = 1_000_000
"""Values in one file, aliases expanded: a "billion laughs" of YAML anchors ends here."""
_SCALARS = {"str", "int", "float", "bool", "null", "timestamp"}


@dataclass(slots=True)
class YamlFile:
    """A parsed file. `data` is made of dict, list, str, int, float, bool and None only."""

    path: str
    text: str
    data: object = None
    problems: list[Problem] = field(default_factory=list)
    """Syntax errors and duplicate keys; a caller appends its own."""
    _places: dict[Path, tuple[int, int]] = field(default_factory=dict)
    _key_places: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def place(self, path: Path, *, key: bool = False) -> tuple[int, int]:
        """Line and column (from 1) of the value at `path`, or of its key; the nearest parent's when unknown."""
        for end in range(len(path), -1, -1):
            places = self._key_places if key else self._places
            found = places.get(path[:end]) or self._places.get(path[:end])
            if found:
                return found
        return (1, 1)

    def add(
        self,
        path: Path,
        message: str,
        *,
        hint: str = "",
        key: bool = False,
        warning: bool = False,
        offset: int = 0,
    ) -> None:
        """Record a problem with the value at `path`. `offset` counts characters into a plain one-line scalar."""
        line, column = self.place(path, key=key)
        self.add_at(line, column + offset, message, hint=hint, warning=warning)

    def add_at(self, line: int, column: int, message: str, *, hint: str = "", warning: bool = False) -> None:
        """Record a problem at a line and column (from 1)."""
        self.problems.append(Problem(self.path, line, column, message, hint, excerpt(self.text, line, column), warning))


def excerpt(text: str, line: int, column: int, width: int = 100) -> str:
    """The source line with a caret under `column`, cut to `width` characters around it; "" beyond the text."""
    lines = text.splitlines()
    if not 1 <= line <= len(lines):
        return ""
    source = lines[line - 1].replace("\t", " ")
    start = max(0, column - 1 - width // 2) if len(source) > width else 0
    return f"    {source[start : start + width]}\n    {' ' * (column - 1 - start)}^"


def read_yaml(text: str, path: str) -> YamlFile:
    """Parse `text`; errors are in the result's `problems`, never raised. An empty file gives `data` None."""
    doc = YamlFile(path, text)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line, column, message, hint = _syntax_mistake(error, text)
        doc.add_at(line, column, f"not valid YAML: {message}", hint=hint)
        return doc
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        doc.add_at(line, column, f"not valid YAML: the character U+{error.character:04X} cannot stand in a text")
        return doc
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        message = "nested too deeply" if isinstance(error, RecursionError) else str(error).partition("\n")[0]
        doc.add_at(1, 1, f"not valid YAML: {message or type(error).__name__}")
        return doc
    if node is not None:
        _Builder(doc).build_root(node)
    return doc


def _syntax_mistake(error: yaml.MarkedYAMLError, text: str) -> tuple[int, int, str, str]:
    """(line, column, message, hint). What the end of the text leaves open is told where it was opened."""
    mark, opened = error.problem_mark or error.context_mark, error.context_mark
    message = str(error.problem or error.context)
    if "another document" in message:
        message = "the file must be one document, and --- begins another"
    if mark is not None and opened is not None and opened.index < mark.index and not text[mark.index :].strip():
        return opened.line + 1, opened.column + 1, f"what begins here never ends: {message}", _syntax_hint(error)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return line, column, message, _syntax_hint(error)


def _syntax_hint(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or ""
    if "\\t" in problem or "tab" in problem:
        return "YAML is indented with spaces, not tabs"
    if "mapping values are not allowed" in problem:
        return "a value that holds ': ' must be quoted"
    if "alias" in problem:
        return "a value that begins with * must be quoted"
    return ""


class _Builder:
    """Turns composed nodes into plain data while noting each place."""

    def __init__(self, doc: YamlFile) -> None:
        self._doc = doc
        self._count = 0
        self._full = False
        self._constructor = yaml.SafeLoader("")

    def build_root(self, node: yaml.Node) -> None:
        try:
            self._doc.data = self._value(node, (), 0)
        except RecursionError:
            self._doc.add_at(1, 1, "nested too deeply")

    def _value(self, node: yaml.Node, path: Path, depth: int) -> object:
        self._count += 1
        mark = node.start_mark
        self._doc._places[path] = (mark.line + 1, mark.column + 1)
        if self._count > MAX_NODES or depth > 60:
            if not self._full:
                self._full = True
                self._doc.add(path, "too many or too deeply nested values")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(child, (*path, i), depth + 1) for i, child in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path, depth: int) -> dict[str, object]:
        result: dict[str, object] = {}
        for key_node, value_node in node.value:
            line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._doc.add_at(line, column, "a key must be plain text")
                continue
            key = str(key_node.value)
            if key in result:
                self._doc.add_at(line, column, f"'{key}' is given twice", hint="remove one of them")
            self._doc._key_places[(*path, key)] = (line, column)
            result[key] = self._value(value_node, (*path, key), depth + 1)
        return result

    def _scalar(self, node: yaml.Node, path: Path) -> object:
        kind = node.tag.rsplit(":", 1)[-1]
        if kind not in _SCALARS:
            self._doc.add(path, f"the tag {node.tag} is not allowed here")
            return None
        # YAML 1.1 reads `no`, `on` and 12:30 as booleans and numbers: language codes and times must stay text.
        raw = str(node.value)
        if kind == "bool" and raw.lower() not in ("true", "false"):
            return raw
        if kind == "timestamp" or (kind in ("int", "float") and (":" in raw or "_" in raw)):
            return raw
        try:
            value: object = self._constructor.construct_object(node)
        except (yaml.YAMLError, ValueError) as error:
            self._doc.add(path, f"not a valid {kind}: {error}")
            return None
        return value
