"""One Bot API call per outgoing message, over a connection pool of its own."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from typing import Any, Self

import httpx
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import Conflict, InvalidToken
from telegram.error import TelegramError as LibraryError
from telegram.request import HTTPXRequest

from watchbot.errors import AlreadyRunning, TelegramError, TelegramUnreachable
from watchbot.model import Button, Outcome, OutgoingMessage, SendResult
from watchbot.telegram.classify import classify
from watchbot.telegram.redact import Redactor

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
KEEP_ALIVE = 30.0
PAUSE = 0.5
CAPTION_LIMIT = 1024
"""Telegram's limit of a caption after entity parsing; a longer alert goes without its photo."""
MALFORMED = (KeyError, TypeError, ValueError, AttributeError)
"""What PTB raises on an answer that is JSON but not the Bot API's."""


@dataclass(frozen=True, slots=True)
class BotIdentity:
    """Who the bot is at Telegram."""

    id: int
    username: str
    name: str


def opt_in() -> None:
    """Have PTB give durations as timedelta, its documented way (it warns on every 429 otherwise)."""
    os.environ.setdefault("PTB_TIMEDELTA", "1")


def server_url(base_url: str) -> str:
    """PTB's `base_url` for a server: https://api.telegram.org -> https://api.telegram.org/bot."""
    base = base_url.rstrip("/")
    return base if base.endswith("/bot") else f"{base}/bot"


def new_request(
    connections: int = 32, *, read_timeout: float = 20.0, transport: httpx.AsyncBaseTransport | None = None
) -> HTTPXRequest:
    """A connection pool. Timeouts in seconds. `transport`: the way to the server in place of the network's (httpx's).

    Connecting fails fast, since nothing was sent and a retry is free. Reading waits long, since giving up on a call
    that Telegram accepted makes its outcome unknown. Idle connections are dropped after 30 s, before Telegram does it
    (75 s), so that a send rarely meets a connection that is just being closed.
    """
    limits = httpx.Limits(
        max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=KEEP_ALIVE
    )
    return HTTPXRequest(
        connection_pool_size=connections,
        connect_timeout=5.0,
        read_timeout=read_timeout,
        write_timeout=10.0,
        media_write_timeout=20.0,
        pool_timeout=5.0,
        httpx_kwargs={"limits": limits, "transport": transport},
    )


