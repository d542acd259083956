"""What is installed comes by hash, and what runs in Docker has no more rights than it needs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
INSTALLS = re.compile(r"pip install.*")


def packages(lock: str) -> dict[str, str]:
    """Package -> its block of the lock file."""
    blocks = re.split(r"\n(?=[a-zA-Z0-9])", (ROOT / lock).read_text("utf-8").strip())
    return {re.split(r"[=\[ @]", block)[0]: block for block in blocks}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_package_is_pinned_with_hashes(lock: str) -> None:
    found = packages(lock)
    assert len(found) > 40
    for name, block in found.items():
        assert re.match(rf"{re.escape(name)}(\[[a-z,]+\])?==\S+", block), f"{name} is not pinned"
        assert "--hash=sha256:" in block, f"{name} has no hash"
        assert "://" not in re.sub(r"#.*", "", block), f"{name} comes from an address of its own"


def test_the_lock_for_development_runs_the_same_packages() -> None:
    runtime, development = packages("requirements.lock"), packages("requirements-dev.lock")
    assert {n: block.split(" ")[0] for n, block in runtime.items()} == {
        n: development[n].split(" ")[0] for n in runtime
    }


def test_nothing_is_installed_without_hashes() -> None:
    for text in (DOCKERFILE, (ROOT / "Makefile").read_text("utf-8")):
        assert INSTALLS.findall(text)
        assert all("--require-hashes" in line for line in INSTALLS.findall(text))


def test_the_image_runs_as_nobody_in_particular() -> None:
    last_stage = DOCKERFILE.split("\nFROM ")[-1]
    users = re.findall(r"^USER (\d+):(\d+)$", last_stage, re.MULTILINE)
    assert users and "0" not in users[-1]
    assert "pip install" not in last_stage, "the image carries what was built, and builds nothing"


def test_compose_takes_every_right_away() -> None:
    for name, service in yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"] and "cap_add" not in service
        assert "no-new-privileges:true" in service["security_opt"]
        assert not {"privileged", "ports", "devices", "pid", "network_mode"} & service.keys()
        assert not any("TOKEN" in key and not key.endswith("_FILE") for key in service.get("environment", {}))
        writable = [volume for volume in service["volumes"] if not volume.endswith(":ro")]
        assert writable == ["data:/app/data"]
