"""Files: complete or absent, never overwritten, whatever the medium does in between."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services import files, leftovers
from services.files import DISK, Disk
from services.problems import ProblemError

NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS)


def failing(error: int, at: int = 1) -> Callable[..., Any]:
    """A call that does nothing, and from its `at`-th time on fails."""
    left = [at]

    def call(*_: object) -> None:
        left[0] -= 1
        if left[0] <= 0:
            raise OSError(error, os.strerror(error))

    return call


def with_call(name: str, function: Callable[..., Any]) -> Disk:
    changed: dict[str, Any] = {name: function}
    return replace(DISK, **changed)


def without_links(error: int = errno.EPERM) -> Disk:
    return replace(DISK, link=failing(error))


def full_after(size: int) -> Disk:
    """A medium with room for so many bytes."""
    room = [size]

    def write(descriptor: int, data: memoryview) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = os.write(descriptor, data[: room[0]])
        room[0] -= written
        return written

    return replace(DISK, write=write)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def code_of(error: pytest.ExceptionInfo[ProblemError]) -> str:
    return error.value.problem.code


@pytest.mark.parametrize("mode", [0o400, 0o444, 0o600])
@pytest.mark.parametrize("disk", [DISK, without_links()], ids=["links", "no-links"])
def test_a_published_file_is_whole_has_its_mode_and_leaves_nothing_beside_it(
    tmp_path: Path, mode: int, disk: Disk
) -> None:
    published = files.publish(tmp_path / "key", b"content", mode, disk)
    assert published.path.read_bytes() == b"content"
    assert stat.S_IMODE(published.path.stat().st_mode) == mode
    assert published.path.stat().st_nlink == 1
    assert names(tmp_path) == ["key"]
    assert published.linked is (disk is DISK)


@pytest.mark.parametrize("error", NO_LINKS)
def test_a_medium_without_hard_links_is_written_in_place_and_named(tmp_path: Path, error: int) -> None:
    published = files.publish(tmp_path / "key", b"content", disk=without_links(error))
    assert not published.linked
    assert any("hard links" in note for note in published.notes)
    with pytest.raises(ProblemError) as refused:
        files.publish(tmp_path / "key", b"other", disk=without_links(error))
    assert code_of(refused) == "exists"
    assert (tmp_path / "key").read_bytes() == b"content"


def test_a_medium_without_modes_is_named(tmp_path: Path) -> None:
    published = files.publish(tmp_path / "key", b"content", 0o400, replace(DISK, chmod=failing(errno.EPERM)))
    assert not published.modes
    assert any("permissions" in note for note in published.notes)
    assert files.publish(tmp_path / "ordinary", b"content").notes == ()


def test_short_writes_are_continued(tmp_path: Path) -> None:
    def one(descriptor: int, data: memoryview) -> int:
        return os.write(descriptor, data[:1])

    published = files.publish(tmp_path / "key", b"content", disk=replace(DISK, write=one))
    assert published.path.read_bytes() == b"content"


def occupy_with_file(path: Path) -> None:
    path.write_bytes(b"theirs")


def occupy_with_folder(path: Path) -> None:
    path.mkdir()


def occupy_with_link(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


@pytest.mark.parametrize("disk", [DISK, without_links()], ids=["links", "no-links"])
@pytest.mark.parametrize("occupy", [occupy_with_file, occupy_with_folder, occupy_with_link])
def test_what_has_the_name_already_is_never_touched(
    tmp_path: Path, occupy: Callable[[Path], None], disk: Disk
) -> None:
    occupy(tmp_path / "key")
    before = os.lstat(tmp_path / "key")
    with pytest.raises(ProblemError) as refused:
        files.publish(tmp_path / "key", b"ours", disk=disk)
    after = os.lstat(tmp_path / "key")
    assert code_of(refused) == "exists"
    assert str(tmp_path / "key") in refused.value.problem.summary
    assert (before.st_ino, before.st_mtime_ns, before.st_mode) == (
        after.st_ino,
        after.st_mtime_ns,
        after.st_mode,
    )
    assert names(tmp_path) == ["key"]


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ENOENT])
@pytest.mark.parametrize("call", ["write", "sync", "chmod", "link"])
def test_a_failing_medium_is_a_problem_of_the_folder_and_leaves_nothing(
    tmp_path: Path, call: str, error: int
) -> None:
    disk = with_call(call, failing(error))
    with pytest.raises(ProblemError) as refused:
        files.publish(tmp_path / "key", b"content", disk=disk)
    assert code_of(refused) == "folder"
    assert refused.value.problem.exit_code == 7
    assert refused.value.problem.remedy
    assert names(tmp_path) == []


@given(room=st.integers(0, 9), linked=st.booleans())
@settings(deadline=None)
def test_a_medium_that_fills_up_leaves_nothing(
    tmp_path_factory: pytest.TempPathFactory, room: int, linked: bool
) -> None:
    folder = tmp_path_factory.mktemp("full")
    disk = full_after(
        room if linked else 10 + room
    )  # without links the second copy meets the end of the room
    if not linked:
        disk = replace(disk, link=failing(errno.EPERM))
    with pytest.raises(ProblemError) as refused:
        files.publish(folder / "key", b"0123456789", disk=disk)
    assert code_of(refused) == "folder"
    assert "full" in refused.value.problem.summary
    assert names(folder) == []


@pytest.mark.parametrize("call", ["write", "chmod", "sync", "link"])
@pytest.mark.parametrize("effect", ["before", "after"])
def test_killed_at_any_call_the_name_is_absent_or_the_file_whole(
    tmp_path: Path, call: str, effect: str
) -> None:
    real = getattr(DISK, call)

    def kill(*arguments: object) -> None:
        if effect == "after":
            real(*arguments)
        os._exit(137)

    child = os.fork()
    if child == 0:
        files.publish(tmp_path / "key", b"content", disk=with_call(call, kill))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 137
    found = tmp_path / "key"
    assert found.exists() is (call == "link" and effect == "after")
    if found.exists():
        assert found.read_bytes() == b"content"
    assert [path.name for path in leftovers.of(found)] == [n for n in names(tmp_path) if n != "key"]
    assert len(leftovers.of(found)) == 1


@pytest.mark.parametrize("gone", ["missing", "a-file"])
def test_a_vanished_folder_is_a_problem_of_the_folder(tmp_path: Path, gone: str) -> None:
    (tmp_path / "a-file").write_bytes(b"")
    for write in (files.publish, files.replace):
        with pytest.raises(ProblemError) as refused:
            write(tmp_path / gone / "key", b"content")
        assert code_of(refused) == "folder"


def test_replace_gives_new_content_with_its_mode_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "setup.toml"
    files.replace(path, b"one")
    files.replace(path, b"two")
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert names(tmp_path) == ["setup.toml"]


def test_replace_replaces_a_link_and_does_not_write_through_it(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.write_bytes(b"theirs")
    (tmp_path / "setup.toml").symlink_to(target)
    files.replace(tmp_path / "setup.toml", b"ours")
    assert target.read_bytes() == b"theirs"
    assert not (tmp_path / "setup.toml").is_symlink()


@pytest.mark.parametrize("call", ["write", "chmod", "sync"])
def test_a_failed_replace_keeps_the_old_content(tmp_path: Path, call: str) -> None:
    path = tmp_path / "setup.toml"
    files.replace(path, b"old")
    with pytest.raises(ProblemError) as refused:
        files.replace(path, b"new", disk=with_call(call, failing(errno.ENOSPC)))
    assert code_of(refused) == "folder"
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["setup.toml"]


def test_a_medium_that_cannot_sync_folders_is_no_problem(tmp_path: Path) -> None:
    disk = replace(DISK, sync=failing(errno.EINVAL, at=2))
    assert files.publish(tmp_path / "key", b"content", disk=disk).path.read_bytes() == b"content"


def test_folders_are_made_for_their_owner_alone_and_existing_ones_stay(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    made = files.folder(tmp_path / "state" / "setups")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (made, made.parent, tmp_path)] == [
        0o700,
        0o700,
        0o755,
    ]
    assert files.folder(made) == made


def test_a_file_where_a_folder_should_be_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ProblemError) as refused:
            files.folder(path)
        assert code_of(refused) == "folder"


@given(size=st.integers(0, 40), limit=st.integers(0, 40))
@settings(deadline=None)
def test_files_are_read_up_to_the_limit_and_not_beyond(
    tmp_path_factory: pytest.TempPathFactory, size: int, limit: int
) -> None:
    path = tmp_path_factory.mktemp("read") / "file"
    path.write_bytes(bytes(size))
    if size <= limit:
        assert files.read_small(path, limit) == bytes(size) == files.read_back(path, limit)
    else:
        with pytest.raises(ProblemError) as refused:
            files.read_small(path, limit)
        assert code_of(refused) == "unreadable-file"


@pytest.mark.parametrize("path", ["missing", ".", "file/below", "/dev/zero"])
def test_what_cannot_be_read_is_named(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ProblemError) as refused:
        files.read_small(tmp_path / path)
    assert code_of(refused) == "unreadable-file"
    assert refused.value.problem.where == str(tmp_path / path)


def test_only_own_temporary_names_count_as_such(tmp_path: Path) -> None:
    for name in (
        ".key.0123456789abcdef.tmp",
        ".key.tmp",
        ".key.short.tmp",
        ".key.0123456789ABCDEF.tmp",
        ".key.0123456789abcdeg.tmp",
        ".key.0123456789abcdef.tmp.tmp",
        ".key.my-backup-of-key.tmp",
        ".key.0123456789abcdef.tmp\n",
        ".keys.0123456789abcdef.tmp",
        "key",
    ):
        (tmp_path / name).write_bytes(b"")
    found = leftovers.of(tmp_path / "key")
    assert [path.name for path in found] == [".key.0123456789abcdef.tmp"]
