"""The sliding window of recent items, and the decision which story a new one belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbot.model import Placement, PlacementKind, StoryItem
from watchbot.text.fingerprint import fold_words, origin_of, shingles, strip_text, strip_title


@dataclass(frozen=True, slots=True)
class StorySettings:
    """`window`: how long an item can be found again. `copy`: Jaccard from which two texts are one."""

    window: timedelta = timedelta(hours=72)
    copy: float = 0.5


class StoryIndex:
    """Recent items and their stories, in memory; rebuilt from the database at start by `add`."""

    def __init__(self, settings: StorySettings = StorySettings()) -> None:
        self.settings = settings
        self._items: dict[int, tuple[StoryItem, Placement, set[str]]] = {}

    def __len__(self) -> int:
        return len(self._items)

    def place(self, item: StoryItem) -> Placement:
        """The story of `item` among the items added so far; changes nothing."""
        prints = self._prints(item)
        for other, placed, theirs in self._items.values():
            if abs(item.at - other.at) <= self.settings.window and prints and theirs:
                score = len(prints & theirs) / len(prints | theirs)
                if score >= self.settings.copy:
                    origin = origin_of(item.summary, item.title) or placed.origin
                    return Placement(PlacementKind.DUPLICATE, placed.story, score, "same text", (), other.id, origin)
        return Placement(PlacementKind.NEW, str(item.id))

    def add(self, item: StoryItem, placement: Placement) -> None:
        """Remember `item` as placed."""
        self._items[item.id] = (item, placement, self._prints(item))

    def remove(self, item_ids: Iterable[int]) -> None:
        """Forget items whose transaction was rolled back."""
        for item_id in item_ids:
            self._items.pop(item_id, None)

    def expire(self, now: datetime) -> int:
        """Forget items older than the window; return how many."""
        old = [i for i, (item, _, _) in self._items.items() if item.at < now - self.settings.window]
        self.remove(old)
        return len(old)

    def item(self, item_id: int) -> StoryItem | None:
        """A remembered item by its entry id."""
        found = self._items.get(item_id)
        return found[0] if found else None

    def story_of(self, item_id: int) -> str | None:
        """The story of a remembered item."""
        found = self._items.get(item_id)
        return found[1].story if found else None

    def _prints(self, item: StoryItem) -> set[str]:
        words = fold_words(f"{strip_title(item.title).title} {strip_text(item.summary or item.body)}")
        return shingles(words)
