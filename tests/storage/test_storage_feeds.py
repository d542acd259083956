"""Feeds on both engines: the configured list, claims, pausing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from storage_world import DAY, HOUR, NOW, SECOND

from watchbot.model import FeedSpec, FeedUpdate
from watchbot.storage import Storage

LEASE = timedelta(minutes=5)


def spec(name: str, **more: object) -> FeedSpec:
    return FeedSpec(f"https://{name}.example.org/feed", name, **more)  # type: ignore[arg-type]


FULL = spec(
    "full",
    lang="kk",
    tags=("agency", "kz"),
    interval=timedelta(minutes=2),
    format="ninjs",
    owner="Kazinform",
    country="KZ",
)


def names(storage: Storage) -> list[str]:
    return [feed.spec.name for feed in storage.feeds()]


def test_a_spec_comes_back_as_it_was(storage: Storage) -> None:
    storage.sync_feeds([FULL], NOW)
    (feed,) = storage.feeds()
    assert feed.spec == FULL
    assert (feed.origin, feed.enabled, feed.baseline_at, feed.next_check_at) == ("config", True, None, NOW)


def test_headers_of_a_feed_are_not_kept(storage: Storage) -> None:
    storage.sync_feeds([replace(FULL, headers={"Authorization": "Bearer s3cret"})], NOW)
    assert storage.feeds()[0].spec == FULL


def test_sync_follows_the_configuration_and_keeps_state(storage: Storage) -> None:
    storage.sync_feeds([spec("a"), spec("b")], NOW)
    first = storage.feeds()[0]
    storage.update_feed(FeedUpdate(first.id, {"etag": "x", "baseline_at": NOW, "next_check_at": NOW + HOUR}))
    storage.add_feed(spec("chat"), NOW)
    storage.sync_feeds([spec("a", lang="de"), spec("c")], NOW + SECOND)
    assert names(storage) == ["a", "c", "chat"]
    kept = storage.feed(first.id)
    assert kept is not None and (kept.spec.lang, kept.etag, kept.baseline_at) == ("de", "x", NOW)
    assert kept.next_check_at == NOW + HOUR
    storage.sync_feeds([], NOW)
    assert names(storage) == ["chat"]
    storage.sync_feeds([spec("a")], NOW + DAY)
    back = storage.feed(first.id)
    assert back is not None and (back.etag, back.baseline_at) == ("x", NOW), "coming back, it is no new feed"
    assert back.next_check_at == NOW + DAY


def test_a_feed_of_chat_and_configuration_is_one(storage: Storage) -> None:
    added = storage.add_feed(spec("a"), NOW)
    assert storage.add_feed(spec("a"), NOW).id == added.id
    storage.sync_feeds([spec("a")], NOW)
    (feed,) = storage.feeds()
    assert (feed.id, feed.origin) == (added.id, "config")


def test_claims_are_exclusive_and_by_age(storage: Storage, connect: Callable[..., Storage]) -> None:
    storage.sync_feeds([spec(n) for n in "abc"], NOW)
    for feed, age in zip(storage.feeds(), (1, 3, 2), strict=True):
        storage.release_feed(feed.id, NOW - age * HOUR)
    assert [f.spec.name for f in storage.claim_due_feeds(NOW, 2, LEASE)] == ["b", "c"]
    other = connect()
    assert [f.spec.name for f in other.claim_due_feeds(NOW, 9, LEASE)] == ["a"]
    assert other.claim_due_feeds(NOW + LEASE - SECOND, 9, LEASE) == []
    assert len(other.claim_due_feeds(NOW + LEASE, 9, LEASE)) == 3, "a lease ran out: its process is gone"


def test_an_update_gives_the_claim_back(storage: Storage) -> None:
    storage.sync_feeds([spec("a")], NOW)
    (feed,) = storage.claim_due_feeds(NOW, 1, LEASE)
    storage.update_feed(FeedUpdate(feed.id, {"next_check_at": NOW + HOUR, "error_count": 2, "last_error": "dns"}))
    assert storage.claim_due_feeds(NOW + HOUR - SECOND, 1, LEASE) == []
    (again,) = storage.claim_due_feeds(NOW + HOUR, 1, LEASE)
    assert (again.error_count, again.last_error) == (2, "dns")


def test_claims_of_the_dead_are_forgotten_at_start(storage: Storage, connect: Callable[..., Storage]) -> None:
    storage.sync_feeds([spec("a")], NOW)
    storage.claim_due_feeds(NOW, 1, LEASE)
    heir = connect()
    heir.forget_feed_claims(NOW)
    assert len(heir.claim_due_feeds(NOW, 1, LEASE)) == 1


def test_pause_and_resume(storage: Storage) -> None:
    storage.sync_feeds([spec("a"), spec("b")], NOW)
    a, b = storage.feeds()
    storage.update_feed(FeedUpdate(a.id, {"error_count": 5, "last_error": "410"}))
    storage.set_feed_enabled(a.id, False, "gone", NOW)
    assert [f.id for f in storage.claim_due_feeds(NOW, 9, LEASE)] == [b.id]
    status = storage.status(NOW)
    assert (status.feeds, status.disabled_feeds, status.failing_feeds) == (2, 1, 0)
    storage.set_feed_enabled(a.id, True, None, NOW)
    (again,) = storage.claim_due_feeds(NOW, 9, LEASE)
    assert (again.id, again.disabled_reason, again.error_count, again.last_error) == (a.id, None, 0, None)


def test_removed_feeds_are_not_polled(storage: Storage) -> None:
    feed = storage.add_feed(spec("a"), NOW)
    assert storage.remove_feed(feed.id, NOW) and not storage.remove_feed(feed.id, NOW)
    assert storage.claim_due_feeds(NOW, 9, LEASE) == [] == storage.feeds()
    assert storage.add_feed(spec("a"), NOW).id == feed.id
