"""Text of rules.yaml (and what it includes) -> RuleSet, or every mistake at once with file, line and column."""

from __future__ import annotations

import difflib
import hashlib
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import PurePosixPath
from typing import TypeVar

from watchbot.config.durations import parse_duration
from watchbot.config.yamlfile import Path, YamlFile, excerpt, read_yaml
from watchbot.errors import InvalidRules, Problem
from watchbot.model import AlertPolicy, EntityKind, EntitySpec, Priority
from watchbot.names import build_index, check_specs
from watchbot.rules.expression import (
    EntityRef,
    Expression,
    Phrase,
    TermRef,
    Wildcard,
    WordAtom,
    holds_for_nothing,
    parts_of,
    required,
)
from watchbot.rules.grammar import RESERVED, BadExpression, parse_expression
from watchbot.rules.patterns import Pattern, PatternIndex, compile_pattern, exact_pattern
from watchbot.rules.ruleset import Rule, RuleSet

ReadFile = Callable[[str], str]
T = TypeVar("T")
VERSION = 1
MAX_INCLUDES = 50
_ID = re.compile(r"\w[\w-]{0,63}")
_TOP_KEYS = ("version", "include", "entities", "terms", "rules")
_ENTITY_KEYS = (
    "country",
    "person",
    "organization",
    "place",
    "names",
    "acronyms",
    "surname_alone",
    "exclude",
    "description",
)
_RULE_KEYS = (
    "id",
    "title",
    "match",
    "priority",
    "alerts",
    "window",
    "cooldown",
    "description",
    "tags",
    "enabled",
)
_KINDS = (EntityKind.COUNTRY, EntityKind.PERSON, EntityKind.ORGANIZATION, EntityKind.PLACE)


@dataclass(slots=True)
class _Reading:
    """What has been read so far, over all files."""

    read: ReadFile
    docs: list[YamlFile] = field(default_factory=list)
    entities: dict[str, EntitySpec] = field(default_factory=dict)
    terms: dict[str, tuple[Pattern, ...]] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    """Entity or term id -> the file that defines it."""


def load_rules(text: str, path: str, read: ReadFile) -> RuleSet:
    """Compile the rules of `text`. `read(path)` gives the text of an included file (OSError when it cannot).

    Paths of `include:` are relative to the file that includes. An entity or term of the main file replaces an
    included one of the same id; two included files must not define the same id. Raises InvalidRules.
    """
    reading = _Reading(read)
    doc = _read_file(reading, text, path, (posixpath.normpath(path),), main=True)
    rules = tuple(_rules(doc, reading))
    specs = tuple(reading.entities.values())
    problems = [p for d in reading.docs for p in d.problems]
    problems += _with_excerpts(check_specs(specs), reading.docs)
    if any(not problem.warning for problem in problems):
        raise InvalidRules(tuple(sorted(problems)))
    by_entity, by_word, always = _index_rules(rules)
    return RuleSet(
        rules=rules,
        entities=specs,
        terms=reading.terms,
        index=build_index(specs),
        words=PatternIndex(_word_atoms(rules, reading.terms)),
        by_atom=by_entity,
        by_word=by_word,
        always=always,
        digest=hashlib.sha256("\0".join(d.text for d in reading.docs).encode("utf-8", "replace")).hexdigest(),
        files=tuple(d.path for d in reading.docs),
        warnings=tuple(sorted(problems)),
        _ids={rule.id: rule for rule in rules},
    )


def _with_excerpts(problems: Iterable[Problem], docs: Iterable[YamlFile]) -> list[Problem]:
    texts = {doc.path: doc.text for doc in docs}
    return [p if p.excerpt else replace(p, excerpt=excerpt(texts.get(p.path, ""), p.line, p.column)) for p in problems]


# -- files -------------------------------------------------------------------------------------------------------------


