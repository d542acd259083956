"""The front desk: every update passes here before a handler sees it.

    update -> who and where -> flood limit -> chat as stored -> access -> right that the handler asks for -> handler

What a handler may be used for is a table (`Entry.need`), not a line of code in each handler, so that none can forget
to ask. A button's data is decoded first; data that this bot never made goes no further.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from typing import Any
from weakref import WeakValueDictionary

import structlog
from telegram import CallbackQuery, MaybeInaccessibleMessage, Message, Update
from telegram import Chat as TelegramChat
from telegram.ext import ContextTypes

from watchbot.commands.access import Standing, standing
from watchbot.commands.flood import FloodGuard, Verdict
from watchbot.commands.membership import tell_stranger
from watchbot.commands.services import Services
from watchbot.commands.turn import Person, Turn
from watchbot.errors import StorageError
from watchbot.model import Chat, ChatKind
from watchbot.render import callbacks
from watchbot.render.i18n import choose_language

log = structlog.get_logger(__name__)
Handler = Callable[[Turn], Awaitable[None]]


class Need(Enum):
    """What a handler asks of the person."""

    NOTHING = auto()
    READ = auto()
    EDIT = auto()
    """To change this chat's settings: one's own chat, or an administrator of the group, asked afresh."""
    OPERATE = auto()
    """To run the bot; only in the operator's private chat, since what is shown there is nobody else's business."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A handler and what it asks of the person."""

    run: Handler
    need: Need


