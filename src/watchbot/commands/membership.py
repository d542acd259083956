"""Who lets the bot in and throws it out: access requests, my_chat_member, and groups that become supergroups."""

from __future__ import annotations

from dataclasses import replace

import structlog
from telegram import ChatMemberUpdated, Update
from telegram.ext import ContextTypes

from watchbot.commands.services import Services
from watchbot.commands.turn import Turn
from watchbot.model import Chat, ChatKind
from watchbot.render.dialogues import stranger
from watchbot.render.i18n import choose_language, texts
from watchbot.render.operations import AccessRequest, asked

log = structlog.get_logger(__name__)
GONE = ("left", "kicked")


async def tell_stranger(turn: Turn) -> None:
    """His id, and what to do."""
    if turn.person.id is None:
        await turn.say("stranger-group", id=str(turn.chat.id))
        return
    own = await turn.services.store.chat(turn.person.id)
    requested = own is not None and own.access == "requested"
    mode = turn.services.access.mode
    await turn.reply(stranger(turn.person.id, turn.chat, mode, turn.t, requested=requested))


async def ask(turn: Turn) -> None:
    """The button "Ask for access": noted once, and every operator is told."""
    services = turn.services
    if services.access.mode != "approval" or turn.person.id is None or not turn.private:
        return
    if turn.chat.access != "none":
        await turn.say(
            "stranger-waiting" if turn.chat.access == "requested" else "access-denied", id=str(turn.person.id)
        )
        return
    fresh = await services.store.request_access(turn.person.id, turn.person.name, turn.person.username, turn.now)
    await turn.save_chat(replace(turn.chat, access="requested"))
    await turn.say("stranger-waiting", id=str(turn.person.id))
    if fresh:
        request = AccessRequest(turn.person.id, turn.person.name, turn.person.username, turn.now)
        for operator in services.access.admins:
            chat = await services.store.chat(operator)
            t = texts(chat.language if chat else "en")
            zone = chat.timezone if chat else services.timezone
            await turn.reply(asked(request, t, turn.now, zone), chat_id=operator)


class Membership:
    """Follows what happens to the bot itself."""

    def __init__(self, services: Services) -> None:
        self.services = services

    async def on_my_member(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Blocked, kicked, or without the right to write: suspended, and all is kept. Back: resumed."""
        change = update.my_chat_member
        if change is None:
            return
        store, chat_id = self.services.store, change.chat.id
        status = change.new_chat_member.status
        private = change.chat.type == ChatKind.PRIVATE
        stored = await store.chat(chat_id)
        if status in GONE:
            if stored is not None:
                await store.suspend_chat(chat_id, "blocked" if private else "kicked")
            log.info("bot left", chat=chat_id, status=status)
            return
        if stored is not None and stored.suspended and stored.suspended != "stopped":
            await store.resume_chat(chat_id)
            log.info("bot is back", chat=chat_id)
        elif stored is None and not private:
            await self.greet(change)

    async def greet(self, change: ChatMemberUpdated) -> None:
        """A group or channel that the bot was just added to: remembered in the language of who added it."""
        where, user = change.chat, change.from_user
        language = choose_language(user.language_code)
        chat = Chat(where.id, ChatKind(where.type), where.title or "", where.username, language, self.services.timezone)
        await self.services.store.save_chat(chat)

    async def on_migration(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A group became a supergroup: everything moves to the new id. Telegram tells both sides; once is enough."""
        message = update.effective_message
        if message is None:
            return
        old, new = message.chat.id, message.migrate_to_chat_id
        if message.migrate_from_chat_id is not None:
            old, new = message.migrate_from_chat_id, message.chat.id
        if new is not None and await self.services.store.chat(old) is not None:
            await self.services.store.migrate_chat(old, new)
            log.info("chat migrated", old=old, new=new)
