"""Who may use the bot: one pure decision over numeric ids. Names and usernames prove nothing and are not asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum

GRANTED = ("granted", "admin")


class Standing(IntEnum):
    """What somebody may do, in rising order."""

    STRANGER = 0
    READER = 1
    """Uses the bot, and changes the settings of his own private chat."""
    OPERATOR = 2
    """Runs the bot: /admin and all that it leads to."""


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """`mode`: allowlist | invite | approval | open. `admins`, `allow`: numeric ids from the settings."""

    mode: str = "allowlist"
    admins: Collection[int] = ()
    allow: Collection[int] = ()


def standing(
    policy: AccessPolicy, *, user_id: int | None, chat_id: int, user_access: str, chat_access: str
) -> Standing:
    """The standing of a person in a chat.

    `user_id` is None for an anonymous administrator or a channel: then only the chat counts. `user_access` is what is
    stored of the person's private chat, `chat_access` of the chat itself (the same for a private chat). A person who
    is a stranger may still read in a group that was granted access. What an operator revoked, no list and no mode
    gives back.
    """
    if user_id is not None and (user_id in policy.admins or user_access == "admin"):
        return Standing.OPERATOR
    if "revoked" in (user_access, chat_access):
        return Standing.STRANGER
    if policy.mode == "open" and user_access != "denied" and chat_access != "denied":
        return Standing.READER
    listed = {i for i in (user_id, chat_id) if i is not None} & set(policy.allow)
    if listed or user_access == "granted" or chat_access in GRANTED:
        return Standing.READER
    return Standing.STRANGER


def is_own(user_id: int | None, chat_id: int) -> bool:
    """Whether a chat is the person's own private chat: Telegram gives both the same number."""
    return user_id is not None and user_id == chat_id
