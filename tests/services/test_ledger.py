"""The file that must not be lost: every change is whole or not there, and damage is told, never written over."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services import ledger
from services.ledger import DamagedError, Entry, Ledger
from services.problems import ProblemError
from tests.crashes import Crash, arm
from tests.ports import FakeClock

CLOCK = FakeClock()


def check(entry: Entry) -> None:
    if not isinstance(entry.get("n"), int):
        raise DamagedError("a number in it is none")


def book(folder: Path) -> Ledger:
    return Ledger(
        path=folder / "acme.record.json",
        copy=folder / "state" / "id.record.json",
        setup="id",
        what="record",
        called="record",
        anew="begin anew",
    )


def add(of: Ledger, *numbers: int) -> None:
    ledger.append(of, CLOCK, check, lambda _before: [{"n": number} for number in numbers])


def numbers(of: Ledger) -> list[int]:
    return [entry["n"] for entry in ledger.read(of, check)]


@given(st.lists(st.lists(st.integers(), max_size=3), max_size=5))
@settings(deadline=None, max_examples=25)
def test_entries_are_only_added_and_the_copy_is_the_same_file(
    tmp_path_factory: pytest.TempPathFactory, runs: Sequence[Sequence[int]]
) -> None:
    of = book(tmp_path_factory.mktemp("ledger"))
    for run in runs:
        add(of, *run)
    wanted = [number for run in runs for number in run]
    assert numbers(of) == wanted
    if wanted:
        assert of.copy is not None
        assert of.copy.read_bytes() == of.path.read_bytes()
        assert stat.S_IMODE(of.path.stat().st_mode) == 0o600
    else:
        assert not of.path.exists()


def test_a_link_is_followed_and_a_mode_is_kept(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real, link = tmp_path / "real" / "acme.toml", tmp_path / "acme.toml"
    real.write_text("")
    link.symlink_to(real)
    assert ledger.beside(link, "record") == tmp_path / "real" / "acme.record.json"
    of = book(tmp_path)
    add(of, 1)
    of.path.chmod(0o640)
    add(of, 2)
    assert stat.S_IMODE(of.path.stat().st_mode) == 0o640


def lost(of: Ledger) -> tuple[Entry, ...]:
    return ledger.lost(ledger.read(of, check), ledger.copied(of, check))


def torn(content: bytes) -> bytes:
    return content[: len(content) // 2]


def empty(_content: bytes) -> bytes:
    return b""


def one_digit(content: bytes) -> bytes:
    return content.replace(b'"n": 7', b'"n": 8')


def a_list(_content: bytes) -> bytes:
    return b"[]"


def no_text(_content: bytes) -> bytes:
    return b"\xff\xfe\x00"


def deep(_content: bytes) -> bytes:
    return b"[" * 100_000


def of_another_kind(content: bytes) -> bytes:
    return content.replace(b'"palisade-wizard": "record"', b'"palisade-wizard": "lifecycle"')


def wrong_entry(content: bytes) -> bytes:
    return _edited(content, lambda document: document["entries"].append({"at": "now", "n": "seven"}))


def timeless_entry(content: bytes) -> bytes:
    return _edited(content, lambda document: document["entries"].append({"n": 7}))


def no_entries(content: bytes) -> bytes:
    return _edited(content, lambda document: document.pop("entries"))


def _edited(content: bytes, how: Callable[[dict[str, Any]], object]) -> bytes:
    """Changed by somebody who took the checksum out."""
    document = json.loads(content)
    how(document)
    del document["sha256"]
    return json.dumps(document).encode()


DAMAGES = (
    *(torn, empty, one_digit, a_list, no_text, deep, of_another_kind),
    *(wrong_entry, timeless_entry, no_entries),
)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("copied", [True, False])
def test_damage_is_told_with_a_way_out_and_never_written_over(
    tmp_path: Path, damage: Callable[[bytes], bytes], copied: bool
) -> None:
    of = book(tmp_path)
    add(of, 7)
    assert of.copy is not None
    if not copied:
        of.copy.unlink()
    of.path.write_bytes(damage(of.path.read_bytes()))
    before = of.path.read_bytes()
    for work in (lambda: numbers(of), lambda: add(of, 8)):
        with pytest.raises(ProblemError) as caught:
            work()
        problem = caught.value.problem
        assert problem.code == "unreadable-file"
        assert problem.where == str(of.path)
        remedy = " ".join(problem.remedy)
        assert f"mv {of.path} {of.path}.damaged" in remedy
        assert (f"cp {of.copy} {of.path}" in remedy) is copied
        assert ("begin anew" in remedy) is not copied
    assert of.path.read_bytes() == before
    if copied:
        of.path.write_bytes(of.copy.read_bytes())
        assert numbers(of) == [7]


def test_values_changed_by_hand_are_taken_without_the_checksum(tmp_path: Path) -> None:
    of = book(tmp_path)
    add(of, 7)
    of.path.write_bytes(_edited(of.path.read_bytes(), lambda document: document["entries"].pop()))
    assert numbers(of) == []
    of.path.write_bytes(one_digit(_edited(book_with(tmp_path / "b", 7), lambda _document: None)))
    assert numbers(of) == [8]


def book_with(folder: Path, *given_: int) -> bytes:
    folder.mkdir()
    of = book(folder)
    add(of, *given_)
    return of.path.read_bytes()


def test_a_file_that_is_gone_is_not_one_that_never_was(tmp_path: Path) -> None:
    of = book(tmp_path)
    assert numbers(of) == []
    add(of, 7)
    of.path.unlink()
    for work in (lambda: numbers(of), lambda: add(of, 8)):
        with pytest.raises(ProblemError) as caught:
            work()
        assert caught.value.problem.code == "unreadable-file"
        assert f"cp {of.copy} {of.path}" in " ".join(caught.value.problem.remedy)
    assert not of.path.exists()


def newer(content: bytes) -> bytes:
    return content.replace(b'"version": 1', b'"version": 2')


def of_another_set_up(content: bytes) -> bytes:
    return _edited(content, lambda document: document.update({"setup": "other"}))


def denied(path: Path) -> None:
    """A link to itself: as with closed permissions, the system does not say what is there, and root is no exception."""
    path.unlink()
    path.symlink_to(path)


def spoilt(copy: Path, how: Callable[[bytes], bytes] | None) -> bytes:
    """Makes a copy unreadable, and gives what another version or another hand could still get out of it."""
    if how is None:
        denied(copy)
    else:
        copy.write_bytes(how(copy.read_bytes()))
    return kept(copy)


def kept(copy: Path) -> bytes:
    return os.fsencode(copy.readlink()) if copy.is_symlink() else copy.read_bytes()


@pytest.mark.parametrize(
    "how", [None, *DAMAGES, newer, of_another_set_up], ids=lambda how: how.__name__ if how else "denied"
)
@pytest.mark.parametrize("left", ["nothing", "an-older-one", "all"])
def test_a_copy_that_cannot_be_read_is_told_and_never_written_over(
    tmp_path: Path, how: Callable[[bytes], bytes] | None, left: str
) -> None:
    of = book(tmp_path)
    assert of.copy is not None
    add(of, 1)
    older = of.path.read_bytes()
    add(of, 7)
    before = spoilt(of.copy, how)
    if left == "nothing":
        of.path.unlink()
        for work in (lambda: numbers(of), lambda: add(of, 9)):
            with pytest.raises(ProblemError) as caught:
                work()
            assert caught.value.problem.code == "unreadable-file"
            assert str(of.copy) in caught.value.problem.summary
        assert not of.path.exists()
    else:
        of.path.write_bytes(older if left == "an-older-one" else of.path.read_bytes())
        add(of, 9)
        assert numbers(of)[-1] == 9
    unread = ledger.copied(of, check).unread
    assert unread is not None
    assert str(of.copy) in unread.summary
    assert f"mv {of.copy} {of.copy}.old" in " ".join(unread.remedy)
    assert kept(of.copy) == before
    of.copy.rename(f"{of.copy}.old")  # what the remedy says
    add(of, 10)
    assert ledger.copied(of, check).entries == ledger.read(of, check)


def test_what_only_the_copy_knows_is_told_and_kept(tmp_path: Path) -> None:
    of = book(tmp_path)
    add(of, 1)
    older = of.path.read_bytes()
    add(of, 2)
    of.path.write_bytes(older)
    assert [entry["n"] for entry in lost(of)] == [2]
    add(of, 3)
    assert numbers(of) == [1, 3]
    assert [entry["n"] for entry in lost(of)] == [2]


def test_the_file_of_another_set_up_is_not_touched(tmp_path: Path) -> None:
    of = book(tmp_path)
    add(of, 7)
    other = replace(of, setup="other", copy=None)
    before = of.path.read_bytes()
    for work in (lambda: numbers(other), lambda: add(other, 8)):
        with pytest.raises(ProblemError) as caught:
            work()
        assert caught.value.problem.code == "unfit"
        assert '"id"' in " ".join(caught.value.problem.remedy)
    assert of.path.read_bytes() == before


def test_another_version_is_not_read_as_this_one(tmp_path: Path) -> None:
    of = book(tmp_path)
    add(of, 7)
    of.path.write_bytes(of.path.read_bytes().replace(b'"version": 1', b'"version": 2'))
    with pytest.raises(ProblemError) as caught:
        numbers(of)
    assert "newer version" in " ".join(caught.value.problem.remedy)


def test_a_state_directory_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    of = book(tmp_path)
    add(of, 7)
    assert numbers(of) == [7]


def test_a_folder_that_is_gone_is_a_problem_of_the_folder(tmp_path: Path) -> None:
    of = replace(book(tmp_path), path=tmp_path / "gone" / "acme.record.json")
    with pytest.raises(ProblemError) as caught:
        add(of, 7)
    assert caught.value.problem.code == "folder"


def test_too_much_is_refused_before_it_is_written(tmp_path: Path) -> None:
    of = book(tmp_path)
    add(of, 7)
    of = replace(of, limit=len(of.path.read_bytes()) + 20)
    with pytest.raises(ProblemError) as caught:
        add(of, *range(100))
    assert caught.value.problem.code == "limit"
    assert numbers(of) == [7]


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize(
    "place", ["_write", "_fill", "_sync_folder", "_unlink", "_content", "lost", "replace"]
)
def test_killed_anywhere_the_file_is_the_old_or_the_new_one(tmp_path: Path, place: str, nth: int) -> None:
    of = book(tmp_path)
    add(of, 1)
    evidence = tmp_path / "evidence"
    child = os.fork()
    if child == 0:
        file = "services/ledger.py" if place in {"_content", "lost"} else "services/files.py"
        arm(Crash(file, place, "kill", nth=nth), evidence)
        add(of, 2)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert evidence.with_suffix(".json").exists() is (os.waitstatus_to_exitcode(status) == -9)
    assert numbers(of) in ([1], [1, 2])
    assert lost(of) == ()
    add(of, 3)
    assert numbers(of) in ([1, 3], [1, 2, 3])


def test_runs_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    of = book(tmp_path)
    children = []
    for number in range(6):
        child = os.fork()
        if child == 0:
            add(of, number)
            add(of, number + 100)
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 6
    assert sorted(numbers(of)) == [*range(6), *range(100, 106)]


class Seen(type(Path())):  # type: ignore[misc]  # the one kind that this system has
    """A path that tells before the system is asked about it."""

    asked: Callable[[], None]

    def __fspath__(self) -> str:
        type(self).asked()
        return str(super().__fspath__())


@pytest.mark.parametrize("before", [(), (1,), (1, 2)])
def test_whoever_reads_beside_a_writer_is_told_of_no_loss(tmp_path: Path, before: tuple[int, ...]) -> None:
    """The writer comes before each look of the reader once."""
    nth, looks, wrote = 0, 1, 0
    while nth < looks:
        nth, looks = nth + 1, 0
        of = book(tmp_path / f"{nth}")
        of.path.parent.mkdir()
        if before:
            add(of, *before)

        def asked(of: Ledger = of, nth: int = nth) -> None:
            nonlocal looks, wrote
            looks += 1
            if looks == nth:
                add(of, 7)
                wrote += 1

        Seen.asked = staticmethod(asked)
        entries, copy = ledger.both(replace(of, path=Seen(of.path), copy=Seen(of.copy or "")), check)
        assert ledger.lost(entries, copy) == ()
        assert [entry["n"] for entry in entries] in ([*before], [*before, 7])
    assert wrote >= 2


def test_a_run_that_holds_the_file_makes_the_other_one_say_so(tmp_path: Path) -> None:
    of = replace(book(tmp_path), patience=0.0)

    def inside(_before: object) -> Sequence[Entry]:
        with pytest.raises(ProblemError) as caught:
            add(of, 2)
        assert caught.value.problem.code == "locked"
        return [{"n": 1}]

    ledger.append(of, CLOCK, check, inside)
    assert numbers(of) == [1]


def test_half_a_sign_is_damage_and_nothing_is_written_over_it(tmp_path: Path) -> None:
    of = book(tmp_path)
    add(of, 1)
    document = json.loads(of.path.read_text())
    document["entries"][0]["said"] = "\ud800"
    del document["sha256"]
    spoilt = json.dumps(document)
    of.path.write_text(spoilt)
    with pytest.raises(ProblemError, match="half a sign"):
        add(of, 2)
    assert of.path.read_text() == spoilt


@pytest.mark.parametrize("how", ["damaged", "gone", "damaged, and no copy", "gone, and the copy is cut"])
def test_what_a_remedy_prints_runs_as_it_stands_and_leads_out(tmp_path: Path, how: str) -> None:
    """Copied from its quotes into a shell, below a folder with a blank and a quote in it."""
    of = book(tmp_path / "kim's set-ups")
    assert of.copy is not None
    of.path.parent.mkdir()
    add(of, 7)
    if how.startswith("gone"):
        of.path.unlink()
    else:
        of.path.write_bytes(of.path.read_bytes()[:-9])
    if how.endswith("no copy"):
        of.copy.unlink()
    elif how.endswith("cut"):
        of.copy.write_bytes(of.copy.read_bytes()[:-9])
    with pytest.raises(ProblemError) as caught:
        numbers(of)
    first = re.findall("“([^”]+)”", " ".join(caught.value.problem.remedy))[0]
    there = set(of.path.parent.rglob("*"))
    subprocess.run(["/bin/sh", "-c", first], check=True)
    assert numbers(of) == ([7] if how in {"damaged", "gone"} else [])
    added = {path.name for path in set(of.path.parent.rglob("*")) - there}
    assert added <= {of.path.name, f"{of.path.name}.damaged", f"{of.copy.name}.old"}
