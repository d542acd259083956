"""What every command gets from the global options."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Context:
    """`--config DIR` and `--rules FILE` (default: rules.yaml beside the configuration directory)."""

    config_dir: Path
    rules_path: Path
