"""The front desk: every update passes here before a handler sees it.

    update -> who and where -> flood limit -> chat as stored -> access -> right that the handler asks for -> handler

What a handler may be used for is a table (`Entry.need`), not a line of code in each handler, so that none can forget
to ask. A button's data is decoded first; data that this bot never made goes no further.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import structlog
from telegram import CallbackQuery, Message, Update
from telegram import Chat as TelegramChat
from telegram.ext import ContextTypes

from watchbot.commands.access import Standing, standing
from watchbot.commands.flood import FloodGuard, Verdict
from watchbot.commands.services import Services
from watchbot.commands.turn import Person, Turn
from watchbot.errors import StorageError
from watchbot.model import Chat, ChatKind
from watchbot.render import callbacks
from watchbot.render.dialogues import stranger
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

    # -- the library's callbacks --------------------------------------------------------------------------------------

    async def on_command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is None or not message.text or not (found := command_of(message.text)):
            return
        name, rest = found
        entry = self.commands.get(name)
        if entry is None and message.chat.type != TelegramChat.PRIVATE:
            return  # most likely meant for another bot
        turn = await self.turn(message.chat, message, person_of(message), context)
        if turn is None:
            return
        turn.text, turn.args = rest, tuple(rest.split())
        await self.guarded(turn, entry or self.commands["help"])

    async def on_text(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A private message that is no command: the way in is /help."""
        message = update.effective_message
        if message is None:
            return
        turn = await self.turn(message.chat, message, person_of(message), context)
        if turn is not None:
            await self.guarded(turn, self.commands["help"])

    async def on_button(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None or query.message is None:
            return
        message = query.message
        user = query.from_user
        person = Person(user.id, user.full_name, user.username, user.language_code)
        turn = await self.turn(message.chat, message if isinstance(message, Message) else None, person, context, query)
        if turn is None:
            return
        action = callbacks.decode(query.data or "")
        entry = self.actions.get(action.name) if action else None
        if action is None or entry is None:
            log.warning("button_refused", chat=turn.chat.id, user=person.id)
            await turn.note("button-unknown")
            return
        turn.args = action.args
        await self.guarded(turn, entry)
        await turn.answer()

    # -- steps --------------------------------------------------------------------------------------------------------

    async def turn(
        self,
        where: TelegramChat,
        message: Message | None,
        person: Person,
        context: ContextTypes.DEFAULT_TYPE,
        query: CallbackQuery | None = None,
    ) -> Turn | None:
        """The turn of an update, or None when the person writes too much."""
        now = self.services.clock()
        verdict = self.flood.check(person.id if person.id is not None else where.id, now)
        if verdict is Verdict.DROP:
            return None
        stored = await self.services.store.chat(where.id)
        chat = stored or self.new_chat(where, person)
        own = stored if person.id == where.id else await self.services.store.chat(person.id) if person.id else None
        turn = Turn(
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
                user_access=own.access if own else "none",
                chat_access=chat.access,
            ),
            now=now,
            query=query,
            message_id=query.message.message_id if query and query.message else None,
        )
        if verdict is Verdict.WARN:
            await turn.note("flood")
            return None
        return turn

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
        """Run the handler when the person may; say why not otherwise. A busy database is said, too."""
        try:
            if await self.allowed(turn, entry.need):
                await entry.run(turn)
        except StorageError as error:
            log.error("command_failed", chat=turn.chat.id, error=str(error))
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
            return
        mode = self.services.access.mode
        if turn.person.id is None:
            await turn.say("stranger-group", id=str(turn.chat.id))
            return
        requested = (await self.access_of(turn.person.id)) == "requested"
        await turn.reply(stranger(turn.person.id, turn.chat, mode, turn.t, requested=requested))

    async def access_of(self, user_id: int) -> str:
        chat = await self.services.store.chat(user_id)
        return chat.access if chat else "none"


def command_of(text: str) -> tuple[str, str] | None:
    """ "/latest@watchbot csto" -> ("latest", "csto"). The library has checked that the bot named is this one."""
    head, _, rest = text.strip().partition(" ")
    head, newline, more = head.partition("\n")
    name = head.removeprefix("/").split("@")[0].lower()
    return (name, (more + newline + rest).strip()) if head.startswith("/") and name else None


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
