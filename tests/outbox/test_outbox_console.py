"""The console prints what Telegram would show."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from rich.console import Console

from watchbot.console import ConsoleMessenger, console_chat, styled
from watchbot.model import Outcome, OutgoingMessage

HTML = (
    '🔴 <b>The Massimov case</b>\n<a href="https://example.org/1?a=1&amp;b=2">Ex-chief <b>Massimow</b> held</a>\n'
    "DPA · [red]de[/red] &lt;x&gt;"
)


async def test_prints() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=False, width=60)
    messenger = ConsoleMessenger(console, clock=lambda: datetime(2022, 1, 8, 12, tzinfo=UTC))
    first = await messenger.send(OutgoingMessage(1, HTML, ""))
    second = await messenger.send(OutgoingMessage(1, HTML, "", edit_of=first.message_id))
    third = await messenger.send(OutgoingMessage(1, HTML, ""))
    assert [r.message_id for r in (first, second, third)] == [1, 1, 2] and third.outcome is Outcome.SENT
    text = stream.getvalue()
    assert text.count("Ex-chief Massimow held <https://example.org/1?a=1&b=2>") == 3
    assert "[red]de[/red] <x>" in text, "markup of rich in a headline is text"
    assert text.count("(changed)") == 1
    assert await messenger.ready()


def test_matched_forms_stand_out() -> None:
    text = styled(HTML)
    assert text.plain.startswith("🔴 The Massimov case\n")
    bold = [text.plain[s.start : s.end] for s in text.spans if getattr(s.style, "bold", False)]
    assert bold == ["The Massimov case", "Massimow"]


def test_console_chat_is_told_at_once() -> None:
    chat = console_chat("de", "Europe/Berlin")
    assert (chat.language, chat.timezone, chat.settings.mode, chat.suspended) == ("de", "Europe/Berlin", "now", None)
