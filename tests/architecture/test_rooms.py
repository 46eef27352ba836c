"""The page on the architecture says of the rooms what the imports really are, and what `lint-imports` enforces."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
FLOORS = ("wizard", "screens", "services")


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*FLOORS, cache_dir=None)


def part(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rooms() -> list[tuple[int, str]]:
    """The rows of the page: the layer and the room, as it stands there."""
    rows = re.findall(r"^\| (\d+) \| `([\w/]+)` \| .{10,} \|$", part("Rooms of `services/`"), re.MULTILINE)
    return [(int(number), room) for number, room in rows]


LAYER = {room.rstrip("/"): number for number, room in rooms()}


def layers() -> list[set[str]]:
    """The order that `lint-imports` enforces."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (order,) = (one for one in contracts if one.get("containers") == ["services"])
    assert order["exhaustive"] is True
    return [{name.strip() for name in line.split("|")} for line in order["layers"]]


def imports(of: str, among: set[str], depth: int) -> set[str]:
    """What a package or room imports directly, by the names of that depth, itself left out."""
    modules = {of, *graph().find_descendants(of)}
    found = {one for module in modules for one in graph().find_modules_directly_imported_by(module)}
    names = {one.split(".")[depth] for one in found if one.count(".") >= depth}
    return {name for name in names if name in among and name != of.rpartition(".")[2]}


def test_every_room_has_one_row_and_every_row_a_room() -> None:
    there = {child.split(".")[1] for child in graph().find_children("services")}
    named = Counter(room.rstrip("/") for _, room in rooms())
    assert set(named) == there
    assert [room for room, times in named.items() if times > 1] == []
    wrong = [room for _, room in rooms() if room.endswith("/") != (ROOT / "services" / room).is_dir()]
    assert wrong == [], "a folder has a slash behind it, a module has none"


def test_the_rows_stand_in_the_order_that_is_enforced() -> None:
    numbers = [number for number, _ in rooms()]
    assert numbers == sorted(numbers)
    grouped = [{room for room, number in LAYER.items() if number == at} for at in range(1, max(numbers) + 1)]
    assert grouped == layers()


def test_a_room_imports_lower_layers_alone() -> None:
    found = [(room, other) for room in LAYER for other in imports(f"services.{room}", set(LAYER), 1)]
    assert len(found) > 200, "the imports are not read any more"
    assert [(room, other) for room, other in found if LAYER[other] <= LAYER[room]] == []


def test_the_folders_import_what_the_table_says() -> None:
    rows = re.findall(r"^\| `(\w+)/` \| [^|]+ \| ([^|]*) \|$", part("Layers"), re.MULTILINE)
    told = {folder: set(re.findall(r"`(\w+)`", may)) for folder, may in rows}
    assert set(told) == {*FLOORS, "assets"}
    for floor in FLOORS:
        assert imports(floor, set(FLOORS), 0) == told[floor], floor


def test_the_picture_has_the_floors_in_their_order() -> None:
    picture = part("Layers").split("```")[1]
    assert tuple(re.findall(r"^│ (\w+)/", picture, re.MULTILINE)) == FLOORS
    assert len({len(line) for line in picture.splitlines() if line[:1] in "┌│├└" and line}) == 1
    assert "aws/port.py alone knows boto3" in picture  # as test_walls.py has it
    assert (ROOT / "services" / "aws" / "port.py").is_file()


def test_the_page_can_be_read_in_ten_minutes() -> None:
    assert len(PAGE.split()) < 2_400
    assert max(map(len, PAGE.split("\n### "))) < 9_000
