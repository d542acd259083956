"""TelegramSender against the Bot API server."""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import traceback
from collections.abc import AsyncIterator

import httpx
import pytest
import structlog
from telegram import Bot
from telegram.error import Conflict

from servers.bot_api import TOKEN, BotApiServer
from watchbot.app.logs import setup_logs
from watchbot.config.settings import LogSettings
from watchbot.errors import AlreadyRunning, TelegramError, TelegramUnreachable
from watchbot.model import Button, Outcome, OutgoingMessage, Refusal
from watchbot.telegram import Redactor, TelegramSender, server_url

SECRET = TOKEN.partition(":")[2]


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as running:
        yield running


@pytest.fixture
async def sender(server: BotApiServer) -> AsyncIterator[TelegramSender]:
    async with TelegramSender(server.token, base_url=server.url, read_timeout=0.3) as ready:
        yield ready


def message(chat_id: int, html: str = "<b>Hi</b>", **fields: object) -> OutgoingMessage:
    return OutgoingMessage(chat_id, html, "Hi", **fields)  # type: ignore[arg-type]


async def test_send_edit_reply_photo(server: BotApiServer, sender: TelegramSender) -> None:
    alice = server.user("Alice")
    alice.start()
    buttons = [[Button("Mute", data="m:1"), Button("Read", url="https://example.org")]]
    sent = await sender.send(message(alice.id, buttons=buttons, silent=True))
    assert sent.outcome is Outcome.SENT and sent.message_id is not None
    (shown,) = alice.messages()
    assert shown.silent and not shown.preview and shown.labels == [["Mute", "Read"]]
    assert (await sender.send(message(alice.id, "Bye", edit_of=sent.message_id))).message_id == sent.message_id
    same = await sender.send(message(alice.id, "Bye", edit_of=sent.message_id))
    assert same.refusal is Refusal.NOT_MODIFIED
    assert (await sender.send(message(alice.id, reply_to=sent.message_id))).outcome is Outcome.SENT
    assert alice.messages()[-1].reply_to == sent.message_id
    assert (await sender.send(message(alice.id, reply_to=999))).outcome is Outcome.SENT
    photo = await sender.send(message(alice.id, photo_url="https://example.org/p.jpg"))
    assert alice.messages()[-1].photo == "https://example.org/p.jpg"
    assert (await sender.send(message(alice.id, "New", edit_of=photo.message_id))).outcome is Outcome.SENT
    assert alice.messages()[-1].text == "New"
    long = OutgoingMessage(alice.id, "x" * 1025, "x" * 1025, photo_url="https://example.org/p.jpg")
    assert (await sender.send(long)).outcome is Outcome.SENT
    assert alice.messages()[-1].photo is None


@pytest.mark.parametrize(
    ("kind", "outcome", "accepted"),
    [
        ("bad-gateway", Outcome.UNKNOWN, 0),
        ("invalid-json", Outcome.UNKNOWN, 1),
        ("hang-before", Outcome.UNKNOWN, 0),
        ("hang-after", Outcome.UNKNOWN, 1),
        ("reset-before", Outcome.UNKNOWN, 0),
        ("reset-after", Outcome.UNKNOWN, 1),
        ("retry-after", Outcome.LIMITED, 0),
    ],
)
@pytest.mark.fault(4)
@pytest.mark.fault(8)
async def test_faults(server: BotApiServer, sender: TelegramSender, kind: str, outcome: Outcome, accepted: int) -> None:
    alice = server.user("Alice")
    alice.start()
    server.fail(kind, retry_after=3)
    result = await sender.send(message(alice.id))
    assert result.outcome is outcome
    assert len(alice.messages()) == accepted
    if kind == "retry-after":
        assert result.retry_after is not None and result.retry_after.total_seconds() == 3


async def test_delete(server: BotApiServer, sender: TelegramSender) -> None:
    user = server.user("Ada")
    user.start()
    sent = await sender.send(OutgoingMessage(user.id, "a", "a"))
    assert sent.message_id is not None
    assert await sender.delete(user.id, sent.message_id)
    assert user.messages() == []
    assert not await sender.delete(user.id, sent.message_id), "it is gone already"


@pytest.mark.fault(5)
async def test_connection_refused_is_not_sent(server: BotApiServer, sender: TelegramSender) -> None:
    alice = server.user("Alice")
    alice.start()
    await server.stop()
    assert (await sender.send(message(alice.id))).outcome is Outcome.NOT_SENT
    assert not await sender.ready()
    with pytest.raises(TelegramUnreachable):
        await sender.identify()
    await server.start()
    assert (await sender.send(message(alice.id))).outcome is Outcome.SENT


