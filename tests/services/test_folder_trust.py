"""Who else can write into a folder is told for every owner, group and mode; whoever is alone there hears nothing."""

from __future__ import annotations

import grp
import itertools
import os
import pwd
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from services import files
from services.folder_trust import Accounts, exposures, others

KIM, LEE, OWN, TEAM, STAFF, USERS, UNKNOWN = 1000, 1001, 1000, 2000, 50, 100, 4242
PEOPLE = {0: ("root", 0), KIM: ("kim", OWN), LEE: ("lee", USERS), 5: ("sync", 0)}
GROUPS = {0: ("root", []), OWN: ("kim", []), TEAM: ("team", ["kim", "lee"]), STAFF: ("staff", []), USERS: ("users", [])}  # fmt: skip


def person(number: int) -> pwd.struct_passwd:
    name, group = PEOPLE[number]
    return pwd.struct_passwd((name, "x", number, group, "", "/", "/bin/sh"))


def group(number: int) -> grp.struct_group:
    name, members = GROUPS[number]
    return grp.struct_group((name, "x", number, members))


ACCOUNTS = Accounts(KIM, person, lambda: [person(number) for number in PEOPLE], group)


def status(mode: int, user: int, of: int) -> os.stat_result:
    return os.stat_result((stat.S_IFDIR | mode, 0, 0, 2, user, of, 0, 0, 0, 0))


SHARED = {TEAM: "team", USERS: "users", UNKNOWN: str(UNKNOWN)}
"""Groups in which there is somebody else, or may be: listed members, those whose first group it is, no entry at all."""

ALL = itertools.product((0, KIM, LEE), (0, OWN, TEAM, STAFF, USERS, UNKNOWN), range(0o2000))


def expected(mode: int, user: int, of: int) -> str:
    if user == LEE:
        return "The user lee, who owns it,"
    if mode & stat.S_ISVTX:
        return ""
    if mode & 0o002:
        return "Every user of this computer"
    return f"Everybody in the group {SHARED[of]}" if mode & 0o020 and of in SHARED else ""


def test_every_owner_group_and_mode_is_told_as_it_is() -> None:
    for user, of, mode in ALL:
        assert others(status(mode, user, of), ACCOUNTS) == expected(mode, user, of), (user, of, oct(mode))


def test_a_group_that_others_were_added_to_is_no_private_one() -> None:
    added = replace(ACCOUNTS, group=lambda n: grp.struct_group(("kim", "x", n, ["lee"])))
    assert others(status(0o775, KIM, OWN), added) == "Everybody in the group kim"


def test_a_group_of_one_s_own_that_is_somebody_s_first_one_is_no_private_one() -> None:
    guest = pwd.struct_passwd(("bob", "x", 1002, OWN, "", "/", "/bin/sh"))
    joined = replace(ACCOUNTS, users=lambda: [*(person(number) for number in PEOPLE), guest])
    assert others(status(0o775, KIM, OWN), joined) == "Everybody in the group kim"


def test_a_user_without_an_entry_has_a_private_group_too() -> None:
    """As in a container, whose user is a number."""
    nameless = replace(ACCOUNTS, user=UNKNOWN)
    assert others(status(0o775, UNKNOWN, UNKNOWN), nameless) == ""
    assert others(status(0o775, UNKNOWN, 0), nameless) == ""
    assert others(status(0o755, 4243, 0), nameless) == "The user 4243, who owns it,"


def test_the_usual_places_are_nobody_else_s() -> None:
    """/tmp, root's folders and a home with the mask that goes with a group of one's own."""
    for mode, user, of in ((0o1777, 0, 0), (0o755, 0, 0), (0o2775, 0, STAFF), (0o775, KIM, OWN), (0o700, KIM, TEAM)):  # fmt: skip
        assert others(status(mode, user, of), ACCOUNTS) == ""
    assert exposures(Path("/")) == exposures(Path("/usr")) == ()


@pytest.mark.parametrize("way", ["folder", "parent", "link", "where the link leads"])
def test_every_folder_on_the_way_counts(tmp_path: Path, way: str) -> None:
    real, named = tmp_path / "real" / "keys", tmp_path / "named" / "keys"
    real.mkdir(parents=True)
    named.parent.mkdir()
    named.symlink_to(real)
    assert exposures(named) == ()
    opened = {"folder": real, "parent": tmp_path, "link": named.parent, "where the link leads": real.parent}[
        way
    ]
    opened.chmod(0o777)
    (told,) = exposures(named)
    assert told.folder.samefile(opened)
    assert told.who == "Every user of this computer"
    (note,) = files.publish(named / "key", b"content").notes
    assert f"can write to {told.folder}, and so take key away" in note
    opened.chmod(0o1777)
    assert exposures(named) == ()
