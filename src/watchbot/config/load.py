"""Text of the files and the environment -> Settings and FeedSpecs, or every mistake at once."""

from __future__ import annotations

import base64
import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from watchbot.config.settings import FeedAuth, FeedConfig, FeedsFile, Settings
from watchbot.config.yamlfile import Path, YamlFile, read_yaml
from watchbot.errors import InvalidConfig, Problem
from watchbot.model import FeedSpec

ENV_PREFIX = "WATCHBOT_"
ENV_RESERVED = frozenset({"WATCHBOT_CONFIG", "WATCHBOT_RULES"})
"""Variables with the prefix that are options of the command line, not settings."""
_PLAIN = {
    "int_parsing": "this must be a whole number",
    "int_type": "this must be a whole number",
    "int_from_float": "this must be a whole number",
    "float_parsing": "this must be a number",
    "float_type": "this must be a number",
    "string_type": "this must be a text: put it into quotes",
    "string_too_short": "this must not be empty",
    "bool_parsing": "this must be true or false",
    "bool_type": "this must be true or false",
    "tuple_type": "this must be a list: [one, another]",
}
"""What pydantic's types of errors mean to a person."""
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
ReadFile = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class FeedList:
    """feeds.yaml as read: the enabled feeds, and warnings that do not forbid its use."""

    feeds: tuple[FeedSpec, ...]
    warnings: tuple[Problem, ...] = ()


def load_settings(text: str, path: str, env: Mapping[str, str], read: ReadFile) -> Settings:
    """Settings from the file's `text`, overridden by `WATCHBOT_SECTION__KEY` and `WATCHBOT_SECTION__KEY_FILE`.

    `read` returns the text of a file named by a `_FILE` variable. Raises InvalidConfig with every problem.
    """
    doc = read_yaml(text, path)
    # A section whose every line is commented out is empty, not wrong.
    data = {section: {} if value is None else value for section, value in _mapping(doc, "settings").items()}
    sources = _apply_environment(data, env, read, doc)
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            _add_validation(doc, detail, Settings, sources)
        settings = Settings()
    _raise_errors(doc)
    return settings


def load_feeds(text: str, path: str, env: Mapping[str, str], read: ReadFile | None = None) -> FeedList:
    """Feeds from the text of feeds.yaml. Raises InvalidConfig.

    `${NAME}` in `headers` and `auth` is NAME of `env`, else (where `read` is given) what the file named by NAME_FILE
    holds.
    """
    doc = read_yaml(text, path)
    data = _mapping(doc, "the file")
    listed = data.get("feeds")
    rows = listed if isinstance(listed, list) else []
    try:
        FeedsFile.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            _add_validation(doc, detail, FeedsFile, {})
    secrets = _Secrets(doc, env, read)
    specs = tuple(_feed_spec(doc, i, row, secrets) for i, row in enumerate(rows))
    _check_twins(doc, rows)
    if not rows and not doc.problems:
        doc.add((), "no feeds: nothing will be polled", warning=True)
    _raise_errors(doc)
    return FeedList(tuple(spec for spec in specs if spec is not None), tuple(doc.problems))


def _mapping(doc: YamlFile, what: str) -> dict[str, object]:
    if doc.data is None:
        return {}
    if not isinstance(doc.data, dict):
        doc.add((), f"{what} must be a mapping of keys to values", hint="each line is written `key: value`")
        return {}
    return doc.data


def _raise_errors(doc: YamlFile) -> None:
    if any(not problem.warning for problem in doc.problems):
        raise InvalidConfig(tuple(sorted(doc.problems)))


def _apply_environment(
    data: dict[str, object], env: Mapping[str, str], read: ReadFile, doc: YamlFile
) -> dict[tuple[str, str], str]:
    """Write the environment's values into `data`; returns which (section, key) came from which variable."""
    sources: dict[tuple[str, str], str] = {}
    for name in sorted(env):
        if not name.startswith(ENV_PREFIX) or name in ENV_RESERVED:
            continue
        section, _, key = name.removeprefix(ENV_PREFIX).lower().partition("__")
        known = Settings.model_fields.get(section)
        if known is None or not key:
            _stray_variable(doc, name)
            continue
        value: str | None = env[name]
        if key.endswith("_file") and key not in _fields_of(known.annotation):
            key = key.removesuffix("_file")
            value = _secret_file(name, env[name], read, doc)
        if value is None:
            continue
        inner = data.setdefault(section, {})
        if isinstance(inner, dict):
            inner[key] = _env_value(section, key, value)
            sources[section, key] = name
    return sources


def _stray_variable(doc: YamlFile, name: str) -> None:
    """A variable that sets nothing. One that looks like a setting is a mistake; others belong to other programs."""
    settings = [
        f"{ENV_PREFIX}{section}__{key}{file}".upper()
        for section, field in Settings.model_fields.items()
        for key in _fields_of(field.annotation)
        for file in ("", "_FILE")
    ]
    near = difflib.get_close_matches(name, settings, 1, 0.9)
    if near or "__" in name:
        hint = f"did you mean {near[0]}?" if near else f"sections: {', '.join(Settings.model_fields)}"
        doc.problems.append(Problem(f"environment variable {name}", 0, 0, "sets nothing", hint))


def _fields_of(annotation: object) -> Mapping[str, object]:
    return annotation.model_fields if isinstance(annotation, type) and issubclass(annotation, BaseModel) else {}


def _secret_file(name: str, path: str, read: ReadFile, doc: YamlFile) -> str | None:
    try:
        return read(path).strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        doc.problems.append(Problem(f"environment variable {name}", 0, 0, f"cannot read {path}: {reason}"))
        return None


