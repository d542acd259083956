"""The nouns of watchbot: frozen values that every room shares.

All times are aware datetimes in UTC; `require_aware` enforces it where values enter. Offsets count Unicode code
points of the field as given. Nothing here does I/O or knows the clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

FIELDS = ("title", "summary", "body")
"""The text fields of an entry in which entities are looked for, in reading order."""


def require_aware(value: datetime | None, name: str) -> None:
    """Raise ValueError when `value` is a naive datetime: a naive time is a bug, never data."""
    if value is not None and value.tzinfo is None:
        raise ValueError(f"{name} must be timezone-aware")


class Priority(IntEnum):
    """How urgent a rule is. High breaks through quiet hours and leaves the outbox first."""

    LOW = 0
    NORMAL = 1
    HIGH = 2


class EntryStatus(StrEnum):
    """What an agency says of an item (NewsML pubStatus, ninjs, KILL and CORRECTION slugs)."""

    USABLE = "usable"
    UPDATED = "updated"
    CORRECTED = "corrected"
    WITHHELD = "withheld"
    CANCELED = "canceled"
    ADVISORY = "advisory"


# -- what a feed says -------------------------------------------------------------------------------------------------


SPOOL = "spool:"
"""Begins the address of a spool directory's feed, which is never polled."""


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """One line of feeds.yaml, or a feed that an admin added."""

    url: str
    name: str
    lang: str | None = None
    tags: tuple[str, ...] = ()
    interval: timedelta | None = None
    format: str = "auto"
    headers: Mapping[str, str] = field(default_factory=dict)
    """What is sent with each request. May hold credentials, so the storage does not keep it."""
    owner: str | None = None
    """The outlet behind the feed; feeds of one owner count as one source. Default: the name."""
    country: str | None = None
    """ISO 3166 code, for the alert about a country's feeds going dark."""


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or enclosure of an entry."""

    url: str
    type: str | None = None
    width: int | None = None
    height: int | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """One entry as parsed: plain text, absolute http(s) links, aware UTC times."""

    guid: str | None
    link: str | None
    title: str
    summary: str = ""
    body: str = ""
    lang: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    source: str | None = None
    """The outlet named by the entry itself (RSS <source>, a news search), else None."""
    version: int | None = None
    status: EntryStatus = EntryStatus.USABLE
    embargo: datetime | None = None
    urgency: int | None = None
    """IPTC urgency, 1 (flash) to 8; None where the format has none."""
    byline: str | None = None
    place: str | None = None
    subjects: tuple[str, ...] = ()
    raw_hash: str | None = None
    """SHA-256 hex of the entry's bytes in the document, where they could be cut out with certainty."""

    def __post_init__(self) -> None:
        require_aware(self.published_at, "published_at")
        require_aware(self.updated_at, "updated_at")
        require_aware(self.embargo, "embargo")


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A document as parsed. `problems` are sentences for a person ("truncated XML: 12 complete entries kept")."""

    title: str
    link: str | None
    lang: str | None
    format: str
    entries: tuple[ParsedEntry, ...]
    problems: tuple[str, ...] = ()
    ttl: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[str] = frozenset()
    update_period: timedelta | None = None
    hub: str | None = None
    self_link: str | None = None
    encoding: str | None = None
    seen: tuple[str, ...] = ()
    """raw_hash of the entries that the document shows and the caller knew: they are not among `entries`."""


# -- rules and matches ------------------------------------------------------------------------------------------------


class EntityKind(StrEnum):
    """What an entity is, and so how its names are found."""

    COUNTRY = "country"
    PERSON = "person"
    ORGANIZATION = "organization"
    PLACE = "place"
    NAMES = "names"


@dataclass(frozen=True, slots=True)
class EntitySpec:
    """One entity as rules.yaml names it, before names are generated from it."""

    id: str
    kind: EntityKind
    value: str
    """The country code, the person's Latin name, the organisation's or place's name; "" for kind NAMES."""
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names by BCP 47 language, each inflected by that language's rules; "*" for any language."""
    acronyms: tuple[str, ...] = ()
    surname_alone: bool = True
    exclude: tuple[str, ...] = ()
    """Forms that look like the entity and are not (say, "Almaty Region")."""
    path: str = ""
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """An entity found in one text: code-point span, the form found and the alias that explains it."""

    entity: str
    start: int
    end: int
    text: str
    alias: str