class TelegramSender:
    """Sends and edits messages. Use as an async context manager, or call `close`.

    `token`: from BotFather. `base_url`: the server without "/bot". `transport`: as in `new_request`. Neither the
    constructor nor entering the context talks to Telegram: the bot starts and queues while Telegram is down.
    """

    def __init__(
        self,
        token: str,
        *,
        base_url: str = "https://api.telegram.org",
        connections: int = 32,
        read_timeout: float = 20.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        opt_in()
        self._redact = Redactor(token)
        self._request = new_request(connections, read_timeout=read_timeout, transport=transport)
        try:
            self._bot = Bot(
                token, base_url=server_url(base_url), request=self._request, get_updates_request=self._request
            )
        except InvalidToken:
            raise TelegramError("telegram.token is empty or malformed") from None

    @property
    def redact(self) -> Redactor:
        """Removes this bot's token from texts (for logs and error reports)."""
        return self._redact

    async def __aenter__(self) -> Self:
        await self._request.initialize()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._request.shutdown()

    # -- start-up -----------------------------------------------------------------------------------------------------

    async def identify(self) -> BotIdentity:
        """Who we are. TelegramError when the token is wrong, TelegramUnreachable when Telegram gives no answer."""
        try:
            me = await self._bot.get_me()
        except InvalidToken:
            raise TelegramError(
                "Telegram rejects the bot token. Copy it again from @BotFather (/mybots, API Token) to telegram.token"
            ) from None
        except LibraryError as error:
            raise TelegramUnreachable(f"Telegram cannot be reached: {self._redact(classify(error).error)}") from None
        except MALFORMED as error:
            raise TelegramUnreachable(
                f"telegram.base_url answers, but not as a Bot API: {type(error).__name__}"
            ) from None
        return BotIdentity(me.id, me.username or "", me.full_name)

    async def ready(self) -> bool:
        """Whether Telegram answers right now (a call that changes nothing). TelegramError when it rejects the token."""
        try:
            await self.identify()
        except TelegramUnreachable:
            return False
        return True

    async def check_alone(self, seconds: int = 3) -> None:
        """Raise AlreadyRunning when another process polls with this token.

        Listens for `seconds` without confirming an update: our call ends the other's poll, and its next one ends ours
        with a 409. TelegramUnreachable when Telegram gives no answer.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        try:
            while True:
                left = max(0, round(deadline - loop.time()))
                await self._bot.get_updates(timeout=left, limit=1)
                if loop.time() >= deadline - PAUSE:
                    return
                await asyncio.sleep(PAUSE)  # it came back at once: updates wait
        except Conflict:
            raise AlreadyRunning("another process polls Telegram with this bot token; stop it first") from None
        except LibraryError as error:
            raise TelegramUnreachable(f"Telegram cannot be reached: {self._redact(classify(error).error)}") from None

    # -- sending ------------------------------------------------------------------------------------------------------

    async def send(self, message: OutgoingMessage) -> SendResult:
        """Make one call (send, photo, edit) and say what its end proves."""
        try:
            number = await self._call(message)
        except LibraryError as error:
            found = classify(error)
            return SendResult(
                found.outcome,
                refusal=found.refusal,
                retry_after=found.retry_after,
                migrated_to=found.migrated_to,
                error=self._redact(found.error),
            )
        except MALFORMED as error:
            return SendResult(Outcome.UNKNOWN, error=f"Telegram's answer makes no sense: {type(error).__name__}")
        return SendResult(Outcome.SENT, message_id=number)

    async def delete(self, chat_id: int, message_id: int) -> bool:
        """Delete a message of ours; whether Telegram did. Never raises for Telegram's answers."""
        try:
            return await self._bot.delete_message(chat_id, message_id)
        except (LibraryError, *MALFORMED):
            return False

    async def _call(self, message: OutgoingMessage) -> int:
        if message.edit_of is not None:
            return await self._edit(message, message.edit_of)
        common: dict[str, Any] = {
            "chat_id": message.chat_id,
            "message_thread_id": message.thread_id,
            "disable_notification": message.silent or None,
            "reply_markup": keyboard(message),
            "reply_parameters": reply(message),
            "parse_mode": ParseMode.HTML,
        }
        if message.photo_url is not None and len(message.plain.encode("utf-16-le", "replace")) <= CAPTION_LIMIT * 2:
            sent = await self._bot.send_photo(photo=message.photo_url, caption=message.html, **common)
        else:
            sent = await self._bot.send_message(text=message.html, link_preview_options=NO_PREVIEW, **common)
        return sent.message_id

    async def _edit(self, message: OutgoingMessage, number: int) -> int:
        common: dict[str, Any] = {
            "chat_id": message.chat_id,
            "message_id": number,
            "reply_markup": keyboard(message),
            "parse_mode": ParseMode.HTML,
        }
        try:
            edited = await self._bot.edit_message_text(text=message.html, link_preview_options=NO_PREVIEW, **common)
        except LibraryError as error:
            if "no text in the message" not in str(error).lower():
                raise
            edited = await self._bot.edit_message_caption(caption=message.html, **common)
        return edited.message_id if isinstance(edited, Message) else number


def keyboard(message: OutgoingMessage) -> InlineKeyboardMarkup | None:
    """The message's buttons, or None."""
    rows = [[button(b) for b in row] for row in message.buttons if row]
    return InlineKeyboardMarkup(rows) if rows else None


def button(value: Button) -> InlineKeyboardButton:
    """A URL button when it has a URL, else a callback button."""
    if value.url:
        return InlineKeyboardButton(value.text, url=value.url)
    return InlineKeyboardButton(value.text, callback_data=value.data)


def reply(message: OutgoingMessage) -> ReplyParameters | None:
    """What the message answers. Telegram sends it without the reference when that message is gone."""
    if message.reply_to is None:
        return None
    return ReplyParameters(message.reply_to, allow_sending_without_reply=True)
