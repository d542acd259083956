"""A state machine of the whole outbox on a virtual clock: worker, pacer, storage, sender; Telegram at the end.

Hypothesis commits alerts and edits, lets time pass, makes Telegram fail in every way it can, moves the clock, blocks
chats, turns a group into a supergroup, deletes messages and topics, kills workers at any moment and starts others.
After each step and at the end, when all faults are healed, what the docs promise must hold:

- nothing is lost: whatever was committed was accepted by Telegram, or is dead with a reason, and listed;
- nothing is sent twice but what had an unknown outcome, or was in flight when its process died, once each;
- at most one call at a time in a chat; within a priority a chat's alerts come in order;
- an edit only ever changes a message that was sent, and in the end each message shows its story as it is;
- rates and 429s are kept (`virtual.Wire` watches each process); what is held for later does not come earlier.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from virtual import POOL_TIMEOUT, READ_TIMEOUT, Inline, VirtualLoop, Wire

from profiles import MEMORY, machine_settings, on_postgresql
from servers.bot_api import BotApiServer, Limits
from servers.postgres import PrivatePostgres
from storage.storage_world import a_delivery, refresh, tell
from watchbot.errors import StorageBusy
from watchbot.model import (
    AlertKind,
    AlertView,
    Button,
    Chat,
    ChatKind,
    ChatSettings,
    DeliveryKind,
    Priority,
)
from watchbot.outbox import OutboxWorker, Pacer, Rates
from watchbot.outbox.queue import StorageQueue
from watchbot.plan.schedule import schedule
from watchbot.storage import Storage
from watchbot.telegram import TelegramSender

START = datetime(2022, 1, 8, 21, 30, tzinfo=UTC)
EDITS = timedelta(seconds=30)
RATES = Rates()
NAMES = ("anna", "boris", "group", "forum")
CROWD = 34
PAGE = 3
FAULTS = ("hang-before", "hang-after", "reset-before", "reset-after", "bad-gateway", "invalid-json")
REFUSALS = {
    "html": 'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 0',
    "long": "Bad Request: message is too long",
    "gone": "Bad Request: message to edit not found",
    "odd": "Bad Request: something that nobody has seen before",
}
MAY_DIE = ("unknown twice", "interrupted 6 times", "Something that", "Message is too long", "Can't parse entities")
"""Why a delivery may be given up: in doubt twice, in flight at six deaths, or refused as it is and as plain text."""
SETTINGS = {
    "now": ChatSettings(),
    "hourly": ChatSettings(mode="hourly"),
    "quiet": ChatSettings(quiet_from="22:00", quiet_to="06:00"),
}
POLITE = 1.0
"""Seconds of grace in which what is in flight (0.05 s on the wire) surely ends."""
TOO_OFTEN = 50
"""Calls for one delivery, refused ones too: with growing waits no run of faults needs so many."""
PATIENCE = 4000
"""Virtual seconds until everything is out once all is well: the longest backoff is ten minutes."""


@cache
def migrated() -> bytes:
    """A new database, made once."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        path = Path(folder) / "w.db"
        storage = Storage(f"sqlite:///{path}")
        storage.migrate(START)
        storage.close()
        return path.read_bytes()


@dataclass(frozen=True)
class Shown:
    """What the machine's renderers give: the number, and what an edit would change."""

    html: str
    plain: str
    numbers: tuple[int, ...] = ()
    buttons: Sequence[Sequence[Button]] = ()
    photo_url: str | None = None


def render(view: AlertView, chat: Chat, *, now: datetime) -> Shown:
    said = f"{view.kind} #{view.number} also {len(view.also)}"
    return Shown(f"<b>{said}</b>", said)


def render_pages(views: Sequence[AlertView], chat: Chat, *, now: datetime, **what: object) -> list[Shown]:
    numbers = [view.number for view in views]
    pages = [tuple(numbers[i : i + PAGE]) for i in range(0, len(numbers), PAGE)]
    texts = [("digest", page, " ".join(f"#{n}" for n in page)) for page in pages]
    return [Shown(f"{kind} {said}", f"{kind} {said}", page) for kind, page, said in texts]


