"""Runs every benchmark, one after the other: `python -m tests.bench [NAME ...]`. They print figures, fail nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def main() -> None:
    """Run the named benchmarks ("match"), or all."""
    names = sys.argv[1:] or sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    env = os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT / "tests")))}
    for name in names:
        print(f"\n== {name}", flush=True)
        subprocess.run([sys.executable, str(HERE / f"bench_{name}.py")], env=env, check=False)


if __name__ == "__main__":
    main()