def _read_file(reading: _Reading, text: str, path: str, chain: tuple[str, ...], *, main: bool) -> YamlFile:
    doc = read_yaml(text, path)
    reading.docs.append(doc)
    data = _mapping(doc, (), doc.data, "the file")
    _check_keys(doc, (), data, _TOP_KEYS)
    if "version" not in data and data:
        doc.add((), "'version: 1' is missing", hint="write it as the first line")
    elif data and data.get("version") != VERSION:
        doc.add(("version",), f"this watchbot reads version {VERSION} of the rules format")
    for i, name in enumerate(_strings(doc, ("include",), data.get("include"))):
        _include(reading, doc, ("include", i), name, chain)
    _entities(doc, reading, _mapping(doc, ("entities",), data.get("entities"), "'entities'"), main=main)
    _terms(doc, reading, _mapping(doc, ("terms",), data.get("terms"), "'terms'"), main=main)
    if not main and "rules" in data:
        doc.add(
            ("rules",), "an included file holds entities and terms only", key=True, hint="rules stand in rules.yaml"
        )
    return doc


def _include(reading: _Reading, doc: YamlFile, place: Path, name: str, chain: tuple[str, ...]) -> None:
    path = posixpath.normpath(PurePosixPath(doc.path).parent / name)
    if path in chain:
        itself = path == posixpath.normpath(doc.path)
        doc.add(place, f"{name} includes itself" if itself else f"{name} is included in a circle")
        return
    if any(path == other.path for other in reading.docs):
        return  # two files include the same third one: read once
    if len(reading.docs) > MAX_INCLUDES:
        doc.add(place, f"more than {MAX_INCLUDES} files are included")
        return
    try:
        text = reading.read(path)
    except (OSError, UnicodeDecodeError) as error:
        doc.add(place, f"cannot read {path}: {getattr(error, 'strerror', None) or 'it is not UTF-8 text'}")
        return
    _read_file(reading, text, path, (*chain, path), main=False)


# -- entities and terms ------------------------------------------------------------------------------------------------


def _claim(doc: YamlFile, reading: _Reading, place: Path, name: str, *, main: bool) -> bool:
    """Whether this file may define `name`; says why when it may not."""
    if not _ID.fullmatch(name):
        doc.add(place, f"'{name}' is no id", hint="letters, digits, - and _ only", key=True)
        return False
    if name.lower() in RESERVED:
        doc.add(place, f"'{name}' is a word of the expression language", hint="choose another id", key=True)
        return False
    owner = reading.owners.get(name)
    if owner is not None and (not main or owner == doc.path):
        doc.add(place, f"'{name}' is already defined in {owner}", key=True, hint="ids of entities and terms are unique")
        return False
    reading.owners[name] = doc.path
    reading.entities.pop(name, None)
    reading.terms.pop(name, None)
    return True


def _entities(doc: YamlFile, reading: _Reading, data: Mapping[str, object], *, main: bool) -> None:
    for name, value in data.items():
        place: Path = ("entities", name)
        if not _claim(doc, reading, place, name, main=main):
            continue
        spec = _entity(doc, place, name, value)
        if spec is not None:
            reading.entities[name] = spec


def _entity(doc: YamlFile, place: Path, name: str, value: object) -> EntitySpec | None:
    before = len(doc.problems)
    data = _mapping(doc, place, value, f"entity '{name}'")
    _check_keys(doc, place, data, _ENTITY_KEYS)
    kinds = [kind for kind in _KINDS if kind.value in data]
    if len(kinds) > 1:
        doc.add((*place, kinds[1].value), f"an entity is one of {', '.join(k.value for k in _KINDS)}", key=True)
    names = _names(doc, (*place, "names"), data.get("names"))
    acronyms = _strings(doc, (*place, "acronyms"), data.get("acronyms"))
    if not kinds and not names and not acronyms and len(doc.problems) == before:
        doc.add(place, f"entity '{name}' has no name", key=True, hint="give it country, person, place, names, ...")
    kind = kinds[0] if kinds else EntityKind.NAMES
    text = data.get(kind.value, "") if kinds else ""
    if kinds and (not isinstance(text, str) or not text.strip()):
        doc.add((*place, kind.value), f"{kind.value}: a name is needed here")
        text = ""
    alone = data.get("surname_alone", True)
    if not isinstance(alone, bool):
        doc.add((*place, "surname_alone"), "surname_alone is true or false")
        alone = True
    exclude = _strings(doc, (*place, "exclude"), data.get("exclude"))
    if len(doc.problems) > before:
        return None
    line, column = doc.place(place, key=True)
    return EntitySpec(
        id=name,
        kind=kind,
        value=str(text).strip(),
        names=names,
        acronyms=acronyms,
        surname_alone=alone,
        exclude=exclude,
        path=doc.path,
        line=line,
        column=column,
    )


