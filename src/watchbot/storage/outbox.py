"""The outbox: alerts and deliveries, from the plan that queues them to the outcome that settles them."""

from __future__ import annotations

from watchbot.storage.claims import ClaimPart
from watchbot.storage.settling import SettlePart
from watchbot.storage.views import ViewPart


class OutboxPart(ClaimPart, SettlePart, ViewPart):
    """Rows of `alerts`, `deliveries` and `story_messages`: queued, claimed, settled, shown."""
