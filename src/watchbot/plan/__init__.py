"""All that is known -> what one feed update writes and sends. Pure: `now` and every fact is an argument."""

from watchbot.plan.burst import BurstSettings, Told
from watchbot.plan.keys import candidate_keys, entry_keys
from watchbot.plan.ledger import Ledger, StoryAlert
from watchbot.plan.schedule import Slot, next_slot, schedule
from watchbot.plan.update import Audience, PlanSettings, notice, plan_embargoes, plan_update, undo

__all__ = [
    "Audience",
    "BurstSettings",
    "Ledger",
    "PlanSettings",
    "Slot",
    "StoryAlert",
    "Told",
    "candidate_keys",
    "entry_keys",
    "next_slot",
    "notice",
    "plan_embargoes",
    "plan_update",
    "schedule",
    "undo",
]
