"""The stand-ins keep the order of the house: what they import is named before what they stand for."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.skeleton

# Architecture, section 1; inside data as the rooms call one another.
HOUSE = {
    "ground": "",
    "foundation": "law places directory agreements accounts messaging documents meetings help",
    "data": "store exchange analysis disclosure measures",
    "access": "teams concerns alerts presence volunteers",
    "influence": "networks engagement surveys priorities decisions",
    "intelligence": "community profiles products",
    "strategy": "resources plans tasking cycle",
    "interventions": "problems casework orders support projects",
    "answers": "feedback evaluation performance publishing selfassessment",
}
ORDER = [f"{floor}.{room}" for floor, rooms in HOUSE.items() for room in rooms.split()]
ROOMS = sorted(Path(__file__).with_name("rooms").glob("[a-z]*.py"))


def place(room: str) -> int:
    return -1 if room.startswith("ground") else ORDER.index(room)


def stands_for(path: Path) -> str:
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "STANDS_FOR":
            return ast.literal_eval(node.value)
    raise AssertionError(f"{path.name} does not say which room it stands for")


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            found |= {stands_for(path.with_name(f"{name.name}.py")) for name in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ourpatch."):
            names = [*node.module.split("."), node.names[0].name]
            found.add(".".join(names[1:3]))
    return found


@pytest.mark.parametrize("path", ROOMS, ids=lambda path: path.stem)
def test_a_stand_in_imports_only_rooms_before_its_own(path: Path) -> None:
    late = {room for room in imported(path) if place(room) >= place(stands_for(path))}
    assert late == set()
    assert len(imported(path)) > 1


def test_no_room_of_the_house_knows_a_stand_in() -> None:
    source = Path(__file__).resolve().parents[2] / "src" / "ourpatch"
    assert not [path for path in source.rglob("*.py") if "skeleton" in path.read_text()]
