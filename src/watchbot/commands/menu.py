"""The commands in Telegram's menu, per language and scope (setMyCommands)."""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
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

    The menu without a language is the English one: Telegram shows it to everybody whose language has none.
    """
    await set_menu(bot, BotCommandScopeAllPrivateChats(), shown_commands(private=True, operator=False))
    await set_menu(bot, BotCommandScopeAllGroupChats(), shown_commands(private=False, operator=False))
    for operator in operators:
        await register_operator(bot, operator)


async def register_operator(bot: Bot, operator: int) -> None:
    """Set an operator's menu. Who never wrote to the bot has no chat with it yet: his comes with his /start."""
    await set_menu(bot, BotCommandScopeChat(operator), shown_commands(private=True, operator=True))


async def set_menu(bot: Bot, scope: BotCommandScope, names: Iterable[str]) -> None:
    names = tuple(names)
    for language in LANGUAGES:
        code = None if language == "en" else language
        try:
            await bot.set_my_commands(menu(language, names), scope=scope, language_code=code)
        except TelegramError as error:
            log.info("menu not set", scope=scope.type, language=language, error=type(error).__name__)
            return
