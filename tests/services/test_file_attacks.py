"""Links, pipes, devices, second names and strangers' files at every place that the program writes or reads by itself.

Each ends in a refusal in a whole sentence, or in a file of the program's own in its place; never in a write through
it, a wider mode, or a wait for somebody at the other end of a pipe (the time-out of the tests would tell).
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services import file_trust, files, last_errors, ledger, leftovers, own_files, setup_file
from services.engine import lock
from services.ledger import Ledger
from services.problems import Problem, ProblemError
from services.recovery import keyfiles
from services.recovery.gathering import Gathering
from services.setups import State
from tests import tally
from tests.obstacles import OBSTACLES, STRANGER, Obstacle
from tests.ports import FakeClock
from tests.world import ACCOUNT, SETUP, sample
from wizard import log

CLOCK = FakeClock()
MOMENT = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """A path that the program writes by itself, and the work that writes it."""

    name: str
    path: str
    write: Callable[[Path], object]
    replaces: bool
    """Whether what stands there is replaced by a new file, and not written into."""


def _state(folder: Path) -> State:
    return State(folder / "state")


def _book(folder: Path) -> Ledger:
    copy = _state(folder).setups / f"{SETUP}.record.json"
    return Ledger(folder / "acme.record.json", copy, SETUP, "record", "record", "begin anew", patience=0.0)


def _append(of: Ledger) -> object:
    return ledger.append(of, CLOCK, lambda _entry: None, lambda _before: [{"n": 1}])


def _remember(folder: Path) -> None:
    path = folder / "acme.toml"
    setup = setup_file.read(path) if path.exists() else setup_file.create(path, sample())
    _state(folder).remember(setup)


def _keep(folder: Path) -> None:
    _state(folder).folder.mkdir(exist_ok=True, mode=0o700)
    last_errors.keep(_state(folder), Problem("denied", "No.", ("Ask.",)), "apply", MOMENT)


def _lock(folder: Path) -> object:
    with lock.held(_state(folder).setups, ACCOUNT, "eu-west-1", SETUP):
        return None


PLACES = (
    Place("journal", f"state/setups/{SETUP}.journal.jsonl", lambda f: _state(f).journal(SETUP, CLOCK).append({"event": "x"}), False),
    Place("log", "log", lambda f: log.append(f / "log", CLOCK, "s3:HeadBucket: ok"), False),
    Place("drafts", f"state/setups/{SETUP}.drafts.json", lambda f: _state(f).keep_drafts(SETUP, {"a": "b"}), True),
    Place("note", f"state/setups/{SETUP}.path", _remember, True),
    Place("errors", "state/errors.jsonl", _keep, True),
    Place("lock", f"state/setups/{SETUP}.{ACCOUNT}.eu-west-1.lock", _lock, False),
    Place("record-copy", f"state/setups/{SETUP}.record.json", lambda f: _append(_book(f)), False),
    Place("record-lock", ".acme.record.json.lock", lambda f: _append(_book(f)), False),
    Place("key", "keys/recovery.pke1", lambda f: files.publish(f / "keys" / "recovery.pke1", b"sealed"), False),
)  # fmt: skip


def problem_of(place: Place, folder: Path) -> Problem | None:
    """What the work was refused with, if it was."""
    try:
        place.write(folder)
    except ProblemError as error:
        return error.problem
    return None


def _whole(problem: Problem) -> bool:
    return problem.summary.endswith(".") and "\n" not in problem.summary and bool(problem.remedy)


@pytest.mark.parametrize("obstacle", OBSTACLES, ids=lambda one: one.name)
@pytest.mark.parametrize("place", PLACES, ids=lambda one: one.name)
def test_nothing_is_written_through_what_stands_in_a_file_s_place(
    tmp_path: Path, place: Place, obstacle: Obstacle
) -> None:
    path, victim = tmp_path / place.path, tmp_path / "victim"
    seen = obstacle.place(path, victim)
    before, there = seen(), os.lstat(path)
    problem = problem_of(place, tmp_path)
    refused = problem is not None and (problem.exit_code in {6, 7} or problem.code == "unreadable-file")
    assert problem is None or (_whole(problem) and refused), problem
    assert seen() == before, "the victim's file was changed"
    assert not victim.with_name("not-there").exists()
    after = os.lstat(path)
    if place.replaces and (after.st_ino, after.st_mode) != (there.st_ino, there.st_mode):
        assert stat.S_ISREG(after.st_mode)
        assert stat.S_IMODE(after.st_mode) == 0o600
        assert after.st_uid == os.geteuid()
    else:
        assert stat.S_IMODE(after.st_mode) & ~stat.S_IMODE(there.st_mode) == 0, "the mode was widened"
        assert after.st_size <= there.st_size or stat.S_ISDIR(after.st_mode), "somebody else's file grew"
    tally.count("faults injected")


NEVER_USED = {"link", "dangling-link", "hard-link", "strangers-file", "strangers-link", "fifo", "socket"}


@pytest.mark.parametrize(
    "obstacle", [one for one in OBSTACLES if one.name in NEVER_USED], ids=lambda one: one.name
)
@pytest.mark.parametrize(
    "place", [one for one in PLACES if one.name in {"journal", "log"}], ids=lambda one: one.name
)
def test_a_journal_and_a_log_are_refused_there_with_the_reason(
    tmp_path: Path, place: Place, obstacle: Obstacle
) -> None:
    obstacle.place(tmp_path / place.path, tmp_path / "victim")
    with pytest.raises(ProblemError) as refused:
        place.write(tmp_path)
    reasons = ("a link", "second name", "another user", "a pipe", "a socket")
    assert any(reason in refused.value.problem.summary for reason in reasons), refused.value.problem.summary


READERS: Sequence[tuple[str, Callable[[Path], object]]] = (
    ("setup-file", setup_file.read),
    ("small", files.read_small),
    ("secret", files.read_secret),
    ("back", files.read_back),
    ("own", own_files.read_own),
    ("share", lambda path: Gathering(2).read(path)),
)


@pytest.mark.parametrize("obstacle", ["fifo", "socket", "folder", "device", "dangling-link"])
@pytest.mark.parametrize(("name", "read"), READERS, ids=lambda one: one if isinstance(one, str) else "")
def test_what_is_no_file_is_not_read_and_nobody_waits(
    tmp_path: Path, name: str, read: Callable[[Path], object], obstacle: str
) -> None:
    path = tmp_path / "given"
    next(one for one in OBSTACLES if one.name == obstacle).place(path, tmp_path / "victim")
    with pytest.raises(ProblemError) as refused:
        read(path)
    assert refused.value.problem.code == "unreadable-file"
    assert _whole(refused.value.problem)
    assert refused.value.problem.where == str(path)
    tally.count("faults injected")


@pytest.mark.parametrize(
    "obstacle", ["fifo", "link", "hard-link", "strangers-file", "device", "socket", "folder"]
)
def test_a_journal_that_somebody_else_wrote_proves_nothing(tmp_path: Path, obstacle: str) -> None:
    state = _state(tmp_path)
    path, victim = state.setups / f"{SETUP}.journal.jsonl", tmp_path / "victim"
    next(one for one in OBSTACLES if one.name == obstacle).place(path, victim)
    with pytest.raises(ProblemError) as refused:
        state.journal(SETUP, CLOCK).begun()
    assert refused.value.problem.code == "unreadable-file"
    assert state.drafts(SETUP) == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_how_far_a_set_up_has_come_nobody_else_may_say(tmp_path: Path) -> None:
    state = _state(tmp_path)
    state.keep_drafts(SETUP, {".verified": "yes"})
    assert state.drafts(SETUP) == {".verified": "yes"}
    os.chown(state.setups / f"{SETUP}.drafts.json", STRANGER, STRANGER)
    assert state.drafts(SETUP) == {}


def test_wider_modes_of_files_and_folders_of_the_program_s_own_are_taken_back(tmp_path: Path) -> None:
    state = _state(tmp_path)
    state.setups.mkdir(parents=True)
    state.setups.chmod(0o777)
    journal, kept = state.setups / f"{SETUP}.journal.jsonl", tmp_path / "log"
    for path in (journal, kept):
        path.write_bytes(b"")
        path.chmod(0o666)
    state.journal(SETUP, CLOCK).append({"event": "x"})
    log.append(kept, CLOCK, "s3:HeadBucket: ok")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (state.setups, journal, kept)] == [
        0o700,
        0o600,
        0o600,
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_a_state_folder_of_another_user_is_not_used(tmp_path: Path) -> None:
    state = _state(tmp_path)
    state.setups.mkdir(parents=True)
    os.chown(state.setups, STRANGER, STRANGER)
    for write in (PLACES[0].write, PLACES[2].write, _lock):
        with pytest.raises(ProblemError) as refused:
            write(tmp_path)
        assert "belongs to another user" in refused.value.problem.summary
    assert list(state.setups.iterdir()) == []


LEVELS = ("audits", SETUP, "list")


@pytest.mark.parametrize("level", range(len(LEVELS)), ids=LEVELS)
@pytest.mark.parametrize("kind", ["link", "strangers-link", "strangers-folder", "file"])
def test_a_folder_is_held_only_below_folders_of_ones_own(tmp_path: Path, kind: str, level: int) -> None:
    victim, place = tmp_path / "victim", tmp_path.joinpath("state", *LEVELS[: level + 1])
    precious = victim.joinpath(*LEVELS[level + 1 :], "precious")
    for folder in (precious.parent, place.parent):
        folder.mkdir(parents=True)
    precious.write_bytes(b"the only one")
    if kind == "file":
        place.touch()
    elif kind == "strangers-folder":
        place.mkdir()
    else:
        place.symlink_to(victim)
    if kind.startswith("strangers"):
        if os.geteuid() != 0:
            pytest.skip("only root can give a folder to another user")
        os.chown(place, STRANGER, STRANGER, follow_symlinks=False)
    with pytest.raises(ProblemError) as refused, own_files.held(tmp_path / "state", *LEVELS) as held:
        held.remove()
    assert (refused.value.problem.code, refused.value.problem.where) == ("folder", str(place))
    assert _whole(refused.value.problem)
    assert precious.read_bytes() == b"the only one"
    tally.count("faults injected")


@pytest.mark.parametrize(
    "obstacle", [one for one in OBSTACLES if one.name != "folder"], ids=lambda one: one.name
)
@pytest.mark.parametrize("inside", ["audit.duckdb", "report/data.csv.gz"])
def test_a_folder_in_which_another_put_something_is_not_held(
    tmp_path: Path, inside: str, obstacle: Obstacle
) -> None:
    unchanged = obstacle.place(tmp_path.joinpath("state", *LEVELS, inside), tmp_path / "victim")
    before = unchanged()
    with pytest.raises(ProblemError) as refused, own_files.held(tmp_path / "state", *LEVELS) as held:
        held.remove()
    assert _whole(refused.value.problem)
    assert unchanged() == before
    tally.count("faults injected")


def test_what_was_held_is_removed_and_nothing_else_even_if_its_way_was_swapped(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.joinpath(*LEVELS[1:]).mkdir(parents=True)
    with own_files.held(tmp_path / "state", *LEVELS) as held:
        (held.path / "audit.duckdb").touch()
        assert stat.S_IMODE(held.path.stat().st_mode) == 0o700
        (tmp_path / "state" / "audits").rename(tmp_path / "away")
        (tmp_path / "state" / "audits").symlink_to(victim)
        held.remove()
    assert victim.joinpath(*LEVELS[1:]).is_dir()
    assert [path.name for path in tmp_path.joinpath("away", SETUP).iterdir()] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a link to another user")
@pytest.mark.parametrize("behind", [False, True], ids=["at-once", "behind-a-link-of-ours"])
@pytest.mark.parametrize("work", ["publish", "replace", "record"])
def test_no_file_goes_where_another_user_s_link_leads(tmp_path: Path, work: str, behind: bool) -> None:
    lair, way = tmp_path / "lair", tmp_path / "way"
    lair.mkdir()
    setup_file.create(lair / "acme.toml", sample())
    before = (lair / "acme.toml").read_bytes()
    way.symlink_to(lair)
    os.chown(way, STRANGER, STRANGER, follow_symlinks=False)
    if behind:
        (tmp_path / "ours").symlink_to(way)
        way = tmp_path / "ours"
    works: dict[str, Callable[[], object]] = {
        "publish": lambda: files.publish(way / "key", b"content"),
        "replace": lambda: files.replace(way / "acme.toml", b"content"),
        "record": lambda: setup_file.record(setup_file.read(way / "acme.toml"), {"aws.region": "us-east-1"}),
    }
    with pytest.raises(ProblemError) as refused:
        works[work]()
    assert "link that another user made" in refused.value.problem.summary
    assert [path.name for path in lair.iterdir()] == ["acme.toml"]
    assert (lair / "acme.toml").read_bytes() == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a link to another user")
def test_a_record_lies_beside_a_link_of_one_s_own_and_not_where_another_user_s_leads(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link, there = tmp_path / "acme.toml", tmp_path / "there" / "acme.toml"
    there.touch()
    link.symlink_to(there)
    assert ledger.beside(link, "record") == tmp_path / "there" / "acme.record.json"
    os.chown(link, STRANGER, STRANGER, follow_symlinks=False)
    assert ledger.beside(link, "record") == tmp_path / "acme.record.json"


def test_links_of_one_s_own_are_followed_to_folders_and_kept_for_a_setup_file(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "here").symlink_to(tmp_path / "there")
    files.publish(tmp_path / "here" / "key", b"content")
    made = setup_file.create(tmp_path / "there" / "acme.toml", sample())
    (tmp_path / "acme.toml").symlink_to(made.path)
    setup_file.record(setup_file.read(tmp_path / "acme.toml"), {"aws.region": "us-east-1"})
    assert (tmp_path / "acme.toml").is_symlink()
    assert setup_file.read(made.path).answers.text("aws.region") == "us-east-1"


WRITERS: Sequence[tuple[str, Callable[[Path], object]]] = (
    ("acme.toml", lambda f: setup_file.record(setup_file.read(f / "acme.toml"), {"aws.region": "us-east-1"})),
    ("acme.record.json", lambda f: _append(_book(f))),
)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
@pytest.mark.parametrize(("name", "write"), WRITERS, ids=[name for name, _ in WRITERS])
def test_what_root_writes_stays_its_owner_s(
    tmp_path: Path, name: str, write: Callable[[Path], object]
) -> None:
    setup_file.create(tmp_path / "acme.toml", sample())
    _append(_book(tmp_path))
    path = tmp_path / name
    path.chmod(0o660)
    os.chown(path, STRANGER, STRANGER + 1)
    before = path.read_bytes()
    write(tmp_path)
    after = path.stat()
    assert path.read_bytes() != before
    assert (after.st_uid, after.st_gid, stat.S_IMODE(after.st_mode)) == (STRANGER, STRANGER + 1, 0o660)


def _as_member(descriptor: int, owner: int, group: int) -> None:
    """What the system lets a member of the file's group do."""
    if owner not in {-1, os.geteuid()}:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
    os.fchown(descriptor, owner, group)


