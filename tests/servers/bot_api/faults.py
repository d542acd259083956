"""The ways in which the server can be told to fail.

    server.fail("bad-gateway", times=5)                     the next five calls of any sending method
    server.fail("retry-after", chat_id=-100, retry_after=3)   for three seconds, every send to that chat is refused
    server.fail("hang-after", method="sendMessage")         accepted, but no answer until the client gives up

| kind | what happens |
|---|---|
| retry-after | 429; without `chat_id` for the whole bot. Lasts `retry_after` seconds from its first use, not `times` |
| bad-gateway | 502 with an HTML page, not accepted (`accept=True`: accepted) |
| invalid-json | 200 with a body that is no JSON, accepted |
| hang-before | no answer, not accepted |
| hang-after | no answer, accepted: the client's read times out |
| reset-before | connection reset before the call is looked at |
| reset-after | accepted, then the connection is reset |
| error | the given `code` and `description`, not accepted |
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

KINDS = (
    "retry-after",
    "bad-gateway",
    "invalid-json",
    "hang-before",
    "hang-after",
    "reset-before",
    "reset-after",
    "error",
)
MESSAGE_METHODS = {
    "sendMessage",
    "sendPhoto",
    "sendDocument",
    "editMessageText",
    "editMessageCaption",
    "editMessageReplyMarkup",
    "editMessageMedia",
}
ACCEPTING = {"invalid-json", "hang-after", "reset-after"}


@dataclass
class Fault:
    """One fault of calls of `method` (a glob; "messages": all that show one), in one chat or all.

    It happens `times` times, after `skip` calls that go well.
    """

    kind: str
    method: str = "messages"
    chat_id: int | None = None
    times: int = 1
    skip: int = 0
    retry_after: float = 1.0
    code: int = 400
    description: str = "Bad Request: forced"
    parameters: dict[str, Any] = field(default_factory=dict)
    accept: bool = False
    until: float | None = None
    used: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; one of {', '.join(KINDS)}")
        self.accept = self.accept or self.kind in ACCEPTING

    def applies(self, method: str, chat_id: int | None, now: float) -> bool:
        """Whether this call fails so; counts the call when it does."""
        named = method in MESSAGE_METHODS if self.method == "messages" else fnmatchcase(method, self.method)
        if not named or (self.chat_id is not None and self.chat_id != chat_id):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.used += 1
        if self.kind == "retry-after":
            self.until = self.until if self.until is not None else now + self.retry_after
        return True

    def spent(self, now: float) -> bool:
        if self.kind == "retry-after":
            return self.until is not None and now >= self.until
        return self.used >= self.times
