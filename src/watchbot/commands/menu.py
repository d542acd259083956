"""The commands in Telegram's menu, per language and scope (setMyCommands)."""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError

from watchbot.render.i18n import LANGUAGES, texts

log = structlog.get_logger(__name__)

READING = ("latest", "search", "trend", "why", "status")
PRIVATE = (
    "topics",
    "settings",
    *READING,
    "channel",
    "language",
    "timezone",
    "mutes",
    "help",
    "stop",
    "export",
    "forget",
)
GROUP = ("topics", "settings", *READING, "language", "timezone", "mutes", "help")
OPERATOR = ("admin", "feedback", "addfeed", "reload", "backup")


def shown_commands(*, private: bool, operator: bool) -> tuple[str, ...]:
    """The names of the commands that a chat's menu shows."""
    base = PRIVATE if private else GROUP
    return (*base, *OPERATOR) if operator and private else base


def menu(language: str, names: Iterable[str]) -> list[BotCommand]:
    t = texts(language)
    return [BotCommand(name, t(f"cmd-{name}")) for name in names]


async def register(bot: Bot, operators: Iterable[int]) -> None:
    """Set the menus: for private chats and groups in each language, and the longer one for each operator.

    The menu without a language is the English one: Telegram shows it to everybody whose language has none. An
    operator who never wrote to the bot has no chat with it yet; his menu comes with the next start.
    """
    scopes = [
        (BotCommandScopeAllPrivateChats(), shown_commands(private=True, operator=False)),
        (BotCommandScopeAllGroupChats(), shown_commands(private=False, operator=False)),
        *((BotCommandScopeChat(i), shown_commands(private=True, operator=True)) for i in operators),
    ]
    for scope, names in scopes:
        for language in LANGUAGES:
            code = None if language == "en" else language
            try:
                await bot.set_my_commands(menu(language, names), scope=scope, language_code=code)
            except TelegramError as error:
                log.info("menu_not_set", scope=scope.type, language=language, error=type(error).__name__)
                break
