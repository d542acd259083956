"""watchbot: watches news feeds for a story's entities, in any language, and tells Telegram once.

The rooms and their layers are drawn in docs/architecture.md; tests/test_layers.py enforces them.
"""

__version__ = "0.1.0"
