"""rules.yaml -> compiled, immutable rules."""

from watchbot.rules.load import load_rules
from watchbot.rules.ruleset import Rule, RuleSet

__all__ = ["Rule", "RuleSet", "load_rules"]
