"""All that is known -> what one feed update writes and sends. Pure: `now` and every fact is an argument."""

from watchbot.plan.burst import BurstOptions, Told
from watchbot.plan.keys import EntryKeys, entry_keys
from watchbot.plan.ledger import Ledger, StoryAlert
from watchbot.plan.schedule import Slot, next_slot, schedule
from watchbot.plan.update import Audience, PlanSettings, notice, plan_embargoes, plan_update, undo

__all__ = [
    "Audience",
    "BurstOptions",
    "EntryKeys",
    "Ledger",
    "PlanSettings",
    "Slot",
    "StoryAlert",
    "Told",
    "entry_keys",
    "next_slot",
    "notice",
    "plan_embargoes",
    "plan_update",
    "schedule",
    "undo",
]
