"""A room imports only lower layers; pure rooms import each other without cycles; adapters never each other."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "watchbot"
LAYERS = {
    0: {"errors", "model", "crash"},
    1: {"config", "rules", "text", "names", "parse", "match", "stories", "plan", "render"},
    2: {"fetch", "storage", "telegram", "console"},
    3: {"pipeline", "outbox", "poller", "commands", "replay"},
    4: {"app", "cli", "demo", "__main__"},
}
LAYER_OF = {room: layer for layer, rooms in LAYERS.items() for room in rooms}
IMPURE = {"asyncio", "httpx", "sqlalchemy", "sqlite3", "telegram", "apscheduler", "socket", "subprocess", "threading"}


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            module = node.module or ""
            found |= {f"watchbot.{a.name}" for a in node.names} if module == "watchbot" else {module}
    return found


def rooms_imported(path: Path) -> set[str]:
    own = room_of(path)
    rooms = {name.split(".")[1] for name in imports(path) if name.startswith("watchbot.")}
    return {room for room in rooms if room not in (own, "__version__")}


def test_every_room_is_in_the_table() -> None:
    rooms = {room_of(path) for path in modules()} - {"__init__"}
    assert rooms <= set(LAYER_OF)
    assert len(rooms) > 5


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_go_down(path: Path) -> None:
    room = room_of(path)
    if room == "__init__":
        return
    layer = LAYER_OF[room]
    for other in rooms_imported(path):
        if layer in (1, 3, 4):
            assert LAYER_OF[other] <= layer, f"{room} (layer {layer}) imports {other} (layer {LAYER_OF[other]})"
        else:
            assert LAYER_OF[other] < layer, f"{room} (layer {layer}) imports {other}: not lower"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_pure_rooms_do_no_io(path: Path) -> None:
    if LAYER_OF.get(room_of(path), 9) <= 1:
        tops = {name.split(".")[0] for name in imports(path)}
        assert not tops & IMPURE


def test_rooms_form_no_cycle() -> None:
    graph: dict[str, set[str]] = {}
    for path in modules():
        graph.setdefault(room_of(path), set()).update(rooms_imported(path))
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"import cycle: {error.args[1]}")
