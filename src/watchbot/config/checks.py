"""What a value of the settings must be, each with a sentence for a person who wrote another. All raise ValueError."""

from __future__ import annotations

import difflib
import re
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import SecretStr

_TOKEN = re.compile(r"\d+:[\w-]+")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LISTEN = re.compile(r"[^:\s]+:\d{1,5}")


def http_url(value: str) -> str:
    """An http or https address with a host."""
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", value):
        raise ValueError(f"'{value}' is no http or https address")
    return value


def without_password(url: str) -> str:
    """An address that may be shown."""
    if urlsplit(url).password:
        raise ValueError("a password in the address would be shown in logs: use auth: instead")
    return url


def database_url(value: str) -> str:
    """SQLAlchemy's form, for the two databases that watchbot knows."""
    if value.startswith("sqlite:///") and value.removeprefix("sqlite:///").strip("/"):
        return value
    parts = urlsplit(value)
    if parts.scheme == "postgresql+psycopg" and parts.path.strip("/"):
        return value
    if parts.scheme in ("postgres", "postgresql"):
        raise ValueError("write postgresql+psycopg:// at the beginning")
    raise ValueError("write sqlite:///FILE (sqlite:////FILE from the root) or postgresql+psycopg://USER@HOST/NAME")


def bot_token(value: SecretStr) -> SecretStr:
    """Digits, a colon, letters: whether it is the right one, only Telegram knows."""
    if not value.get_secret_value():
        raise ValueError("the token is empty: leave it out, and alerts are shown on the console")
    if not _TOKEN.fullmatch(value.get_secret_value()):
        raise ValueError("this is no bot token: @BotFather gives one like 123456789:AAF-...")
    return value


def time_zone(value: str) -> str:
    """A name of the tz database."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = difflib.get_close_matches(value, sorted(available_timezones()), 1)
        hint = f"did you mean {near[0]}?" if near else "write it like Asia/Almaty"
        raise ValueError(f"'{value}' is no time zone: {hint}") from None
    return value


def backup_time(value: str) -> str:
    """A time of day."""
    if not _TIME.fullmatch(value):
        raise ValueError(f"'{value}' is no time of day: write it like 03:30")
    return value


def listen_address(value: str) -> str:
    """HOST:PORT."""
    if not _LISTEN.fullmatch(value) or int(value.rpartition(":")[2]) > 65535:
        raise ValueError(f"'{value}' is no address to listen on: write it like 127.0.0.1:8080")
    return value


def language_code(value: str) -> str:
    """BCP 47, as far as its form goes."""
    if not _LANGUAGE.fullmatch(value):
        raise ValueError(f"'{value}' is no language code: write it like de, ru or pt-BR")
    return value


def country_code(value: str) -> str:
    """ISO 3166, as far as its form goes."""
    if not re.fullmatch(r"[A-Z]{2}", value):
        raise ValueError(f"'{value}' is no country code: write it like KZ")
    return value


def feed_format(value: str) -> str:
    """A format that the parser has a reader for."""
    if value.lower() == "auto":
        return value
    from watchbot.parse.sniff import FORMATS  # the parser is slow to import, and hardly any feed names a format

    if value.lower() not in FORMATS:
        raise ValueError(f"'{value}' is no format: leave it out, or write one of {', '.join(FORMATS)}")
    return value
