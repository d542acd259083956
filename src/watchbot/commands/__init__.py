"""The chat: what people write and press, and what the bot answers. Alerts go through the outbox, answers directly."""

from watchbot.commands.access import AccessPolicy
from watchbot.commands.application import ALLOWED_UPDATES, build_application, register_menu
from watchbot.commands.services import Operations, Services
from watchbot.commands.spikes import Spike, find_spikes, spike_text
from watchbot.commands.store import Store

__all__ = [
    "ALLOWED_UPDATES",
    "AccessPolicy",
    "Operations",
    "Services",
    "Spike",
    "Store",
    "build_application",
    "find_spikes",
    "register_menu",
    "spike_text",
]