def _as_nobody(_descriptor: int, _owner: int, _group: int) -> None:
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
@pytest.mark.parametrize(
    ("chown", "owner", "mode", "written"),
    [
        pytest.param(_as_member, STRANGER, 0o660, True, id="a colleague of the group, who may do the same"),
        pytest.param(_as_member, STRANGER, 0o640, False, id="a group that may only read it"),
        pytest.param(_as_member, STRANGER, 0o600, False, id="a file of its owner alone"),
        pytest.param(_as_nobody, STRANGER, 0o666, False, id="no member of the group"),
        pytest.param(_as_nobody, 0, 0o640, False, id="an own file that a foreign group reads"),
        pytest.param(_as_nobody, 0, 0o600, True, id="an own file of a foreign group without rights"),
    ],
)
def test_nothing_is_written_that_its_owner_or_group_would_lose(
    tmp_path: Path, chown: Callable[[int, int, int], None], owner: int, mode: int, written: bool
) -> None:
    path = tmp_path / "acme.toml"
    path.write_bytes(b"before")
    path.chmod(mode)
    os.chown(path, owner, STRANGER)
    disk = replace(files.DISK, chown=chown)
    if written:
        files.replace(path, b"after", disk=disk, shared=True)
        assert path.stat().st_gid == (STRANGER if mode & 0o070 else 0)
    else:
        with pytest.raises(ProblemError) as refused:
            files.replace(path, b"after", disk=disk, shared=True)
        assert refused.value.problem.code == "folder"
        assert _whole(refused.value.problem)
    assert path.read_bytes() == (b"after" if written else b"before")
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert [one.name for one in tmp_path.iterdir()] == ["acme.toml"]


