"""Files and folders that only the program itself writes: what another user put there is refused, never used.

The state directory proves what a set-up has made (its journal) and how far it has come; nobody else may say so.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services import file_trust, files
from services.file_problems import unread, unwritten


def private_folder(path: Path) -> Path:
    """Make a folder of the program's own; one that exists loses what others may do there, and must be no other user's."""
    files.folder(path)
    try:
        with files.opened(path) as handle:
            status = os.fstat(handle)
            file_trust.judge_folder(status)
            file_trust.narrow(handle, status)
    except OSError as error:
        raise unwritten(error, path) from None
    return path


@dataclass(frozen=True)
class Held:
    """A folder that was judged with all that lies in it, and the descriptor of the one above it, which is as private."""

    path: Path
    above: int

    def remove(self) -> None:
        """Takes the folder away with what is in it; as nobody else can write above it, it is the one that was judged."""
        shutil.rmtree(self.path.name, ignore_errors=True, dir_fd=self.above)


@contextlib.contextmanager
def held(top: Path, *names: str) -> Iterator[Held]:
    """A private folder some levels below `top`, made where it is missing. No level may be a link or another user's.

    For what is opened by its path, by a library that looks at no owner: what lies in the folder is judged before. Of `top`
    itself only the way to it is, as for a person's own choice. Errors: `folder`.
    """
    path = files.folder(top)
    with contextlib.ExitStack() as handles:
        try:
            here = above = handles.enter_context(files.opened(top))
            for name in names:
                path, above = path / name, here
                here = _entered(above, name)
                handles.callback(os.close, here)
            _judge_content(here)
        except OSError as error:
            raise unwritten(error, path) from None
        yield Held(path, above)


def _entered(folder: int, name: str) -> int:
    """A descriptor of a private folder in another one."""
    with contextlib.suppress(FileExistsError):
        os.mkdir(name, 0o700, dir_fd=folder)
    if stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
        raise OSError(errno.ELOOP, "it is a link, which is not followed")
    handle = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    try:
        status = os.fstat(handle)
        file_trust.judge_folder(status)
        file_trust.narrow(handle, status)
    except BaseException:
        os.close(handle)
        raise
    return handle


def _judge_content(folder: int) -> None:
    """Raises `OSError` for what is of another user, or is no ordinary file or folder, anywhere in a folder."""
    for _, folders, names, here in os.fwalk(".", dir_fd=folder):
        for name in (*folders, *names):
            with contextlib.suppress(FileNotFoundError):  # whoever works there already takes it away again
                file_trust.judge(os.stat(name, dir_fd=here, follow_symlinks=False), folder=True)


def read_own(path: Path, limit: int = files.LIMIT) -> bytes:
    """Like `read_small`, for a file that only the program itself writes: another user's is refused."""
    try:
        handle = file_trust.open_own(path, os.O_RDONLY)
        try:
            content = files.drain(handle, limit)
        finally:
            os.close(handle)
    except OSError as error:
        raise unread(error, path) from None
    if len(content) > limit:
        raise unread(OSError(errno.EFBIG, os.strerror(errno.EFBIG)), path)
    return bytes(content)


def led_to(path: Path) -> Path:
    """Where a path leads, links followed, to write there. Errors: `folder` for a link that another user made."""
    try:
        if os.path.lexists(path):
            file_trust.judge_way(path.absolute())
        return path.resolve()
    except (OSError, RuntimeError) as error:  # before Python 3.13, links in a circle are a RuntimeError
        found = error if isinstance(error, OSError) else OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        raise unwritten(found, path) from None
