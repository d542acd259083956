"""The server as a process of its own, driven by JSON: what a crash test needs while it kills the bot.

`control(server)` gives the function behind POST /control/NAME; `RemoteBotApi` is its client. NAMEs and arguments:

| name | arguments | answers |
|---|---|---|
| user | name, id?, username?, language?, started? | {"id"} |
| group | title, kind?, forum?, id?, admins? (ids), members? (ids), bot? | {"id"} |
| topic | chat_id, name | {"thread_id"} |
| send | user_id, text, chat_id?, thread_id? | {"message_id"} |
| press | user_id, data, message_id, chat_id? | {"query"} |
| block, unblock, deactivate | user_id | {} |
| migrate | chat_id | {"id"} |
| fail | kind and the fields of a fault | {} |
| heal | | {} |
| messages | chat_id | what the bot has there: id, text, html, thread_id, edits, silent, buttons |
| calls | since? (index) | all calls: method, params, at, chat_id, message_id, error, code, fault |
| answer | query | the answerCallbackQuery parameters, or null |
| violations | | sentences |
| limited | | how many calls the flood limits refused |
"""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from servers.bot_api.driver import Group, Seat, User, shown

if TYPE_CHECKING:
    from servers.bot_api import BotApiServer
    from servers.bot_api.server import Control

TESTS = Path(__file__).parents[2]


class Desk:
    """The people and groups that were made through the control endpoint."""

    def __init__(self, server: BotApiServer) -> None:
        self.server = server
        self.users: dict[int, User] = {}
        self.groups: dict[int, Group] = {}

    def __call__(self, name: str, args: dict[str, Any]) -> Any:
        return getattr(self, f"on_{name}")(**args)

    def seat(self, user_id: int, chat_id: int | None, thread_id: int | None) -> Seat:
        user = self.users[user_id]
        return user if chat_id in (None, user_id) else user.in_(self.groups[chat_id or 0], thread_id)

    def on_user(self, name: str, started: bool = False, **options: Any) -> dict[str, int]:
        user = self.server.user(name, **options)
        user.chat.started = started
        self.users[user.id] = user
        return {"id": user.id}

    def on_group(self, title: str, admins: list[int] = (), members: list[int] = (), **options: Any) -> dict[str, int]:  # type: ignore[assignment]
        people = {"admins": [self.users[i] for i in admins], "members": [self.users[i] for i in members]}
        group = self.server.group(title, **people, **options)
        self.groups[group.id] = group
        return {"id": group.id}

    def on_topic(self, chat_id: int, name: str) -> dict[str, int]:
        return {"thread_id": self.groups[chat_id].topic(name)}

    def on_send(
        self, user_id: int, text: str, chat_id: int | None = None, thread_id: int | None = None
    ) -> dict[str, int]:
        return {"message_id": self.seat(user_id, chat_id, thread_id).send(text)}

    def on_press(self, user_id: int, data: str, message_id: int, chat_id: int | None = None) -> dict[str, str]:
        return {"query": self.seat(user_id, chat_id, None).forge(data, message_id)}

    def on_block(self, user_id: int) -> dict[str, Any]:
        self.users[user_id].block()
        return {}

    def on_unblock(self, user_id: int) -> dict[str, Any]:
        self.users[user_id].unblock()
        return {}

    def on_deactivate(self, user_id: int) -> dict[str, Any]:
        self.users[user_id].deactivate()
        return {}

    def on_migrate(self, chat_id: int) -> dict[str, int]:
        group = self.groups[chat_id].migrate()
        self.groups[group.id] = group
        return {"id": group.id}

    def on_fail(self, kind: str, **options: Any) -> dict[str, Any]:
        self.server.fail(kind, **options)
        return {}

    def on_heal(self) -> dict[str, Any]:
        self.server.heal()
        return {}

    def on_messages(self, chat_id: int) -> list[dict[str, Any]]:
        chat = self.server.api.chats[chat_id]
        with self.server.api.lock:
            found = [shown(m) for m in chat.messages.values() if m.from_bot and not m.deleted]
        names = ("id", "text", "html", "thread_id", "edits", "silent", "photo", "reply_to")
        return [
            {n: getattr(m, n) for n in names}
            | {"buttons": [[{"text": b.text, "data": b.data, "url": b.url} for b in row] for row in m.buttons]}
            for m in found
        ]

    def on_calls(self, since: int = 0) -> list[dict[str, Any]]:
        return [json.loads(json.dumps(asdict(call), default=repr)) for call in self.server.calls[since:]]

    def on_answer(self, query: str) -> dict[str, Any] | None:
        return self.server.api.answers.get(query)

    def on_violations(self) -> list[str]:
        return self.server.violations

    def on_limited(self) -> int:
        return self.server.api.limiter.refused


def control(server: BotApiServer) -> Control:
    """The function that answers POST /control/NAME."""
    return Desk(server)


class RemoteBotApi:
    """Blocking client of the control endpoint: `remote.do("send", user_id=7001, text="/start")`.

    `RemoteBotApi.launch()` starts the process too; use it as a context manager, which ends it.
    """

    def __init__(self, url: str, token: str, process: subprocess.Popen[str] | None = None) -> None:
        self.url = url
        self.token = token
        self.process = process

    @classmethod
    def launch(cls, *arguments: str) -> Self:
        command = [sys.executable, "-m", "servers.bot_api", "--port", "0", *arguments]
        process = subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        ready = json.loads(process.stdout.readline())
        return cls(ready["url"], ready["token"], process)

    def do(self, name: str, /, **arguments: Any) -> Any:
        request = urllib.request.Request(f"{self.url}/control/{name}", json.dumps(arguments).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process:
            self.process.terminate()
            self.process.communicate(timeout=10)
