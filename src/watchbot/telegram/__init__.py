"""Telegram's Bot API as watchbot uses it for sending: one call at a time, its outcome as a value.

`TelegramSender.send` answers a SendResult for everything that Telegram or the network can do; it never raises for
them. Pacing, retries and fallbacks are the outbox's. The bot token reaches no error, log line or traceback.
"""

from watchbot.telegram.classify import classify
from watchbot.telegram.redact import Redactor
from watchbot.telegram.sender import BotIdentity, TelegramSender, new_request, opt_in, server_url

__all__ = [
    "BotIdentity",
    "Redactor",
    "TelegramSender",
    "classify",
    "new_request",
    "opt_in",
    "server_url",
]
