"""The grammar of `match`: precedence, fields, and that nothing but its own errors comes out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbot.match import describe
from watchbot.rules.expression import required
from watchbot.rules.grammar import MAX_LENGTH, BadExpression, parse_expression
from watchbot.rules.patterns import PatternIndex, compile_pattern, word_key

IDS = ("a", "b", "c", "long-id", "қазақ", "orbit", "android", "notary")
TERMS = ("t",)


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("a", "a"),
        ("a or b and c", "a or (b and c)"),
        ("a and b or c and t", "(a and b) or (c and t)"),
        ("not a and b", "not a and b"),
        ("not (a and b)", "not (a and b)"),
        ("not not a", "not not a"),
        ("not a near/3 b", "not (a near/3 b)"),
        ("title:not a", "title:(not a)"),
        ("a and b near/5 c", "a and (b near/5 c)"),
        ("a near/5 b near/2 c", "(a near/5 b) near/2 c"),
        ("a near/5 (b or c)", "a near/5 (b or c)"),
        ("title:a and b", "title:a and b"),
        ("title:(a and b)", "title:(a and b)"),
        ("title : a", "title:a"),
        ("TITLE:a AND NOT b", "title:a and not b"),
        ("summary:protest*", "summary:protest*"),
        ('body:~"state of emergency"', 'body:~"state of emergency"'),
        ('lang:de or lang:"zh-*"', 'lang:"de" or lang:"zh-*"'),
        ("tag:(x or y)", 'tag:"x" or tag:"y"'),
        ('source:"Radio Free *" and a', 'source:"Radio Free *" and a'),
        ("orbit and android or notary", "(orbit and android) or notary"),
        ("long-id and қазақ", "long-id and қазақ"),
        ("a\n  or\tb", "a or b"),
    ],
)
def test_how_it_is_read(text: str, read_as: str) -> None:
    found = describe(parse_expression(text, IDS, TERMS))
    again = describe(parse_expression(found, IDS, TERMS))
    assert found == again
    assert found == read_as or describe(parse_expression(read_as, IDS, TERMS)) == found


@pytest.mark.parametrize(
    ("text", "atoms"),
    [
        ("a and b", {"a"}),
        ("(a or b) and t", {"a", "b"}),
        ("t and c", {"c"}),
        ("a near/3 protest*", {"a"}),
        ("title:a or b", {"a", "b"}),
        ("protest* or t", {"protest*", "t"}),
        ("not a", None),
        ("a or not b", None),
        ("lang:de or a", None),
        ("lang:de and a", {"a"}),
        ('~"in stems"', None),
    ],
)
def test_what_must_be_present(text: str, atoms: set[str] | None) -> None:
    found = required(parse_expression(text, IDS, TERMS))
    assert (None if found is None else set(map(describe, found))) == atoms


ALPHABET = st.sampled_from(
    [
        *"()~\"*:'“é李\ud83d\0 \n",
        "a",
        "b",
        "t",
        " and ",
        " or ",
        " not ",
        " near/3 ",
        "near",
        "title:",
        "lang:",
        "x*",
        '"w v"',
        "~",
    ]
)


@given(st.one_of(st.text(), st.lists(ALPHABET, max_size=40).map("".join)))
def test_only_its_own_errors(text: str) -> None:
    try:
        parse_expression(text, IDS, TERMS)
    except BadExpression as error:
        assert error.mistakes
        assert all(0 <= mistake.offset <= len(text) for mistake in error.mistakes)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "a" + ")" * 5000,
        "not " * 2000 + "a",
        "a" + " near/2 b" * 900,
        "title:" * 1000 + "a",
        "a or " * 4000 + "a",
    ],
)
def test_monsters_are_refused(text: str) -> None:
    with pytest.raises(BadExpression):
        parse_expression(text, IDS, TERMS)


def test_many_alternatives_are_fine() -> None:
    text = " or ".join(["a", "t", "w*x"] * (MAX_LENGTH // 20))
    assert required(parse_expression(text[:MAX_LENGTH].rsplit(" or ", 1)[0], IDS, TERMS))


PATTERNS = [
    ("arrest*", ["arrest", "arrested", "ARRESTS"], ["rearrest", "arres"]),
    ("*arrest", ["rearrest", "arrest"], ["arrested"]),
    ("*arrest*", ["rearrested"], ["arest"]),
    ("ver*et", ["verhaftet", "veret"], ["verhaftete", "vet"]),
    ("a*b*c*d", ["abcd", "axbxcxd"], ["acbd", "abdc"]),
    ("straße", ["Straße", "STRASSE"], ["strase"]),
    ("задерж*", ["Задержан", "ЗАДЕРЖАЛИ"], ["держать"]),
    ("*اعتقال*", ["الاعتقالات"], ["عقال"]),
    ("o‘qish", ["o'qish", "O’QISH"], ["oqish"]),
    ("체포*", ["체포됐다"], ["재체포"]),
    ("*จับกุม*", ["ถูกจับกุมแล้ว"], ["จับ"]),
]


@pytest.mark.parametrize(("pattern", "yes", "no"), PATTERNS)
def test_words_with_stars(pattern: str, yes: list[str], no: list[str]) -> None:
    compiled = compile_pattern(pattern)
    index = PatternIndex([("x", compiled)])
    for word in yes + no:
        assert compiled.words[0].matches(word_key(word)) == (word in yes), word
        assert bool(index.find([word])) == (word in yes), word


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("state of emergenc*", "a State of Emergency", [(1, 4)]),
        ("state of emergenc*", "state emergency of", []),
        ("of of", "of of of", [(0, 2), (1, 3)]),
        ("ex-chief", "the ex chief", [(1, 3)]),
    ],
)
def test_several_words(pattern: str, text: str, found: list[tuple[int, int]]) -> None:
    index = PatternIndex([("x", compile_pattern(pattern))])
    places = index.find(text.split())
    assert [place[:2] for place in places.get("x", [])] == found


@given(
    st.lists(st.text(alphabet="ab*", min_size=1, max_size=8), max_size=8),
    st.lists(st.text(alphabet="abc", max_size=9), max_size=9),
)
def test_the_index_finds_what_each_pattern_matches(texts: list[str], words: list[str]) -> None:
    patterns = []
    for text in texts:
        try:
            patterns.append((text, compile_pattern(text)))
        except ValueError:
            continue
    found = PatternIndex(patterns).find(words)
    for text, pattern in patterns:
        expected = [(i, i + 1) for i, word in enumerate(words) if pattern.words[0].matches(word)]
        assert [place[:2] for place in found.get(text, [])] == expected


@given(st.text())
def test_word_keys_are_stable(word: str) -> None:
    key = word_key(word)
    assert key == word_key(word.upper()) or word.upper().lower() != word.lower() or not word.isalpha()


def test_evil_patterns_take_no_time() -> None:
    pattern = compile_pattern("*a*a*a*a*a*ab").words[0]
    assert not pattern.matches("a" * 200)
    index = PatternIndex([(i, compile_pattern(f"*a{i}*b*")) for i in range(1000)])
    assert index.find(["a" * 200] * 1000) == {}
