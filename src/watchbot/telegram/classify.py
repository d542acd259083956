"""What an exception of python-telegram-bot proves about one call. Pure.

`BadRequest` and `TimedOut` are subclasses of PTB's `NetworkError`, so the order of the cases matters: refusals first,
then what surely never left this machine, and everything else is unknown.

The texts are Telegram's descriptions, as the Bot API server words them (tdlib/telegram-bot-api, Client.cpp) or as it
passes on an upper-case code of MTProto (core.telegram.org/api/errors). PTB cuts "Bad Request: " off and capitalises.
"""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from watchbot.model import Outcome, Refusal, SendResult

DEFAULT_RETRY = timedelta(seconds=5)
"""For a 429 that names no time. Telegram's own are rarely shorter in practice."""

NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
)
"""Failures before the first byte of the request. A read or write error is not among them: Telegram may have it all."""

FORBIDDEN: tuple[tuple[str, Refusal], ...] = (
    (r"blocked by the user|user_is_blocked", Refusal.BLOCKED),
    (r"deactivated", Refusal.DEACTIVATED),
    (r"bot was kicked|not a member|channel_private|bot was deleted", Refusal.KICKED),
    (r"can't initiate conversation|can't send messages to bots|user_is_bot", Refusal.BLOCKED),
    (r"not enough rights|write_forbidden|administrator rights|_forbidden|restricted", Refusal.NO_RIGHTS),
)
BAD_REQUEST: tuple[tuple[str, Refusal], ...] = (
    (r"message is not modified|message_not_modified", Refusal.NOT_MODIFIED),
    (r"can't parse|can't find end (of the entity|tag)|unsupported start tag|entity_.*invalid", Refusal.BAD_HTML),
    (r"message is too long|caption is too long|message_too_long|caption_too_long", Refusal.TOO_LONG),
    (r"message thread not found|topic_deleted|topic_closed|topic_id_invalid|thread.*invalid", Refusal.THREAD_NOT_FOUND),
    (
        r"message to (edit|be replied|reply) not found|(replied|reply) message not found|message to be edited"
        r"|message can't be edited|message_id_invalid|message identifier is not specified|message_edit_time_expired"
        r"|there is no (text|caption) in the message",
        Refusal.MESSAGE_NOT_FOUND,
    ),
    (r"button|keyboard|reply markup", Refusal.OTHER),
    (
        r"(failed to get|wrong|invalid).*(http )?url|wrong type of the web page|webpage_|photo_|image_process"
        r"|media_empty|wrong (remote )?file|file.*(too big|not found)|http url content",
        Refusal.BAD_MEDIA,
    ),
    (r"user is deactivated|input_user_deactivated|user_deactivated", Refusal.DEACTIVATED),
    (r"not enough rights|no rights|write_forbidden|_forbidden|administrator rights|restricted", Refusal.NO_RIGHTS),
    (r"user_is_blocked|you_blocked_user", Refusal.BLOCKED),
    (r"not a member|bot was kicked|channel_private|group is deactivated|group chat was deactivated", Refusal.KICKED),
    (r"chat not found|peer_id_invalid|chat_id_invalid|chat_id is empty|user not found", Refusal.CHAT_NOT_FOUND),
)


def classify(error: Exception) -> SendResult:
    """The outcome of a call that ended with `error`. The text is not redacted: the caller does that."""
    text = str(error) or type(error).__name__
    match error:
        case RetryAfter():
            wait = error.retry_after
            wait = wait if isinstance(wait, timedelta) else timedelta(seconds=wait)
            return SendResult(Outcome.LIMITED, retry_after=wait, error=f"Too Many Requests: retry after {wait}")
        case ChatMigrated():
            return SendResult(Outcome.REFUSED, refusal=Refusal.MIGRATED, migrated_to=error.new_chat_id, error=text)
        case Forbidden():
            return SendResult(Outcome.REFUSED, refusal=find(FORBIDDEN, text, Refusal.KICKED), error=text)
        case BadRequest():
            return SendResult(Outcome.REFUSED, refusal=find(BAD_REQUEST, text, Refusal.OTHER), error=text)
        case InvalidToken():
            return SendResult(Outcome.NOT_SENT, error="Telegram rejects the bot token")
        case NetworkError() if "too many requests" in text.lower():
            return SendResult(Outcome.LIMITED, retry_after=DEFAULT_RETRY, error=text)
        case NetworkError() if "entity too large" in text.lower():
            return SendResult(Outcome.REFUSED, refusal=Refusal.BAD_MEDIA, error=text)
        case TelegramError() if never_sent(error):
            return SendResult(Outcome.NOT_SENT, error=describe(error))
        case _:
            return SendResult(Outcome.UNKNOWN, error=describe(error))


def find(table: tuple[tuple[str, Refusal], ...], text: str, default: Refusal) -> Refusal:
    """The refusal of the first row whose pattern is in `text`."""
    return next((refusal for pattern, refusal in table if re.search(pattern, text, re.IGNORECASE)), default)


def never_sent(error: BaseException) -> bool:
    """Whether the chain of causes shows that no byte of the request was sent."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, NEVER_SENT):
            return True
        seen = seen.__cause__
    return False


def describe(error: BaseException) -> str:
    """One line with the innermost cause, which says more than PTB's "Timed out"."""
    cause = error.__cause__
    name = f" ({type(cause).__name__})" if cause is not None else ""
    return f"{str(error) or type(error).__name__}{name}"
