"""Every error watchbot raises on purpose.

    WatchbotError
     +-- InvalidInput           a file or value a person wrote is wrong; carries all its problems
     |    +-- InvalidConfig     config/watchbot.yaml, feeds.yaml, environment
     |    +-- InvalidRules      rules.yaml and what it includes
     +-- ParseError             bytes that are no feed; `kind` names what they are instead
     +-- FetchError             the network refused; `kind` says how (see watchbot.fetch)
     |    +-- Refused           the network guard or a cap refused before or while reading
     +-- StorageError           the database refused
     |    +-- StorageBusy       full disk, lock: rolled back, worth another try
     |    +-- StorageCorrupt    corrupt or newer database: start is refused
     +-- AlreadyRunning         another instance holds the database or the token
     +-- TelegramError          start-up failure at Telegram (a send never raises; it returns a SendResult)
          +-- TelegramUnreachable  no answer that proves anything: the bot may start and try again

A driver's own exceptions are wrapped where the adapter calls the driver, with the cause chained.
Programming errors are never wrapped.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake (or warning) in a file that a person wrote.

    `line` and `column` count from 1; 0 means the problem has no place in the file (say, an environment variable).
    """

    path: str
    line: int
    column: int
    message: str
    hint: str = ""
    excerpt: str = ""
    """The source line with a caret line below it, or empty."""
    warning: bool = False

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        head = f"{place}: {'warning' if self.warning else 'error'}: {self.message}"
        tail = f"\n{self.excerpt}" if self.excerpt else ""
        return head + tail + (f"\n  hint: {self.hint}" if self.hint else "")


class WatchbotError(Exception):
    """Root of all errors raised on purpose."""


class InvalidInput(WatchbotError):
    """Something a person wrote is wrong. `problems` holds every mistake found, in file order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class InvalidConfig(InvalidInput):
    """Settings, feeds or the environment are wrong."""


class InvalidRules(InvalidInput):
    """rules.yaml or a file that it includes is wrong."""


class ParseError(WatchbotError):
    """The bytes are no feed. `kind` is one of: html, login, challenge, empty, binary, unsupported, too-large."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class FetchError(WatchbotError):
    """No answer. `kind`: dns, connect, tls, timeout, protocol, too-large, refused, redirect."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Refused(FetchError):
    """The network guard, or a size or time cap, ended the fetch."""


class StorageError(WatchbotError):
    """The database refused."""


class StorageBusy(StorageError):
    """Rolled back; the same call may succeed later (disk full, locked)."""


class StorageCorrupt(StorageError):
    """The database is corrupt or from a newer version; the message names the newest backup."""


class AlreadyRunning(WatchbotError):
    """Another instance holds the database or the bot token."""


class TelegramError(WatchbotError):
    """Telegram refused at start (wrong token, unreachable server). Never carries the token."""


class TelegramUnreachable(TelegramError):
    """Telegram could not be asked. Unlike a wrong token, no reason to stop: alerts queue until it answers."""
