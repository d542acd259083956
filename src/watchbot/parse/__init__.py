"""Bytes of a feed or of an agency's wire -> ParsedFeed. See docs/formats.md for what is read and how fields map."""

from watchbot.parse.document import parse_document

__all__ = ["parse_document"]
