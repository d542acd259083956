"""The five languages of the chat: Fluent catalogues, dates and language names (CLDR through Babel).

Catalogues are package data (`locales/*.ftl`) and read once. English is the reference; a test finds every gap, so a
missing text is a programming error (KeyError), not something a reader ever sees as a key.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from fluent.runtime import FluentBundle, FluentResource

LANGUAGES = ("en", "de", "ru", "kk", "uk")
NAMES = {"en": "English", "de": "Deutsch", "ru": "Русский", "kk": "Қазақша", "uk": "Українська"}


class Texts:
    """The texts of one language: `texts("key", name=value)`. Numbers choose plural forms; pass ids as strings."""

    def __init__(self, language: str) -> None:
        self.language = language
        # Isolation marks would be stripped by Telegram's clients' search and by our own `clean`.
        self._bundle = FluentBundle([language, "en"], use_isolating=False)
        self._bundle.add_resource(FluentResource(catalogue_source(language)))
        self._locale = Locale.parse(language)

    def __call__(self, key: str, **values: object) -> str:
        message = self._bundle.get_message(key)
        if message.value is None:
            raise KeyError(key)
        found, errors = self._bundle.format_pattern(message.value, values)
        if errors:
            raise ValueError(f"{self.language}: {key}: {errors}")
        return str(found)

    def has(self, key: str) -> bool:
        """Whether there is a text `key`."""
        return bool(self._bundle.has_message(key))

    def language_name(self, code: str | None) -> str:
        """The name of a language (BCP 47 code) in this language; the code itself when CLDR knows none; "" for None."""
        if not code:
            return ""
        try:
            name = Locale.parse(code, sep="-").get_display_name(self._locale)
        except (UnknownLocaleError, ValueError):
            return code
        return name or code

    def country_name(self, code: str) -> str:
        """The name of a country (ISO 3166 code) in this language; the code itself when CLDR knows none."""
        return str(self._locale.territories.get(code) or code)

    def time(self, at: datetime, zone: str, now: datetime) -> str:
        """ "05:12" on the day of `now` in `zone`, "7 Jan 05:12" on another day of its year, else with the year."""
        tz = zone_of(zone)
        local, today = at.astimezone(tz), now.astimezone(tz)
        clock = f"{local:%H:%M}"
        if local.date() == today.date():
            return clock
        skeleton = "MMMd" if local.year == today.year else "yMMMd"
        return f"{format_skeleton(skeleton, local, locale=self._locale)} {clock}"


def zone_of(name: str) -> ZoneInfo:
    """The time zone, or UTC when this machine does not know it (any more)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def catalogue_source(language: str) -> str:
    """The text of a language's catalogue file."""
    return (files("watchbot.render") / "locales" / f"{language}.ftl").read_text(encoding="utf-8")


@cache
def texts(language: str) -> Texts:
    """The texts of `language`, or English when it is none of LANGUAGES."""
    return Texts(language if language in LANGUAGES else "en")


def choose_language(code: str | None) -> str:
    """The catalogue for a client's `language_code` ("de-AT" -> "de"); English for any other."""
    base = (code or "").split("-")[0].lower()
    return base if base in LANGUAGES else "en"
