"""From deliveries to calls, and the pace of probes in an outage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servers.bot_api import parse_html, utf16
from watchbot.model import Button, Delivery, DeliveryKind, DeliveryState, Priority
from watchbot.outbox.messages import TEXT_LIMIT, address, cut, page_message, plain_html, thread
from watchbot.outbox.outage import LONGEST_WAIT, Outage


@dataclass(frozen=True)
class Text:
    html: str = "<b>x</b>"
    plain: str = "x < y"
    buttons: tuple[tuple[Button, ...], ...] = ((Button("More", data="m"),),)
    photo_url: str | None = "https://example.org/p.jpg"
    numbers: tuple[int, ...] = ()


def delivery(kind: DeliveryKind, message_id: int | None, **fields: object) -> Delivery:
    base: dict[str, object] = {"thread_id": None, "state": DeliveryState.SENDING, "message_id": message_id} | fields
    at = datetime(2022, 1, 8, tzinfo=UTC)
    return Delivery(1, 2, 3, kind=kind, priority=Priority.NORMAL, attempts=1, created_at=at, **base)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "message_id", "reply_to", "edit_of"),
    [
        (DeliveryKind.SEND, None, None, None),
        (DeliveryKind.SEND, 7, None, None),
        (DeliveryKind.REPLY, 7, 7, None),
        (DeliveryKind.REPLY, None, None, None),
        (DeliveryKind.EDIT, 7, None, 7),
        (DeliveryKind.EDIT, None, None, None),
    ],
)
def test_address(kind: DeliveryKind, message_id: int | None, reply_to: int | None, edit_of: int | None) -> None:
    message = address(delivery(kind, message_id, silent=True, thread_id=9), Text())
    assert (message.reply_to, message.edit_of, message.silent, message.thread_id) == (reply_to, edit_of, True, 9)
    assert message.html == "<b>x</b>" and message.photo_url is not None and message.buttons == Text().buttons


def test_plain_has_no_tags_and_no_picture() -> None:
    message = address(delivery(DeliveryKind.SEND, None, plain=True), Text())
    assert message.html == "x &lt; y" and message.photo_url is None
    page = page_message(Text(), 3, 1, silent=False, plain=True)
    assert (page.html, page.thread_id, page.chat_id) == ("x &lt; y", None, 3)


@pytest.mark.fault(11)
@pytest.mark.parametrize(("given_id", "named"), [(None, None), (0, None), (1, None), (2, 2)])
def test_general_has_no_thread_id(given_id: int | None, named: int | None) -> None:
    assert thread(given_id) == named


@pytest.mark.fault(12)
@pytest.mark.fault(13)
@given(st.text(max_size=200), st.integers(1, 200))
def test_plain_html_is_valid_and_fits(piece: str, times: int) -> None:
    """Whatever the text: Telegram's parser reads it back as it was, in at most 4096 UTF-16 units."""
    text = piece.encode("utf-8", "ignore").decode().replace("\0", "") * times
    shown, entities = parse_html(plain_html(text))
    assert entities == [] and utf16(shown) <= TEXT_LIMIT
    assert shown == text if utf16(text) <= TEXT_LIMIT else text.startswith(shown.removesuffix("…"))
    assert unescape(plain_html("&amp;")) == "&amp;"


@given(st.text(alphabet="a😀é", max_size=40), st.integers(1, 20))
def test_cut(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert utf16(short) <= limit and (short == text or short.endswith("…"))


@pytest.mark.fault(8)
@given(st.lists(st.floats(0, 0.999), min_size=1, max_size=40))
def test_probes_back_off_with_jitter(jitters: list[float]) -> None:
    """The first probe is at once; each wait is between half and all of a doubling time, a minute at most."""
    outage, now = Outage.begin(100.0), 100.0
    assert outage.probe_at == now
    for n, jitter in enumerate(jitters):
        outage = outage.failed(now, jitter)
        whole = min(LONGEST_WAIT, 2.0**n)
        assert whole / 2 - 1e-9 <= outage.probe_at - now <= whole + 1e-9
        assert outage.failures == n + 1 and outage.since == 100.0
        now = outage.probe_at
