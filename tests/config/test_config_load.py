"""Settings, feeds and durations: what people write, and what they are told when it is wrong."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbot.config import load_feeds, load_settings
from watchbot.config.durations import format_duration, parse_duration
from watchbot.config.yamlfile import read_yaml
from watchbot.errors import InvalidConfig

ROOT = Path(__file__).parents[2]


def no_file(path: str) -> str:
    raise FileNotFoundError(2, "No such file or directory", path)


def problems_of(text: str, env: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(InvalidConfig) as caught:
        load_settings(text, "watchbot.yaml", env or {}, no_file)
    return [str(p).splitlines()[0] + (f" | {p.hint}" if p.hint else "") for p in caught.value.problems]


def feed_problems(text: str) -> list[str]:
    with pytest.raises(InvalidConfig) as caught:
        load_feeds(text, "feeds.yaml", {})
    return [str(p).splitlines()[0] for p in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("2m", 120), ("1h30m", 5400), ("24h", 86400), ("7d", 604800), ("250ms", 0.25), (" 2 m ", 120)],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "m", "5x", "1h x", "x1h", "-5m", "999999w", "1.5h"])
def test_no_durations(text: str) -> None:
    with pytest.raises(ValueError, match=r"duration|longer"):
        parse_duration(text)


@given(st.integers(0, 10**10))
def test_a_duration_reads_back(millis: int) -> None:
    value = timedelta(milliseconds=millis)
    assert parse_duration(format_duration(value)) == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pol: {}", ["watchbot.yaml:1:1: error: unknown key 'pol' | did you mean 'poll'?"]),
        (
            "poll:\n  intervall: 3m\n",
            ["watchbot.yaml:2:3: error: unknown key 'intervall' | did you mean 'interval'?"],
        ),
        (
            "poll:\n  tick: 7x\n",
            ["watchbot.yaml:2:9: error: poll.tick: '7x' is no duration: write it like 30s, 5m, 24h or 7d"],
        ),
        ("- a\n", ["watchbot.yaml:1:1: error: settings must be a mapping of keys to values"]),
        ("poll: 3\n", ["watchbot.yaml:1:7: error: 'poll' must be a mapping of keys to values"]),
        ("poll:\n\ttick: 1s\n", ["watchbot.yaml:2:1: error: not valid YAML: "]),
        ("log: {level: info}\nlog: {}\n", ["watchbot.yaml:2:1: error: 'log' is given twice"]),
        ("telegram:\n  admins: [x]\n", ["watchbot.yaml:2:12: error: telegram.admins: this must be a whole number"]),
        ("poll:\n  min_interval: 1h\n", ["watchbot.yaml:2:3: error: poll: min_interval <= interval"]),
    ],
)
def test_mistakes_are_placed(text: str, expected: list[str]) -> None:
    found = problems_of(text)
    assert len(found) == len(expected)
    for line, start in zip(found, expected, strict=True):
        assert line.startswith(start) or start in line


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("storage: {url: nonsense}", "write sqlite:///FILE"),
        ("storage: {url: 'sqlite://'}", "write sqlite:///FILE"),
        ("storage: {url: ''}", "write sqlite:///FILE"),
        ("storage: {url: 'mysql://x/y'}", "write sqlite:///FILE"),
        ("storage: {url: 'postgresql://x/y'}", "write postgresql+psycopg://"),
        ("storage: {backup_at: 25:00}", "'25:00' is no time of day"),
        ("telegram: {token: ''}", "the token is empty"),
        ("telegram: {token: 'hello world'}", "this is no bot token"),
        ("telegram: {timezone: Asia/Almati}", "did you mean Asia/Almaty?"),
        ("telegram: {timezone: ../../etc/passwd}", "is no time zone"),
        ("telegram: {base_url: api.telegram.org}", "'api.telegram.org' is no http or https address"),
        ("telegram: {rate: fast}", "this must be a number"),
        ("web: {listen: 8080}", "this must be a text"),
        ("web: {listen: 'localhost'}", "write it like 127.0.0.1:8080"),
        ("web: {listen: '127.0.0.1:99999'}", "write it like 127.0.0.1:8080"),
        ("web: {public_url: 'ftp://x'}", "no http or https address"),
        ("web: {ping_url: 'https://x/ y'}", "no http or https address"),
        ("fetch: {allow_private_networks: maybe}", "this must be true or false"),
        ("chats: [{id: 1, topics: [a], timezone: Nowhere/Land}]", "is no time zone"),
        ("chats: [{id: 1, topics: a}]", "this must be a list"),
        ("poll: {spool: /srv/in}", "this must be a list"),
        ("poll: {spool: ['']}", "this must not be empty"),
        ("poll: {spool: [3]}", "must be a mapping"),
        ("poll: {spool: [{name: dpa}]}", "'path' is missing"),
        ("poll: {spool: [{path: /srv/in, langs: de}]}", "unknown key 'langs'"),
        ("poll: {spool: [{path: /srv/in, lang: deutsch!}]}", "is no language code"),
        ("poll: {spool: [{path: /srv/in, country: Germany}]}", "is no country code"),
        ("poll: {spool: [{path: /srv/in, format: iptc}]}", "is no format"),
        ("poll: {spool: [/srv/in, {path: /srv/in/}]}", "'/srv/in' is listed twice"),
    ],
)
def test_a_value_that_cannot_be_is_told_before_the_start(line: str, message: str) -> None:
    (found,) = problems_of(line)
    assert message in found
    assert not re.search(r"\\d|pattern|pydantic|tuple", found)


def test_a_token_is_never_shown() -> None:
    (found,) = problems_of("telegram: {token: 'secret word'}")
    assert "secret" not in found.split("|")[0].removeprefix("watchbot.yaml:1:19: error: telegram.token: ")


def test_all_mistakes_at_once() -> None:
    found = problems_of("poll:\n  tick: x\nfetch:\n  max_bytes: -1\nstorage:\n  backup_at: 25:00\nnix: 1\n")
    assert len(found) == 4
    assert [int(line.split(":")[1]) for line in found] == [2, 4, 6, 7]


def test_the_environment_overrides(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("1:abc\n")
    env = {
        "WATCHBOT_TELEGRAM__TOKEN_FILE": str(secret),
        "WATCHBOT_TELEGRAM__ADMINS": "12, 34",
        "WATCHBOT_POLL__TICK": "200ms",
        "WATCHBOT_STORAGE__BACKUP_AT": "04:10",
        "WATCHBOT_FETCH__ALLOW_PRIVATE_NETWORKS": "true",
        "WATCHBOT_CONFIG": "elsewhere",
        "HOME": "/root",
    }
    settings = load_settings("poll: {tick: 5s}\ntelegram:\n", "w", env, lambda p: Path(p).read_text())
    assert settings.telegram.token is not None
    assert settings.telegram.token.get_secret_value() == "1:abc"
    assert settings.telegram.admins == (12, 34)
    assert settings.poll.tick == timedelta(milliseconds=200)
    assert settings.storage.backup_at == "04:10"
    assert settings.fetch.allow_private_networks is True
    assert "1:abc" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("WATCHBOT_TELEGRAM_TOKEN", "did you mean WATCHBOT_TELEGRAM__TOKEN?"),
        ("WATCHBOT_TELEGRAM_TOKEN_FILE", "did you mean WATCHBOT_TELEGRAM__TOKEN_FILE?"),
        ("WATCHBOT_TELEGRM__TOKEN", "did you mean WATCHBOT_TELEGRAM__TOKEN?"),
        ("WATCHBOT_NOPE__X", "sections: poll, "),
    ],
)
def test_a_variable_that_sets_nothing(name: str, hint: str) -> None:
    (found,) = problems_of("", {name: "x"})
    assert found.startswith(f"environment variable {name}: error: sets nothing | {hint}")


def test_variables_of_other_programs_are_left_alone() -> None:
    """Kubernetes sets such ones for a service named watchbot."""
    env = {"WATCHBOT_PORT": "tcp://10.0.0.1:80", "WATCHBOT_SERVICE_HOST": "10.0.0.1", "WATCHBOT_RULES": "x"}
    assert load_settings("", "w", env, no_file).telegram.token is None


def test_mistakes_in_the_environment_name_the_variable() -> None:
    found = problems_of("", {"WATCHBOT_LOG__LEVEL": "loud", "WATCHBOT_TELEGRAM__TOKEN_FILE": "/nowhere/token"})
    assert found == [
        "environment variable WATCHBOT_LOG__LEVEL: error: log.level: should be 'debug', 'info', 'warning' or 'error'",
        "environment variable WATCHBOT_TELEGRAM__TOKEN_FILE: error: "
        "cannot read /nowhere/token: No such file or directory",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("feeds: [{url: 'http://a/', nam: A}]", ["name' is missing", "unknown key 'nam'"]),
        ("feeds: [{url: 'file:///etc/passwd', name: A}]", ["is no http or https address"]),
        ("feeds: [{url: 'http://u:p@a/', name: A}]", ["a password in the address"]),
        ("feeds:\n- {url: 'http://a/', name: A}\n- {url: 'http://a/', name: B}", ["already listed on line 2"]),
        ("feeds: [{url: 'http://a/', name: A, headers: {X: '${NIX}'}}]", ["the environment has no NIX"]),
        ("feeds: [{url: 'http://a/', name: A, lang: german}]", ["feeds.lang"]),
        ("feeds: [{url: 'http://a/', name: A, auth: {user: u}}]", ["auth: is user: with password:, or bearer:"]),
        ("feeds: [{url: 'http://a/', name: A, auth: {usr: u}}]", ["unknown key 'usr'"]),
        ("feeds: [{url: 'http://a/', name: A, auth: {bearer: '${NIX}'}}]", ["no NIX and no NIX_FILE"]),
        (
            "feeds: [{url: 'http://a/', name: A, auth: {bearer: b}, headers: {authorization: x}}]",
            ["both auth: and a header Authorization"],
        ),
        ('feeds: [{url: "http://a/", name: A, auth: {bearer: "b\\nX: y"}}]', ["cannot hold line breaks"]),
        ("feeds: {a: b}", ["feeds"]),
    ],
)
def test_feed_mistakes(text: str, expected: list[str]) -> None:
    found = feed_problems(text)
    assert len(found) == len(expected)
    for line, part in zip(found, expected, strict=True):
        assert part in line
        assert line.startswith("feeds.yaml:")


def test_the_mistakes_of_all_feeds_at_once() -> None:
    found = feed_problems(
        """feeds:
  - {url: "https://user:pw@a.example/", name: A}
  - {url: a.example, name: B}
  - {url: https://c.example/, name: "", lang: english, country: Kazakhstan, interval: 0s, format: html, tags: x}
  - {url: https://d.example/, name: D, headers: {Authorization: "Bearer ${NOPE}"}}
  - {url: https://d.example/, nam: D}
  - 3
"""
    )
    assert [int(line.split(":")[1]) for line in found] == [2, 3, 4, 4, 4, 4, 4, 4, 5, 6, 6, 6, 7]
    assert not any(re.search(r"\\d|pattern|pydantic|tuple", line) for line in found)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a: 1\nb: x\x07y\n", (2, 5), "the character U+0007 cannot stand in a text"),
        ("a: 1\nb: [1\n", (2, 4), "what begins here never ends"),
        ("a: 'x\nb: 2\n", (1, 4), "what begins here never ends"),
        ("a: 1\n---\nb: 2\n", (2, 1), "the file must be one document"),
        ("a: " + "[" * 3000, (1, 1), "nested too deeply"),
    ],
)
def test_broken_yaml_is_told_where_it_breaks(text: str, place: tuple[int, int], message: str) -> None:
    (problem,) = read_yaml(text, "x.yaml").problems
    assert message in problem.message
    assert (problem.line, problem.column) == place


def test_feed_headers_take_secrets_from_the_environment() -> None:
    text = "feeds: [{url: 'http://a/', name: A, lang: no, headers: {Authorization: 'Bearer ${KEY}'}}]"
    (spec,) = load_feeds(text, "feeds.yaml", {"KEY": "s3"}).feeds
    assert spec.headers == {"Authorization": "Bearer s3"}
    assert spec.lang == "no"


def test_feed_credentials_come_from_the_environment_or_from_files_of_secrets() -> None:
    text = """feeds:
- {url: "http://a/", name: A, auth: {user: "desk", password: "${PASSWORD}"}}
- {url: "http://b/", name: B, auth: {bearer: "${TOKEN}"}, headers: {X-Key: "k-${TOKEN}"}}
"""
    files = {"/run/secrets/token": "t0ken\n"}
    env = {"PASSWORD": "pässword", "TOKEN_FILE": "/run/secrets/token"}
    first, second = load_feeds(text, "feeds.yaml", env, files.__getitem__).feeds
    assert first.headers == {"Authorization": "Basic " + base64.b64encode("desk:pässword".encode()).decode()}
    assert second.headers == {"X-Key": "k-t0ken", "Authorization": "Bearer t0ken"}

    def denied(path: str) -> str:
        raise PermissionError(13, "Permission denied")

    with pytest.raises(InvalidConfig) as raised:
        load_feeds(text, "feeds.yaml", env, denied)
    assert "TOKEN_FILE" in str(raised.value) and "Permission denied" in str(raised.value)


def test_the_shipped_files_are_valid() -> None:
    load_settings((ROOT / "config/watchbot.yaml").read_text("utf-8"), "watchbot.yaml", {}, no_file)
    feeds = load_feeds((ROOT / "config/feeds.yaml").read_text("utf-8"), "feeds.yaml", {})
    assert len(feeds.feeds) >= 30
    assert not feeds.warnings
    assert all(feed.lang and feed.tags for feed in feeds.feeds)


@given(st.text(max_size=200))
def test_any_text_is_answered(text: str) -> None:
    doc = read_yaml(text, "x.yaml")
    assert all(p.line >= 1 for p in doc.problems)


def test_anchor_bombs_end() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    doc = read_yaml("\n".join(lines), "x.yaml")
    assert any("too many" in p.message for p in doc.problems)


def test_a_spool_directory_is_a_path_or_says_more() -> None:
    text = (
        "poll:\n  spool:\n    - /srv/dpa/in\n"
        "    - {path: /srv/afp/in, name: AFP, lang: fr, tags: [agency], format: iptc7901, owner: AFP, country: FR}\n"
    )
    plain, told = load_settings(text, "watchbot.yaml", {}, no_file).poll.spool
    assert (plain.path, plain.name, plain.lang, plain.format) == ("/srv/dpa/in", None, None, "auto")
    assert (told.path, told.name, told.lang, told.tags) == ("/srv/afp/in", "AFP", "fr", ("agency",))
    assert (told.format, told.owner, told.country) == ("iptc7901", "AFP", "FR")
    listed = load_settings("", "watchbot.yaml", {"WATCHBOT_POLL__SPOOL": "/srv/a, /srv/b"}, no_file).poll.spool
    assert [spool.path for spool in listed] == ["/srv/a", "/srv/b"]


def test_a_mistake_about_a_spool_directory_has_its_line() -> None:
    text = "poll:\n  spool:\n    - /srv/a\n    - path: /srv/b\n      langs: de\n"
    assert problems_of(text) == ["watchbot.yaml:5:7: error: unknown key 'langs' | did you mean 'lang'?"]
