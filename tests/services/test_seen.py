"""What stands at a path is told for every path that somebody can type, without an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from services import seen

LONG = "a" * 300


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")
    (tmp_path / "to-file").symlink_to(tmp_path / "file")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "file", "folder", "anything", "nothing"),
    [
        ("file", True, False, True, False),
        ("folder", False, True, True, False),
        ("to-file", True, False, True, False),
        ("missing", False, False, False, True),
        ("file/below", False, False, False, True),
        ("nowhere", False, False, False, False),
        ("circle", False, False, False, False),
        (LONG, False, False, False, False),
        (f"{LONG}/below", False, False, False, False),
        ("/".join(["folder"] * 900), False, False, False, False),
        ("a\0b", False, False, False, False),
        ("\udcff", False, False, False, True),
    ],
    ids=lambda value: (
        value[:12].replace("\0", "nul").replace("\udcff", "byte") if isinstance(value, str) else None
    ),
)
def test_every_path_has_an_answer(
    place: Path, name: str, file: bool, folder: bool, anything: bool, nothing: bool
) -> None:
    path = place / name
    assert (seen.file(path), seen.folder(path), seen.anything(path), seen.nothing(path)) == (
        file,
        folder,
        anything,
        nothing,
    )
