"""All that the chat handlers need from the rest of watchbot, as values and callables: the composition root fills it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from watchbot.commands.access import AccessPolicy
from watchbot.commands.feedback import Judged
from watchbot.commands.plot import Plotter
from watchbot.commands.store import Store
from watchbot.errors import WatchbotError
from watchbot.model import EntitySpec, Note, OutgoingMessage, Priority, SendResult

INVITE_LIFE = timedelta(days=7)
Notes = Sequence[Note]


class Declined(WatchbotError):
    """An operation that was not done, with what to say of it in the operator's language."""

    def __init__(self, note: Note) -> None:
        super().__init__(note.key)
        self.note = note


class RuleLike(Protocol):
    """What is shown of a rule."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def match(self) -> str: ...
    @property
    def priority(self) -> Priority: ...
    @property
    def description(self) -> str: ...


class RuleSetLike(Protocol):
    """The rule set in force (`watchbot.rules.RuleSet`)."""

    @property
    def rules(self) -> Sequence[RuleLike]: ...
    @property
    def entities(self) -> Sequence[EntitySpec]: ...


class Messenger(Protocol):
    """Sends one message and says what became of it (`watchbot.telegram.TelegramSender`)."""

    async def send(self, message: OutgoingMessage) -> SendResult: ...


Replay = Callable[[str, str, Sequence[Judged]], Sequence[bool]]
"""(rule id, another expression for it, entries) -> for each entry whether the rule would match it. InvalidRules when
the expression is wrong."""


@dataclass(frozen=True, slots=True)
class Operations:
    """What an operator can set off. Each answers what to say to him, or raises WatchbotError with a sentence."""

    reload: Callable[[], Awaitable[Notes]] | None = None
    """Read rules.yaml and feeds.yaml again."""
    backup: Callable[[], Awaitable[Notes]] | None = None
    """Write a backup; answers where."""
    add_feed: Callable[[str], Awaitable[Notes]] | None = None
    """Add the feed at a URL, or the one that the page there announces, behind the network guard."""
    explain: Callable[[str], str] | None = None
    """Which entities and rules a text matches, in plain lines; "" when none. Runs off the loop."""
    replay: Replay | None = None
    """Which recorded entries a rule would match with another expression. Runs off the loop."""


@dataclass(frozen=True, slots=True)
class Services:
    """`clock` gives aware UTC times; `rules` the rule set in force; `status` more lines for /status (a text's key, its
    value)."""

    store: Store
    rules: Callable[[], RuleSetLike]
    messenger: Messenger
    clock: Callable[[], datetime]
    access: AccessPolicy = field(default_factory=AccessPolicy)
    timezone: str = "UTC"
    """Of chats that have chosen none."""
    operations: Operations = field(default_factory=Operations)
    status: Callable[[], Awaitable[Mapping[str, str]]] | None = None
    quota: int = 200
    """Topics that one chat may subscribe to."""
    bot_username: str = ""
    plotter: Plotter = field(default_factory=Plotter)
