"""Files that survive a crash and never replace each other by accident.

Two kinds of writing exist. A key file is *published*: complete, on the medium, and only under a name that was free.
A file of the program's own (setup, draft) is *replaced*: readers see the old or the new content, never a mixture.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from services import file_trust, leftovers, seen
from services.disk import DISK as DISK  # noqa: PLC0414  # the same names for whoever writes files
from services.disk import Disk as Disk  # noqa: PLC0414
from services.file_problems import OthersError, unread, unwritten
from services.folder_trust import Exposure, exposures
from services.problems import refuse

LIMIT = 1 << 20
"""Bytes that `read_small` takes unless told otherwise; a key, setup or password file has a few thousand."""

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK})
_NO_MODES = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS})
_NO_FOLDER_SYNC = frozenset({errno.EINVAL, errno.EBADF, errno.EOPNOTSUPP, errno.ENOTSUP})


Content: TypeAlias = bytes | bytearray | Callable[[], Iterable[bytes]]
"""What a file is to hold; a callable gives it in pieces, anew each time, where it is too much for the memory."""


@dataclass(frozen=True)
class Published:
    """A file that is now on the medium, and what the medium could not do for it."""

    path: Path
    linked: bool = True
    modes: bool = True
    exposed: tuple[Exposure, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Whole sentences for the person; none on an ordinary file system."""
        said: list[str] = []
        if not self.modes:
            said.append(
                f"The medium of {self.path.parent} keeps no file permissions, as FAT sticks do: "
                f"everybody who holds it can read {self.path.name}."
            )
        if not self.linked:
            said.append(
                f"The medium of {self.path.parent} knows no hard links, as FAT sticks do: {self.path.name} was "
                "written in place, so do not unplug the medium before the program says that it is done."
            )
        if self.modes:
            said += (
                f"{one.who} can write to {one.folder}, and so take {self.path.name} away or put another file in its "
                "place: move it to a folder that is yours alone."
                for one in self.exposed
            )
        return tuple(said)


def publish(path: Path, data: Content, mode: int = 0o400, disk: Disk = DISK) -> Published:
    """Write a new file, durable before its name exists; a name that exists is never touched.

    Errors: `exists` when the name is taken, `folder` when the medium is full, read-only or gone.
    """
    try:
        with opened(path.parent) as folder:
            with _temporary(folder, path.name) as name:
                modes = _write(folder, name, data, mode, disk)
                linked = _linked(folder, name, path.name, disk)
            if not linked:
                _write_in_place(folder, path.name, data, mode, disk)
            _sync_folder(folder, disk)
    except OSError as error:
        raise unwritten(error, path) from None
    return Published(path, linked, modes, exposures(path.parent))


def replace(path: Path, data: bytes, mode: int = 0o600, disk: Disk = DISK, *, shared: bool = False) -> None:
    """Give a file of the program's own new content at once; a symbolic link of that name is replaced, not followed.

    One that is `shared` with other users stays theirs: it keeps its mode, owner and group; where it cannot, nothing is
    written. Not for keys: what was there is gone. Errors: `folder`.
    """
    try:
        with opened(path.parent) as folder, _temporary(folder, path.name) as name:
            like = _ordinary(folder, path.name) if shared else None
            _write(folder, name, data, mode if like is None else stat.S_IMODE(like.st_mode), disk, like=like)
            os.replace(name, path.name, src_dir_fd=folder, dst_dir_fd=folder)
            _sync_folder(folder, disk)
    except OSError as error:
        raise unwritten(error, path) from None


def folder(path: Path) -> Path:
    """Make a folder, and those above it that are missing, for its owner alone; one that exists stays as it is."""
    try:
        for part in reversed((path, *path.parents)):
            if not seen.folder(part):
                _make_folder(part)
    except OSError as error:
        raise unwritten(error, path) from None
    return path


def sync(path: Path, disk: Disk = DISK) -> None:
    """Put a folder's own entries on the disk, so that a file that is new in it survives a crash."""
    with opened(path) as folder:
        _sync_folder(folder, disk)


