"""Keeps the bot token out of everything that a person or a file may see.

The token stands in every URL of the Bot API: httpx logs URLs at INFO, its errors quote them, and PTB's InvalidToken
carries the token itself. So texts are redacted where they become values, and log lines when they are finished
(`watchbot.app.logs`).
"""

from __future__ import annotations

import re
from urllib.parse import quote

MASK = "<token>"
TOKEN_SHAPE = re.compile(r"(?<!\d)\d{5,}(?::|%3[Aa])[A-Za-z0-9_-]{30,}")
"""What BotFather gives out: the bot's number, a colon, 35 characters. Any bot's token is masked, not only ours."""


class Redactor:
    """Replaces a token, its secret half and its URL-encoded form in texts."""

    def __init__(self, token: str) -> None:
        secret = token.partition(":")[2]
        forms = {token, quote(token, safe=""), quote(token)} | ({secret} if len(secret) >= 8 else set())
        ordered = sorted((f for f in forms if f), key=len, reverse=True)
        self._pattern = re.compile("|".join([*map(re.escape, ordered), TOKEN_SHAPE.pattern]))

    def __call__(self, text: str) -> str:
        """`text` without the token."""
        return self._pattern.sub(MASK, text)