class Desk:
    """`commands` by name without the slash, `actions` by a button's action."""

    def __init__(self, services: Services, commands: Mapping[str, Entry], actions: Mapping[str, Entry]) -> None:
        self.services = services
        self.commands = commands
        self.actions = actions
        self.flood = FloodGuard()
        self.locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    # -- the library's callbacks --------------------------------------------------------------------------------------

    async def on_command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        found = command_of(message.text, context.bot.username) if message and message.text else None
        if message is None or found is None:
            return
        name, rest = found
        entry = self.commands.get(name)
        if entry is None and message.chat.type != TelegramChat.PRIVATE:
            return  # most likely meant for another bot
        async with self.turn(message.chat, message, person_of(message), context) as turn:
            if turn is not None:
                turn.text, turn.args = rest, tuple(rest.split())
                await self.guarded(turn, entry or self.commands["help"])

    async def on_text(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A private message that is no command: the way in is /help."""
        message = update.effective_message
        if message is None:
            return
        async with self.turn(message.chat, message, person_of(message), context) as turn:
            if turn is not None:
                await self.guarded(turn, self.commands["help"])

    async def on_button(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None or query.message is None:
            return
        user = query.from_user
        person = Person(user.id, user.full_name, user.username, user.language_code)
        async with self.turn(query.message.chat, query.message, person, context, query) as turn:
            if turn is not None:
                await self.press(turn, query.data or "")
                await turn.answer()

    async def press(self, turn: Turn, data: str) -> None:
        action = callbacks.decode(data)
        entry = self.actions.get(action.name) if action else None
        if action is None or entry is None:
            log.warning("button refused", chat=turn.chat.id, user=turn.person.id)
            await turn.note("button-unknown")
            return
        turn.args = action.args
        await self.guarded(turn, entry)

    # -- steps --------------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def turn(
        self,
        where: TelegramChat,
        message: MaybeInaccessibleMessage,
        person: Person,
        context: ContextTypes.DEFAULT_TYPE,
        query: CallbackQuery | None = None,
    ) -> AsyncIterator[Turn | None]:
        """The turn of an update, or None when the person writes too much.

        Turns of one chat follow one another, in the order of its updates: what one of them reads, no other changes.
        """
        now = self.services.clock()
        verdict = self.flood.check(person.id if person.id is not None else where.id, now)
        if verdict is Verdict.DROP:
            yield None
            return
        async with self.locks.setdefault(where.id, asyncio.Lock()):
            turn = await self.begin(where, message, person, context, query, now)
            if verdict is Verdict.WARN:
                await turn.note("flood")
                yield None
            else:
                yield turn

    async def begin(
        self,
        where: TelegramChat,
        message: MaybeInaccessibleMessage,
        person: Person,
        context: ContextTypes.DEFAULT_TYPE,
        query: CallbackQuery | None,
        now: datetime,
    ) -> Turn:
        stored = await self.services.store.chat(where.id)
        fresh = self.new_chat(where, person)
        chat = replace(stored, title=fresh.title, username=fresh.username) if stored else fresh  # as it is called now
        return Turn(
            services=self.services,
            bot=context.bot,
            person=person,
            chat=chat,
            known=stored is not None,
            thread_id=thread_of(message),
            standing=standing(
                self.services.access,
                user_id=person.id,
                chat_id=where.id,
                user_access=await self.access_of(person.id),
                chat_access=chat.access,
            ),
            now=now,
            query=query,
            message_id=message.message_id if query else None,
        )

    def new_chat(self, where: TelegramChat, person: Person) -> Chat:
        title = where.title or where.full_name or person.name
        return Chat(
            id=where.id,
            kind=ChatKind(where.type),
            title=title or "",
            username=where.username,
            language=choose_language(person.language_code),
            timezone=self.services.timezone,
        )

    async def guarded(self, turn: Turn, entry: Entry) -> None:
        """Run the handler when the person may; say why not otherwise. A failure is said, too: silence puzzles."""
        try:
            if await self.allowed(turn, entry.need):
                await entry.run(turn)
        except StorageError as error:
            log.error("command failed", chat=turn.chat.id, error=str(error))
            await turn.note("try-later", alert=True)
        except Exception:
            log.error("command failed", chat=turn.chat.id, exc_info=True)
            await turn.note("try-later", alert=True)

    async def allowed(self, turn: Turn, need: Need) -> bool:
        if need is Need.NOTHING:
            return True
        if turn.query is not None and turn.private and turn.person.id != turn.chat.id:
            return False
        if need is Need.OPERATE:
            if turn.operator and turn.private:
                return True
            await turn.note("operator-private" if turn.operator else "operator-only", alert=True)
            return False
        if turn.standing is Standing.STRANGER:
            await self.refuse(turn)
            return False
        if need is Need.EDIT and not await turn.may_edit():
            await turn.note("group-admins-only", alert=True)
            return False
        return True

    async def refuse(self, turn: Turn) -> None:
        """Tell a stranger his id and what to do."""
        if turn.query is not None:
            await turn.note("stranger-button", alert=True, id=str(turn.person.id))
        else:
            await tell_stranger(turn)

    async def access_of(self, user_id: int | None) -> str:
        chat = await self.services.store.chat(user_id) if user_id is not None else None
        return chat.access if chat else "none"


def command_of(text: str, bot: str) -> tuple[str, str] | None:
    """ "/latest@watchbot csto" -> ("latest", "csto"); None when it is for another bot, or no command."""
    found = re.fullmatch(r"/(\w{1,32})(?:@(\w+))?(?:\s+(.*))?", text.strip(), re.ASCII | re.DOTALL)
    if found is None or (found[2] and found[2].casefold() != bot.casefold()):
        return None
    return found[1].lower(), (found[3] or "").strip()


def person_of(message: Message) -> Person:
    """Who wrote a message; an anonymous administrator writes as the group (`sender_chat` is the group itself)."""
    sender = message.sender_chat
    if sender is not None:
        return Person(None, sender.title or "", is_group=sender.id == message.chat.id)
    user = message.from_user
    if user is None:
        return Person(None, "")
    return Person(user.id, user.full_name, user.username, user.language_code)


def thread_of(message: Any) -> int | None:
    """The forum topic of a message: None in General, and for a mere reply thread of an ordinary group."""
    if not isinstance(message, Message) or not message.is_topic_message:
        return None
    return message.message_thread_id
