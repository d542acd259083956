"""Structured logs: readable on a terminal, JSON elsewhere, and never a secret in them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

from watchbot.config.settings import LogSettings

QUIET = ("httpx", "httpcore", "apscheduler", "telegram", "hpack", "watchfiles", "alembic", "asyncio")
"""Libraries whose INFO lines tell an operator nothing; httpx's carry whole URLs, and with them the token."""


class _RedactingFormatter(structlog.stdlib.ProcessorFormatter):
    """Redacts the finished line, tracebacks included: there is no later place where a secret could come in."""

    def __init__(self, redact: Callable[[str], str], **options: Any) -> None:
        super().__init__(**options)
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(super().format(record))


def setup_logs(
    settings: LogSettings, *, stream: TextIO | None = None, redact: Callable[[str], str] = str
) -> Callable[[], None]:
    """Send structlog's and every library's records through one handler. Returns a function that undoes it.

    `stream`: standard error by default. `redact` sees each line just before it is written (the Redactor of
    `watchbot.telegram`).
    """
    out = sys.stderr if stream is None else stream
    as_json = settings.format == "json" or (settings.format == "auto" and not out.isatty())
    shared = _shared(as_json)
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        _RedactingFormatter(
            redact,
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *(_json() if as_json else _for_people(colors=out.isatty())),
            ],
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    return _install(handler, settings.level.upper())


def _shared(as_json: bool) -> list[Processor]:
    """What is added to every record, ours or a library's."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso" if as_json else "%H:%M:%S", utc=as_json),
    ]


def _json() -> list[Processor]:
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]


def _for_people(*, colors: bool) -> list[Processor]:
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=plain, pad_event_to=24)]


def _install(handler: logging.Handler, new_level: str) -> Callable[[], None]:
    """Make `handler` the root logger's. Returns a function that undoes it."""
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(new_level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)

    def undo() -> None:
        root.removeHandler(handler)
        root.setLevel(level)
        handler.close()

    return undo
