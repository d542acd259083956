"""What a person does in a client: write, press buttons, read, block, add the bot to a group. See the package."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from servers.bot_api.core import BOT_ID, BotApi
from servers.bot_api.state import GENERAL, ChatState, Message, TopicState

if TYPE_CHECKING:
    from servers.bot_api import BotApiServer

ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
TIMEOUT = 30.0


@dataclass(frozen=True)
class ShownButton:
    """An inline button as a client shows it."""

    text: str
    data: str
    url: str
    chat_id: int
    message_id: int


@dataclass(frozen=True)
class Shown:
    """A message as a client shows it, frozen at the time of reading.

    `text` is plain, after entity parsing (or a photo's caption); `html` what the bot sent; `entities` have UTF-16
    offsets; `edits` counts how often it was edited; `thread_id` is None in General.
    """

    id: int
    chat_id: int
    thread_id: int | None
    text: str
    html: str
    entities: tuple[dict[str, Any], ...]
    buttons: tuple[tuple[ShownButton, ...], ...]
    photo: str | None
    document: str | None
    data: bytes
    reply_to: int | None
    silent: bool
    preview: bool
    edits: int
    from_bot: bool
    seq: int

    @property
    def labels(self) -> list[list[str]]:
        """The keyboard's texts, row by row."""
        return [[b.text for b in row] for row in self.buttons]

    def button(self, label: str) -> ShownButton:
        """The first button whose text contains `label`; AssertionError with all texts when there is none."""
        for button in (b for row in self.buttons for b in row):
            if label in button.text:
                return button
        raise AssertionError(f"no button {label!r} among {self.labels}")

    def spans(self, kind: str) -> list[str]:
        """The texts of all entities of one kind ("bold", "text_link", ...)."""
        units = self.text.encode("utf-16-le")
        cut = [(e["offset"] * 2, (e["offset"] + e["length"]) * 2) for e in self.entities if e["type"] == kind]
        return [units[a:b].decode("utf-16-le") for a, b in cut]


def shown(message: Message) -> Shown:
    rows = (message.markup or {}).get("inline_keyboard", [])
    buttons = tuple(
        tuple(
            ShownButton(b["text"], b.get("callback_data", ""), b.get("url", ""), message.chat_id, message.id)
            for b in row
        )
        for row in rows
    )
    return Shown(
        message.id,
        message.chat_id,
        message.thread_id,
        message.text,
        message.source,
        tuple(message.entities),
        buttons,
        message.photo,
        message.document,
        message.data,
        message.reply_to,
        message.silent,
        message.preview,
        message.edits,
        message.from_bot,
        message.seq,
    )


async def poll(find: Callable[[], Any], timeout: float, what: Callable[[], str]) -> Any:
    """What `find` gives as soon as it is not None; AssertionError with `what()` after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        found = find()
        if found is not None:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(what())
        await asyncio.sleep(0.005)


class Seat:
    """One person in one chat (and forum topic): where everything is written from and read.

    Reading moves on: each `expect` looks only at what was sent or edited after the message that the last one found.
    """

    def __init__(self, server: BotApiServer, user: User, chat: ChatState, thread_id: int | None = None) -> None:
        self.server = server
        self.api: BotApi = server.api
        self.user = user
        self.chat = chat
        self.thread_id = thread_id
        self.seen = self.api.seq

    @property
    def id(self) -> int:
        """The chat's id."""
        return self.chat.id

    # -- writing ------------------------------------------------------------------------------------------------------

    def send(self, text: str, *, reply_to: Shown | None = None) -> int:
        """Write a message; commands are marked as a client marks them. Answers the message's id."""
        with self.api.lock:
            self.chat.started = True
            entities = [
                {"type": "bot_command", "offset": m.start(), "length": len(m[0])}
                for m in re.finditer(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@\w+)?", text)
            ]
            anonymous = self.user.id in self.chat.anonymous
            message = self.api.store(
                self.chat,
                ANONYMOUS if anonymous else self.user.raw,
                text,
                entities=entities,
                thread_id=self.thread_id,
                reply_to=reply_to.id if reply_to else None,
            )
            self.seen = message.seq
            if self.reaches_bot(text, reply_to):
                kind = "channel_post" if self.chat.type == "channel" else "message"
                self.api.push(kind, self.api.show(message))
            return message.id

    def reaches_bot(self, text: str, reply_to: Shown | None) -> bool:
        """Whether the bot is shown a message: in groups (privacy mode) only commands, replies to it and mentions."""
        if self.chat.type == "private":
            return not self.chat.blocked
        if self.chat.members.get(BOT_ID, "left") in ("left", "kicked"):
            return False
        name = self.api.bot["username"]
        command = re.match(r"/\w+(?:@(\w+))?", text)
        meant = bool(command and command[1] in (None, name)) or f"@{name}" in text
        admin = self.chat.members[BOT_ID] == "administrator"
        return self.chat.type == "channel" or admin or meant or bool(reply_to and reply_to.from_bot)

    def press(self, button: ShownButton) -> str:
        """Press a callback button; answers the query's id (see `expect_answer`)."""
        return self.forge(button.data, button.message_id)

    def forge(self, data: str, message_id: int) -> str:
        """A callback query with any data, as a modified client could send."""
        with self.api.lock:
            number = str(4_000_000_000 + len(self.api.queries))
            message = self.chat.messages[message_id]
            query = {
                "id": number,
                "from": self.user.raw,
                "chat_instance": str(self.chat.id),
                "data": data,
                "message": self.api.show(message),
            }
            self.api.queries[number] = query
            self.seen = self.api.seq
            self.api.push("callback_query", query)
            return number

    # -- reading ------------------------------------------------------------------------------------------------------

    def messages(self) -> list[Shown]:
        """All that the bot has here, oldest first, deleted ones not."""
        with self.api.lock:
            found = [m for m in self.chat.messages.values() if m.from_bot and not m.deleted]
            return [shown(m) for m in found if m.thread_id == self.thread_id]

    def unread(self) -> list[Shown]:
        """What was sent or edited since the last expect (or our own last writing), in that order."""
        return sorted((m for m in self.messages() if m.seq > self.seen), key=lambda m: m.seq)

    async def expect(self, pattern: str = "", *, timeout: float = TIMEOUT) -> Shown:
        """The next new or edited message of the bot here whose text matches the regular expression `pattern`."""
        return await self._expect(pattern, timeout, edited=None)

    async def expect_new(self, pattern: str = "", *, timeout: float = TIMEOUT) -> Shown:
        """Like `expect`, for a message that was not edited."""
        return await self._expect(pattern, timeout, edited=False)

    async def expect_edit(self, pattern: str = "", *, timeout: float = TIMEOUT) -> Shown:
        """Like `expect`, for an edit."""
        return await self._expect(pattern, timeout, edited=True)

    async def _expect(self, pattern: str, timeout: float, edited: bool | None) -> Shown:
        regex = re.compile(pattern, re.DOTALL)

        def find() -> Shown | None:
            for message in self.unread():
                if regex.search(message.text) and (edited is None or bool(message.edits) == edited):
                    self.seen = message.seq
                    return message
            return None

        def report() -> str:
            unread = [m.text for m in self.unread()]
            calls = [(c.method, c.error) for c in self.server.calls[-5:]]
            return f"nothing matches {pattern!r}; unread: {unread}; last calls: {calls}"

        found: Shown = await poll(find, timeout, report)
        return found

    async def expect_answer(self, query: str, pattern: str = "", *, timeout: float = TIMEOUT) -> dict[str, Any]:
        """The bot's answerCallbackQuery to a pressed button (parameters: text, show_alert, url), its text matching."""
        found: dict[str, Any] = await poll(
            lambda: self.api.answers.get(query), timeout, lambda: f"callback query {query} was never answered"
        )
        assert re.search(pattern, found.get("text", ""), re.DOTALL), f"{found.get('text')!r} !~ {pattern!r}"
        return found

    async def expect_nothing(self, *, within: float = 0.3) -> None:
        """AssertionError when the bot writes or edits here within the time."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            assert not self.unread(), f"unexpected: {[m.text for m in self.unread()]}"
            await asyncio.sleep(0.02)


class User(Seat):
    """A person; as a Seat, his private chat with the bot."""

    def __init__(self, server: BotApiServer, raw: dict[str, Any]) -> None:
        self.raw = raw
        chat = ChatState(raw["id"], "private", user=raw, username=raw.get("username"))
        chat.members = {raw["id"]: "member", BOT_ID: "member"}
        super().__init__(server, self, server.api.new_chat(chat))

    @property
    def id(self) -> int:
        return int(self.raw["id"])

    def in_(self, group: Group, thread_id: int | None = None) -> Seat:
        """This person in a group, channel or forum topic (`group.topic(...)` gives thread ids)."""
        return Seat(self.server, self, group.chat, thread_id)

    def start(self) -> None:
        """Let the bot write to this person, without an update (as if he had pressed Start long ago)."""
        self.chat.started = True

    def block(self) -> None:
        """Block the bot: sends are refused, and a my_chat_member update says so."""
        self.chat.blocked = True
        member_update(self.api, self.chat, self.raw, "member", "kicked")

    def unblock(self) -> None:
        self.chat.blocked = False
        member_update(self.api, self.chat, self.raw, "kicked", "member")

    def deactivate(self) -> None:
        """Delete the account."""
        self.chat.deactivated = True


class Group:
    """A basic group, supergroup, forum or channel. `chat` is its state."""

    def __init__(self, server: BotApiServer, chat: ChatState) -> None:
        self.server = server
        self.api: BotApi = server.api
        self.chat = self.api.new_chat(chat)

    @property
    def id(self) -> int:
        return self.chat.id

    def join(self, user: User, status: str = "member") -> None:
        """Make someone a member: creator, administrator, member, left or kicked."""
        self.chat.members[user.id] = status

    def add_bot(self, by: User, status: str = "member") -> None:
        """Add the bot, or change its rights; a my_chat_member update says so."""
        before = self.chat.members.get(BOT_ID, "left")
        self.chat.members[BOT_ID] = status
        member_update(self.api, self.chat, by.raw, before, status)

    def kick_bot(self, by: User) -> None:
        self.add_bot(by, "kicked")

    def be_anonymous(self, user: User, anonymous: bool = True) -> None:
        """An administrator writes as the group itself (from GroupAnonymousBot), or no longer."""
        (self.chat.anonymous.add if anonymous else self.chat.anonymous.discard)(user.id)

    def topic(self, name: str) -> int:
        """Create a forum topic; answers its message_thread_id."""
        with self.api.lock:
            number, self.chat.next_message = self.chat.next_message, self.chat.next_message + 1
            self.chat.topics[number] = TopicState(number, name)
            return number

    def delete_topic(self, thread_id: int) -> None:
        self.chat.topics[thread_id].deleted = True

    def close_topic(self, thread_id: int = GENERAL) -> None:
        self.chat.topics[thread_id].closed = True

    def migrate(self) -> Group:
        """The group becomes a supergroup; answers the new one."""
        new = Group.__new__(Group)
        new.server, new.api = self.server, self.api
        new.chat = self.api.migrate(self.chat.id)
        return new

    def mute_bot(self, muted: bool = True) -> None:
        """Take the right to write from the bot."""
        self.chat.muted = muted

    def messages(self) -> list[Shown]:
        """All of the bot's messages, in every topic, oldest first."""
        with self.api.lock:
            return [shown(m) for m in self.chat.messages.values() if m.from_bot and not m.deleted]


def member_update(api: BotApi, chat: ChatState, by: dict[str, Any], before: str, after: str) -> None:
    def as_member(status: str) -> dict[str, Any]:
        from servers.bot_api.core import member

        return member(api.bot, status, chat, False)

    payload = {
        "chat": chat.as_dict(),
        "from": by,
        "date": int(time.time()),
        "old_chat_member": as_member(before),
        "new_chat_member": as_member(after),
    }
    api.push("my_chat_member", payload)
