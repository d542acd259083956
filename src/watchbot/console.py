"""The console as a messenger: alerts as a person reads them in a terminal, for a run without Telegram.

It prints what Telegram would be sent: the same HTML, with its matched forms highlighted and its links spelled out.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser

from rich.console import Console
from rich.rule import Rule
from rich.style import Style
from rich.text import Text

from watchbot.model import Chat, ChatKind, ChatSettings, Outcome, OutgoingMessage, SendResult

CONSOLE_CHAT_ID = 1
"""The pseudo chat. Telegram gave no user so low an id that could ever meet it here."""
STYLES = {
    "b": Style(bold=True, color="yellow"),
    "strong": Style(bold=True, color="yellow"),
    "i": Style(italic=True),
    "em": Style(italic=True),
    "u": Style(underline=True),
    "s": Style(strike=True, dim=True),
    "code": Style(color="cyan"),
    "pre": Style(color="cyan"),
    "blockquote": Style(dim=True),
    "a": Style(color="bright_blue"),
}


def console_chat(language: str = "en", timezone: str = "UTC") -> Chat:
    """The chat that stands for the terminal."""
    return Chat(
        CONSOLE_CHAT_ID,
        ChatKind.PRIVATE,
        "console",
        language=language,
        timezone=timezone,
        settings=ChatSettings(mode="now", quiet_from="", quiet_to="", bursts=False, per_hour=0),
        access="granted",
    )


class TelegramHtml(HTMLParser):
    """Telegram's HTML as styled text; the target of each link follows it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = Text()
        self._styles: list[Style] = []
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        style = STYLES.get(tag, Style.null())
        if tag == "a":
            self._links.append(dict(attrs).get("href") or "")
            style += Style(link=self._links[-1] or None)
        self._styles.append(style)

    def handle_endtag(self, tag: str) -> None:
        if self._styles:
            self._styles.pop()
        if tag == "a" and self._links and (link := self._links.pop()):
            self.text.append(f" <{link}>", Style(dim=True))

    def handle_data(self, data: str) -> None:
        self.text.append(data, Style.combine([Style.null(), *self._styles]))


def styled(html: str) -> Text:
    """Telegram HTML for a terminal."""
    parser = TelegramHtml()
    parser.feed(html)
    parser.close()
    return parser.text


class ConsoleMessenger:
    """Prints messages. Edits are printed again, marked as such; buttons are left out."""

    def __init__(
        self, console: Console | None = None, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._console = console or Console()
        self._clock = clock
        self._last = 0

    async def ready(self) -> bool:
        """A terminal is always there."""
        return True

    async def send(self, message: OutgoingMessage) -> SendResult:
        """Print one message; its number counts from 1."""
        number = message.edit_of
        if number is None:
            self._last += 1
            number = self._last
        changed = " (changed)" if message.edit_of is not None else ""
        at = self._clock().astimezone().strftime("%H:%M:%S")
        self._console.print(Rule(f"{at}{changed}", align="left", style="dim"))
        self._console.print(styled(message.html), highlight=False, soft_wrap=True)
        return SendResult(Outcome.SENT, message_id=number)
