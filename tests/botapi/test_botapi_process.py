"""The server as a process of its own, and in a thread."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

from servers.bot_api import BotApiServer
from servers.bot_api.remote import RemoteBotApi


def call(url: str, token: str, method: str, **params: object) -> dict[str, object]:
    body = json.dumps(params).encode()
    request = urllib.request.Request(f"{url}/bot{token}/{method}", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        return dict(json.load(error))


def test_process_and_control() -> None:
    with RemoteBotApi.launch() as remote:
        alice = remote.do("user", name="Alice")["id"]
        group = remote.do("group", title="Desk", kind="group", admins=[alice])["id"]
        assert call(remote.url, remote.token, "sendMessage", chat_id=alice, text="x")["error_code"] == 403
        remote.do("send", user_id=alice, text="/start")
        assert call(remote.url, remote.token, "sendMessage", chat_id=alice, text="Hi")["ok"]
        new = remote.do("migrate", chat_id=group)["id"]
        answer = call(remote.url, remote.token, "sendMessage", chat_id=group, text="x")
        assert answer["parameters"] == {"migrate_to_chat_id": new}
        remote.do("fail", kind="retry-after", retry_after=30)
        assert call(remote.url, remote.token, "sendMessage", chat_id=alice, text="x")["error_code"] == 429
        remote.do("heal")
        assert [m["text"] for m in remote.do("messages", chat_id=alice)] == ["Hi"]
        assert [c["code"] for c in remote.do("calls")] == [403, 200, 400, 429]
        assert remote.do("violations") == []


def test_thread() -> None:
    with BotApiServer().threaded() as server:
        assert call(server.url, server.token, "getMe")["ok"]
        assert call(server.url, "1:x", "getMe")["description"] == "Unauthorized"
        assert call(server.url, "nonsense", "getMe")["description"] == "Not Found"


def test_violations_are_told() -> None:
    server = BotApiServer(strict=False)
    if server.api.spec is None:
        pytest.skip("the Bot API's specification is not beside the checkout")
    with server.threaded():
        answer = call(server.url, server.token, "sendMessage", chat_id=1, tekst="x")
        assert answer["error_code"] == 400
        assert server.violations == [
            "sendMessage: unknown parameter tekst",
            "sendMessage: text is required",
        ]
