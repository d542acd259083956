"""Text as data: words with places, folding, canonical URLs, fingerprints."""

from watchbot.text.fold import fold
from watchbot.text.tokens import Tokens, tokenize

__all__ = ["Tokens", "fold", "tokenize"]
