"""The settings of config/watchbot.yaml, as frozen models. Every default is meant to be run with as it is."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from watchbot.config.checks import (
    backup_time,
    bot_token,
    country_code,
    database_url,
    feed_format,
    http_url,
    language_code,
    listen_address,
    time_zone,
    without_password,
)
from watchbot.config.durations import parse_duration


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, str):
        return parse_duration(value)
    raise ValueError("a duration is written like 30s, 5m, 24h or 7d")


Duration = Annotated[timedelta, BeforeValidator(_duration)]
HttpUrl = Annotated[str, AfterValidator(http_url)]
TimeZone = Annotated[str, AfterValidator(time_zone)]
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=n) for n in (1, 60, 3600, 86400))


class Section(BaseModel):
    """Base of all sections: frozen; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class SpoolConfig(Section):
    """A directory in which an agency's client drops files, and what feeds.yaml would say of a feed."""

    path: str = Field(min_length=1)
    name: str | None = Field(default=None, min_length=1)
    """Default: the last two parts of the path."""
    lang: Annotated[str, AfterValidator(language_code)] | None = None
    tags: tuple[str, ...] = ()
    format: Annotated[str, AfterValidator(feed_format)] = "auto"
    owner: str | None = None
    country: Annotated[str, AfterValidator(country_code)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _path_alone(cls, value: object) -> object:
        return {"path": value} if isinstance(value, str) else value


class PollSettings(Section):
    """How often and how widely feeds are polled."""

    interval: Duration = 2 * MINUTE
    """Where a feed's own rhythm is not known yet."""
    min_interval: Duration = Field(default=30 * SECOND, ge=SECOND)
    max_interval: Duration = HOUR
    concurrency: int = Field(default=32, ge=1, le=1000)
    per_host: int = Field(default=2, ge=1, le=64)
    tick: Duration = Field(default=SECOND, ge=SECOND / 20, le=MINUTE)
    lease: Duration = 5 * MINUTE
    """A claimed feed that is not settled within this time is claimed again."""
    max_backoff: Duration = 6 * HOUR
    spool: tuple[SpoolConfig, ...] = ()
    """Each a path, or a mapping with more about it."""

    @model_validator(mode="after")
    def _ordered(self) -> PollSettings:
        if not self.min_interval <= self.interval <= self.max_interval:
            raise ValueError("min_interval <= interval <= max_interval must hold")
        return self

    @field_validator("spool")
    @classmethod
    def _once_each(cls, value: tuple[SpoolConfig, ...]) -> tuple[SpoolConfig, ...]:
        paths = [os.path.normpath(spool.path) for spool in value]
        if twice := next((path for path in paths if paths.count(path) > 1), None):
            raise ValueError(f"'{twice}' is listed twice: remove one of them")
        return value


class FetchSettings(Section):
    """Limits and manners of fetching."""

    contact: str = ""
    """Where a feed's owner can reach you (a URL or mail address); part of the User-Agent."""
    deadline: Duration = Field(default=30 * SECOND, ge=SECOND)
    """For a whole fetch, redirects included."""
    max_bytes: int = Field(default=10_000_000, ge=1000)
    """Of a body, decompressed."""
    max_redirects: int = Field(default=5, ge=0, le=20)
    allow_private_networks: bool = False
    parse_workers: int = Field(default=2, ge=1, le=64)
    parse_deadline: Duration = Field(default=20 * SECOND, ge=SECOND)
    """A parse that takes longer is killed with its process."""


class StorageSettings(Section):
    """Where state lives, and for how long."""

    url: Annotated[str, AfterValidator(database_url)] = "sqlite:///data/watchbot.db"
    keep: Duration = 180 * DAY
    """How long entries and alerts are kept."""
    backup_dir: str = "data/backups"
    backup_at: Annotated[str, AfterValidator(backup_time)] | None = "03:30"
    """UTC time of the nightly backup; null for none."""
    backup_keep: int = Field(default=7, ge=1)


class TelegramSettings(Section):
    """The bot. Without a token, alerts go to the console."""

    token: Annotated[SecretStr, AfterValidator(bot_token)] | None = None
    base_url: HttpUrl = "https://api.telegram.org"
    """Of the Bot API server, without "/bot"."""
    access: Literal["allowlist", "invite", "approval", "open"] = "allowlist"
    admins: tuple[int, ...] = ()
    """Numeric ids of the people who run the bot; always allowed."""
    allow: tuple[int, ...] = ()
    """Numeric ids of people and chats that may use the bot."""
    rate: float = Field(default=30.0, gt=0, le=1000)
    """Messages a second over all chats."""
    timezone: TimeZone = "UTC"
    """Of new chats; each changes it in /settings."""
    stale_after: Duration = HOUR
    """Alerts older than this when Telegram comes back are told in one digest."""
    grace: Duration = 10 * SECOND
    """How long a stop waits for messages in flight."""


class StoriesSettings(Section):
    """Grouping and duplicates."""

    window: Duration = 72 * HOUR
    edit_interval: Duration = 30 * SECOND
    """A sent message is edited no more often than this."""
    host_aliases: dict[str, str] = Field(default_factory=dict)
    """Hosts that serve the same articles: {"m.example.kz": "example.kz"}."""


class BurstSettings(Section):
    """When alerts collapse into digests. High priority never does."""

    few: int = Field(default=5, ge=1)
    """So many alerts of a topic within `window` a chat always gets at once."""
    window: Duration = Field(default=10 * MINUTE, ge=MINUTE)
    ratio: float = Field(default=4.0, ge=1)
    """More than `few` are a burst when they are this many times what is usual for the topic."""
    every: Duration = Field(default=5 * MINUTE, ge=SECOND)
    """A burst's rolling digest is sent or edited this often."""
    renew: Duration = 30 * MINUTE
    """A rolling digest older than this is not edited any more; a new message begins."""
    per_hour: int = Field(default=60, ge=0)
    """Alerts an hour that a chat gets at most, 0 for no limit; more comes as one digest at the full hour."""


class FirstPollSettings(Section):
    """What the first poll of a feed may alert about."""

    alert_within: Duration = 24 * HOUR


class WebSettings(Section):
    """The bot's own small HTTP server, and its watchdog."""

    listen: Annotated[str, AfterValidator(listen_address)] | None = None
    """HOST:PORT of /healthz and of WebSub's callbacks; null for none."""
    public_url: HttpUrl | None = None
    """Under which hubs reach `listen`; WebSub is used only with it."""
    ping_url: HttpUrl | None = None
    """Fetched every `watchdog_every` while all is well (a dead man's switch); `{latency_ms}` in it is replaced."""
    watchdog_every: Duration = Field(default=5 * MINUTE, ge=SECOND)
    """How often an alert of the bot's own goes the whole way from parser to Telegram."""
    watchdog_chat: int | None = None
    """Where that alert is really sent, silently, and deleted at once; none: Telegram is only asked who the bot is."""


class LogSettings(Section):
    """What is logged and how."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "console", "json"] = "auto"
    """auto: for people on a terminal, JSON elsewhere."""


class ChatConfig(Section):
    """A chat subscribed by configuration, for teams who keep subscriptions as code."""

    id: int
    topics: tuple[str, ...] = Field(min_length=1)
    thread_id: int | None = None
    title: str = ""
    language: Literal["en", "de", "ru", "kk", "uk"] = "en"
    timezone: TimeZone = "UTC"


class Settings(Section):
    """All of config/watchbot.yaml."""

    poll: PollSettings = PollSettings()
    fetch: FetchSettings = FetchSettings()
    storage: StorageSettings = StorageSettings()
    telegram: TelegramSettings = TelegramSettings()
    stories: StoriesSettings = StoriesSettings()
    bursts: BurstSettings = BurstSettings()
    first_poll: FirstPollSettings = FirstPollSettings()
    web: WebSettings = WebSettings()
    log: LogSettings = LogSettings()
    chats: tuple[ChatConfig, ...] = ()


class FeedAuth(Section):
    """How to log in: `user` with `password`, or `bearer`. `${NAME}` in them is a secret of the environment."""

    user: str | None = None
    password: str | None = None
    bearer: str | None = None


class FeedConfig(Section):
    """One feed of feeds.yaml."""

    url: Annotated[HttpUrl, AfterValidator(without_password)]
    name: str = Field(min_length=1)
    lang: Annotated[str, AfterValidator(language_code)] | None = None
    tags: tuple[str, ...] = ()
    interval: Annotated[Duration, Field(ge=SECOND)] | None = None
    format: Annotated[str, AfterValidator(feed_format)] = "auto"
    headers: dict[str, str] = Field(default_factory=dict)
    auth: FeedAuth | None = None
    owner: str | None = None
    country: Annotated[str, AfterValidator(country_code)] | None = None
    enabled: bool = True


class FeedsFile(Section):
    """All of feeds.yaml."""

    feeds: tuple[FeedConfig, ...] = ()
