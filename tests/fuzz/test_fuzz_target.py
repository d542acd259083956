"""The fuzz target and its drivers work: seeds pass, a planted mistake is found, the command says what it did."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fuzz_parse import fuzz_with_hypothesis
from parse_target import FORMATS, SEEDS, one

COMMAND = Path(__file__).with_name("fuzz_parse.py")
WITHOUT_ATHERIS = """
import runpy, sys
sys.modules["atheris"] = None  # what an import finds where no wheel exists
command = sys.argv[1]
sys.argv = [command, "--seconds", "2"]
sys.path.insert(0, command.rpartition("/")[0])
runpy.run_path(command, run_name="__main__")
"""


@pytest.mark.parametrize("format_byte", range(len(FORMATS)))
def test_seeds_pass_in_every_format(format_byte: int) -> None:
    for seed in SEEDS:
        one(bytes([format_byte]) + seed.encode())


def test_the_fallback_finds_a_planted_mistake() -> None:
    def target(data: bytes) -> None:
        one(data)
        if data.count(b"<item>") > 3:
            raise RuntimeError("planted")

    with pytest.raises(RuntimeError, match="planted"):
        fuzz_with_hypothesis(target, [b"\x00" + seed.encode() for seed in SEEDS], 60)


def test_the_fallback_says_that_it_is_one() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_ATHERIS, str(COMMAND)], capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "fuzzing with hypothesis for 2 s: atheris cannot be had here" in done.stdout
    assert "nothing found in" in done.stdout


def test_atheris_runs_where_it_is_installed() -> None:
    pytest.importorskip("atheris", reason="atheris has no wheel for this Python and platform")
    done = subprocess.run(
        [sys.executable, COMMAND, "--seconds", "1"], capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    assert "fuzzing with atheris for 1 s" in done.stdout
