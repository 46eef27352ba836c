"""A path is understood while it is typed, letter by letter, and no letter ends the wizard."""

from __future__ import annotations

from pathlib import Path

import pytest

from screens.paths import here, typed


def test_a_tilde_is_the_home_of_whoever_it_names_and_else_a_letter(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert typed(" ~/keys ") == tmp_path / "keys"
    assert typed("~nobody-has-this-name/keys") == tmp_path / "~nobody-has-this-name" / "keys"
    assert typed("") == tmp_path
    assert typed("a\0b") == tmp_path / "a␀b"


def test_every_page_understands_paths_in_this_way() -> None:
    pages = Path(typed.__code__.co_filename).parent.rglob("*.py")
    assert [page.name for page in pages if ".expanduser()" in page.read_text()] == []


def test_where_the_working_directory_was_deleted_a_path_begins_at_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    deleted = tmp_path / "deleted"
    deleted.mkdir()
    monkeypatch.chdir(deleted)
    deleted.rmdir()
    assert here() == tmp_path
    assert typed("keys") == tmp_path / "keys"
    assert typed("/keys") == Path("/keys")


def test_every_page_begins_at_that_place() -> None:
    pages = Path(typed.__code__.co_filename).parent.rglob("*.py")
    assert {page.name for page in pages if ".cwd()" in page.read_text()} == {"paths.py"}