def _env_value(section: str, key: str, value: str) -> object:
    """A variable's text as YAML would read it, but a token stays text and "1,2" is a list of two."""
    if (section, key) == ("telegram", "token"):
        return value
    if (section, key) in {("telegram", "admins"), ("telegram", "allow"), ("poll", "spool")} and "[" not in value:
        return [part.strip() for part in value.split(",") if part.strip()]
    try:
        return read_yaml(value, "").data
    except yaml.YAMLError:
        return value


def _add_validation(
    doc: YamlFile, detail: ErrorDetails, model: type[BaseModel], sources: Mapping[tuple[str, str], str]
) -> None:
    path: Path = tuple(part for part in detail["loc"] if isinstance(part, (str, int)))
    message, hint, on_key = _sentence(detail, path, model)
    variable = sources.get((str(path[0]), str(path[1]))) if len(path) > 1 else None
    if variable:
        doc.problems.append(Problem(f"environment variable {variable}", 0, 0, message, hint))
    else:
        doc.add(path, message, hint=hint, key=on_key)


def _sentence(detail: ErrorDetails, path: Path, model: type[BaseModel]) -> tuple[str, str, bool]:
    """(message, hint, whether the key rather than its value is at fault)."""
    if detail["type"] == "extra_forbidden":
        known = list(_keys_at(model, path[:-1]))
        near = difflib.get_close_matches(str(path[-1]), known, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(known)}"
        return f"unknown key '{path[-1]}'", hint, True
    if detail["type"] == "missing":
        return f"'{path[-1]}' is missing", "", True
    if detail["type"] in ("model_type", "dict_type", "model_attributes_type"):
        return f"'{path[-1] if path else 'the file'}' must be a mapping of keys to values", "", False
    message = _PLAIN.get(detail["type"]) or detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
    name = ".".join(str(part) for part in path if isinstance(part, str))
    return f"{name}: {message[:1].lower() + message[1:]}" if name else message, "", False


def _keys_at(model: type[BaseModel], path: Path) -> Mapping[str, object]:
    """The keys that may stand in the mapping at `path`."""
    fields = model.model_fields
    for part in path:
        if isinstance(part, int):
            continue
        annotation = fields[part].annotation if part in fields else None
        inner = annotation if isinstance(annotation, type) else getattr(annotation, "__args__", (None,))[0]
        fields = inner.model_fields if isinstance(inner, type) and issubclass(inner, BaseModel) else {}
    return fields


def _feed_spec(doc: YamlFile, i: int, row: object, secrets: _Secrets) -> FeedSpec | None:
    """The feed of one row; None when it is disabled, or when its mistakes have been noted already."""
    try:
        feed = FeedConfig.model_validate(row)
    except ValidationError:
        return None
    headers = {name: secrets.expand(value, ("feeds", i, "headers", name)) for name, value in feed.headers.items()}
    if feed.auth is not None:
        headers["Authorization"] = _authorization(doc, i, feed.auth, secrets)
        if any(name.lower() == "authorization" for name in feed.headers):
            doc.add(("feeds", i, "auth"), "both auth: and a header Authorization", hint="keep one of them")
    for name, value in headers.items():
        if any(ord(char) < 32 or ord(char) > 255 for char in value + name):
            place = ("feeds", i, "headers", name) if name in feed.headers else ("feeds", i, "auth")
            doc.add(place, "a header cannot hold line breaks or characters beyond Latin-1")
    if not feed.enabled:
        return None
    return FeedSpec(
        url=feed.url,
        name=feed.name,
        lang=feed.lang,
        tags=feed.tags,
        interval=feed.interval,
        format=feed.format,
        headers=headers,
        owner=feed.owner or feed.name,
        country=feed.country,
    )


def _authorization(doc: YamlFile, i: int, auth: FeedAuth, secrets: _Secrets) -> str:
    """The header for these credentials."""
    place = ("feeds", i, "auth")
    if auth.bearer is not None and auth.user is None and auth.password is None:
        return f"Bearer {secrets.expand(auth.bearer, (*place, 'bearer'))}"
    if auth.bearer is None and auth.user is not None and auth.password is not None:
        user = secrets.expand(auth.user, (*place, "user"))
        if ":" in user:
            doc.add((*place, "user"), "a user name cannot hold a colon")
        password = secrets.expand(auth.password, (*place, "password"))
        return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"
    doc.add(place, "auth: is user: with password:, or bearer:")
    return ""


@dataclass(frozen=True, slots=True)
class _Secrets:
    """Values of the environment, or of the files that it names, as Docker and systemd hand secrets over."""

    doc: YamlFile
    env: Mapping[str, str]
    read: ReadFile | None

    def expand(self, value: str, place: Path) -> str:
        """`value` with every `${NAME}` replaced; a problem at `place` for a name that nobody gives."""
        return _VARIABLE.sub(lambda match: self._value(match.group(1), place), value)

    def _value(self, name: str, place: Path) -> str:
        if name in self.env:
            return self.env[name]
        file = f"{name}_FILE"
        if self.read is not None and file in self.env:
            return _secret_file(file, self.env[file], self.read, self.doc) or ""
        self.doc.add(place, f"the environment has no {name} and no {file}")
        return ""


def _check_twins(doc: YamlFile, rows: Sequence[object]) -> None:
    seen: dict[str, int] = {}
    for i, row in enumerate(rows):
        url = row.get("url") if isinstance(row, dict) else None
        first = seen.setdefault(url, i) if isinstance(url, str) else i
        if first != i:
            line, _ = doc.place(("feeds", first, "url"))
            doc.add(("feeds", i, "url"), f"this feed is already listed on line {line}", hint="remove one of them")