@dataclass(frozen=True, slots=True)
class Match:
    """A hit in a field of an entry. `entity` may also be a term id, or a quoted phrase."""

    entity: str
    field: str
    start: int
    end: int
    text: str
    alias: str


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A form that almost matched, with the reason it did not ("one letter off")."""

    entity: str
    text: str
    alias: str
    reason: str


class AlertPolicy(StrEnum):
    """What of a story a rule sends: its first entry; material updates too; every entry."""

    FIRST = "first"
    UPDATES = "updates"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class MatchInput:
    """What rules see of an entry."""

    title: str
    summary: str = ""
    body: str = ""
    lang: str | None = None
    source: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """A rule that holds for an entry, with the matches that made it hold."""

    rule: str
    priority: Priority
    evidence: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class MatchResult:
    """All that was found in an entry: every entity occurrence, and the rules that hold, in rule-file order."""

    matches: tuple[Match, ...]
    rules: tuple[RuleMatch, ...]

    @property
    def entities(self) -> tuple[str, ...]:
        """Distinct entity ids, in order of first appearance."""
        return tuple(dict.fromkeys(m.entity for m in self.matches))

    @property
    def headline(self) -> tuple[str, ...]:
        """Those that the title names."""
        return tuple(dict.fromkeys(m.entity for m in self.matches if m.field == "title"))


# -- stories ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoryItem:
    """What story grouping sees of an entry."""

    id: int
    at: datetime
    """Publication time, clamped to [first_seen_at - 7 d, first_seen_at]; else first_seen_at."""
    lang: str | None
    source: str
    owner: str
    title: str
    summary: str
    body: str
    link: str | None
    entities: tuple[str, ...]
    rules: tuple[str, ...]
    priority: Priority = Priority.NORMAL
    version: int | None = None
    status: EntryStatus = EntryStatus.USABLE
    headline: tuple[str, ...] | None = None
    """Those of `entities` that the title names; None where it is not known, as of entries read back from storage."""


class PlacementKind(StrEnum):
    """What an item is to its story."""

    NEW = "new"
    UPDATE = "update"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Placement:
    """Which story an item belongs to, and why.

    `duplicate`: the same text again (an agency copy). `update`: the same event in other words.
    `material` names what changed materially ("killed: 26 -> 164", "correction", "withdrawn"), empty when nothing did.
    """

    kind: PlacementKind
    story: str
    score: float = 1.0
    because: str = ""
    material: tuple[str, ...] = ()
    copy_of: int | None = None
    origin: str | None = None
    """The agency that the text comes from ("Reuters"), when it is a copy or names one."""


# -- chats ------------------------------------------------------------------------------------------------------------


class ChatKind(StrEnum):
    """Telegram's kinds of chat."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """How a chat (or one subscription; None inherits the chat's value) wants to be told."""

    mode: str | None = None
    """now | hourly | daily"""
    digest_times: tuple[str, ...] | None = None
    """Local times "HH:MM" of the daily digests."""
    quiet_from: str | None = None
    quiet_to: str | None = None
    high_breaks_quiet: bool | None = None
    min_priority: Priority | None = None
    languages: tuple[str, ...] | None = None
    silent: bool | None = None
    summary: bool | None = None
    photo: bool | None = None
    bursts: bool | None = None
    """Whether a burst collapses into a rolling digest after its first reports; unset means yes."""
    per_hour: int | None = None
    """Alerts that the chat wants within an hour at most; 0: no limit of its own; unset: as the bot's settings say."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A Telegram chat as watchbot knows it, or the terminal."""

    id: int
    kind: ChatKind
    title: str
    username: str | None = None
    language: str = "en"
    timezone: str = "UTC"
    settings: ChatSettings = ChatSettings()
    suspended: str | None = None
    """Why nothing is sent ("blocked", "kicked", "stopped"), None when active."""
    access: str = "none"
    """none | requested | granted | denied | revoked | admin. Denied: a request was declined. Revoked: taken away by an
    operator, whatever else would let the chat in."""
    quota: int | None = None
    """Alerts an hour that an operator allows the chat at most, None without such a limit."""


def unstored_chat(chat_id: int) -> Chat:
    """A chat nobody has stored yet, with every default: Telegram numbers people above zero and groups below."""
    return Chat(chat_id, ChatKind.PRIVATE if chat_id > 0 else ChatKind.SUPERGROUP, "")


@dataclass(frozen=True, slots=True)
class Subscription:
    """A chat's (and forum topic's) subscription of one watchbot topic, which is a rule id."""

    chat_id: int
    topic: str
    thread_id: int | None = None
    settings: ChatSettings = ChatSettings()
    muted_until: datetime | None = None
    created_by: int | None = None


# -- alerts and deliveries --------------------------------------------------------------------------------------------


REFUSED_FLAG = "telegram.refused"
"""The flag in which the outbox keeps, as a sentence, that Telegram rejects the bot's token."""
SILENCE_TOPIC = "silence"
"""What chats subscribe to for notices of feeds gone quiet or dark, beside the ids of the rules."""


