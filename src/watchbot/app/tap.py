"""The outbox's messenger, watched: it tells when the watchdog's alert is sent, and sends none of them to nowhere."""

from __future__ import annotations

import asyncio

from watchbot.errors import TelegramError
from watchbot.model import Outcome, OutgoingMessage, SendResult
from watchbot.outbox import Messenger

NOWHERE = 2
"""The pseudo chat of the watchdog's alerts when no chat is configured for them. Telegram gave no user so low an id."""


class Tap:
    """A messenger in front of another. `expect(token)` before the message that holds it is queued."""

    def __init__(self, inner: Messenger) -> None:
        self._inner = inner
        self._token = ""
        self.begun, self.sent = asyncio.Event(), asyncio.Event()
        self.error = ""
        """Of the last attempt that was not accepted."""

    def expect(self, token: str) -> None:
        """From now on `begun` and `sent` are about the message that holds `token`."""
        self._token, self.error = token, ""
        self.begun.clear()
        self.sent.clear()

    async def ready(self) -> bool:
        """Whether the other side answers. TelegramError when it rejects the token."""
        return await self._inner.ready()

    async def send(self, message: OutgoingMessage) -> SendResult:
        """Send, or for nowhere ask whether Telegram is there: what cannot be asked could not be sent either."""
        expected = bool(self._token) and self._token in message.plain
        if expected:
            self.begun.set()
        if message.chat_id == NOWHERE:
            result = await self._ask()
        else:
            result = await self._inner.send(message)
        if expected and result.outcome is Outcome.SENT:
            self.sent.set()
        elif expected:
            self.error = result.error
        return result

    async def _ask(self) -> SendResult:
        """What a message would meet."""
        try:
            there = await self._inner.ready()
        except TelegramError as error:
            return SendResult(Outcome.NOT_SENT, error=str(error))
        return SendResult(Outcome.SENT) if there else SendResult(Outcome.NOT_SENT, error="no answer")
