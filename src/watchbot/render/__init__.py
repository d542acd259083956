"""What people read: alerts, digests and dialogues as values, in five languages. No I/O; `now` is an argument."""

from watchbot.render.alert import Rendered, render_alert
from watchbot.render.digest import render_digest, render_rolling
from watchbot.render.i18n import LANGUAGES, Texts, choose_language, texts
from watchbot.render.notes import said, said_all

__all__ = [
    "LANGUAGES",
    "Rendered",
    "Texts",
    "choose_language",
    "render_alert",
    "render_digest",
    "render_rolling",
    "said",
    "said_all",
    "texts",
]
