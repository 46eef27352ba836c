"""Who else can take away or exchange what is in a folder: its owner, a group that others are in, every user.

The folders above count as well, because whoever can rename one of them can put another one in its place. In a sticky
folder, as /tmp is, only the owners of the folder and of what is in it can do so. What root can do counts nowhere.
"""

from __future__ import annotations

import grp
import os
import pwd
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = 0


@dataclass(frozen=True)
class Accounts:
    """Users and groups of this computer; `user` is who runs the program."""

    user: int = field(default_factory=os.geteuid)
    named: Callable[[int], pwd.struct_passwd] = pwd.getpwuid
    users: Callable[[], Sequence[pwd.struct_passwd]] = pwd.getpwall
    group: Callable[[int], grp.struct_group] = grp.getgrgid


@dataclass(frozen=True)
class Exposure:
    """A folder in which somebody else can write; `who` begins a sentence about them."""

    folder: Path
    who: str


def exposures(folder: Path, accounts: Accounts | None = None) -> tuple[Exposure, ...]:
    """The folder itself and those above it, by its name and by where links lead, in which somebody else can write."""
    asked = accounts or Accounts()
    found = ((part, others(status, asked)) for part, status in _way(folder))
    return tuple(Exposure(part, who) for part, who in found if who)


def others(status: os.stat_result, accounts: Accounts | None = None) -> str:
    """Who else can write there, as the beginning of a sentence; empty if nobody can but this user and root."""
    asked = accounts or Accounts()
    mode = status.st_mode
    if status.st_uid not in {ROOT, asked.user}:
        return f"The user {owner(status.st_uid, asked)}, who owns it,"
    if stat.S_ISDIR(mode) and mode & stat.S_ISVTX:
        return ""
    if mode & stat.S_IWOTH:
        return "Every user of this computer"
    if mode & stat.S_IWGRP and _is_shared(status.st_gid, asked):
        return f"Everybody in the group {_group(status.st_gid, asked)}"
    return ""


def owner(number: int, accounts: Accounts | None = None) -> str:
    """The name of a user; the number where there is none."""
    try:
        return (accounts or Accounts()).named(number).pw_name
    except KeyError:
        return str(number)


def _way(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Each folder on the way once; what cannot be looked at is left out."""
    told: set[tuple[int, int]] = set()
    real = Path(os.path.realpath(folder))
    for part in (folder.absolute(), *folder.absolute().parents, real, *real.parents):
        try:
            status = part.stat()
        except OSError:
            continue
        if (status.st_dev, status.st_ino) not in told:
            told.add((status.st_dev, status.st_ino))
            yield part, status


def _is_shared(number: int, accounts: Accounts) -> bool:
    """Whether anybody else is in a group: is listed there, or has it for the first group.

    A group without a name is one's own if it has one's own number. System accounts have root's, and can do nothing with it.
    """
    try:
        listed = set(accounts.group(number).gr_mem)
    except KeyError:
        return number not in {ROOT, accounts.user}
    if number != ROOT:
        listed |= {one.pw_name for one in accounts.users() if one.pw_gid == number}
    return bool(listed - {owner(accounts.user, accounts), owner(ROOT, accounts)})


def _group(number: int, accounts: Accounts) -> str:
    try:
        return accounts.group(number).gr_name
    except KeyError:
        return str(number)
