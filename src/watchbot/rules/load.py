"""Text of rules.yaml (and what it includes) -> RuleSet, or every mistake at once with file, line and column."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from watchbot.config.yamlfile import Path, YamlFile, excerpt, read_yaml
from watchbot.errors import InvalidRules, Problem
from watchbot.model import AlertPolicy, EntityKind, EntitySpec, Priority
from watchbot.names import check_specs
from watchbot.rules import values
from watchbot.rules.expression import Expression, holds_for_nothing
from watchbot.rules.grammar import RESERVED, BadExpression, parse_expression
from watchbot.rules.locate import locate
from watchbot.rules.patterns import Pattern, compile_pattern
from watchbot.rules.ruleset import Rule, RuleSet, compile_rules

ReadFile = Callable[[str], str]
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
    return compile_rules(
        rules,
        specs,
        reading.terms,
        digest=hashlib.sha256("\0".join(d.text for d in reading.docs).encode("utf-8", "replace")).hexdigest(),
        files=tuple(d.path for d in reading.docs),
        warnings=tuple(sorted(problems)),
    )


def _with_excerpts(problems: Iterable[Problem], docs: Iterable[YamlFile]) -> list[Problem]:
    texts = {doc.path: doc.text for doc in docs}
    return [p if p.excerpt else replace(p, excerpt=excerpt(texts.get(p.path, ""), p.line, p.column)) for p in problems]


# -- files -------------------------------------------------------------------------------------------------------------


def _read_file(reading: _Reading, text: str, path: str, chain: tuple[str, ...], *, main: bool) -> YamlFile:
    doc = read_yaml(text, path)
    reading.docs.append(doc)
    data = values.mapping(doc, (), doc.data, "the file")
    values.check_keys(doc, (), data, _TOP_KEYS)
    if "version" not in data and data:
        doc.add((), "'version: 1' is missing", hint="write it as the first line")
    elif data and data.get("version") != VERSION:
        doc.add(("version",), f"this watchbot reads version {VERSION} of the rules format")
    for i, name in enumerate(values.strings(doc, ("include",), data.get("include"))):
        _include(reading, doc, ("include", i), name, chain)
    _entities(doc, reading, values.mapping(doc, ("entities",), data.get("entities"), "'entities'"), main=main)
    _terms(doc, reading, values.mapping(doc, ("terms",), data.get("terms"), "'terms'"), main=main)
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
    data = values.mapping(doc, place, value, f"entity '{name}'")
    values.check_keys(doc, place, data, _ENTITY_KEYS)
    kinds = [kind for kind in _KINDS if kind.value in data]
    if len(kinds) > 1:
        doc.add((*place, kinds[1].value), f"an entity is one of {', '.join(k.value for k in _KINDS)}", key=True)
    names = _names(doc, (*place, "names"), data.get("names"))
    acronyms = values.strings(doc, (*place, "acronyms"), data.get("acronyms"))
    if not kinds and not names and not acronyms and len(doc.problems) == before:
        doc.add(place, f"entity '{name}' has no name", key=True, hint="give it country, person, place, names, ...")
    kind = kinds[0] if kinds else EntityKind.NAMES
    text = data.get(kind.value, "") if kinds else ""
    if kinds and (not isinstance(text, str) or not text.strip()):
        doc.add((*place, kind.value), f"{kind.value}: a name is needed here")
        text = ""
    alone = values.flag(doc, place, data, "surname_alone", default=True)
    exclude = values.strings(doc, (*place, "exclude"), data.get("exclude"))
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
        return {"*": values.strings(doc, place, value)}
    data = values.mapping(doc, place, value, "names")
    found = {}
    for lang, names in data.items():
        if lang != "*" and not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", lang):
            doc.add((*place, lang), f"'{lang}' is no language code", hint="such as de, ru, zh-Hans", key=True)
        found[lang] = values.strings(doc, (*place, lang), names)
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
    data = values.mapping(doc, place, row, "a rule")
    values.check_keys(doc, place, data, _RULE_KEYS)
    rule_id, match = values.text(doc, place, data, "id"), values.text(doc, place, data, "match")
    if rule_id is not None:
        _check_rule_id(doc, (*place, "id"), rule_id, seen)
    expression = _expression(doc, reading, (*place, "match"), match) if match is not None else None
    title = data.get("title", rule_id or "?")
    if not isinstance(title, str) or not title.strip() or len(title) > 100:
        doc.add((*place, "title"), "a title is a line of at most 100 characters")
    priority = values.choice(
        doc, (*place, "priority"), data.get("priority", "normal"), {p.name.lower(): p for p in Priority}
    )
    alerts = values.choice(doc, (*place, "alerts"), data.get("alerts", "updates"), {p.value: p for p in AlertPolicy})
    window, cooldown = (values.duration(doc, (*place, key), data.get(key)) for key in ("window", "cooldown"))
    enabled = values.flag(doc, place, data, "enabled", default=True)
    tags = values.strings(doc, (*place, "tags"), data.get("tags"))
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
            line, column = locate(doc, place, match, mistake.offset)
            doc.add_at(line, column, mistake.message, hint=mistake.hint)
        return None
