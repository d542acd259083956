"""One command or one pressed button: who, where, in which language, and how to answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from telegram import Bot, CallbackQuery
from telegram.error import TelegramError

from watchbot.commands.access import Standing, is_own
from watchbot.commands.keyboards import markup
from watchbot.commands.services import Services
from watchbot.model import Button, Chat, ChatKind, Outcome, OutgoingMessage, Refusal, SendResult
from watchbot.render.alert import Rendered
from watchbot.render.dialogues import say
from watchbot.render.entities import entity_titles
from watchbot.render.i18n import Texts, texts
from watchbot.render.rich import escape

log = structlog.get_logger(__name__)
ANSWER_LIMIT = 200
"""https://core.telegram.org/bots/api#answercallbackquery: text, 0-200 characters."""
MAX_WAIT = timedelta(seconds=5)
"""A person waits that long for an answer that Telegram delays; a longer 429 is not waited for."""
ADMINS = ("creator", "administrator")


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts. `id` is None for an anonymous administrator of a group and for a channel's own posts."""

    id: int | None
    name: str
    username: str | None = None
    language_code: str | None = None
    is_group: bool = False
    """Writes as the group itself: Telegram lets only its anonymous administrators do that."""


@dataclass(slots=True)
class Turn:
    """`chat` is the chat as stored (or as it would be: `known` says which). `args` are a command's words or a button's
    arguments. `query` is the pressed button's, `message_id` the message it is under."""

    services: Services
    bot: Bot
    person: Person
    chat: Chat
    known: bool
    thread_id: int | None
    standing: Standing
    now: datetime
    args: tuple[str, ...] = ()
    text: str = ""
    """The command's arguments as they were written."""
    query: CallbackQuery | None = None
    message_id: int | None = None
    answered: bool = False

    @property
    def t(self) -> Texts:
        return texts(self.chat.language)

    def entity_titles(self) -> dict[str, str]:
        """What entities are called here, by id."""
        return entity_titles(self.services.rules().entities, self.t)

    @property
    def private(self) -> bool:
        return self.chat.kind is ChatKind.PRIVATE

    @property
    def operator(self) -> bool:
        return self.standing is Standing.OPERATOR

    # -- rights -------------------------------------------------------------------------------------------------------

    async def may_edit(self) -> bool:
        """Whether the person may change this chat's settings: his own chat, or he administers the group right now."""
        if self.private:
            return is_own(self.person.id, self.chat.id)
        if self.person.is_group:
            return True
        return self.person.id is not None and await self.administers(self.chat.id, self.person.id)

    async def administers(self, chat_id: int | str, user_id: int) -> bool:
        """Asked afresh each time: rights are taken away without telling the bot. An error is a no."""
        try:
            member = await self.bot.get_chat_member(chat_id, user_id)
        except TelegramError:
            return False
        return member.status in ADMINS

    # -- answers ------------------------------------------------------------------------------------------------------

    async def say(self, key: str, /, **values: object) -> None:
        """One text of the catalogue: as a new message, or in place of the one whose button was pressed."""
        await self.show(say(self.t, key, **values))

    async def reply(self, screen: Rendered, *, chat_id: int | None = None, reply_to: int | None = None) -> SendResult:
        """A new message, here or in another chat."""
        here = chat_id is None
        message = OutgoingMessage(
            chat_id=self.chat.id if chat_id is None else chat_id,
            html=screen.html,
            plain=screen.plain,
            thread_id=self.thread_id if here else None,
            buttons=screen.buttons,
            reply_to=reply_to if here else None,
        )
        return await self.deliver(message)

    async def show(self, screen: Rendered) -> None:
        """In place of the message whose button was pressed; a new message for a command, or when that one is gone."""
        if self.query is None or self.message_id is None:
            await self.reply(screen)
            return
        message = OutgoingMessage(
            self.chat.id, screen.html, screen.plain, buttons=screen.buttons, edit_of=self.message_id
        )
        result = await self.deliver(message)
        if result.refusal is Refusal.MESSAGE_NOT_FOUND:
            await self.reply(screen)

    async def deliver(self, message: OutgoingMessage) -> SendResult:
        """Send; as plain text when Telegram rejects the HTML; once more after a short 429."""
        result = await self.services.messenger.send(message)
        if result.outcome is Outcome.LIMITED and (result.retry_after or MAX_WAIT) <= MAX_WAIT:
            await asyncio.sleep((result.retry_after or MAX_WAIT).total_seconds())
            result = await self.services.messenger.send(message)
        if result.refusal is Refusal.BAD_HTML:
            result = await self.services.messenger.send(replace(message, html=escape(message.plain)))
        if result.refusal is Refusal.THREAD_NOT_FOUND and message.thread_id is not None:
            result = await self.services.messenger.send(replace(message, thread_id=None))
        if result.outcome is not Outcome.SENT and result.refusal is not Refusal.NOT_MODIFIED:
            log.info("answer not sent", chat=message.chat_id, outcome=str(result.outcome), error=result.error)
        return result

    async def keyboard(self, rows: Sequence[Sequence[Button]]) -> None:
        """Replace only the buttons under the message whose button was pressed."""
        if self.query is not None:
            try:
                await self.query.edit_message_reply_markup(markup(rows))
            except TelegramError as error:
                log.info("keyboard not changed", chat=self.chat.id, error=type(error).__name__)

    async def answer(self, text: str = "", *, alert: bool = False) -> None:
        """Answer the pressed button (once): a short note, or a box to be closed."""
        if self.query is None or self.answered:
            return
        self.answered = True
        try:
            await self.query.answer(text[:ANSWER_LIMIT] or None, show_alert=alert)
        except TelegramError as error:
            # The button was pressed too long ago (while we were down): nobody is waiting any more.
            log.info("button not answered", chat=self.chat.id, error=type(error).__name__)

    async def note(self, key: str, /, *, alert: bool = False, **values: object) -> None:
        """A short text: the pressed button's answer, or a message for a command."""
        if self.query is not None:
            await self.answer(self.t(key, **values).replace("\n", " "), alert=alert)
        else:
            await self.say(key, **values)

    async def save_chat(self, chat: Chat | None = None) -> None:
        """Store the chat (what `chat` changes of it), so that subscriptions can refer to it. It is then as it is
        stored: with what others changed since the turn began."""
        self.chat = await self.services.store.save_chat(chat or self.chat, self.chat)
        self.known = True
