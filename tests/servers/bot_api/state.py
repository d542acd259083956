"""What the server knows: users, chats, forum topics, messages, updates, calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

GENERAL = 1
"""The General topic's id in Telegram's own protocol. The Bot API addresses General by no thread id at all."""


class ApiError(Exception):
    """An answer with ok=false."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad(text: str, **parameters: Any) -> ApiError:
    return ApiError(400, f"Bad Request: {text}", **parameters)


def forbidden(text: str) -> ApiError:
    return ApiError(403, f"Forbidden: {text}")


@dataclass
class TopicState:
    id: int
    name: str
    closed: bool = False
    deleted: bool = False


@dataclass
class Message:
    """A message as the server keeps it. `text` is the plain text after entity parsing, or a photo's caption."""

    id: int
    chat_id: int
    date: int
    sender: dict[str, Any] | None
    text: str
    entities: list[dict[str, Any]] = field(default_factory=list)
    thread_id: int | None = None
    reply_to: int | None = None
    markup: dict[str, Any] | None = None
    photo: str | None = None
    document: str | None = None
    data: bytes = b""
    silent: bool = False
    preview: bool = True
    source: str = ""
    """The text as sent, before entity parsing."""
    edits: int = 0
    deleted: bool = False
    from_bot: bool = False
    seq: int = 0
    """A server-wide number that grows with every send and edit, so that readers find what is new."""


@dataclass
class ChatState:
    id: int
    type: str
    title: str = ""
    username: str | None = None
    user: dict[str, Any] | None = None
    forum: bool = False
    members: dict[int, str] = field(default_factory=dict)
    """creator | administrator | member | left | kicked, by user id; the bot's own status is among them."""
    topics: dict[int, TopicState] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    next_message: int = 1
    migrated_to: int | None = None
    blocked: bool = False
    deactivated: bool = False
    started: bool = False
    muted: bool = False
    """The bot may not write here."""
    anonymous: set[int] = field(default_factory=set)
    """Administrators who write as the group itself."""

    @property
    def is_group(self) -> bool:
        return self.type != "private"

    def as_dict(self) -> dict[str, Any]:
        """Telegram's Chat."""
        chat: dict[str, Any] = {"id": self.id, "type": self.type}
        if self.user:
            chat |= {k: self.user[k] for k in ("first_name", "last_name", "username") if k in self.user}
        else:
            chat["title"] = self.title
        if self.username and not self.user:
            chat["username"] = self.username
        if self.forum:
            chat["is_forum"] = True
        return chat


@dataclass(frozen=True)
class Call:
    """One call as it arrived, for tests to look at. `error` is None when it was accepted."""

    method: str
    params: dict[str, Any]
    at: float
    """Seconds of the server's monotonic clock."""
    chat_id: int | None = None
    message_id: int | None = None
    error: str | None = None
    code: int = 200
    fault: str | None = None
