"""What the program takes for a file of its own: an ordinary one, under one name, that no other user put there.

Whoever can write into a folder can put a link, a pipe or a file of theirs where the program looks for its own. So each
file is judged by its descriptor, after it was opened and before a byte is read or written: what is swapped in later
changes nothing. The owners that count are the user of the process and root, who can do everything anyway.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

OWN = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""Flags for a file of the program's own: its name is no link, and nobody is waited for at a pipe."""

_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a link",
}


def open_read(path: Path, *, stream: bool = False) -> int:
    """A descriptor for reading what a person named. Raises `OSError`, also for what is no ordinary file.

    `stream` also takes a pipe or a terminal and waits for it: for the command line, where `<(…)` is one.
    """
    waits = 0 if stream else os.O_NONBLOCK
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | waits)
    except OSError as error:
        raise _told(error, path) from None
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode) or (stream and not stat.S_ISDIR(mode)):
        return handle
    os.close(handle)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    raise OSError(errno.EINVAL, f"it is {_KINDS.get(stat.S_IFMT(mode), 'something else')}, and no file")


def open_own(path: Path, flags: int, *, device: bool = False) -> int:
    """A descriptor of a file of the program's own, made with 0600 if it is new; one that is wider becomes so.

    Raises `OSError` for a link, a second name, another user's file and what is no file; a `device` may be agreed to.
    """
    try:
        handle = os.open(path, flags | OWN, 0o600)
    except OSError as error:
        raise _told(error, path) from None
    try:
        status = os.fstat(handle)
        if not (device and stat.S_ISCHR(status.st_mode)):
            judge(status)
            narrow(handle, status)
    except BaseException:
        os.close(handle)
        raise
    return handle


def trusted(status: os.stat_result) -> bool:
    """Whether no other user owns this."""
    return status.st_uid in {0, os.geteuid()}


def judge_way(path: Path, links: int = 40) -> None:
    """Raises `OSError` where a link that another user made is on the way to a path: it leads where they want."""
    for part in (path, *path.parents):
        status = os.lstat(part)
        if stat.S_ISLNK(status.st_mode):
            if not trusted(status):
                raise PermissionError(errno.EPERM, f"{part} is a link that another user made")
            if not links:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
            judge_way(part.parent / part.readlink(), links - 1)


def narrow(handle: int, status: os.stat_result) -> None:
    """Takes away what others may do with a file or folder of the program's own, where the medium lets it."""
    if stat.S_IMODE(status.st_mode) & 0o077:
        with contextlib.suppress(OSError):
            os.fchmod(handle, stat.S_IMODE(status.st_mode) & 0o700)


def handed_over(descriptor: int, like: os.stat_result, chown: Callable[[int, int, int], None]) -> bool:
    """Gives a new file the owner and group of the one that it will replace; False where they would lose it.

    Only root may give a file away. A member of its group may keep the group alone, which is enough where the group may do
    with the file what its owner may; and a group that may do nothing with it loses nothing.
    """
    for owner in (like.st_uid, -1):
        if _owned_as(os.fstat(descriptor), like):
            return True
        with contextlib.suppress(OSError):
            chown(descriptor, owner, like.st_gid)
    now, mode = os.fstat(descriptor), stat.S_IMODE(like.st_mode)
    if now.st_uid == like.st_uid:
        return now.st_gid == like.st_gid or not mode & stat.S_IRWXG
    return now.st_gid == like.st_gid and not (mode >> 6) & ~(mode >> 3) & 0o6


def _owned_as(status: os.stat_result, like: os.stat_result) -> bool:
    return (status.st_uid, status.st_gid) == (like.st_uid, like.st_gid)


def judge_folder(status: os.stat_result) -> None:
    """Raises `OSError` for a folder of the program's own that another user owns."""
    if not trusted(status):
        raise PermissionError(errno.EPERM, "it belongs to another user")


def judge(status: os.stat_result, *, folder: bool = False) -> None:
    """Raises `OSError` for what is no file of the program's own; a `folder` of its own may be agreed to."""
    kind = stat.S_IFMT(status.st_mode)
    is_folder = folder and kind == stat.S_IFDIR
    if kind != stat.S_IFREG and not is_folder:
        raise OSError(errno.EINVAL, f"it is {_KINDS.get(kind, 'something else')}, and no file")
    judge_folder(status)
    if status.st_nlink > 1 and not is_folder:
        raise PermissionError(
            errno.EPERM, "it has a second name, a hard link, under which it is another file"
        )


def _told(error: OSError, path: Path) -> OSError:
    """The same error, in words where the system's are none."""
    if error.errno == errno.ELOOP and path.is_symlink():
        return OSError(errno.ELOOP, "it is a link, which is not followed")
    if error.errno in {errno.ENXIO, errno.EOPNOTSUPP}:
        return OSError(error.errno, "it is a pipe or a socket, and no file")
    return error
