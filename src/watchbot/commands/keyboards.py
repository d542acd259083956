"""Our buttons as the library's."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from watchbot.model import Button


def markup(rows: Sequence[Sequence[Button]]) -> InlineKeyboardMarkup | None:
    """A keyboard, or None without buttons."""
    made = [[_button(b) for b in row] for row in rows if row]
    return InlineKeyboardMarkup(made) if made else None


def _button(button: Button) -> InlineKeyboardButton:
    if button.url:
        return InlineKeyboardButton(button.text, url=button.url)
    return InlineKeyboardButton(button.text, callback_data=button.data)
