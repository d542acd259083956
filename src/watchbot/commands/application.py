"""The library's Application with our handlers: `build_application`, started and stopped by the composition root."""

from __future__ import annotations

from typing import Any

import structlog
from telegram import Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from watchbot.commands import admin, channels, membership, menu, own, prefs, reading, topics, under_alerts
from watchbot.commands.desk import Desk, Entry, Need
from watchbot.commands.services import Services
from watchbot.telegram import new_request, opt_in, server_url

log = structlog.get_logger(__name__)

ALLOWED_UPDATES = ["message", "callback_query", "my_chat_member"]
"""What polling asks for; others would only cost bandwidth."""
CONCURRENT = 64
"""Updates handled at a time: a slow answer to one person keeps nobody else waiting."""
AnyApplication = Application[Any, Any, Any, Any, Any, Any]

COMMANDS = {
    "start": Entry(topics.start, Need.NOTHING),
    "help": Entry(topics.help_, Need.NOTHING),
    "id": Entry(own.identify, Need.NOTHING),
    "topics": Entry(topics.topics, Need.READ),
    "subscribe": Entry(topics.subscribe, Need.EDIT),
    "unsubscribe": Entry(topics.unsubscribe, Need.EDIT),
    "language": Entry(topics.language, Need.EDIT),
    "settings": Entry(prefs.settings, Need.EDIT),
    "timezone": Entry(prefs.timezone, Need.EDIT),
    "mutes": Entry(prefs.mutes, Need.EDIT),
    "latest": Entry(reading.latest, Need.READ),
    "search": Entry(reading.search, Need.READ),
    "trend": Entry(reading.trend, Need.READ),
    "why": Entry(reading.why, Need.READ),
    "status": Entry(reading.status, Need.READ),
    "channel": Entry(channels.channel, Need.READ),
    "stop": Entry(own.stop, Need.EDIT),
    "export": Entry(own.export, Need.EDIT),
    "forget": Entry(own.forget, Need.EDIT),
    "admin": Entry(admin.home, Need.OPERATE),
    "feedback": Entry(admin.feedback, Need.OPERATE),
    "invite": Entry(admin.invite, Need.OPERATE),
    "addfeed": Entry(admin.addfeed, Need.OPERATE),
    "reload": Entry(admin.reload, Need.OPERATE),
    "backup": Entry(admin.backup, Need.OPERATE),
}
ACTIONS = {
    "mute": Entry(under_alerts.mute, Need.EDIT),
    "mutefor": Entry(under_alerts.mute_for, Need.EDIT),
    "mutetopic": Entry(under_alerts.mute_topic, Need.EDIT),
    "msrc": Entry(under_alerts.mute_source, Need.EDIT),
    "irr": Entry(under_alerts.not_relevant, Need.READ),
    "more": Entry(under_alerts.more, Need.READ),
    "topics": Entry(topics.topics, Need.READ),
    "sub": Entry(topics.press_subscribe, Need.EDIT),
    "unsub": Entry(topics.press_unsubscribe, Need.EDIT),
    "unmute": Entry(topics.press_unmute, Need.EDIT),
    "lang": Entry(topics.language, Need.EDIT),
    "set": Entry(prefs.settings, Need.EDIT),
    "pick": Entry(prefs.pick, Need.EDIT),
    "put": Entry(prefs.put, Need.EDIT),
    "mutes": Entry(prefs.mutes, Need.EDIT),
    "unmsrc": Entry(prefs.unmute_source, Need.EDIT),
    "latest": Entry(reading.latest, Need.READ),
    "find": Entry(reading.search, Need.READ),
    "trend": Entry(reading.trend, Need.READ),
    "chan": Entry(channels.press_page, Need.EDIT),
    "chsub": Entry(channels.press_topic, Need.EDIT),
    "stop": Entry(own.stop, Need.EDIT),
    "forget": Entry(own.forget, Need.EDIT),
    "ask": Entry(membership.ask, Need.NOTHING),
    "grant": Entry(admin.grant, Need.OPERATE),
    "deny": Entry(admin.deny, Need.OPERATE),
    "admin": Entry(admin.section, Need.OPERATE),
    "feed": Entry(admin.feed, Need.OPERATE),
    "dead": Entry(admin.dead_action, Need.OPERATE),
    "chat": Entry(admin.chat, Need.OPERATE),
    "quota": Entry(admin.quota, Need.OPERATE),
    "try": Entry(admin.propose, Need.OPERATE),
}


def build_application(token: str, services: Services, *, base_url: str = "https://api.telegram.org") -> AnyApplication:
    """An Application that answers with `services`. Nothing is sent before it is initialised.

    The caller runs: `initialize()`, `start()`, `updater.start_polling(allowed_updates=ALLOWED_UPDATES)`,
    `register_menu(app, services)`; and stops in the opposite order. Its connections are apart from the outbox's, so
    that a queue of alerts never delays an answer.
    """
    opt_in()
    app: AnyApplication = (
        ApplicationBuilder()
        .token(token)
        .base_url(server_url(base_url))
        .request(new_request(16))
        .get_updates_request(new_request(1, read_timeout=5.0))
        .concurrent_updates(CONCURRENT)
        .build()
    )
    desk, member = Desk(services, COMMANDS, ACTIONS), membership.Membership(services)
    fresh = filters.UpdateType.MESSAGE
    app.add_handlers(
        [
            ChatMemberHandler(member.on_my_member, ChatMemberHandler.MY_CHAT_MEMBER),
            MessageHandler(filters.StatusUpdate.MIGRATE, member.on_migration),
            CallbackQueryHandler(desk.on_button),
            MessageHandler(fresh & filters.COMMAND, desk.on_command),
            MessageHandler(fresh & filters.ChatType.PRIVATE & filters.TEXT, desk.on_text),
        ]
    )
    app.add_error_handler(on_error)
    return app


async def register_menu(app: AnyApplication, services: Services) -> None:
    """Set the bot's command menus."""
    await menu.register(app.bot, services.access.admins)


async def on_error(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """The root of every handler: one failure is logged, without the library's text, which may hold the token."""
    chat = update.effective_chat.id if isinstance(update, Update) and update.effective_chat else None
    log.error("chat update failed", chat=chat, error=type(context.error).__name__, exc_info=None)
