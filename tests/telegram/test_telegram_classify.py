"""Telegram's real error texts, as PTB raises them, and what each proves."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut
from telegram.error import TelegramError as LibraryError

from watchbot.model import Outcome, Refusal
from watchbot.telegram import classify

BAD_REQUESTS = [
    # Descriptions without "Bad Request: ", as the Bot API server writes them. PTB capitalises them.
    ("chat not found", Refusal.CHAT_NOT_FOUND),
    ("PEER_ID_INVALID", Refusal.CHAT_NOT_FOUND),
    ("CHAT_ID_INVALID", Refusal.CHAT_NOT_FOUND),
    ("chat_id is empty", Refusal.CHAT_NOT_FOUND),
    ("user not found", Refusal.CHAT_NOT_FOUND),
    (
        "message is not modified: specified new message content and reply markup are exactly the same as a current "
        "content and reply markup of the message",
        Refusal.NOT_MODIFIED,
    ),
    ("MESSAGE_NOT_MODIFIED", Refusal.NOT_MODIFIED),
    ('can\'t parse entities: Unsupported start tag "x" at byte offset 0', Refusal.BAD_HTML),
    ("can't parse entities: Can't find end tag corresponding to start tag \"b\"", Refusal.BAD_HTML),
    ("can't parse entities: Unclosed start tag at byte offset 4095", Refusal.BAD_HTML),
    ("ENTITY_BOUNDS_INVALID", Refusal.BAD_HTML),
    ("message is too long", Refusal.TOO_LONG),
    ("MESSAGE_TOO_LONG", Refusal.TOO_LONG),
    ("message caption is too long", Refusal.TOO_LONG),
    ("MEDIA_CAPTION_TOO_LONG", Refusal.TOO_LONG),
    ("message thread not found", Refusal.THREAD_NOT_FOUND),
    ("TOPIC_DELETED", Refusal.THREAD_NOT_FOUND),
    ("TOPIC_CLOSED", Refusal.THREAD_NOT_FOUND),
    ("TOPIC_ID_INVALID", Refusal.THREAD_NOT_FOUND),
    ("message to edit not found", Refusal.MESSAGE_NOT_FOUND),
    ("message can't be edited", Refusal.MESSAGE_NOT_FOUND),
    ("MESSAGE_ID_INVALID", Refusal.MESSAGE_NOT_FOUND),
    ("message to be replied not found", Refusal.MESSAGE_NOT_FOUND),
    ("replied message not found", Refusal.MESSAGE_NOT_FOUND),
    ("reply message not found", Refusal.MESSAGE_NOT_FOUND),
    ("message identifier is not specified", Refusal.MESSAGE_NOT_FOUND),
    ("not enough rights to send text messages to the chat", Refusal.NO_RIGHTS),
    ("not enough rights to send photos to the chat", Refusal.NO_RIGHTS),
    ("have no rights to send a message", Refusal.NO_RIGHTS),
    ("need administrator rights in the channel chat", Refusal.NO_RIGHTS),
    ("CHAT_WRITE_FORBIDDEN", Refusal.NO_RIGHTS),
    ("CHAT_SEND_PLAIN_FORBIDDEN", Refusal.NO_RIGHTS),
    ("CHAT_RESTRICTED", Refusal.NO_RIGHTS),
    ("CHANNEL_PRIVATE", Refusal.KICKED),
    ("group chat was deactivated", Refusal.KICKED),
    ("user is deactivated", Refusal.DEACTIVATED),
    ("INPUT_USER_DEACTIVATED", Refusal.DEACTIVATED),
    ("wrong file identifier/HTTP URL specified", Refusal.BAD_MEDIA),
    ("failed to get HTTP URL content", Refusal.BAD_MEDIA),
    ("wrong type of the web page content", Refusal.BAD_MEDIA),
    ("WEBPAGE_CURL_FAILED", Refusal.BAD_MEDIA),
    ("WEBPAGE_MEDIA_EMPTY", Refusal.BAD_MEDIA),
    ("PHOTO_INVALID_DIMENSIONS", Refusal.BAD_MEDIA),
    ("IMAGE_PROCESS_FAILED", Refusal.BAD_MEDIA),
    ("BUTTON_DATA_INVALID", Refusal.OTHER),
    ("message text is empty", Refusal.OTHER),
    ("inline keyboard button URL 'x' is invalid: Wrong HTTP URL", Refusal.OTHER),
    ("something that Telegram invents tomorrow", Refusal.OTHER),
]
FORBIDDENS = [
    ("Forbidden: bot was blocked by the user", Refusal.BLOCKED),
    ("Forbidden: user is deactivated", Refusal.DEACTIVATED),
    ("Forbidden: bot was kicked from the group chat", Refusal.KICKED),
    ("Forbidden: bot was kicked from the supergroup chat", Refusal.KICKED),
    ("Forbidden: bot was kicked from the channel chat", Refusal.KICKED),
    ("Forbidden: bot is not a member of the supergroup chat", Refusal.KICKED),
    ("Forbidden: bot is not a member of the channel chat", Refusal.KICKED),
    ("Forbidden: the group chat was deleted", Refusal.KICKED),
    ("Forbidden: bot can't initiate conversation with a user", Refusal.BLOCKED),
    ("Forbidden: bot can't send messages to bots", Refusal.BLOCKED),
    ("Forbidden: not enough rights to send text messages to the chat", Refusal.NO_RIGHTS),
    ("Forbidden: CHAT_WRITE_FORBIDDEN", Refusal.NO_RIGHTS),
]


@pytest.mark.parametrize(("text", "refusal"), BAD_REQUESTS)
def test_bad_request(text: str, refusal: Refusal) -> None:
    for said in (text, text.capitalize()):
        result = classify(BadRequest(said))
        assert (result.outcome, result.refusal) == (Outcome.REFUSED, refusal)


@pytest.mark.parametrize(("text", "refusal"), FORBIDDENS)
def test_forbidden(text: str, refusal: Refusal) -> None:
    result = classify(Forbidden(text))
    assert (result.outcome, result.refusal) == (Outcome.REFUSED, refusal)


def test_limited_and_migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    assert classify(RetryAfter(7)).retry_after == timedelta(seconds=7)
    result = classify(ChatMigrated(-100123))
    assert (result.outcome, result.refusal, result.migrated_to) == (Outcome.REFUSED, Refusal.MIGRATED, -100123)
    assert classify(NetworkError("Too Many Requests (429)")).outcome is Outcome.LIMITED
    assert classify(NetworkError("Request Entity Too Large")).refusal is Refusal.BAD_MEDIA


def caused(error: LibraryError, cause: Exception) -> LibraryError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (caused(TimedOut("Pool timeout"), httpx.PoolTimeout("")), Outcome.NOT_SENT),
        (caused(TimedOut(), httpx.ConnectTimeout("")), Outcome.NOT_SENT),
        (caused(NetworkError("httpx.ConnectError"), httpx.ConnectError("no address")), Outcome.NOT_SENT),
        (caused(NetworkError("x"), httpx.ProxyError("407")), Outcome.NOT_SENT),
        (InvalidToken("Unauthorized"), Outcome.NOT_SENT),
        (caused(TimedOut(), httpx.ReadTimeout("")), Outcome.UNKNOWN),
        (caused(TimedOut(), httpx.WriteTimeout("")), Outcome.UNKNOWN),
        (caused(NetworkError("x"), httpx.ReadError("")), Outcome.UNKNOWN),
        (caused(NetworkError("x"), httpx.RemoteProtocolError("Server disconnected")), Outcome.UNKNOWN),
        (NetworkError("Bad Gateway"), Outcome.UNKNOWN),
        (NetworkError("Internal Server Error"), Outcome.UNKNOWN),
        (LibraryError("Invalid server response"), Outcome.UNKNOWN),
    ],
)
def test_network(error: LibraryError, outcome: Outcome) -> None:
    assert classify(error).outcome is outcome
