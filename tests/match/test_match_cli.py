"""`watchbot match` and `watchbot explain` as scripts and people call them: real processes, real pipes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

RULES = """\
version: 1
entities:
  massimov: {person: Karim Massimov}
  almaty: {place: Almaty}
terms:
  arrest: [arrest*]
rules:
  - {id: case, title: The case, match: massimov and arrest, priority: high}
  - {id: city, title: The city, match: almaty and not arrest, priority: low}
"""


def run(tmp_path: Path, *args: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    rules = tmp_path / "rules.yaml"
    if not rules.exists():
        rules.write_text(RULES, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "watchbot", "--rules", str(rules), *args],
        input=stdin, capture_output=True, timeout=60, check=False, env=os.environ | {"PYTHONUTF8": "1"},
    )  # fmt: skip


def test_one_answer_a_line_exactly_as_documented(tmp_path: Path) -> None:
    items = [
        {
            "id": "1",
            "title": "Massimov arrested",
            "summary": "in 😀 Almaty",
            "lang": "en",
            "link": "x",
            "published": "y",
        },
        {"id": 2, "title": "Nothing", "summary": None},
    ]
    done = run(tmp_path, "match", stdin="\n".join(map(json.dumps, items)).encode())
    assert (done.returncode, done.stderr) == (0, b"")
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {
            "id": "1",
            "entities": ["massimov", "almaty"],
            "rules": ["case"],
            "matches": [
                {"entity": "massimov", "field": "title", "start": 0, "end": 8, "text": "Massimov"},
                {"entity": "almaty", "field": "summary", "start": 5, "end": 11, "text": "Almaty"},
            ],
        },
        {"id": 2, "entities": [], "rules": [], "matches": []},
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{broken", "not JSON"),
        (b"[1]", "JSON object"),
        (b'{"title": "x"}', "'id' is missing"),
        (b'{"id": 1, "title": 5}', "'title' must be a text"),
        (b'{"id": 1, "title": "x", "lang": []}', "'lang' must be a text"),
        (b'{"id": 1, "title": "x", "tags": "politics"}', "'tags' must be a list"),
        (b'{"id": 1, "title" "x"}', "not JSON: Expecting ':' delimiter at column 19"),
        (b'{"id": 1, "title": "\xff"}', "not UTF-8"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_a_broken_line_is_named_and_the_others_go_on(tmp_path: Path, line: bytes, message: str) -> None:
    good = b'{"id": "%d", "title": "Almaty"}'
    done = run(tmp_path, "match", stdin=b"\n".join([good % 1, line, b"", good % 4]))
    assert done.returncode == 1
    assert [json.loads(answer)["id"] for answer in done.stdout.splitlines()] == ["1", "4"]
    errors = done.stderr.decode().splitlines()
    assert errors[0].startswith("line 2: ")
    assert message in errors[0]


def test_lone_surrogates_and_control_characters(tmp_path: Path) -> None:
    line = rb'{"id": "\udc00", "title": "\ud83d Almaty \u0000\u202e", "summary": "\ud800"}'
    done = run(tmp_path, "match", stdin=line)
    assert done.returncode == 0
    answer = json.loads(done.stdout)
    assert (answer["id"], answer["matches"][0]["start"]) == ("\udc00", 2)


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    command = [sys.executable, "-m", "watchbot", "--rules", str(tmp_path / "rules.yaml"), "match"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdout.close()
        try:
            process.stdin.write(b'{"id": "1", "title": "Almaty"}\n' * 5000)
            process.stdin.close()
        except BrokenPipeError:
            pass
        assert process.stderr.read() == b""
        assert process.wait(timeout=30) == 0


def test_broken_rules_are_shown_with_a_caret(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("version: 1\nrules: [{id: a, match: nobody}]\n", encoding="utf-8")
    done = run(tmp_path, "match")
    assert done.returncode == 1
    assert "rules.yaml:2:24: error: there is no entity or term 'nobody'" in done.stderr.decode()
    assert done.stdout == b""


def test_explain_for_people(tmp_path: Path) -> None:
    done = run(tmp_path, "explain", "Massimov", "left", "Almaty,", "Maximov did not")
    shown = done.stdout.decode()
    assert done.returncode == 0
    assert "massimov  Massimov  at 0-8  as a form of Karim Massimov" in shown
    assert "Maximov: one letter off, not matched" in shown
    assert "✔ The city  city · low  through Almaty" in shown
    assert "✘ The case  case  lacks arrest" in shown


def test_explain_for_scripts(tmp_path: Path) -> None:
    done = run(tmp_path, "explain", "--json", "--lang", "ru", "-", stdin="Масимова арестовали в Алматы".encode())
    found = json.loads(done.stdout)
    assert found["entities"] == ["massimov", "almaty"]
    assert found["matches"][0] == {
        "entity": "massimov", "field": "title", "start": 0, "end": 8, "text": "Масимова", "alias": "Karim Massimov",
    }  # fmt: skip
    assert [rule["rule"] for rule in found["rules"]] == ["city"]
    assert found["missing"] == {"case": ["arrest"]}
    assert found["near_misses"] == []


@pytest.mark.parametrize("text", [b"\xff\xfe Almaty", b"", b"[bold]Almaty[/] \x1b[31m"])
def test_explain_takes_any_bytes(tmp_path: Path, text: bytes) -> None:
    for flags in ([], ["--json"]):
        done = run(tmp_path, "explain", *flags, "-", stdin=text)
        assert (done.returncode, done.stderr) == (0, b"")
        assert b"\x1b[31m" not in done.stdout
