"""Fuzz the parsers and the cut: `python tests/fuzz/fuzz_parse.py --seconds 120 [FOLDER]`. Exit status 0: nothing found.

With atheris (libFuzzer, coverage-guided) where it can be had, else with hypothesis for the same time: it says which.
FOLDER is a corpus to start from and to add to. An input that fails is written to the temporary directory and named.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2] / "src"))

Target = Callable[[bytes], None]
LONGEST = 4_096
"""Bytes of an input: enough for every structure, small enough for thousands a second."""
SLOWEST = 20
"""Seconds after which an input counts as one that hangs."""


def main() -> None:
    """Fuzz for so many seconds; the driver exits with a status of its own."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split(":")[0])
    options.add_argument("--seconds", type=int, default=120)
    options.add_argument("folder", nargs="?", type=Path)
    chosen = options.parse_args()
    try:
        import atheris
    except ImportError as error:
        print(f"fuzzing with hypothesis for {chosen.seconds} s: atheris cannot be had here ({error})", flush=True)
        from parse_target import SEEDS, one

        examples = fuzz_with_hypothesis(one, [b"\x00" + seed.encode() for seed in SEEDS], chosen.seconds)
        print(f"nothing found in {examples} inputs")
        return
    print(f"fuzzing with atheris for {chosen.seconds} s", flush=True)
    with atheris.instrument_imports(include=["watchbot.parse", "feedparser"]):
        from parse_target import SEEDS, one
    with tempfile.TemporaryDirectory() as seeds:
        for number, seed in enumerate(SEEDS):
            Path(seeds, str(number)).write_bytes(b"\x00" + seed.encode())
        flags = [f"-max_total_time={chosen.seconds}", f"-max_len={LONGEST}", f"-timeout={SLOWEST}"]
        flags += ["-verbosity=0", "-print_final_stats=1"]
        flags.append(f"-artifact_prefix={tempfile.gettempdir()}/watchbot-fuzz-")
        folders = [str(chosen.folder)] if chosen.folder else []
        atheris.Setup([sys.argv[0], *flags, *folders, seeds], one)
        atheris.Fuzz()


def fuzz_with_hypothesis(target: Target, seeds: list[bytes], seconds: float) -> int:
    """Mutations of the seeds until the time is over: how many. A failure is shrunk, written down and raised."""
    end = time.monotonic() + seconds
    tried = 0

    @settings(
        max_examples=500,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(_mutations(seeds))
    def batch(data: bytes) -> None:
        nonlocal tried
        if time.monotonic() > end:
            return
        tried += 1
        began = time.monotonic()
        try:
            target(data)
            if time.monotonic() - began > SLOWEST:
                raise AssertionError(f"took more than {SLOWEST} s")
        except Exception:
            (Path(tempfile.gettempdir()) / "watchbot-fuzz-input").write_bytes(data)
            raise

    while time.monotonic() < end:
        batch()
    return tried


def _mutations(seeds: list[bytes]) -> st.SearchStrategy[bytes]:
    """A seed with some slices replaced by bytes, by pieces of other seeds, or doubled."""

    @st.composite
    def mutated(draw: st.DrawFn) -> bytes:
        data = draw(st.sampled_from(seeds))
        for _ in range(draw(st.integers(1, 6))):
            start = draw(st.integers(0, len(data)))
            stop = min(len(data), start + draw(st.integers(0, 40)))
            other = draw(st.sampled_from(seeds))
            cut = draw(st.integers(0, len(other)))
            piece = draw(
                st.one_of(st.binary(max_size=12), st.just(other[cut : cut + 60]), st.just(data[start:stop] * 3))
            )
            data = data[:start] + piece + data[stop:]
        return data[:LONGEST]

    return mutated()


if __name__ == "__main__":
    main()
