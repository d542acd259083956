"""A Bot API server for tests: keeps state, checks every call, limits and fails as Telegram does.

In the test's own event loop::

    async with BotApiServer() as server:                 # server.url, server.token
        alice = server.user("Alice", language="de")      # her private chat with the bot
        alice.send("/start")
        menu = await alice.expect("Themen")              # regex over the text of what is new or edited
        query = alice.press(menu.button("CSTO"))         # first button whose text contains it
        await alice.expect_answer(query, "abonniert")    # answerCallbackQuery; "" when its text does not matter
        await alice.expect_edit("✅ CSTO")
        await alice.expect_nothing()

    `Shown` (what expect answers): id, thread_id, text, html, entities, spans("bold"), labels, button(...), photo,
    reply_to, silent, preview, edits. `alice.messages()`: everything that the bot wrote in that chat, as it is now.

Groups, forums, channels::

    group = server.group("Desk", kind="supergroup", forum=True, admins=[bob], members=[alice])
    thread = group.topic("Kazakhstan")
    desk = bob.in_(group, thread); desk.send("/topics"); await desk.expect("Topics")   # General: bob.in_(group)
    group.kick_bot(bob); group.migrate(); group.delete_topic(thread); group.be_anonymous(bob); group.mute_bot()
    alice.block(); alice.unblock(); alice.deactivate(); alice.forge("data", message_id=7)

What the bot did: `server.calls` (Call: method, params, at, chat_id, message_id, error, code), `server.accepted`
(those without error), `server.sent(chat_id=None)` (accepted messages and edits), `server.commands`,
`server.violations` (must stay empty: what broke the Bot API's specification; leaving `async with` asserts it).

Limits: none by default; `BotApiServer(limits=Limits())` for Telegram's. Faults: `server.fail(KIND, ...)`, see
`servers.bot_api.faults`; `await server.stop()` refuses connections, `await server.start()` comes back on the same port.

Beside a blocking test: `with BotApiServer().threaded() as server:`. As a process: `python -m servers.bot_api --port 0`
prints one JSON line {"url", "token"}; POST /control/NAME drives it, see `servers.bot_api.remote`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, Self

from servers.bot_api.core import BOT_ID, TOKEN, BotApi
from servers.bot_api.driver import Group, Seat, Shown, ShownButton, User, poll
from servers.bot_api.faults import MESSAGE_METHODS, Fault
from servers.bot_api.html import EntityError, parse_html, trim, utf16
from servers.bot_api.limits import NO_LIMITS, Limits
from servers.bot_api.server import Control, HttpServer, LoopThread
from servers.bot_api.state import Call, ChatState

__all__ = [
    "BOT_ID",
    "NO_LIMITS",
    "TOKEN",
    "BotApi",
    "BotApiServer",
    "Call",
    "EntityError",
    "Fault",
    "Group",
    "Limits",
    "Seat",
    "Shown",
    "ShownButton",
    "User",
    "parse_html",
    "poll",
    "trim",
    "utf16",
]


class BotApiServer:
    """The server and its drivers. See the package's docstring."""

    def __init__(self, *, token: str = TOKEN, limits: Limits | None = None, strict: bool = True) -> None:
        self.api = BotApi(token=token, limits=limits)
        self.token = token
        self.strict = strict
        self.control: Control | None = None
        self._http: HttpServer | None = None
        self._port = 0
        self._users = 0
        self._groups = 0
        self.hang = 60.0
        """Seconds for which a hanging call hangs, before its connection is cut."""

    # -- life ---------------------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The base URL (PTB's base_url is this plus "/bot")."""
        return f"http://127.0.0.1:{self._port}"

    async def start(self, port: int | None = None) -> None:
        """Listen; after `stop`, on the same port again."""
        self._http = HttpServer(self.api, self.control)
        self._http.hang = self.hang
        await self._http.start(self._port if port is None else port)
        self._port = self._http.port

    async def stop(self) -> None:
        """Refuse connections; the state stays."""
        if self._http:
            await self._http.stop()
            self._http = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: object, *_: object) -> None:
        await self.stop()
        if self.strict and kind is None:
            assert not self.violations, "\n".join(self.violations)

    @contextlib.contextmanager
    def threaded(self) -> Iterator[Self]:
        """Serve from a loop in a thread of its own."""
        thread = LoopThread()
        thread.run(self.start())
        try:
            yield self
        finally:
            thread.run(self.stop())
            thread.close()
        if self.strict:
            assert not self.violations, "\n".join(self.violations)

    # -- people and chats ---------------------------------------------------------------------------------------------

    def user(
        self, name: str, *, id: int | None = None, username: str | None = None, language: str = "en", bot: bool = False
    ) -> User:
        """A new person. `started` is false until he writes (or `user.start()`)."""
        self._users += 1
        raw = {"id": id or 7000 + self._users, "is_bot": bot, "first_name": name, "language_code": language}
        raw |= {"username": username} if username else {}
        self.api.users[raw["id"]] = raw
        return User(self, raw)

    def group(
        self,
        title: str,
        *,
        kind: str = "supergroup",
        forum: bool = False,
        id: int | None = None,
        username: str | None = None,
        admins: Sequence[User] = (),
        members: Sequence[User] = (),
        bot: str = "member",
    ) -> Group:
        """A group, supergroup or channel with the bot in it (`bot`: member, administrator, left, kicked)."""
        self._groups += 1
        base = -9000 if kind == "group" else -1001000000000
        chat = ChatState(id or base - self._groups, kind, title, username, forum=forum)
        chat.members = {m.id: "member" for m in members} | {a.id: "administrator" for a in admins}
        if admins:
            chat.members[admins[0].id] = "creator"
        chat.members[BOT_ID] = "administrator" if kind == "channel" and bot == "member" else bot
        return Group(self, chat)

    def channel(self, title: str, **options: Any) -> Group:
        """A channel whose administrator the bot is."""
        return self.group(title, kind="channel", **options)

    # -- faults and findings ------------------------------------------------------------------------------------------

    def fail(self, kind: str, **options: Any) -> Fault:
        """Fail from now on as `servers.bot_api.faults` describes; answers the fault, whose `used` counts."""
        fault = Fault(kind, **options)
        with self.api.lock:
            self.api.faults.append(fault)
        return fault

    def heal(self) -> None:
        """End all faults."""
        with self.api.lock:
            self.api.faults.clear()

    @property
    def calls(self) -> list[Call]:
        return self.api.calls

    @property
    def accepted(self) -> list[Call]:
        return [c for c in self.api.calls if c.error is None]

    def sent(self, chat_id: int | None = None) -> list[Call]:
        """Accepted messages and edits, in the order of acceptance."""
        with self.api.lock:
            calls = [c for c in self.api.calls if c.error is None and c.method in MESSAGE_METHODS]
        return [c for c in calls if chat_id is None or c.chat_id == chat_id]

    @property
    def violations(self) -> list[str]:
        return self.api.violations

    @property
    def commands(self) -> dict[tuple[str, str], list[dict[str, str]]]:
        """What setMyCommands set, by (scope, language): ("default", ""), ("all_private_chats", "de"), ..."""
        return self.api.commands
