"""Replay: recorded items through the plan, on their own clock; broken input named; two rule sets compared."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from watchbot.cli import cli
from watchbot.model import FeedSpec, ParsedEntry, ParsedFeed
from watchbot.plan import Audience, Ledger, PlanSettings, entry_keys, plan_update
from watchbot.replay import BadLine, ReplayItem, diff, on_their_clock, read_items, recorded, replay, summary
from watchbot.replay.items import in_order
from watchbot.rules import load_rules
from watchbot.storage import Storage
from watchbot.stories import StoryIndex

HEAD = """
version: 1
entities:
  kazakhstan: {country: KZ}
  massimov: {person: Karim Massimov}
rules:
"""
RULES = HEAD + "  - {id: kazakhstan, title: Kazakhstan, match: kazakhstan}\n"
WIDER = HEAD + "  - {id: kazakhstan, title: Kazakhstan, match: kazakhstan or massimov}\n"
TEXT = (
    "The committee said he was held with several other officials on Thursday, a day after he was removed from his post "
    "by order of the president."
)
AT = "2022-01-08T0{}:00:00Z"


@pytest.fixture(scope="module")
def rules():
    return load_rules(RULES, "rules.yaml", lambda name: "")


@pytest.fixture(scope="module")
def wider():
    return load_rules(WIDER, "rules.yaml", lambda name: "")


def row(number: int, title: str, **more: object) -> dict[str, object]:
    return {
        "id": f"i{number}",
        "title": title,
        "lang": "en",
        "source": f"Outlet {number}",
        "published": AT.format(number),
    } | more


STORY = [
    row(1, "Kazakhstan's ex-security chief arrested for treason", summary=TEXT),
    row(2, "Former spy chief held in Kazakhstan", summary=TEXT),
    row(3, "Kasachstan: Ex-Geheimdienstchef wegen Hochverrats festgenommen", lang="de"),
    row(4, "Weather in Berlin"),
    row(5, "Kazakhstan opens airports"),
    row(6, "Massimov's relatives under scrutiny"),
]


def lines(rows: list[dict[str, object]]) -> list[bytes]:
    return [json.dumps(r, ensure_ascii=False).encode() for r in rows]


def items(rows: list[dict[str, object]]) -> list[ReplayItem]:
    found = list(read_items(lines(rows)))
    assert all(isinstance(i, ReplayItem) for i in found)
    return [i for i in found if isinstance(i, ReplayItem)]


def outcomes(rows: list[dict[str, object]], rules) -> list[tuple[str, str, str | None]]:
    return [(a.id, a.outcome, a.story) for a in replay(on_their_clock(items(rows)), rules)]


def test_a_story_is_one_message(rules) -> None:
    assert outcomes(STORY, rules) == [
        ("i1", "alert", "i1"),
        ("i2", "duplicate", "i1"),
        ("i3", "update", "i1"),
        ("i4", "no-match", None),
        ("i5", "alert", "i5"),
        ("i6", "no-match", None),
    ]


def test_the_order_of_the_file_does_not_matter(rules) -> None:
    assert sorted(outcomes(STORY[::-1], rules)) == outcomes(STORY, rules)


def test_two_runs_agree(rules) -> None:
    assert outcomes(STORY, rules) == outcomes(STORY, rules)


@pytest.mark.parametrize("published", [None, "", "yesterday", 17, "2099-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59"])
def test_missing_broken_and_far_dates_cost_no_item(rules, published: object) -> None:
    rows = [*STORY[:2], row(7, "Curfew lifted in Kazakhstan", published=published)]
    found = outcomes(rows, rules)
    assert len(found) == 3
    assert ("i7", "alert", "i7") in found


def test_items_without_any_date_are_played_in_file_order(rules) -> None:
    rows = [{k: v for k, v in r.items() if k != "published"} for r in STORY]
    assert outcomes(rows, rules) == outcomes(STORY, rules)


def test_two_items_with_one_id_are_answered_both(rules) -> None:
    rows = [
        STORY[0],
        row(5, "Kazakhstan opens airports", id="i1", source="Outlet 1"),
        row(6, "Oil price falls in Kazakhstan", id="i1"),
    ]
    assert outcomes(rows, rules) == [("i1", "alert", "i1"), ("i1", "alert", "i1#2"), ("i1", "alert", "i1#3")]


def test_the_same_item_again_is_a_duplicate(rules) -> None:
    assert outcomes([STORY[0], STORY[0]], rules) == [("i1", "alert", "i1"), ("i1", "duplicate", "i1")]


def test_empty_titles_and_a_megabyte_of_summary(rules) -> None:
    rows = [
        row(1, ""),
        row(2, "", summary="Kazakhstan " + "word " * 200_000),
        row(3, "", summary="Kazakhstan curfew lifted"),
    ]
    assert [o for _, o, _ in outcomes(rows, rules)] == ["no-match", "alert", "alert"]


def test_broken_lines_are_named_and_the_rest_goes_on() -> None:
    found = list(
        read_items(
            [
                b'\xef\xbb\xbf{"id": 1, "title": "a"}\n',
                b"\n",
                b"{oops\n",
                b"[1]\n",
                b'{"title": "no id"}\n',
                b'{"id": "x"}\n',
                b'{"id": "y", "title": 5}\n',
                b"\xff\xfe\n",
                b'{"id": true, "title": "a"}\n',
                b'{"id": "z", "title": "\\ud83d"}\n',
                b'{"id": "s", "title": "a", "status": "odd"}\n',
                b"[" * 100_000 + b"\n",
                b'{"id": "t", "title": "a", "tags": "b"}',
            ]
        )
    )
    good = [i.id for i in found if isinstance(i, ReplayItem)]
    bad = {i.line: i.reason for i in found if isinstance(i, BadLine)}
    assert good == ["1", "z"]
    assert sorted(bad) == [3, 4, 5, 6, 7, 8, 9, 11, 12, 13]
    assert bad[3].startswith("not JSON")
    assert bad[8] == "not UTF-8"
    assert bad[5] == 'no "id"'


def test_since_counts_back_from_the_last_item() -> None:
    timed = on_their_clock(items(STORY), timedelta(hours=2))
    assert [item.id for _, item in timed] == ["i4", "i5", "i6"]


@pytest.mark.parametrize("since", [None, timedelta(minutes=3)])
def test_a_file_is_played_as_its_items_in_memory_are(since: timedelta | None) -> None:
    rng = random.Random(4)
    rows: list[bytes] = []
    for number in range(200):
        made = row(number, f"Kazakhstan {number}", published=f"2022-01-08T00:{rng.randrange(60):02}:00Z")
        if rng.random() < 0.3:
            del made["published"]
        rows += [*lines([made]), *rng.choices([b"", b"{broken", b"[]"], k=rng.randrange(3))]
    bad: list[BadLine] = []
    played = list(recorded(io.BytesIO(b"\n".join(rows)), bad.append, since))
    read = list(read_items(rows))
    assert played == list(on_their_clock([item for item in read if isinstance(item, ReplayItem)], since))
    assert bad == [line for line in read if isinstance(line, BadLine)]


def test_moments_keep_their_microseconds_and_equal_ones_their_order() -> None:
    late, early = datetime(2100, 1, 1, 0, 0, 0, 999_999, UTC), datetime(1960, 1, 1, 0, 0, 0, 1, UTC)
    assert list(in_order([None, late, None, early, late])) == [
        (early, 3), (late, 0), (late, 1), (late, 2), (late, 4)
    ]  # fmt: skip
    assert [place for _, place in in_order([None, None])] == [0, 1]
    assert list(in_order([], timedelta(hours=1))) == []


def test_memory_does_not_grow_with_what_the_items_say(tmp_path: Path, rules) -> None:
    with (tmp_path / "large.jsonl").open("wb") as out:
        for number in range(100):
            out.write(lines([row(number % 10, f"Weather {number}", summary="rain " * 40_000)])[0] + b"\n")
    tracemalloc.start()
    try:
        with (tmp_path / "large.jsonl").open("rb") as file:
            assert sum(1 for _ in replay(recorded(file, pytest.fail), rules)) == 100
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 10_000_000, "the items are 20 MB"


def test_a_file_that_is_cut_short_while_it_is_replayed_is_named(tmp_path: Path, rules) -> None:
    (tmp_path / "items.jsonl").write_bytes(b"\n".join(lines(STORY)))
    with (tmp_path / "items.jsonl").open("rb", buffering=0) as file:
        answers = replay(recorded(io.BufferedReader(file, 1), pytest.fail), rules)
        next(answers)
        (tmp_path / "items.jsonl").write_bytes(b"")
        with pytest.raises(OSError, match="changed while it was replayed"):
            list(answers)


def test_a_rule_set_is_compared_by_what_it_tells(rules, wider) -> None:
    found = diff(on_their_clock(items(STORY)), rules, wider)
    assert (found.gained, found.lost) == (1, 0)
    assert [a.id for a in found.rules[0].gained] == ["i6"]
    back = diff(on_their_clock(items(STORY)), wider, rules)
    assert (back.gained, back.lost) == (0, 1)
    text = summary(found, "7d")
    assert text[0] == "+1 / -0 messages in the last 7d (6 items)"
    assert "Massimov's relatives under scrutiny" in text[2]
    assert summary(diff(on_their_clock(items(STORY)), rules, rules)) == ["no difference over 6 items"]


# -- the command line


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "wider.yaml").write_text(WIDER, encoding="utf-8")
    (tmp_path / "config" / "watchbot.yaml").write_text(
        f"storage: {{url: 'sqlite:///{tmp_path}/bot.db'}}\n", encoding="utf-8"
    )
    (tmp_path / "items.jsonl").write_bytes(b"\n".join(lines(STORY)))
    return tmp_path


def run(home: Path, *args: str):
    return CliRunner().invoke(cli, ["--config", str(home / "config"), *args], catch_exceptions=False)


def test_the_command_prints_one_answer_per_item(home: Path) -> None:
    result = run(home, "replay", str(home / "items.jsonl"), "--json")
    assert result.exit_code == 0
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert answers[0] == {"id": "i1", "outcome": "alert", "story": "i1", "rules": ["kazakhstan"]}
    assert len(answers) == 6
    assert "2 messages" in run(home, "replay", str(home / "items.jsonl")).stderr


def test_the_command_names_broken_lines_and_exits_1(home: Path) -> None:
    with (home / "items.jsonl").open("ab") as out:
        out.write(b"\n{broken\n")
    result = run(home, "replay", str(home / "items.jsonl"), "--json")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 6
    assert "line 7: not JSON" in result.stderr


def test_the_command_compares(home: Path) -> None:
    path = str(home / "items.jsonl")
    result = run(home, "replay", path, "--compare", str(home / "wider.yaml"))
    assert "kazakhstan: +1 / -0" in result.stdout
    [found] = map(
        json.loads, run(home, "replay", path, "--compare", str(home / "wider.yaml"), "--json").stdout.splitlines()
    )
    assert found == {
        "rule": "kazakhstan",
        "gained": [{"id": "i6", "title": STORY[5]["title"], "source": "Outlet 6"}],
        "lost": [],
    }
    swapped = run(home, "replay", path, "--rules", str(home / "wider.yaml"), "--compare", str(home / "rules.yaml"))
    assert "+0 / -1" in swapped.stdout


def archive(home: Path, rules) -> datetime:
    """Run a real update into a real database, as the bot would."""
    now = datetime.now(UTC) - timedelta(hours=1)
    storage = Storage(f"sqlite:///{home}/bot.db")
    try:
        storage.migrate(now)
        storage.sync_feeds([FeedSpec("https://example.com/rss", "Outlet")], now)
        [feed] = storage.feeds()
        entries = tuple(
            ParsedEntry(
                str(r["id"]),
                f"https://www.example.com/{r['id']}",
                str(r["title"]),
                str(r.get("summary", "")),
                lang=str(r["lang"]),
                published_at=now - timedelta(minutes=10 - n),
            )
            for n, r in enumerate(STORY)
        )
        parsed = ParsedFeed("Outlet", "https://example.com/", "en", "rss20", entries)
        keys = {key for one in entry_keys(feed, parsed) for key in one.all}
        plan = plan_update(
            feed, parsed, known=storage.known_keys(keys), ids=storage.next_entry_ids(len(entries)), rules=rules,
            index=StoryIndex(), ledger=Ledger(), audience=Audience(), settings=PlanSettings(), now=now,
        )  # fmt: skip
        storage.apply(plan, now)
        assert len(storage.known_keys(keys)) == len(set(keys))
    finally:
        storage.close()
    return now


def test_the_archive_is_replayed_when_no_file_is_given(home: Path, rules) -> None:
    archive(home, rules)
    answers = [json.loads(line) for line in run(home, "replay", "--json", "--since", "7d").stdout.splitlines()]
    assert [a["outcome"] for a in answers] == ["alert", "duplicate", "update", "no-match", "alert", "no-match"]
    assert "+1 / -0" in run(home, "replay", "--compare", str(home / "wider.yaml")).stdout


def test_the_archive_is_read_page_by_page(home: Path, rules, monkeypatch: pytest.MonkeyPatch) -> None:
    archive(home, rules)
    whole = run(home, "replay", "--json").stdout
    monkeypatch.setattr("watchbot.cli.replay.PAGE", 2)
    assert run(home, "replay", "--json").stdout == whole
    assert len(whole.splitlines()) == len(STORY)


def test_items_come_through_a_pipe(home: Path) -> None:
    command = [sys.executable, "-m", "watchbot", "--config", str(home / "config"), "replay", "-", "--json"]
    done = subprocess.run(command, input=b"\n".join(lines(STORY)), capture_output=True, check=True)
    assert done.stdout.decode() == run(home, "replay", str(home / "items.jsonl"), "--json").stdout


def test_why_tells_what_became_of_an_entry(home: Path, rules) -> None:
    now = archive(home, rules)
    told = run(home, "why", "http://m.example.com/i2?utm_source=x#top").stdout
    assert "Former spy chief held in Kazakhstan" in told
    assert f"seen in Outlet at {now:%Y-%m-%d %H:%M:%S} UTC" in told
    assert 'rules: kazakhstan (kazakhstan by "Kazakhstan" in the title)' in told
    assert "the same text" in told
    assert "is a copy" in told
    assert "opened a story" in run(home, "why", "security chief arrested").stdout
    assert "no rule" in run(home, "why", "Weather").stdout
    nothing = run(home, "why", "nothing of the kind")
    assert nothing.exit_code == 1
    assert "no entry" in nothing.stderr


def test_asking_creates_no_database(home: Path) -> None:
    result = CliRunner().invoke(cli, ["--config", str(home / "config"), "why", "x"])
    assert "no database" in str(result.exception)
    assert not (home / "bot.db").exists()
