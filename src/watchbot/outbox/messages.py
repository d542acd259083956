"""From a delivery and its rendered text to the one call that makes it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape
from typing import Protocol

from watchbot.model import AlertView, Button, Chat, Delivery, DeliveryKind, OutgoingMessage, SendResult

TEXT_LIMIT = 4096
GENERAL = 1
"""The General topic's id at Telegram. A bot addresses it by no thread id; with this one it gets "thread not found"."""


class Rendered(Protocol):
    """What a renderer gives: `watchbot.render.Rendered`."""

    @property
    def html(self) -> str: ...
    @property
    def plain(self) -> str: ...
    @property
    def buttons(self) -> Sequence[Sequence[Button]]: ...
    @property
    def photo_url(self) -> str | None: ...


class Page(Rendered, Protocol):
    """A page of a digest, with the numbers of the alerts that it covers (empty: told by the last page)."""

    @property
    def numbers(self) -> Sequence[int]: ...


class RenderAlert(Protocol):
    """`watchbot.render.render_alert`."""

    def __call__(self, view: AlertView, chat: Chat, *, now: datetime) -> Rendered: ...


class RenderDigest(Protocol):
    """`watchbot.render.render_digest`."""

    def __call__(
        self, views: Sequence[AlertView], chat: Chat, *, now: datetime, roll: str | None = None, stale: bool = False
    ) -> Sequence[Page]: ...


class RenderRolling(Protocol):
    """`watchbot.render.render_rolling`."""

    def __call__(
        self, views: Sequence[AlertView], chat: Chat, *, now: datetime, topic: str, since: datetime
    ) -> Sequence[Page]: ...


class Messenger(Protocol):
    """Where messages go: Telegram, the console."""

    async def send(self, message: OutgoingMessage) -> SendResult:
        """Make one call; never raises for what the other side answers."""
        ...

    async def ready(self) -> bool:
        """Whether the other side answers at all. TelegramError when it answers that it does not know us any more."""
        ...


Clock = Callable[[], datetime]


def address(delivery: Delivery, rendered: Rendered) -> OutgoingMessage:
    """The call that makes this delivery."""
    kind, known = delivery.kind, delivery.message_id is not None
    return OutgoingMessage(
        chat_id=delivery.chat_id,
        html=plain_html(rendered.plain) if delivery.plain else rendered.html,
        plain=rendered.plain,
        thread_id=thread(delivery.thread_id),
        silent=delivery.silent,
        buttons=rendered.buttons,
        reply_to=delivery.message_id if kind is DeliveryKind.REPLY and known else None,
        edit_of=delivery.message_id if kind is DeliveryKind.EDIT and known else None,
        photo_url=None if delivery.plain else rendered.photo_url,
    )


def page_message(
    page: Rendered, chat_id: int, thread_id: int | None, *, silent: bool, plain: bool, edit_of: int | None = None
) -> OutgoingMessage:
    """The call that sends one page of a digest, or writes it over the message `edit_of`."""
    html = plain_html(page.plain) if plain else page.html
    return OutgoingMessage(chat_id, html, page.plain, thread(thread_id), silent, page.buttons, edit_of=edit_of)


def thread(thread_id: int | None) -> int | None:
    """The thread id as a bot must name it."""
    return None if thread_id in (None, 0, GENERAL) else thread_id


def plain_html(text: str) -> str:
    """Plain text as HTML that Telegram cannot misread, within its limit."""
    return escape(cut(text, TEXT_LIMIT), quote=False)


def cut(text: str, limit: int) -> str:
    """`text` in at most `limit` UTF-16 units, ended by an ellipsis where it was longer."""
    units = text.encode("utf-16-le", "replace")
    if len(units) <= limit * 2:
        return text
    return units[: (limit - 1) * 2].decode("utf-16-le", "ignore") + "…"