class AlertKind(StrEnum):
    """What an alert tells."""

    NEW = "new"
    UPDATE = "update"
    NOTICE = "notice"
    """From watchbot itself, to admins or subscribers: a feed gone dark, a reload's difference, a spike."""


class DeliveryKind(StrEnum):
    """How a delivery reaches its chat: as a new message, as an edit of one, as an answer to one."""

    SEND = "send"
    EDIT = "edit"
    REPLY = "reply"


class DeliveryState(StrEnum):
    """Where a delivery is on its way; docs/delivery.md tells which state follows which."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    """Telegram may have accepted it; sent again at most once."""
    HELD = "held"
    """Waits for a digest or the end of quiet hours."""
    DEAD = "dead"


class Outcome(StrEnum):
    """What Telegram's answer proves."""

    SENT = "sent"
    NOT_SENT = "not-sent"
    LIMITED = "limited"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Refusal(StrEnum):
    """Why Telegram refused for good."""

    BLOCKED = "blocked"
    KICKED = "kicked"
    DEACTIVATED = "deactivated"
    CHAT_NOT_FOUND = "chat-not-found"
    NO_RIGHTS = "no-rights"
    MIGRATED = "migrated"
    BAD_HTML = "bad-html"
    TOO_LONG = "too-long"
    THREAD_NOT_FOUND = "thread-not-found"
    MESSAGE_NOT_FOUND = "message-not-found"
    NOT_MODIFIED = "not-modified"
    BAD_MEDIA = "bad-media"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SendResult:
    """The outcome of one call to Telegram; never carries the token."""

    outcome: Outcome
    message_id: int | None = None
    refusal: Refusal | None = None
    retry_after: timedelta | None = None
    migrated_to: int | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: `data` (at most 64 bytes of callback data) or `url`."""

    text: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One call to make. `html` is Telegram HTML, `plain` its fallback when Telegram rejects the HTML."""

    chat_id: int
    html: str
    plain: str
    thread_id: int | None = None
    silent: bool = False
    buttons: Sequence[Sequence[Button]] = ()
    reply_to: int | None = None
    edit_of: int | None = None
    """The message to edit in place of sending a new one."""
    photo_url: str | None = None


@dataclass(frozen=True, slots=True)
class AlertSource:
    """One outlet's entry in a story, as an alert shows it."""

    entry_id: int
    source: str
    owner: str
    lang: str | None
    title: str
    link: str | None
    at: datetime
    origin: str | None = None
    is_copy: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """Words of watchbot's own, to be said in the reader's language: a text of the catalogues and its values.

    Times are said in the reader's time zone; a text without such a key is said as it is (`key` "text", value `text`).
    """

    key: str
    values: Mapping[str, str | int | float | datetime] = field(default_factory=dict)


def plain_note(text: str) -> Note:
    """A note that is the same in every language: file names, error messages of parsers, examples."""
    return Note("text", {"text": text})


@dataclass(frozen=True, slots=True)
class AlertView:
    """All that is shown of an alert. Read from the database when it is rendered, so that it is current."""

    number: int
    """The visible alert number ("#1042"): the same when an unknown outcome is sent again."""
    kind: AlertKind
    priority: Priority
    topics: tuple[tuple[str, str], ...]
    """(rule id, title) of each topic that the chat subscribes to and the story matched."""
    story: str | None
    title: str
    summary: str
    link: str | None
    source: str
    lang: str | None
    published_at: datetime | None
    first_seen_at: datetime
    matches: tuple[Match, ...] = ()
    also: tuple[AlertSource, ...] = ()
    """The other entries of the story, oldest first."""
    material: tuple[str, ...] = ()
    withdrawn: bool = False
    photo_url: str | None = None
    notes: tuple[Note, ...] = ()
    """For notices: what is said, a line each."""


# -- feeds as stored, and what an update writes -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoredFeed:
    """A feed's row: its specification and what watchbot learned of it."""

    id: int
    spec: FeedSpec
    origin: str = "config"
    """config (feeds.yaml) | chat (/addfeed)"""
    enabled: bool = True
    disabled_reason: str | None = None
    next_check_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    baseline_at: datetime | None = None
    """When the first successful poll recorded what was already there; None before it."""
    last_fetch_at: datetime | None = None
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None
    last_status: int | None = None
    error_count: int = 0
    last_error: str | None = None
    redirect_url: str | None = None
    redirect_count: int = 0
    """How often in a row a permanent redirect to `redirect_url` served a feed."""
    key_mode: str = "guid"
    """guid | link | text: which identity this feed's entries can be trusted to keep."""
    window: tuple[str, ...] = ()
    """Keys of the entries in the last document, newest first: a poll that shares none of them may have missed some."""
    gap_at: datetime | None = None
    rhythm: str = ""
    """JSON state of the interval estimator (watchbot.poller), opaque to storage."""


