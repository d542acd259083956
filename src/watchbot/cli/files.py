"""Reading the files that the global options name."""

from __future__ import annotations

import os
from pathlib import Path

from watchbot.cli.context import Context
from watchbot.config import FeedList, Settings, load_feeds, load_settings
from watchbot.errors import InvalidConfig, InvalidInput, InvalidRules, Problem
from watchbot.rules import RuleSet, load_rules


def read_text(path: str | Path) -> str:
    """The file's text. Raises OSError, UnicodeDecodeError."""
    return Path(path).read_text(encoding="utf-8-sig")


def _read(path: Path, error: type[InvalidInput], *, optional: bool = False) -> str:
    try:
        return read_text(path)
    except FileNotFoundError:
        if optional:
            return ""
        raise error((Problem(str(path), 0, 0, "there is no such file"),)) from None
    except UnicodeDecodeError as caught:
        raise error((Problem(str(path), 0, 0, f"not UTF-8 text: {caught.reason} at byte {caught.start}"),)) from None
    except OSError as caught:
        raise error((Problem(str(path), 0, 0, f"cannot be read: {caught.strerror}"),)) from None


def settings_of(context: Context) -> Settings:
    """config/watchbot.yaml (it may be absent) with the environment. Raises InvalidConfig."""
    path = context.config_dir / "watchbot.yaml"
    return load_settings(_read(path, InvalidConfig, optional=True), str(path), os.environ, read_text)


def feeds_of(context: Context) -> FeedList:
    """config/feeds.yaml. Raises InvalidConfig."""
    path = context.config_dir / "feeds.yaml"
    return load_feeds(_read(path, InvalidConfig), str(path), os.environ)


def rules_of(path: Path) -> RuleSet:
    """A rules file with what it includes. Raises InvalidRules."""
    return load_rules(_read(path, InvalidRules), str(path), read_text)
