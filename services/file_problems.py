"""What a person is told when the system refuses to write or read a file."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from services.problems import ProblemError, refuse


class OthersError(PermissionError):
    """A file of another user or group, who could not use it any more after it was written."""


def unwritten(error: OSError, path: Path) -> ProblemError:
    """The Problem of a file that could not be written: `exists` or `folder`."""
    if error.errno == errno.EEXIST:
        return taken(path)
    if isinstance(error, OthersError):
        return refuse(
            "folder",
            f"{path} belongs to another user or group, who could not use it any more if you wrote it. Nothing was changed.",
            "Have its owner do this, or have them share it with you: a group that you are both in (chgrp), and mode 660.",
            where=path,
        )
    why, remedy = _WRITE_FAILURES.get(error.errno or 0, _write_failure(error))
    if _ours(error):
        why, remedy = str(error.strerror), "Find out how that came to be there, or choose another folder."
    return refuse("folder", f"{path} could not be written: {why}.", remedy, where=path)


def taken(path: Path) -> ProblemError:
    """The refusal to write where something is."""
    return refuse(
        "exists",
        f"{path} exists already and is never overwritten.",
        "Choose another name or folder, or move the existing file away.",
        where=path,
    )


def unread(error: OSError, path: Path) -> ProblemError:
    """The Problem of a file that could not be read."""
    match error.errno:
        case _ if _ours(error):
            summary = f"{path} is not read: {error.strerror}."
            remedy = "Give the path of an ordinary file of yours."
        case errno.ENOENT | errno.ENOTDIR:
            summary, remedy = f"{path} does not exist.", "Check the path."
        case errno.EACCES | errno.EPERM:
            summary, remedy = f"You may not read {path}.", "Check who owns the file and its permissions."
        case errno.EISDIR:
            summary, remedy = f"{path} is a folder, not a file.", "Name the file in it."
        case errno.ENAMETOOLONG:
            summary, remedy = f"No file can be at {path}: the name is too long.", "Check the path."
        case errno.ELOOP:
            summary, remedy = f"{path} leads through links in a circle.", "Give the path of the file itself."
        case _:
            why = os.strerror(error.errno) if error.errno else type(error).__name__
            summary, remedy = f"{path} could not be read: {why}.", "Check the medium, then try again."
    return refuse("unreadable-file", summary, remedy, where=path)


def _ours(error: OSError) -> bool:
    """Whether the words are this program's own (`file_trust`), and no text of the system."""
    return error.errno is not None and error.strerror not in {None, os.strerror(error.errno)}


_WRITE_FAILURES = {
    errno.ENOSPC: ("the medium is full", "Free some space or choose another folder, then try again."),
    errno.EDQUOT: ("your quota on this medium is used up", "Free some space or choose another folder."),
    errno.EROFS: ("the medium is read-only", "Choose another folder, or unlock the medium."),
    errno.ENOENT: ("its folder is not there", "Plug the medium in again or choose another folder."),
    errno.ENOTDIR: ("a file stands where a folder should be", "Choose another folder."),
    errno.EACCES: ("you may not write there", "Choose another folder, or ask its owner."),
    errno.EPERM: ("you may not write there", "Choose another folder, or ask its owner."),
    errno.ENAMETOOLONG: ("the name is too long for this medium", "Choose a shorter name."),
}


def _write_failure(error: OSError) -> tuple[str, str]:
    why = os.strerror(error.errno) if error.errno else type(error).__name__
    return f"the system says “{why}”", "Check the medium or choose another folder, then try again."