def _names(doc: YamlFile, place: Path, value: object) -> dict[str, tuple[str, ...]]:
    """`names:` by language; a plain list stands for any language."""
    if value is None:
        return {}
    if isinstance(value, (list, str)):
        return {"*": _strings(doc, place, value)}
    data = _mapping(doc, place, value, "names")
    found = {}
    for lang, names in data.items():
        if lang != "*" and not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", lang):
            doc.add((*place, lang), f"'{lang}' is no language code", hint="such as de, ru, zh-Hans", key=True)
        found[lang] = _strings(doc, (*place, lang), names)
    return found


def _terms(doc: YamlFile, reading: _Reading, data: Mapping[str, object], *, main: bool) -> None:
    for name, value in data.items():
        place: Path = ("terms", name)
        if not _claim(doc, reading, place, name, main=main):
            continue
        patterns = []
        empty = True
        for at, word in _words_of(doc, place, value):
            empty = False
            try:
                patterns.append(compile_pattern(word))
            except ValueError as error:
                doc.add(at, str(error))
        if empty:
            doc.add(place, f"term '{name}' has no words", key=True)
        reading.terms[name] = tuple(patterns)


def _words_of(doc: YamlFile, place: Path, value: object) -> Iterable[tuple[Path, str]]:
    """Each word of a term with its place: one word, a list, or a list of lists (one line a language, say)."""
    if isinstance(value, list):
        for i, item in enumerate(value):
            yield from _words_of(doc, (*place, i), item)
    elif isinstance(value, (str, int)) and not isinstance(value, bool):
        yield place, str(value)
    elif value is not None:
        doc.add(place, "a word is needed here", hint="texts like true, null or 1.5 must be quoted")


# -- rules -------------------------------------------------------------------------------------------------------------


def _rules(doc: YamlFile, reading: _Reading) -> Iterable[Rule]:
    data = doc.data if isinstance(doc.data, dict) else {}
    rows = data.get("rules")
    if rows is None:
        if not any(not p.warning for p in doc.problems):
            doc.add((), "no rules: nothing will be sent", warning=True)
        return
    if not isinstance(rows, list):
        doc.add(("rules",), "'rules' must be a list", hint="each rule begins with `- id: ...`")
        return
    seen: dict[str, int] = {}
    for i, row in enumerate(rows):
        rule = _rule(doc, reading, ("rules", i), row, seen)
        if rule is not None:
            yield rule


def _rule(doc: YamlFile, reading: _Reading, place: Path, row: object, seen: dict[str, int]) -> Rule | None:
    before = len(doc.problems)
    data = _mapping(doc, place, row, "a rule")
    _check_keys(doc, place, data, _RULE_KEYS)
    rule_id, match = _text(doc, place, data, "id"), _text(doc, place, data, "match")
    if rule_id is not None:
        _check_rule_id(doc, (*place, "id"), rule_id, seen)
    expression = _expression(doc, reading, (*place, "match"), match) if match is not None else None
    title = data.get("title", rule_id or "?")
    if not isinstance(title, str) or not title.strip() or len(title) > 100:
        doc.add((*place, "title"), "a title is a line of at most 100 characters")
    priority = _choice(doc, (*place, "priority"), data.get("priority", "normal"), {p.name.lower(): p for p in Priority})
    alerts = _choice(doc, (*place, "alerts"), data.get("alerts", "updates"), {p.value: p for p in AlertPolicy})
    window, cooldown = (_duration(doc, (*place, key), data.get(key)) for key in ("window", "cooldown"))
    enabled = data.get("enabled", True)
    if not isinstance(enabled, bool):
        doc.add((*place, "enabled"), "enabled is true or false")
    tags = _strings(doc, (*place, "tags"), data.get("tags"))
    if len(doc.problems) > before or rule_id is None or match is None or expression is None:
        return None
    if holds_for_nothing(expression):
        doc.add(
            (*place, "match"),
            f"rule '{rule_id}' holds for entries in which nothing is found",
            hint="join a not with and: massimov and not ...",
            warning=True,
        )
    if not enabled:
        return None
    return Rule(
        id=rule_id,
        title=str(title).strip(),
        match=match,
        expression=expression,
        priority=Priority.NORMAL if priority is None else priority,
        alerts=alerts or AlertPolicy.UPDATES,
        window=window,
        cooldown=cooldown,
        description=str(data.get("description") or ""),
        tags=tags,
        line=doc.place(place)[0],
    )