class MortalQueue(StorageQueue):
    """A queue whose process can die between any two of its calls, and whose database can refuse for a while."""

    def __init__(self, storage: Storage, loop: VirtualLoop) -> None:
        super().__init__(Mortal(loop), storage)  # type: ignore[arg-type]

    @property
    def mortal(self) -> Mortal:
        return self._thread  # type: ignore[return-value]


class Mortal(Inline):
    """Runs calls until it is dead; refuses them until `full_until`."""

    def __init__(self, loop: VirtualLoop) -> None:
        self.loop = loop
        self.dead = False
        self.full_until = 0.0

    async def run(self, method: Any, *args: Any, **options: Any) -> Any:
        await asyncio.sleep(0)
        if self.dead:
            await self.loop.create_future()
        if self.loop.now < self.full_until:
            raise StorageBusy("the disk is full")
        return method(*args, **options)


@dataclass
class Process:
    """One bot, as far as delivery goes."""

    name: str
    storage: Storage
    queue: MortalQueue
    line: Any
    worker: OutboxWorker
    task: asyncio.Task[None]


@dataclass
class Promise:
    """What was committed for one chat."""

    number: int
    who: str
    priority: Priority
    kind: DeliveryKind
    story: str
    not_before: datetime
    doubts: int = 0
    reposts: int = 0


@dataclass
class Model:
    promises: dict[tuple[int, str], Promise] = field(default_factory=dict)
    entries: Counter[str] = field(default_factory=Counter)
    stories: dict[str, int] = field(default_factory=dict)
    edited_away: set[tuple[str, str]] = field(default_factory=set)
    jumped: bool = False


