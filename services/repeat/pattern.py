"""A set-up after the pattern of another: its answers, without what is its own, and with names that are free.

What names or marks one set-up (id, account, fingerprint, quorum, kit) is never taken over. Where the environment is
another one, neither is anything that sandbox and production must not share. Where it is the same, what must exist only
once gets a new name, so that the new set-up can be applied beside the old one at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from services import seen, setup_file
from services.answers import Answers
from services.questions import find
from services.repeat import names
from services.separation.things import Footprint, Kind, Thing, bucket_name, role_name, things
from services.setup_file import SetupFile

# Belongs to the one setup that it was recorded for.
ITS_OWN = (
    "setup.id",
    "setup.name",
    "aws.account",
    "recovery_key.fingerprint",
    "palisade.quorum_id",
    "palisade.kit_name",
)
# What sandbox and production must not share.
APART = (
    "palisade.principal_arn",
    "palisade.external_id",
    "recovery_key.public_files",
    "recovery_key.private_file",
    "storage.bucket",
    "storage.access_log_bucket",
    "storage.kms_key",
    "role.name",
    "hardening.trail_bucket",
)
NAMES: Mapping[str, Kind] = {
    "storage.bucket": "bucket",
    "storage.access_log_bucket": "bucket",
    "hardening.trail_bucket": "bucket",
    "role.name": "role",
}


@dataclass(frozen=True)
class Fresh:
    """An answer that got a new name; `old` is that of the pattern."""

    key: str
    old: str
    new: str


@dataclass(frozen=True)
class Repeated:
    """The answers of the new set-up, and which names were made for it."""

    answers: Answers
    fresh: tuple[Fresh, ...]


def taken_over(pattern: SetupFile, out: Path, environment: str) -> Answers:
    """The answers of another setup that a new one at `out` may have; defaults are left to be made anew."""
    theirs = pattern.answers
    other = environment not in {"", theirs.text("setup.environment")}
    leave = {*ITS_OWN, *((*APART, "setup.environment") if other else ())}
    leave |= {key for key, value in theirs.given.items() if value == find(key).default(theirs.given)}
    given = {key: value for key, value in theirs.given.items() if key not in leave}
    for key in ("recovery_key.public_files", "recovery_key.private_file"):
        match given.get(key):
            case str(path):
                given[key] = as_seen_from(out, pattern.path.parent / path)
            case tuple(paths):
                given[key] = tuple(as_seen_from(out, pattern.path.parent / path) for path in paths)
            case _:
                continue
    return type(theirs)(given, theirs.tags)


def as_seen_from(setup: Path, file: Path) -> str:
    """A file's path for the setup file: relative where it lies beside or below it, else absolute."""
    target, folder = seen.real(file), seen.real(setup).parent
    return str(target.relative_to(folder)) if target.is_relative_to(folder) else str(target)


def with_fresh_names(
    answers: Answers, pattern: SetupFile | None, others: tuple[Footprint, ...], pinned: frozenset[str]
) -> Repeated:
    """The answers with a new name for whatever `pattern` or another set-up of this computer has already.

    What is `pinned` was asked for by name, and stays.
    """
    fresh: list[Fresh] = []
    given_key = pattern.answers.text("storage.kms_key") if pattern is not None else "create"
    if given_key != "create" and "storage.kms_key" not in pinned:
        fresh.append(Fresh("storage.kms_key", given_key, "create"))
        answers = answers.updated({"storage.kms_key": None})
    known = (*((Footprint(pattern),) if pattern is not None else ()), *others)
    for key in NAMES:
        if key not in pinned:
            new = _fresh(key, answers, pattern, known)
            if new != answers.text(key):
                fresh.append(Fresh(key, answers.text(key), new))
                answers = answers.updated({key: new})
    return Repeated(answers, tuple(fresh))


def _fresh(key: str, answers: Answers, pattern: SetupFile | None, known: tuple[Footprint, ...]) -> str:
    """A free name for the answer: the one that it has, if that is free."""
    old = answers.text(key)
    before = pattern.answers.text("setup.name") if pattern is not None else ""
    after = answers.text("setup.name")
    taken = [thing for of in known for thing in (*things(of), *_proposed(of))]
    mine = {answers.text(other) for other in NAMES if other != key and NAMES[other] == NAMES[key]}

    def free(name: str) -> bool:
        return name not in mine and not any(_thing(key, name, answers).same_as(theirs) for theirs in taken)

    if not old or free(old):
        return old
    if NAMES[key] == "role":
        return names.role(old, before, after, free)
    return names.bucket(old, before, after, free, answers.text("aws.region"))


def _thing(key: str, name: str, answers: Answers) -> Thing:
    account, region = answers.text("aws.account"), answers.text("aws.region")
    kind = NAMES[key]
    identity = role_name(name, account) if kind == "role" else bucket_name(name, account, region)
    return Thing(kind, kind, key, name, (identity,))


def _proposed(of: Footprint) -> tuple[Thing, ...]:
    """The log buckets that another set-up does not have yet and would get with one more answer."""
    keys = ("storage.access_log_bucket", "hardening.trail_bucket")
    return tuple(_thing(key, of.answers.text(key), of.answers) for key in keys if of.answers.text(key))


def as_known(pattern: SetupFile) -> Footprint:
    """The pattern as one of the set-ups whose names are taken."""
    return Footprint(pattern)


def read(path: Path) -> SetupFile:
    """The setup file that is to be the pattern."""
    found = setup_file.read(path)
    return replace(found, path=seen.real(found.path))
