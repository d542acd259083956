"""Entity names across scripts and inflections."""

from watchbot.names.check import check_specs
from watchbot.names.index import EntityIndex, build_index
from watchbot.names.stems import stem_key

__all__ = ["EntityIndex", "build_index", "check_specs", "stem_key"]