class OutboxMachine(RuleBasedStateMachine):
    """One or two workers over one database and one Telegram."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY)
        self.loop = VirtualLoop()
        self.shift = timedelta()
        self.server = BotApiServer(limits=Limits(chat_burst=1.0))
        self.server.api.clock = lambda: self.loop.now
        self.wire = Wire(self.server, self.loop, self.wall)
        self.model = Model()
        self.names = itertools.count(1)
        self.story_names = itertools.count(1)
        self.url = self.new_database()
        self.desk = Storage(self.url, edit_interval=EDITS, owner="desk")
        self.desk.migrate(START)
        self.processes: list[Process] = []
        self.people: dict[str, Any] = {}
        self.ids: dict[str, int] = {}
        self.who: dict[int, str] = {}
        self.settings = dict.fromkeys(NAMES, ChatSettings())
        self.topic: int | None = None

    def new_database(self) -> str:
        path = Path(self.folder.name) / "w.db"
        path.write_bytes(migrated())
        return f"sqlite:///{path}"

    def wall(self) -> datetime:
        """The wall clock: virtual time and what it was moved by."""
        return START + timedelta(seconds=self.loop.now - 1000.0) + self.shift

    def run(self, seconds: float) -> None:
        """Let virtual time pass."""
        assert len(self.wire.calls) < 100 * TOO_OFTEN, "endless"
        self.loop.run_until_complete(asyncio.sleep(seconds))

    # -- the world

    @initialize()
    def a_world(self) -> None:
        for name in ("anna", "boris", *(f"reader{n}" for n in range(CROWD))):
            user = self.server.user(name)
            user.start()
            self.people[name] = user
            self.know(name, user.id, ChatKind.PRIVATE)
        self.people["group"] = self.server.group("Desk", kind="group")
        self.people["forum"] = self.server.group("Forum", forum=True)
        self.topic = self.people["forum"].topic("Kazakhstan")
        for name, kind in (("group", ChatKind.GROUP), ("forum", ChatKind.SUPERGROUP)):
            self.know(name, self.people[name].id, kind)
        self.start_process(recover=True)

    def know(self, name: str, chat_id: int, kind: ChatKind) -> None:
        self.ids[name] = chat_id
        self.who[chat_id] = name
        self.desk.upsert_chat(
            Chat(chat_id, kind, name, access="granted", settings=self.settings.get(name, ChatSettings()))
        )

    # -- processes

    def start_process(self, *, recover: bool) -> None:
        """As `watchbot run` starts: with the lock it takes over what others held."""
        name = f"p{next(self.names)}"
        storage = Storage(self.url, edit_interval=EDITS, owner=name)
        if recover:
            storage.recover(self.wall(), all_others=True)
        line = self.wire.line(name, RATES)
        sender = TelegramSender(self.server.token, base_url="http://telegram.test", transport=line)
        self.loop.run_until_complete(sender.__aenter__())
        queue = MortalQueue(storage, self.loop)
        jitter = itertools.cycle([0.1, 0.9, 0.5])
        worker = OutboxWorker(
            queue, sender, render, render_pages, render_pages,
            pacer=Pacer(RATES), clock=self.wall, jitter=lambda: next(jitter),
        )  # fmt: skip
        self.processes.append(Process(name, storage, queue, line, worker, self.loop.create_task(worker.run())))

    @precondition(lambda self: len(self.processes) < 2)
    @rule()
    def another_process(self) -> None:
        """Alone it takes over what was claimed; beside another one, only what that one holds for too long.

        Both judge that by one clock: one set forward while a call is in flight is let pass first.
        """
        if self.processes and self.model.jumped:
            self.run(READ_TIMEOUT + POOL_TIMEOUT)
        self.start_process(recover=not self.processes)

    @precondition(lambda self: self.processes)
    @rule(first=st.booleans())
    def a_kill(self, first: bool) -> None:
        """SIGKILL: what was in flight may or may not have been accepted, and nobody will know."""
        process = self.processes.pop(0 if first else -1)
        self.doubt_what_flies(process.name)
        process.queue.mortal.dead = True
        process.line.cut()
        process.storage.close()

    def doubt_what_flies(self, owner: str) -> None:
        rows = self.rows("SELECT alert_id, chat_id, kind FROM deliveries WHERE lease_owner = :owner", owner=owner)
        for row in rows:
            if row.kind != "edit":
                self.model.promises[row.alert_id, self.who[row.chat_id]].doubts += 1

    @precondition(lambda self: self.processes)
    @rule(grace=st.sampled_from([0.01, 5.0]))
    def a_stop(self, grace: float) -> None:
        """SIGTERM: what is in flight is settled, or cut short as unknown."""
        process = self.processes.pop()
        unwritable = self.loop.now < process.queue.mortal.full_until
        if grace < POLITE or unwritable:
            self.doubt_what_flies(process.name)
        self.loop.run_until_complete(process.worker.stop(grace))
        self.loop.run_until_complete(process.task)
        left = self.rows("SELECT id, state FROM deliveries WHERE lease_owner = :owner", owner=process.name)
        assert left == [] or unwritable, "a stopped process leaves nothing claimed"
        process.line.cut()
        process.storage.close()

    # -- what is told

    @rule(
        who=st.sets(st.sampled_from(NAMES), min_size=1),
        priority=st.sampled_from(Priority),
        threaded=st.booleans(),
        count=st.integers(1, 3),
    )
    def an_alert(self, who: set[str], priority: Priority, threaded: bool, count: int) -> None:
        for _ in range(count):
            self.commit(sorted(who), priority, f"s{next(self.story_names)}", threaded=threaded)

    @precondition(lambda self: len(self.model.stories) < 60)
    @rule(priority=st.sampled_from(Priority))
    def an_alert_for_many(self, priority: Priority) -> None:
        crowd = [f"reader{n}" for n in range(CROWD)]
        self.commit([*crowd, *NAMES], priority, f"s{next(self.story_names)}")

    @precondition(lambda self: self.model.stories)
    @rule(data=st.data(), priority=st.sampled_from(Priority))
    def a_reply(self, data: st.DataObject, priority: Priority) -> None:
        """A material update of a story, for those who were told of it."""
        story = data.draw(st.sampled_from(sorted(self.model.stories)[-5:]))
        number = self.model.stories[story]
        who = [w for n, w in self.model.promises if n == number and w in NAMES]
        if who:
            self.commit(who, priority, story, kind=DeliveryKind.REPLY)

    @precondition(lambda self: self.model.stories)
    @rule(data=st.data())
    def a_refresh(self, data: st.DataObject) -> None:
        """Another source has the story: its messages are to be edited."""
        story = data.draw(st.sampled_from(sorted(self.model.stories)[-5:]))
        refresh(self.desk, story, self.wall())
        self.model.entries[story] += 1
        self.wake()

    def commit(
        self,
        who: Sequence[str],
        priority: Priority,
        story: str,
        *,
        kind: DeliveryKind = DeliveryKind.SEND,
        threaded: bool = False,
    ) -> None:
        now, deliveries, slots = self.wall(), [], {}
        for name in who:
            settings = self.settings.get(name, ChatSettings())
            found = self.desk.chat(self.ids[name])  # where the bot believes it to be
            assert found is not None
            chat = replace(found, settings=settings)
            slot = slots[name] = schedule(chat, settings, priority=priority, now=now)
            thread = self.topic if threaded and name == "forum" else None
            deliveries.append(
                a_delivery(chat.id, thread_id=thread, kind=kind, state=slot.state, not_before=slot.not_before)
            )
        new = AlertKind.NEW if kind is DeliveryKind.SEND else AlertKind.UPDATE
        # As a plan does it: a further entry of a story also changes what was sent of it.
        again = (story,) if kind is DeliveryKind.REPLY else ()
        number = tell(self.desk, deliveries, now=now, story=story, priority=priority, alert=new, refresh=again)
        self.model.entries[story] += 1
        self.model.stories.setdefault(story, number)
        for name in who:
            promise = Promise(number, name, priority, kind, story, slots[name].not_before)
            self.model.promises[number, name] = promise
        self.wake()

    def wake(self) -> None:
        for process in self.processes:
            process.worker.wake()

    # -- time

    @rule(seconds=st.sampled_from([0.01, 0.03, 0.2, 1.0, 5.0, 31.0, 130.0]))
    def time_passes(self, seconds: float) -> None:
        self.run(seconds)

    @precondition(lambda self: len(self.processes) < 2)
    @rule(by=st.sampled_from([timedelta(minutes=3), timedelta(hours=2), timedelta(days=1)]), back=st.booleans())
    def the_clock_jumps(self, by: timedelta, back: bool) -> None:
        """The wall clock is set. (Two bots have a clock each; that one of them is wrong is another matter.)"""
        self.shift += -by if back else by
        self.model.jumped = True

    # -- what goes wrong

    @rule(kind=st.sampled_from(FAULTS), times=st.integers(1, 2), name=st.sampled_from([None, *NAMES]))
    def a_doubtful_answer(self, kind: str, times: int, name: str | None) -> None:
        chat_id = self.ids[name] if name else None
        self.server.fail(kind, times=times, chat_id=chat_id)

    @rule(why=st.sampled_from(sorted(REFUSALS)))
    def a_refusal(self, why: str) -> None:
        method = "editMessageText" if why == "gone" else "sendMessage"
        self.server.fail("error", method=method, code=400, description=REFUSALS[why])

    @rule(seconds=st.sampled_from([1.0, 7.0, 90.0]), name=st.sampled_from([None, *NAMES]))
    def too_many_requests(self, seconds: float, name: str | None) -> None:
        self.server.fail("retry-after", retry_after=seconds, chat_id=self.ids[name] if name else None)

    @rule(kind=st.sampled_from(["connect", "pool"]), times=st.integers(1, 3))
    def no_connection(self, kind: str, times: int) -> None:
        self.wire.unconnected.extend([kind] * times)

    @rule(seconds=st.sampled_from([2.0, 100.0]))
    def telegram_is_down(self, seconds: float) -> None:
        self.wire.down_until = self.loop.now + seconds

    @precondition(lambda self: self.processes)
    @rule(seconds=st.sampled_from([0.5, 3.0]))
    def the_disk_is_full(self, seconds: float) -> None:
        for process in self.processes:
            process.queue.mortal.full_until = self.loop.now + seconds

    @rule(name=st.sampled_from(["anna", "boris"]))
    def somebody_blocks(self, name: str) -> None:
        self.people[name].chat.blocked = True

    @rule(name=st.sampled_from(["anna", "boris"]))
    def somebody_comes_back(self, name: str) -> None:
        self.people[name].chat.blocked = False
        self.desk.resume_chat(self.ids[name])
        self.wake()

    @precondition(lambda self: self.people["group"].chat.type == "group")
    @rule()
    def the_group_becomes_a_supergroup(self) -> None:
        new = self.people["group"] = self.people["group"].migrate()
        self.who[new.id] = "group"

    @precondition(lambda self: self.topic is not None)
    @rule()
    def the_topic_is_deleted(self) -> None:
        assert self.topic is not None
        self.people["forum"].delete_topic(self.topic)
        self.topic = None

    @rule(name=st.sampled_from(NAMES))
    def a_message_is_deleted(self, name: str) -> None:
        """Somebody deletes the bot's newest message: an edit of it sends it once more."""
        messages = [m for m in self.people[name].chat.messages.values() if m.from_bot and not m.deleted]
        if messages:
            messages[-1].deleted = True
            self.forgive_repost(messages[-1].text, name)

    def forgive_repost(self, said: str, name: str) -> None:
        for number in numbers_in(said):
            promise = self.model.promises[number, name]
            promise.reposts += 1
            self.model.edited_away.add((promise.story, name))

    @rule(name=st.sampled_from(NAMES), how=st.sampled_from(sorted(SETTINGS)))
    def settings_change(self, name: str, how: str) -> None:
        self.settings[name] = SETTINGS[how]

    # -- what always holds

    @invariant()
    def all_promises_hold(self) -> None:
        self.the_wire_saw_no_wrong()
        self.one_in_flight_and_every_promise_is_kept_somewhere()
        self.nothing_is_sent_more_often_than_it_may()
        self.within_a_priority_alerts_come_in_order()
        self.nothing_comes_before_its_time()

    def rows(self, query: str, **values: Any) -> list[Any]:
        with self.desk._db.read() as connection:
            return list(connection.execute(text(query), values).all())

    def the_wire_saw_no_wrong(self) -> None:
        for process in self.processes:
            assert not process.task.done(), repr(process.task.exception())
        assert not self.wire.problems, self.wire.problems
        assert self.server.violations == []

    def one_in_flight_and_every_promise_is_kept_somewhere(self) -> None:
        rows = self.rows("SELECT alert_id, chat_id, kind, state FROM deliveries")
        flying = Counter(row.chat_id for row in rows if row.state == "sending")
        assert not flying or max(flying.values()) == 1
        found = {(row.alert_id, self.who[row.chat_id]) for row in rows if row.kind != "edit"}
        assert found >= set(self.model.promises), "a delivery is gone"

    def nothing_is_sent_more_often_than_it_may(self) -> None:
        sent = defaultdict(list)
        for call in self.sends():
            for number in call.numbers:
                sent[number, self.who[call.chat_id]].append(call)
        for key, calls in sent.items():
            promise = self.model.promises[key]
            doubtful = sum(call.doubtful for call in calls)
            accepted = sum(call.accepted for call in calls)
            allowed = 1 + doubtful + promise.doubts + promise.reposts + self.gone(promise)
            assert accepted <= allowed, f"{key}: {accepted} times, {allowed} allowed"
            assert doubtful <= 2 + promise.doubts + promise.reposts + self.gone(promise), (
                f"{key}: doubtful {doubtful} times"
            )

    def gone(self, promise: Promise) -> int:
        """Edits of this alert's message that Telegram said it could not find: each may send it once more."""
        described = REFUSALS["gone"]
        return sum(
            call.error == described and f"#{promise.number} " in str(call.params.get("text", ""))
            for call in self.server.calls
            if call.method == "editMessageText"
        )

    def sends(self) -> list[Any]:
        return [call for call in self.wire.calls if call.method != "editMessageText"]

    def within_a_priority_alerts_come_in_order(self) -> None:
        last: dict[tuple[str, Priority], int] = {}
        seen = set()
        for call in self.sends():
            who = self.who[call.chat_id]
            if not call.accepted or len(call.numbers) != 1 or not call.text.startswith("<b>new"):
                continue
            key = (call.numbers[0], who)
            promise = self.model.promises[key]
            if key in seen or promise.reposts:
                continue
            seen.add(key)
            assert last.get((who, promise.priority), 0) < promise.number, f"{key} came late"
            last[who, promise.priority] = promise.number

    def nothing_comes_before_its_time(self) -> None:
        if self.model.jumped:
            return
        for call in self.sends():
            for number in call.numbers:
                promise = self.model.promises[number, self.who[call.chat_id]]
                assert call.wall >= promise.not_before, f"{number} came at {call.wall}"

    # -- the end

    def teardown(self) -> None:
        try:
            if self.ids and not self.wire.problems:
                self.all_is_well()
                self.everything_arrives()
        finally:
            self.end()

    def all_is_well(self) -> None:
        self.server.heal()
        self.wire.unconnected.clear()
        self.wire.down_until = 0.0
        for name in ("anna", "boris"):
            self.somebody_comes_back(name)
        if not self.processes:
            self.start_process(recover=True)

    def everything_arrives(self) -> None:
        deadline = self.loop.now + PATIENCE
        while self.open() and self.loop.now < deadline:
            self.run(20.0)
            later = self.rows("SELECT min(next_attempt_at) AS at FROM deliveries WHERE state = 'held'")[0].at
            if later is not None and not self.rows(
                "SELECT id FROM deliveries WHERE state IN ('pending', 'unknown', 'sending')"
            ):
                at = datetime.fromtimestamp(later / 1e6, UTC)
                self.shift += max(timedelta(0), at - self.wall())
        left = [tuple(row) for row in self.open()]
        assert not left, f"still open at {self.wall()} after {PATIENCE} s: {left}"
        self.all_promises_hold()
        self.every_promise_is_kept()
        self.every_message_is_current()

    def open(self) -> list[Any]:
        return self.rows(
            "SELECT id, alert_id, chat_id, kind, state, next_attempt_at, error, lease_owner FROM deliveries "
            "WHERE state NOT IN ('sent', 'dead')"
        )

    def every_promise_is_kept(self) -> None:
        told = {(n, self.who[c.chat_id]) for c in self.sends() if c.accepted for n in c.numbers}
        dead = {
            (row.alert_id, self.who[row.chat_id]): row.error
            for row in self.rows(
                "SELECT alert_id, chat_id, error FROM deliveries WHERE state = 'dead' AND kind <> 'edit'"
            )
        }
        listed = {(d.alert_id, self.who[d.chat_id]) for d in self.desk.dead_deliveries(limit=10_000)}
        assert listed >= dead.keys(), "what is given up is listed"
        for key in self.model.promises:
            assert key in told or key in dead, f"{key} never came"
            assert dead.get(key, MAY_DIE[0]).startswith(MAY_DIE), f"{key} is dead: {dead[key]}"

    def every_message_is_current(self) -> None:
        """The story's message in each chat says how many entries the story has."""
        for row in self.rows("SELECT story, chat_id, message_id FROM story_messages WHERE message_id IS NOT NULL"):
            who = self.who[row.chat_id]
            message = self.people[who].chat.messages[row.message_id]
            if message.deleted or self.edit_died(row.story, row.chat_id):
                continue
            expected = f"also {self.model.entries[row.story] - 1}"
            assert message.text.endswith(expected), f"{message.text} in {who}, story {row.story}: {expected}"

    def edit_died(self, story: str, chat_id: int) -> bool:
        return bool(
            self.rows(
                "SELECT id FROM deliveries WHERE kind = 'edit' AND state = 'dead' AND story = :s AND chat_id = :c",
                s=story,
                c=chat_id,
            )
        )

    def end(self) -> None:
        for process in self.processes:
            process.queue.mortal.dead = True
            process.line.cut()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()
        for process in self.processes:
            process.storage.close()
        self.desk.close()
        self.folder.cleanup()


def numbers_in(said: str) -> list[int]:
    return [int(word[1:]) for word in said.split() if word.startswith("#")]


@pytest.fixture
def quiet() -> Iterator[None]:
    """Thousands of lines that nobody reads take a third of the time."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()
    logging.disable(logging.NOTSET)


@pytest.mark.fault(2)
@pytest.mark.fault(3)
@pytest.mark.fault(4)
@pytest.mark.fault(40)
@pytest.mark.usefixtures("quiet")
def test_outbox_worker_on_sqlite() -> None:
    run_state_machine_as_test(OutboxMachine, settings=machine_settings(15, 30))


@pytest.mark.usefixtures("quiet")
def test_outbox_worker_on_postgresql(postgres: PrivatePostgres) -> None:
    run_state_machine_as_test(on_postgresql(OutboxMachine, postgres), settings=machine_settings(5, 25))