def read_small(path: Path, limit: int = LIMIT, *, stream: bool = False) -> bytes:
    """The content of a file of at most `limit` bytes; `stream` as for `read_secret`. Errors: `unreadable-file`."""
    return bytes(read_secret(path, limit, stream=stream))


def read_secret(path: Path, limit: int = LIMIT, *, stream: bool = False) -> bytearray:
    """The same in a buffer that its owner can clear after use.

    What is no ordinary file is refused, so that no page waits for a pipe; `stream` takes one, as commands do.
    """
    try:
        handle = file_trust.open_read(path, stream=stream)
        try:
            content = drain(handle, limit)
        finally:
            os.close(handle)
    except OSError as error:
        raise unread(error, path) from None
    if len(content) > limit:
        content[:] = bytes(len(content))
        raise refuse(
            "unreadable-file",
            f"{path} has more than {limit} bytes, which is no file that belongs here.",
            "Check that this is the right file.",
            where=path,
        )
    return content


def read_back(path: Path, limit: int = LIMIT) -> bytes:
    """Like `read_small`, but from the medium where the system allows it, not from the copy in memory."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            handle = file_trust.open_read(path)
            try:
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(handle)
    return read_small(path, limit)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[int]:
    """A descriptor of the folder, so that all steps happen in the same one, whatever is renamed meanwhile.

    A link of another user on the way to it is refused: what it leads to is theirs to choose, and to change.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        file_trust.judge_way(path.absolute())
        if not os.path.samestat(path.stat(), os.fstat(descriptor)):
            raise PermissionError(errno.EPERM, "its folder was swapped for another one a moment ago")
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _temporary(folder: int, name: str) -> Iterator[str]:
    temporary = leftovers.fresh(name)
    try:
        yield temporary
    finally:
        _unlink(folder, temporary)


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        if not seen.folder(path):  # else somebody made it a moment ago
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from None


def _ordinary(folder: int, name: str) -> os.stat_result | None:
    """What the file of this name is like, if there is one."""
    try:
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def _write(
    folder: int,
    name: str,
    data: Content,
    mode: int,
    disk: Disk,
    *,
    like: os.stat_result | None = None,
) -> bool:
    """Create `name` with this content, on the medium; says whether it has the mode that was asked for.

    With `like` it is for the users that the file of this status is for, and else not at all.
    """
    descriptor = os.open(name, _NEW, 0o600, dir_fd=folder)
    try:
        if like is not None and not file_trust.handed_over(descriptor, like, disk.chown):
            raise OthersError
        return _fill(descriptor, data, mode, disk)
    finally:
        os.close(descriptor)


def _fill(descriptor: int, data: Content, mode: int, disk: Disk) -> bool:
    for piece in data() if callable(data) else (data,):
        rest = memoryview(piece)
        while rest:
            rest = rest[disk.write(descriptor, rest) :]
    try:
        disk.chmod(descriptor, mode)
    except OSError as error:
        if error.errno not in _NO_MODES:
            raise
    disk.sync(descriptor)
    return stat.S_IMODE(os.fstat(descriptor).st_mode) == mode


def _linked(folder: int, temporary: str, final: str, disk: Disk) -> bool:
    """Give the temporary file its final name; False where the medium knows no hard links."""
    try:
        disk.link(folder, temporary, final)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return False
    return True


def _write_in_place(folder: int, name: str, data: Content, mode: int, disk: Disk) -> None:
    """Without hard links the exclusive creation of the final name is what refuses an existing one."""
    descriptor = os.open(name, _NEW, 0o600, dir_fd=folder)
    try:
        _fill(descriptor, data, mode, disk)
    except BaseException:
        _unlink(folder, name)  # created a moment ago by us: nobody's file is lost
        raise
    finally:
        os.close(descriptor)


def _unlink(folder: int, name: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(name, dir_fd=folder)


def _sync_folder(folder: int, disk: Disk) -> None:
    try:
        disk.sync(folder)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise


def drain(descriptor: int, limit: int) -> bytearray:
    """All that is left to read, but no more than one byte beyond the limit."""
    content = bytearray()
    while len(content) <= limit:
        piece = os.read(descriptor, limit + 1 - len(content))
        if not piece:
            break
        content += piece
    return content