@dataclass(frozen=True, slots=True)
class FeedUpdate:
    """What one update changes in a feed's row: written in the transaction that commits its entries.

    `changes` maps names of StoredFeed's fields (all but id, spec, origin) to new values; others stay as they are.
    """

    feed_id: int
    changes: Mapping[str, object] = field(default_factory=dict)


class EntryOutcome(StrEnum):
    """What became of an entry."""

    ALERT = "alert"
    UPDATE = "update"
    DUPLICATE = "duplicate"
    NO_MATCH = "no-match"
    BASELINE = "baseline"
    """Seen on the first poll of its feed and too old to alert."""
    QUARANTINED = "quarantined"
    """Part of a feed that renewed all its guids or dates at once."""
    EMBARGOED = "embargoed"


@dataclass(frozen=True, slots=True)
class PlannedEntry:
    """An entry to store. `id` is reserved before the transaction (storage.next_entry_ids), so plans can name it."""

    id: int
    feed_id: int
    entry: ParsedEntry
    keys: tuple[str, ...]
    """Its identities: "guid:<feed id>:<guid>", "url:<canonical>", "text:<sha256>"."""
    canonical_link: str | None
    source: str
    owner: str
    lang: str | None
    at: datetime
    first_seen_at: datetime
    outcome: EntryOutcome
    matches: tuple[Match, ...] = ()
    rules: tuple[str, ...] = ()
    priority: Priority = Priority.NORMAL
    placement: Placement | None = None


@dataclass(frozen=True, slots=True)
class PlannedDelivery:
    """One alert for one chat. `state` is PENDING, or HELD until `not_before` (digest, quiet hours)."""

    chat_id: int
    thread_id: int | None
    topics: tuple[str, ...]
    kind: DeliveryKind
    state: DeliveryState
    not_before: datetime
    silent: bool = False
    roll: str | None = None
    """HELD: the digest that it waits for. A topic: the rolling digest of that topic's burst; OVER_QUOTA: what exceeds
    the chat's alerts an hour; None: the chat's own digest."""


OVER_QUOTA = "*"
"""`PlannedDelivery.roll` of what exceeds a chat's quota: no rule has this id."""


@dataclass(frozen=True, slots=True)
class PlannedAlert:
    """An alert to store, with its deliveries.

    NEW and UPDATE alerts belong to an entry and a story; NOTICE alerts carry `notes` only, one a line.
    """

    kind: AlertKind
    priority: Priority
    deliveries: tuple[PlannedDelivery, ...]
    entry_id: int | None = None
    story: str | None = None
    rules: tuple[str, ...] = ()
    material: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class UpdatePlan:
    """All that one feed's update writes, in one transaction, or not at all."""

    feed: FeedUpdate
    entries: tuple[PlannedEntry, ...] = ()
    seen_again: tuple[str, ...] = ()
    """Known keys that the document still shows: their last_seen_at moves to `now`."""
    alerts: tuple[PlannedAlert, ...] = ()
    refresh_stories: tuple[str, ...] = ()
    """Stories whose sent messages are to be edited in place (coalesced by the outbox)."""
    withdrawn_stories: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()
    """ParsedFeed.seen: raw hashes that the document still shows; with them, all keys of their entries stay known."""


# -- the outbox -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Delivery:
    """A claimed delivery: one alert for one chat and thread, leased to this process."""

    id: int
    alert_id: int
    chat_id: int
    thread_id: int | None
    kind: DeliveryKind
    priority: Priority
    attempts: int
    created_at: datetime
    state: DeliveryState
    was_unknown: bool = False
    """An earlier attempt had an unknown outcome: this is the one repeat allowed."""
    silent: bool = False
    message_id: int | None = None
    """EDIT: the message to edit. REPLY: the message to answer."""
    plain: bool = False
    """An earlier attempt was refused because of its HTML: send plain text."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of a delivery after an attempt: decided by a pure function, written by storage in one statement."""

    delivery_id: int
    state: DeliveryState
    message_id: int | None = None
    next_attempt_at: datetime | None = None
    error: str = ""
    suspend_chat: str | None = None
    migrate_chat_to: int | None = None
    drop_thread: bool = False
    plain: bool = False
    """Send again as plain text: Telegram rejected the HTML."""
    repost: bool = False
    """The message to edit or to answer is gone: the delivery becomes a new message, once."""