@pytest.mark.fault(5)
async def test_a_name_that_does_not_resolve_is_not_sent() -> None:
    async with TelegramSender(TOKEN, base_url="http://no-such-host.invalid") as sender:
        result = await sender.send(message(1))
    assert result.outcome is Outcome.NOT_SENT and TOKEN not in result.error


async def test_a_rejected_token_is_told_from_no_answer_and_never_shown(
    server: BotApiServer, sender: TelegramSender
) -> None:
    server.api.token = "1:another"
    with pytest.raises(TelegramError, match="rejects the bot token") as caught:
        await sender.ready()
    assert not isinstance(caught.value, TelegramUnreachable)
    assert server.token not in str(caught.value)


async def test_identify_and_second_poller(server: BotApiServer, sender: TelegramSender) -> None:
    assert (await sender.identify()).username == "watchbot_test_bot"
    assert await sender.ready()
    await sender.check_alone(0)
    server.fail("error", method="getUpdates", code=409, description="Conflict: terminated by other getUpdates request")
    with pytest.raises(AlreadyRunning, match="stop it first"):
        await sender.check_alone(0)


@pytest.mark.fault(16)
@pytest.mark.parametrize("waiting", [False, True])
async def test_second_process_on_one_token(server: BotApiServer, sender: TelegramSender, waiting: bool) -> None:
    """A process that polls is noticed by the next one, whether updates wait or not."""
    alice = server.user("Alice")

    async def other() -> None:
        async with Bot(server.token, base_url=server.url + "/bot") as bot:
            offset = 0
            while True:
                with contextlib.suppress(Conflict):
                    for update in await bot.get_updates(offset=offset, timeout=5):
                        offset = update.update_id + 1
                await asyncio.sleep(0.05)

    polling = asyncio.create_task(other())
    while not any(c.method == "getMe" for c in server.calls):
        await asyncio.sleep(0.01)
    if waiting:
        alice.send("hello")
    async with TelegramSender(server.token, base_url=server.url) as second:
        with pytest.raises(AlreadyRunning):
            await second.check_alone(2)
    polling.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await polling


@pytest.mark.fault(17)
@pytest.mark.secrets
async def test_wrong_token_never_shows(server: BotApiServer) -> None:
    """Wrong, malformed and unreachable: no error, traceback or log line of any library shows the token."""
    stream = io.StringIO()
    wrong = "987654321:AAF-another_secret_token_of_a_bot0"
    undo = setup_logs(LogSettings(level="debug"), stream=stream, redact=Redactor(wrong))
    logging.getLogger("httpx").setLevel(logging.DEBUG)  # the bot keeps it quiet; the token must not depend on that
    try:
        async with TelegramSender(wrong, base_url=server.url) as sender:
            with pytest.raises(TelegramError, match="rejects the bot token") as caught:
                await sender.identify()
            result = await sender.send(message(1))
            assert result.outcome is Outcome.NOT_SENT
        async with TelegramSender(wrong, base_url="http://127.0.0.1:1") as sender:
            with pytest.raises(TelegramUnreachable) as unreachable:
                await sender.identify()
            refused = await sender.send(message(1))
        async with TelegramSender(wrong, base_url="http://[bad") as sender:
            odd = await sender.send(message(1))
        logging.getLogger("x").exception("oh", exc_info=RuntimeError(f"url /bot{wrong}/getMe"))
    finally:
        undo()
        structlog.reset_defaults()
        logging.getLogger("httpx").setLevel(logging.NOTSET)
    said = [stream.getvalue(), result.error, refused.error, odd.error]
    said += ["".join(traceback.format_exception(e.value)) for e in (caught, unreachable)]
    assert "HTTP Request" in stream.getvalue()
    for text in said:
        assert "another_secret" not in text


def test_malformed_token() -> None:
    with pytest.raises(TelegramError, match="empty or malformed"):
        TelegramSender("")


def test_redactor() -> None:
    redact = Redactor(TOKEN)
    for text in (TOKEN, f"https://api.telegram.org/bot{TOKEN}/getMe", TOKEN.replace(":", "%3A"), SECRET):
        assert SECRET not in redact(f"x {text} y")
    other = "111222333:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
    assert other not in redact(f"bot{other}") and other not in redact(f"see {other}.")
    assert redact("nothing to hide: 12:30") == "nothing to hide: 12:30"


@pytest.mark.parametrize(
    "url", ["https://api.telegram.org", "https://api.telegram.org/", "https://api.telegram.org/bot"]
)
def test_server_url(url: str) -> None:
    assert server_url(url) == "https://api.telegram.org/bot"


async def test_server_that_is_no_bot_api() -> None:
    assert httpx.URL(server_url("http://x")).path == "/bot"
    async with BotApiServer() as server:
        server.fail("error", method="getMe", code=200, description="")
        async with TelegramSender(server.token, base_url=server.url) as sender:
            with pytest.raises(TelegramUnreachable):
                await sender.identify()
