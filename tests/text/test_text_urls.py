"""Canonical URLs: what names a page stays, what came on the way goes."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbot.text.urls import MAX_URL, canonical_url

PAGE = "https://example.com/news/2022/01/05/almaty"


def google_article(url: str) -> str:
    """A Google News article id of the older kind: a protobuf with the address in plain."""
    payload = b"\x08\x13\x22" + bytes([len(url)]) + url.encode() + b"\xd2\x01\x00"
    return "https://news.google.com/rss/articles/" + base64.urlsafe_b64encode(payload).decode().rstrip("=") + "?oc=5"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/news/2022/01/05/almaty",
        "https://www.example.com/news/2022/01/05/almaty/",
        "https://m.example.com/news/2022/01/05/almaty#comments",
        "https://EXAMPLE.com:443/news/2022/01/05/almaty",
        "https://amp.example.com/news/2022/01/05/almaty",
        "https://example.com/amp/news/2022/01/05/almaty",
        "https://example.com/news/2022/01/05/almaty/amp",
        "https://example.com/news/2022/01/05/almaty.amp",
        "https://example.com//news/2022/01/05/almaty/index.html",
        "https://example.com/news/2022/01/05/almaty?utm_source=rss&utm_medium=feed",
        "https://example.com/news/2022/01/05/almaty?fbclid=x&gclid=y&yclid=z&at_medium=RSS",
        "https://example.com/news/2022/01/05/almaty?from=rss",
        "https://example.com/news/2022/01/05/almaty?ref=twitter&CMP=Share_iOSApp_Other",
        "//example.com/news/2022/01/05/almaty",
        "  https://example.com/news/2022/01/05/almaty  ",
        "https://www.google.com/url?rct=j&sa=t&url=https://example.com/news/2022/01/05/almaty&ct=ga",
        "https://www.google.com/amp/s/example.com/news/2022/01/05/almaty",
        "https://example-com.cdn.ampproject.org/c/s/example.com/news/2022/01/05/almaty",
        google_article("https://www.example.com/news/2022/01/05/almaty"),
        "https://yandex.ru/turbo?text=https%3A%2F%2Fexample.com%2Fnews%2F2022%2F01%2F05%2Falmaty",
        "https://clck.yandex.ru/redir/abc*https://example.com/news/2022/01/05/almaty",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.com%2Fnews%2F2022%2F01%2F05%2Falmaty&h=AT",
        "https://vk.com/away.php?to=https%3A%2F%2Fexample.com%2Fnews%2F2022%2F01%2F05%2Falmaty",
    ],
)
def test_one_page(url: str) -> None:
    assert canonical_url(url) == PAGE


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com/?p=12", "https://example.com?p=12"),
        ("https://example.com/a?b=2&a=1", "https://example.com/a?a=1&b=2"),
        ("https://example.com/a?id=5&from=almaty", "https://example.com/a?from=almaty&id=5"),
        ("https://example.com/новости", "https://example.com/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8"),
        (
            "https://example.com/%d0%bd%d0%be%d0%b2%d0%be%d1%81%d1%82%d0%b8",
            "https://example.com/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8",
        ),
        ("https://example.com:8080/a", "https://example.com:8080/a"),
        ("https://example.com/app#!/news/5", "https://example.com/app#!/news/5"),
        ("https://m.com/a", "https://m.com/a"),
        ("https://www.com/a", "https://www.com/a"),
        ("https://example.com/Case/Matters", "https://example.com/Case/Matters"),
        (
            "https://news.google.com/rss/articles/CBMiAAAA_not_plain",
            "https://news.google.com/rss/articles/CBMiAAAA_not_plain",
        ),
        ("http://[::1]:8000/feed", "https://[::1]:8000/feed"),
        ("http://[broken/feed", "http://[broken/feed"),
        ("mailto:desk@example.com", "mailto:desk@example.com"),
        ("urn:newsml:example.com:2022:1", "urn:newsml:example.com:2022:1"),
        ("https://example.com:99999/a", "https://example.com:99999/a"),
        ("", ""),
    ],
)
def test_what_stays(url: str, expected: str) -> None:
    assert canonical_url(url) == expected


def test_host_aliases_apply_to_the_host_as_written_and_stripped() -> None:
    aliases = {"ru.example.kz": "example.kz", "mobile.other.kz": "example.kz", "loop.a": "loop.b", "loop.b": "loop.a"}
    assert canonical_url("https://ru.example.kz/a", aliases) == "https://example.kz/a"
    assert canonical_url("https://www.ru.example.kz/a", aliases) == "https://example.kz/a"
    assert canonical_url("https://mobile.other.kz/a", aliases) == "https://example.kz/a"
    assert canonical_url("https://loop.a/x", aliases)  # ends, whatever it says


def test_a_redirect_to_itself_ends() -> None:
    url = "https://www.google.com/url?url=https://www.google.com/url?url=x.y"
    assert canonical_url(url).startswith("https://google.com/")


@given(st.text(max_size=200))
def test_any_text_is_answered(url: str) -> None:
    assert len(canonical_url(url)) <= max(9 * len(url), 20)


@given(
    st.builds(
        "{}://{}{}/{}{}".format,
        st.sampled_from(["http", "https", "HTTPS"]),
        st.sampled_from(["", "www.", "m.", "amp.", "www.m."]),
        st.sampled_from(["example.com", "Example.KZ", "sub.example.co.uk"]),
        st.text(alphabet="abcйü%2F/.-_~ ampindexhtml", max_size=30),
        st.text(alphabet="?&=#utm_source=rssabfrom;+%20", max_size=40),
    )
)
def test_twice_is_once(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


def test_a_huge_address_is_cut_not_searched() -> None:
    assert len(canonical_url("https://example.com/" + "a" * 1_000_000)) <= MAX_URL
