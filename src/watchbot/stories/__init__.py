"""Which story an entry belongs to: the same text again, the same event in other words, or something new."""

from watchbot.stories.index import StoryIndex, StoryOptions

__all__ = ["StoryIndex", "StoryOptions"]
