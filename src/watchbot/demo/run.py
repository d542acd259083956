"""Serves the archive from a local port, polls it with the real pipeline at nine moments, and shows the alerts."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from watchbot.app.app import drain
from watchbot.app.parts import Inputs, build, cancel, new_poller
from watchbot.config import FeedList, Settings
from watchbot.config.settings import FetchSettings, StorageSettings
from watchbot.console import ConsoleMessenger
from watchbot.demo.archive import Outlet, as_of, outlets
from watchbot.model import FeedSpec
from watchbot.rules import RuleSet

_TURNS = ((5, 12, 0), (5, 19, 0), (6, 12, 0), (7, 20, 0), (8, 4, 45), (8, 9, 0), (8, 17, 0), (9, 19, 0), (10, 14, 0))
MOMENTS = tuple(datetime(2022, 1, day, hour, minute, tzinfo=UTC) for day, hour, minute in _TURNS)
"""When the demo polls: after each turn of events."""


class _Clock:
    """The moment at which the demo is."""

    def __init__(self) -> None:
        self.now = MOMENTS[0]

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def serve(found: tuple[Outlet, ...], clock: Callable[[], datetime]) -> Iterator[int]:
    """Serve each outlet under /SLUG.xml on a free port of this machine, as of the clock. Gives the port."""
    documents = {f"/{outlet.slug}.xml": outlet.document for outlet in found}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            document = documents.get(self.path)
            body = as_of(document, clock()) if document else b""
            self.send_response(200 if document else 404)
            self.send_header("Content-Type", "application/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """No access log: the terminal belongs to the alerts."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def demo(load_rules: Callable[[], RuleSet], console: Console) -> int:
    """Run the demo; answers how many alerts it showed."""
    clock, found = _Clock(), outlets()
    with serve(found, clock) as port, TemporaryDirectory(prefix="watchbot-demo-") as folder:
        feeds = tuple(
            FeedSpec(f"http://127.0.0.1:{port}/{outlet.slug}.xml", outlet.name, outlet.lang, owner=outlet.name)
            for outlet in found
        )
        inputs = Inputs(
            settings=_settings(Path(folder)),
            load_rules=load_rules,
            load_feeds=lambda: FeedList(feeds),
            console=True,
            messenger=ConsoleMessenger(console, clock=clock),
            clock=clock,
        )
        console.print(f"January 2022, as {len(found)} invented outlets told it in {_languages(found)} languages.\n")
        return await _play(inputs, clock, console)


async def _play(inputs: Inputs, clock: _Clock, console: Console) -> int:
    async with build(inputs, clock) as parts:
        outbox = asyncio.create_task(parts.outbox.run())
        try:
            for moment in MOMENTS:
                clock.now = moment
                await new_poller(parts).run_once()
                await drain(parts, outbox)
                # A minute later the edits of messages are due: they are held together for half a minute.
                clock.now = moment + timedelta(minutes=1)
                await drain(parts, outbox)
        finally:
            await parts.outbox.stop()
            await cancel(outbox)
        status = await parts.thread.run(parts.storage.status, clock())
        alerts = await parts.thread.run(parts.storage.alert_counts, MOMENTS[0] - timedelta(days=1))
        shown = len(await parts.thread.run(parts.storage.recent_story_alerts, MOMENTS[0] - timedelta(days=1)))
    console.print(f"\n{status.entries} entries, {status.stories} stories, {shown} alerts:")
    for rule, count in sorted(alerts.items(), key=lambda pair: -pair[1]):
        console.print(f"  {count:3}  {parts.state.rules.title(rule)}")
    console.print("\nThis was the real pipeline, on a local server. Next: `make run`, and README for Telegram.")
    return shown


def _settings(folder: Path) -> Settings:
    return Settings(
        fetch=FetchSettings(allow_private_networks=True),
        storage=StorageSettings(url=f"sqlite:///{folder}/demo.db", backup_dir=str(folder), backup_at=None),
    )


def _languages(found: tuple[Outlet, ...]) -> int:
    return len({outlet.lang for outlet in found})