def _check_rule_id(doc: YamlFile, place: Path, rule_id: str, seen: dict[str, int]) -> None:
    line, _ = doc.place(place)
    if not _ID.fullmatch(rule_id) or len(rule_id.encode()) > 48:
        # 48 bytes: the id travels in Telegram's buttons (64 bytes) and deep links.
        doc.add(place, f"'{rule_id}' is no id", hint="letters, digits, - and _ only, at most 48 bytes")
    first = seen.setdefault(rule_id, line)
    if first != line:
        doc.add(place, f"rule '{rule_id}' is already defined on line {first}")


def _expression(doc: YamlFile, reading: _Reading, place: Path, match: str) -> Expression | None:
    known = reading.owners  # ids with mistakes of their own count as known: one mistake, one message
    entities = known.keys() - reading.terms.keys()
    try:
        return parse_expression(match, entities, reading.terms.keys())
    except BadExpression as error:
        for mistake in error.mistakes:
            line, column = _locate(doc, place, match, mistake.offset)
            doc.add_at(line, column, mistake.message, hint=mistake.hint)
        return None


def _locate(doc: YamlFile, place: Path, value: str, offset: int) -> tuple[int, int]:
    """Line and column of the character `offset` of a scalar's value, whatever the scalar's style.

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


def _word_atoms(
    rules: tuple[Rule, ...], terms: Mapping[str, tuple[Pattern, ...]]
) -> Iterable[tuple[WordAtom, Pattern]]:
    """What of the rules' expressions is looked up word by word."""
    atoms = dict.fromkeys(part for rule in rules for part in parts_of(rule.expression))
    for atom in atoms:
        if isinstance(atom, TermRef):
            for pattern in terms[atom.id]:
                yield atom, pattern
        elif isinstance(atom, Wildcard):
            yield atom, atom.pattern
        elif isinstance(atom, Phrase) and not atom.inflected:
            yield atom, exact_pattern(atom.text)


_Positions = dict[Expression, tuple[int, ...]]


def _index_rules(rules: tuple[Rule, ...]) -> tuple[_Positions, _Positions, tuple[int, ...]]:
    """Positions of rules by required entity, by required word, and of those that are evaluated for every entry."""
    by_entity: dict[Expression, list[int]] = {}
    by_word: dict[Expression, list[int]] = {}
    always = []
    for i, rule in enumerate(rules):
        atoms = required(rule.expression)
        if atoms is None:
            always.append(i)
        for atom in atoms or ():
            (by_entity if isinstance(atom, EntityRef) else by_word).setdefault(atom, []).append(i)
    return _frozen(by_entity), _frozen(by_word), tuple(always)


def _frozen(positions: dict[Expression, list[int]]) -> _Positions:
    return {atom: tuple(found) for atom, found in positions.items()}


# -- small readers -----------------------------------------------------------------------------------------------------


def _mapping(doc: YamlFile, place: Path, value: object, what: str) -> dict[str, object]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        doc.add(place, f"{what} must be a mapping of keys to values", hint="each line is written `key: value`")
        return {}
    return value


def _check_keys(doc: YamlFile, place: Path, data: Mapping[str, object], known: tuple[str, ...]) -> None:
    for key in data:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(known)}"
            doc.add((*place, key), f"unknown key '{key}'", hint=hint, key=True)


def _strings(doc: YamlFile, place: Path, value: object) -> tuple[str, ...]:
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


def _text(doc: YamlFile, place: Path, data: Mapping[str, object], key: str) -> str | None:
    value = data.get(key)
    if isinstance(value, str):
        return value
    if value is None:
        doc.add(place, f"a rule needs '{key}'")
    else:
        doc.add((*place, key), f"'{key}' must be a text")
    return None


def _choice(doc: YamlFile, place: Path, value: object, choices: Mapping[str, T]) -> T | None:
    found = choices.get(str(value).lower())
    if found is None:
        doc.add(place, f"'{value}' is none of {', '.join(choices)}")
    return found


def _duration(doc: YamlFile, place: Path, value: object) -> timedelta | None:
    if value is None:
        return None
    try:
        return parse_duration(value if isinstance(value, str) else str(value))
    except ValueError as error:
        doc.add(place, str(error))
        return None
