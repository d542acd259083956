"""Make src/ importable in this virtual environment and put the `watchbot` command into it.

What an editable install does, without fetching a build backend: everything else that is installed comes, by hash,
from the lock file.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src"


def main() -> None:
    """Write the path file and the command."""
    paths = sysconfig.get_paths()
    (Path(paths["purelib"]) / "watchbot.pth").write_text(f"{SOURCE}\n", encoding="utf-8")
    command = Path(paths["scripts"]) / "watchbot"
    command.write_text(f"#!{sys.executable}\nfrom watchbot.cli import main\n\nmain()\n", encoding="utf-8")
    command.chmod(0o755)


if __name__ == "__main__":
    main()