def test_only_ordinary_files_are_leftovers(tmp_path: Path) -> None:
    key = tmp_path / "recovery.pke1"
    folder, link, left = (tmp_path / f".recovery.pke1.{number:016x}.tmp" for number in range(3))
    folder.mkdir()
    link.symlink_to(tmp_path / "x")
    left.touch()
    assert leftovers.of(key) == (left,)
    if os.geteuid() == 0:
        os.chown(left, STRANGER, STRANGER)
        assert leftovers.of(key) == ()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_a_file_of_another_user_is_no_leftover_and_stays(tmp_path: Path) -> None:
    theirs = tmp_path / f".recovery.pke1.{0:016x}.tmp"
    theirs.touch()
    os.chown(theirs, STRANGER, STRANGER)
    keyfiles.clear(tmp_path / "recovery.pke1")
    assert theirs.exists()


def test_a_folder_that_everybody_can_write_to_is_named(tmp_path: Path) -> None:
    for mode, said in ((0o777, True), (0o1777, False), (0o775, False), (0o700, False)):
        tmp_path.chmod(mode)
        notes = files.publish(tmp_path / f"key-{mode:o}", b"content").notes
        assert any("Every user" in note for note in notes) is said, mode
    tmp_path.chmod(0o700)


def test_root_is_trusted_and_a_stranger_is_not(tmp_path: Path) -> None:
    def status(uid: int) -> os.stat_result:
        return os.stat_result((0o100600, 0, 0, 1, uid, 0, 0, 0, 0, 0))

    assert file_trust.trusted(status(0))
    assert file_trust.trusted(status(os.geteuid()))
    assert not file_trust.trusted(status(STRANGER))
