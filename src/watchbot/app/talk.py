"""The chat side while running: connects to Telegram when it answers, and keeps trying until then."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import structlog
from telegram.error import TelegramError as LibraryError

from watchbot.app.parts import Parts, access_policy
from watchbot.app.reload import Reloader
from watchbot.commands import (
    ALLOWED_UPDATES,
    FeedAdder,
    Operations,
    Services,
    Store,
    build_application,
    register_menu,
    trial_replay,
)
from watchbot.commands.application import AnyApplication
from watchbot.errors import TelegramUnreachable
from watchbot.fetch import FetchResponse
from watchbot.match import match_entry
from watchbot.model import MatchInput, Note, ParsedFeed
from watchbot.pipeline.parse_job import ParseJob
from watchbot.storage import backup_name
from watchbot.telegram import BotIdentity, TelegramSender

log = structlog.stdlib.get_logger(__name__)
RETRY = timedelta(seconds=15)


async def talk(parts: Parts, sender: TelegramSender, reloader: Reloader, stop: asyncio.Event) -> None:
    """Answer people until `stop`. TelegramError when the token is wrong, AlreadyRunning when another polls with it."""
    me = await _connect(sender, stop)
    if me is None:
        return
    token = parts.settings.telegram.token
    assert token is not None  # noqa: S101 - there is a sender only when there is a token
    services = _services(parts, sender, reloader, me)
    app = build_application(token.get_secret_value(), services, base_url=parts.settings.telegram.base_url)
    async with app:
        await app.start()
        if app.updater is None:
            raise RuntimeError("the application was built without an updater")
        await app.updater.start_polling(allowed_updates=ALLOWED_UPDATES, bootstrap_retries=-1)
        try:
            await _set_menu(app, services, sender)
            log.info("telegram connected", bot=f"@{me.username}")
            await stop.wait()
        finally:
            await _hang_up(app, sender)


async def _hang_up(app: AnyApplication, sender: TelegramSender) -> None:
    """Stop listening, then what is being answered. A poll that ended before us (the token was revoked) says so now."""
    try:
        if app.updater is not None:
            await app.updater.stop()
    except LibraryError as error:
        log.warning("telegram had hung up", error=sender.redact(str(error)))
    finally:
        await app.stop()


async def _connect(sender: TelegramSender, stop: asyncio.Event) -> BotIdentity | None:
    """Who the bot is, as soon as Telegram says it; None when stopped before."""
    told = False
    while not stop.is_set():
        try:
            me = await sender.identify()
            await sender.check_alone()
        except TelegramUnreachable as error:
            if not told:
                log.warning("telegram does not answer; feeds are polled and alerts queued", error=str(error))
            told = True
            try:
                async with asyncio.timeout(RETRY.total_seconds()):
                    await stop.wait()
            except TimeoutError:
                continue
        else:
            return me
    return None


async def _set_menu(app: object, services: Services, sender: TelegramSender) -> None:
    try:
        await register_menu(app, services)  # type: ignore[arg-type]
    except LibraryError as error:
        log.warning("command menus not set", error=sender.redact(str(error)))


def _services(parts: Parts, sender: TelegramSender, reloader: Reloader, me: BotIdentity) -> Services:
    rules_path = parts.inputs.rules_path

    async def backup() -> tuple[Note, ...]:
        path = Path(parts.settings.storage.backup_dir) / backup_name(parts.clock())
        written = await parts.thread.run(parts.storage.backup, path)
        return (Note("backup-written", {"path": str(written)}),)

    async def parse(response: FetchResponse) -> ParsedFeed:
        found = (response.body, response.final_url, response.content_type)
        return await parts.parser.parse(ParseJob(*found, "auto", None, (), parts.clock()))

    async def status() -> Mapping[str, str]:
        return {"status-in-flight": str(parts.outbox.in_flight)}

    def explain(text: str) -> str:
        result = match_entry(MatchInput(text), parts.state.rules)
        lines = [f"{m.entity}: {m.text}" + (f" ({m.alias})" if m.alias != m.text else "") for m in result.matches]
        lines += [f"✔ {parts.state.rules.title(rule.rule)}" for rule in result.rules]
        return "\n".join(dict.fromkeys(lines))

    return Services(
        store=Store(parts.storage, parts.thread),
        rules=lambda: parts.state.rules,
        messenger=sender,
        clock=parts.clock,
        access=access_policy(parts.settings),
        timezone=parts.settings.telegram.timezone,
        operations=Operations(
            reload=reloader.reload,
            backup=backup,
            add_feed=FeedAdder(parts.storage, parts.thread, parts.fetcher.fetch, parse, parts.clock),
            explain=explain,
            replay=trial_replay(lambda: _text(rules_path), str(rules_path), lambda name: _text(Path(name))),
        ),
        status=status,
        bot_username=me.username,
    )


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig")
