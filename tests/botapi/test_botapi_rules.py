"""Limits, lengths, faults and refusals of the server, by raw calls."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from servers.bot_api import BotApiServer, Limits
from servers.bot_api.limits import Limiter


async def call(server: BotApiServer, method: str, **params: Any) -> dict[str, Any]:
    async with httpx.AsyncClient(timeout=0.5) as client:
        answer = await client.post(f"{server.url}/bot{server.token}/{method}", json=params)
        return dict(answer.json())


async def said(server: BotApiServer, method: str, **params: Any) -> str:
    return str((await call(server, method, **params)).get("description", "ok"))


async def test_lengths() -> None:
    async with BotApiServer() as server:
        alice = server.user("Alice")
        alice.start()
        send = {"chat_id": alice.id, "parse_mode": "HTML"}
        assert await said(server, "sendMessage", text="<b>" + "x" * 4096 + "</b>", **send) == "ok"
        assert await said(server, "sendMessage", text="😀" * 2048, **send) == "ok"
        assert await said(server, "sendMessage", text="x" * 4097, **send) == "Bad Request: message is too long"
        assert await said(server, "sendMessage", text="😀" * 2049, **send) == "Bad Request: message is too long"
        assert await said(server, "sendMessage", text=" <b> </b>", **send) == "Bad Request: message text is empty"
        photo = send | {"photo": "https://e.org/x.jpg"}
        assert await said(server, "sendPhoto", caption="x" * 1024, **photo) == "ok"
        assert (
            await said(server, "sendPhoto", caption="x" * 1025, **photo) == "Bad Request: message caption is too long"
        )


@pytest.mark.parametrize(
    ("button", "error"),
    [
        ({"text": "x", "callback_data": "y" * 64}, "ok"),
        ({"text": "x", "callback_data": "ы" * 33}, "Bad Request: BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": ""}, "Bad Request: BUTTON_DATA_INVALID"),
        ({"text": " ", "callback_data": "y"}, "Bad Request: inline keyboard button text must be non-empty"),
        ({"text": "x"}, "Bad Request: BUTTON_TYPE_INVALID"),
    ],
)
async def test_buttons(button: dict[str, str], error: str) -> None:
    async with BotApiServer() as server:
        alice = server.user("Alice")
        alice.start()
        markup = {"inline_keyboard": [[button]]}
        assert await said(server, "sendMessage", chat_id=alice.id, text="x", reply_markup=markup) == error


async def test_faults_of_the_wire() -> None:
    async with BotApiServer() as server:
        server.hang = 30.0
        await server.stop()
        await server.start()
        alice = server.user("Alice")
        alice.start()
        send = {"chat_id": alice.id, "text": "x"}
        for kind, error, kept in [
            ("hang-before", httpx.ReadTimeout, 0),
            ("hang-after", httpx.ReadTimeout, 1),
            ("reset-before", httpx.ReadError, 1),
            ("reset-after", httpx.ReadError, 2),
            ("invalid-json", ValueError, 3),
            ("bad-gateway", ValueError, 3),
        ]:
            server.fail(kind)
            with pytest.raises(error):
                await call(server, "sendMessage", **send)
            assert len(alice.messages()) == kept, kind
        await server.stop()
        with pytest.raises(httpx.ConnectError):
            await call(server, "sendMessage", **send)
        await server.start()
        assert await said(server, "sendMessage", **send) == "ok"


async def test_fault_of_one_chat_and_times_and_skip() -> None:
    async with BotApiServer() as server:
        alice, bob = server.user("Alice"), server.user("Bob")
        alice.start()
        bob.start()
        fault = server.fail(
            "error", chat_id=bob.id, times=2, skip=1, code=400, description="Bad Request: PEER_ID_INVALID"
        )
        answers = [await said(server, "sendMessage", chat_id=c, text="x") for c in (7001, 7002, 7002, 7001, 7002, 7002)]
        assert answers == ["ok", "ok", fault.description, "ok", fault.description, "ok"]
        assert fault.used == 2


async def test_retry_after_lasts() -> None:
    async with BotApiServer() as server:
        alice = server.user("Alice")
        alice.start()
        server.fail("retry-after", retry_after=0.2)
        answer = await call(server, "sendMessage", chat_id=alice.id, text="x")
        assert answer["error_code"] == 429 and answer["parameters"] == {"retry_after": 1}
        assert (await call(server, "sendMessage", chat_id=alice.id, text="x"))["error_code"] == 429
        deadline = asyncio.get_running_loop().time() + 5
        while await said(server, "sendMessage", chat_id=alice.id, text="x") != "ok":
            assert asyncio.get_running_loop().time() < deadline
            await asyncio.sleep(0.02)


def test_limits_as_telegram() -> None:
    limiter = Limiter(Limits())
    sent = [t / 100 for t in range(1000) if limiter.admit(t, False, t / 100) == 0]
    assert 300 <= len(sent) <= 331, "30 a second, and a burst of 30"
    chat = Limiter(Limits())
    assert sum(chat.admit(1, False, t / 10) == 0 for t in range(100)) == 11
    group = Limiter(Limits())
    times = [t for t in range(180) if group.admit(-1, True, float(t)) == 0]
    assert len(times) == 60 and [sum(a <= t < a + 60 for t in times) for a in (0, 60, 120)] == [20, 20, 20]
    assert group.admit(-1, True, 179.5) == 0.5, "until the oldest of 20 is a minute old"


async def test_edits_and_answers_are_checked() -> None:
    async with BotApiServer() as server:
        alice = server.user("Alice")
        mine = alice.send("mine")
        sent = (await call(server, "sendMessage", chat_id=alice.id, text="x"))["result"]["message_id"]
        edit = {"chat_id": alice.id, "text": "y"}
        assert await said(server, "editMessageText", message_id=sent, **edit) == "ok"
        assert "message is not modified" in await said(server, "editMessageText", message_id=sent, **edit)
        assert await said(server, "editMessageText", message_id=mine, **edit) == "Bad Request: message can't be edited"
        assert "message to edit not found" in await said(server, "editMessageText", message_id=999, **edit)
        assert await said(server, "deleteMessage", chat_id=alice.id, message_id=sent) == "ok"
        assert "message to edit not found" in await said(server, "editMessageText", message_id=sent, **edit)
        assert "query is too old" in await said(server, "answerCallbackQuery", callback_query_id="1")
        assert await said(server, "noSuchMethod") != "ok"
        server.violations.clear()
