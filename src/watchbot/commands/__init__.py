"""The chat: what people write and press, and what the bot answers. Alerts go through the outbox, answers directly."""

from watchbot.commands.access import AccessPolicy
from watchbot.commands.adding import FeedAdder
from watchbot.commands.application import ALLOWED_UPDATES, build_application, register_menu
from watchbot.commands.services import Operations, Services
from watchbot.commands.spike_watch import SpikeWatch
from watchbot.commands.spikes import Spike, find_spikes, spike_note
from watchbot.commands.store import Store
from watchbot.commands.trial import trial_replay

__all__ = [
    "ALLOWED_UPDATES",
    "AccessPolicy",
    "FeedAdder",
    "Operations",
    "Services",
    "Spike",
    "SpikeWatch",
    "Store",
    "build_application",
    "find_spikes",
    "register_menu",
    "spike_note",
    "trial_replay",
]
