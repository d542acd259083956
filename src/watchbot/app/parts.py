"""Builds every part of the running bot, in the order in which it must stand, and takes it down in the opposite one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from watchbot import __version__
from watchbot.app.health import LOCK_TTL
from watchbot.app.tap import NOWHERE, Tap
from watchbot.commands import AccessPolicy
from watchbot.commands.access import Standing, standing
from watchbot.config import FeedList, Settings
from watchbot.console import CONSOLE_CHAT_ID, ConsoleMessenger, console_chat
from watchbot.fetch import Fetcher, FetchOptions, user_agent
from watchbot.match import match_entry
from watchbot.model import Chat, ChatKind, MatchInput, StoredFeed
from watchbot.outbox import UNLIMITED, Messenger, OutboxSettings, OutboxWorker, Pacer, Rates
from watchbot.outbox.queue import StorageQueue
from watchbot.pipeline.parse_pool import ParsePool
from watchbot.pipeline.state import State
from watchbot.pipeline.update import Pipeline
from watchbot.plan import BurstOptions, PlanSettings
from watchbot.poller import Poller, PollOptions
from watchbot.render import render_alert, render_digest, render_rolling
from watchbot.rules import RuleSet
from watchbot.storage import Storage, StorageThread
from watchbot.stories import StoryIndex, StoryOptions
from watchbot.telegram import TelegramSender

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Files:
    """The rules and feeds of the files."""

    rules: RuleSet
    feeds: FeedList
    texts: tuple[tuple[str, bytes], ...]
    """The watched files as they were before these were read of them: any other text is a reason to read them again."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the command line hands over. `load_*` read the files again, and raise InvalidInput."""

    settings: Settings
    load_rules: Callable[[], RuleSet]
    load_feeds: Callable[[], FeedList]
    rules_path: Path = Path("rules.yaml")
    watched: tuple[Path, ...] = ()
    """Files and folders whose change is a reason to read them again."""
    files: Files | None = None
    """What was read of them already; None: read at the start."""
    console: bool = False
    """Deliver to the console even when there is a token."""
    messenger: Messenger | None = None
    """In place of the console's (the demo's)."""
    clock: Callable[[], datetime] | None = None


@dataclass(slots=True)
class Parts:
    """The running bot's parts."""

    inputs: Inputs
    clock: Callable[[], datetime]
    thread: StorageThread
    storage: Storage
    state: State
    fetcher: Fetcher
    parser: ParsePool
    pipeline: Pipeline
    outbox: OutboxWorker
    sender: TelegramSender | None
    tap: Tap
    texts: tuple[tuple[str, bytes], ...]
    """The watched files as they were before the rules and feeds in force were read."""

    @property
    def settings(self) -> Settings:
        """The settings."""
        return self.inputs.settings


@asynccontextmanager
async def build(inputs: Inputs, clock: Callable[[], datetime]) -> AsyncIterator[Parts]:
    """Everything but the tasks. Raises StorageError, AlreadyRunning, TelegramError, InvalidInput."""
    settings = inputs.settings
    files = inputs.files
    if files is None:
        files = await asyncio.to_thread(read_files, inputs)
    await asyncio.to_thread(warm, files.rules)
    async with AsyncExitStack() as stack:
        thread = StorageThread()
        stack.callback(thread.close)
        storage = await thread.run(open_storage, settings)
        stack.push_async_callback(thread.run, storage.close)
        await thread.run(storage.migrate, clock())
        await thread.run(storage.acquire_lock, clock(), LOCK_TTL)
        stack.push_async_callback(thread.run, storage.release_lock)
        state = await thread.run(_start_storage, storage, inputs, files, clock())
        fetcher = Fetcher(fetch_options(settings))
        stack.push_async_callback(fetcher.aclose)
        parser = await stack.enter_async_context(ParsePool(settings.fetch.parse_workers, settings.fetch.parse_deadline))
        sender = _sender(inputs)
        if sender is not None:
            await stack.enter_async_context(sender)
        tap = Tap(sender or inputs.messenger or ConsoleMessenger(clock=clock))
        outbox = _outbox(inputs, thread, storage, state, sender, tap, clock)
        pipeline = Pipeline(
            thread=thread,
            storage=storage,
            fetcher=fetcher,
            parser=parser,
            state=state,
            settings=plan_settings(settings),
            limits=poll_options(settings),
            clock=clock,
            on_commit=outbox.wake,
        )
        yield Parts(inputs, clock, thread, storage, state, fetcher, parser, pipeline, outbox, sender, tap, files.texts)


def file_texts(watched: tuple[Path, ...]) -> tuple[tuple[str, bytes], ...]:
    """The bytes of each watched file, of a folder each YAML file: a rename or a touch is no change."""
    found = []
    for path in watched:
        for file in sorted(path.rglob("*.yaml")) if path.is_dir() else (path,):
            try:
                found.append((str(file), file.read_bytes()))
            except OSError:
                found.append((str(file), b""))
    return tuple(found)


def story_settings(settings: Settings) -> StoryOptions:
    """What grouping needs of the settings."""
    return StoryOptions(window=settings.stories.window)


def read_files(inputs: Inputs) -> Files:
    """Rules and feeds as they are now. Raises InvalidInput."""
    texts = file_texts(inputs.watched)
    return Files(inputs.load_rules(), inputs.load_feeds(), texts)


