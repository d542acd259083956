"""The app's own decisions."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import structlog

from watchbot.app.chores import backup_is_due, dark_note
from watchbot.app.health import HEARTBEAT, LOCK_TTL
from watchbot.app.logs import setup_logs
from watchbot.app.parts import is_admitted
from watchbot.commands import AccessPolicy
from watchbot.config.settings import LogSettings
from watchbot.model import Chat, ChatKind
from watchbot.poller.silence import Dark
from watchbot.render import said, texts
from watchbot.telegram import Redactor


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2022, 1, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "last", "due"),
    [
        (at(8, 3, 31), at(7, 3, 30), True),
        (at(8, 3, 29), at(7, 3, 30), False),
        (at(8, 9), at(8, 3, 30), False),
        (at(8, 9), at(7, 3, 30), True),
        (at(20, 9), at(7, 3, 30), True),
        (at(8, 9), None, False),
        (at(8, 3, 32), None, True),
    ],
    ids=["tonight", "not yet", "done", "missed tonight", "was off for days", "first start", "first night"],
)
def test_the_nightly_backup(now: datetime, last: datetime | None, due: bool) -> None:
    assert backup_is_due(now, "03:30", last) is due


@pytest.mark.parametrize(
    ("chat", "policy", "admitted"),
    [
        (Chat(5, ChatKind.PRIVATE, "A"), AccessPolicy("allowlist", (), (5,)), True),
        (Chat(5, ChatKind.PRIVATE, "A"), AccessPolicy("allowlist", (5,), ()), True),
        (Chat(5, ChatKind.PRIVATE, "A"), AccessPolicy("allowlist", (), ()), False),
        (Chat(5, ChatKind.PRIVATE, "A", access="granted"), AccessPolicy("approval", (), ()), True),
        (Chat(5, ChatKind.PRIVATE, "A", access="denied"), AccessPolicy("open", (), ()), False),
        (Chat(-5, ChatKind.SUPERGROUP, "G"), AccessPolicy("allowlist", (), ()), True),
        (Chat(5, ChatKind.PRIVATE, "A", access="revoked"), AccessPolicy("open", (), (5,)), False),
        (Chat(-5, ChatKind.SUPERGROUP, "G", access="revoked"), AccessPolicy("open", (), (-5,)), False),
    ],
)
def test_whoever_lost_access_is_told_no_more(chat: Chat, policy: AccessPolicy, admitted: bool) -> None:
    assert is_admitted(chat, policy) is admitted


def test_a_dark_country_is_named() -> None:
    note = dark_note(Dark("country", "KZ", ("Tengrinews", "Vlast"), 3))
    at = datetime(2022, 1, 8, tzinfo=UTC)
    assert said(note, texts("en"), "UTC", at) == "Kazakhstan: 2 of 3 outlets went dark together\nTengrinews, Vlast"
    assert said(note, texts("de"), "UTC", at).startswith("Kasachstan: 2 von 3 Medien")


@pytest.mark.fault(17)
@pytest.mark.parametrize("style", ["json", "console"])
@pytest.mark.secrets
def test_no_log_line_shows_a_token(style: str) -> None:
    token = "123456789:" + "A" * 35
    out = StringIO()
    undo = setup_logs(LogSettings.model_validate({"format": style}), stream=out, redact=Redactor(token))
    try:
        log = structlog.stdlib.get_logger("test")
        log.info("sent", url=f"https://api.telegram.org/bot{token}/sendMessage")
        logging.getLogger("some.library").warning("GET %s", f"https://api.telegram.org/bot{token}/getMe")
        try:
            raise ValueError(f"refused: {token}")
        except ValueError:
            log.exception("failed")
            logging.getLogger("some.library").exception("failed too")
    finally:
        undo()
        structlog.reset_defaults()
    assert out.getvalue().count("<token>") >= 4
    assert "A" * 35 not in out.getvalue()


def test_durations_of_the_lock_leave_room() -> None:
    assert HEARTBEAT * 3 < LOCK_TTL < timedelta(minutes=5)