def warm(rules: RuleSet) -> RuleSet:
    """Look for every name once: tables that load at first use would hold up the first alert. Answers the rules."""
    for spec in rules.entities:
        name = spec.value or next(iter(spec.names.values()), ("",))[0]
        match_entry(MatchInput(f"{name}. {name.split(' ')[-1]}"), rules)
    return rules


def open_storage(settings: Settings) -> Storage:
    """The database of the settings."""
    return Storage(
        settings.storage.url,
        edit_interval=settings.stories.edit_interval,
        backup_dir=Path(settings.storage.backup_dir),
    )


def plan_settings(settings: Settings) -> PlanSettings:
    """What planning needs of the settings."""
    bursts = settings.bursts
    return PlanSettings(
        alert_within=settings.first_poll.alert_within,
        host_aliases=settings.stories.host_aliases,
        bursts=BurstOptions(bursts.few, bursts.window, bursts.ratio, bursts.every, bursts.per_hour),
    )


def access_policy(settings: Settings) -> AccessPolicy:
    """Who may use the bot. Members of configured chats may read there."""
    telegram = settings.telegram
    allowed = frozenset(telegram.allow) | {chat.id for chat in settings.chats}
    return AccessPolicy(telegram.access, frozenset(telegram.admins), allowed)


def is_admitted(chat: Chat, policy: AccessPolicy) -> bool:
    """Whether alerts still go to a chat. A person whose access was withdrawn keeps his subscriptions and gets nothing;
    a group is what its administrators, who were admitted, made of it."""
    if chat.access == "revoked":
        return False
    if chat.kind is not ChatKind.PRIVATE:
        return chat.access != "denied"
    found = standing(policy, user_id=chat.id, chat_id=chat.id, user_access=chat.access, chat_access=chat.access)
    return found is not Standing.STRANGER


def poll_options(settings: Settings) -> PollOptions:
    """What polling needs of the settings."""
    poll = settings.poll
    return PollOptions(
        interval=poll.interval,
        min_interval=poll.min_interval,
        max_interval=poll.max_interval,
        max_backoff=poll.max_backoff,
        concurrency=poll.concurrency,
        per_host=poll.per_host,
        tick=poll.tick,
        lease=poll.lease,
    )


def fetch_options(settings: Settings) -> FetchOptions:
    """What fetching needs of the settings."""
    fetch = settings.fetch
    return FetchOptions(
        user_agent=user_agent(__version__, fetch.contact),
        deadline=fetch.deadline,
        max_bytes=fetch.max_bytes,
        max_redirects=fetch.max_redirects,
        allow_private_networks=fetch.allow_private_networks,
    )


def _start_storage(storage: Storage, inputs: Inputs, files: Files, now: datetime) -> State:
    """Bring the database to where the last run left it, and the memory to where the database is."""
    settings, rules, feeds = inputs.settings, files.rules, files.feeds.feeds
    storage.recover(now, all_others=True)  # we hold the lock: there is no other
    storage.forget_feed_claims(now)
    storage.sync_feeds(feeds, now)
    to_console = inputs.console or settings.telegram.token is None
    state = State(
        rules,
        StoryIndex(story_settings(settings)),
        admins=settings.telegram.admins,
        configured=settings.chats,
        everything=(console_chat(timezone=settings.telegram.timezone),) if to_console else (),
        admitted=lambda chat: is_admitted(chat, access_policy(settings)),
    )
    state.take_feeds(feeds)
    count = state.rebuild(storage, now, settings.stories.window)
    log.info("started", feeds=len(feeds), rules=len(rules.rules), stories=state.index.stories, entries=count)
    return state


def _sender(inputs: Inputs) -> TelegramSender | None:
    token = inputs.settings.telegram.token
    if inputs.console or token is None:
        return None
    return TelegramSender(token.get_secret_value(), base_url=inputs.settings.telegram.base_url)


def _outbox(
    inputs: Inputs,
    thread: StorageThread,
    storage: Storage,
    state: State,
    sender: TelegramSender | None,
    tap: Tap,
    clock: Callable[[], datetime],
) -> OutboxWorker:
    telegram = inputs.settings.telegram
    queue = StorageQueue(
        thread,
        storage,
        titles=lambda: {rule.id: rule.title for rule in state.rules.rules},
        only=None if sender is not None else (CONSOLE_CHAT_ID, NOWHERE),
    )
    return OutboxWorker(
        queue,
        tap,
        render_alert,
        render_digest,
        render_rolling,
        pacer=Pacer(Rates(overall=telegram.rate) if sender is not None else UNLIMITED),
        settings=OutboxSettings(stale_after=telegram.stale_after, renew=inputs.settings.bursts.renew),
        clock=clock,
    )


def new_poller(parts: Parts) -> Poller:
    """The poller over these parts."""
    thread, storage, lease = parts.thread, parts.storage, parts.settings.poll.lease

    async def claim(limit: int) -> list[StoredFeed]:
        return await thread.run(storage.claim_due_feeds, parts.clock(), limit, lease)

    async def release(feed_id: int, next_check_at: datetime) -> None:
        await thread.run(storage.release_feed, feed_id, next_check_at)

    async def feed(feed_id: int) -> StoredFeed | None:
        return await thread.run(storage.feed, feed_id)

    async def feeds() -> list[StoredFeed]:
        return await thread.run(storage.feeds)

    options = poll_options(parts.settings)
    return Poller(claim, parts.pipeline.update, options, release=release, feed=feed, feeds=feeds, clock=parts.clock)


async def cancel(*tasks: asyncio.Task[None]) -> None:
    """End tasks and wait for their end."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
