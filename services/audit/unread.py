"""Why a backup file was not read: what AWS's refusal says of this one file, as the kind of finding that it is.

A refusal that concerns more than the file (a sign-in that ended, a clock that is wrong) is none of these: it ends the audit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from services.aws.translate import one_line, problem_of
from services.model.calls import Refused
from services.problems import ProblemError
from services.verify.files import ARCHIVED, NOBODY_READS_IT

GONE: Mapping[str, str] = MappingProxyType(
    {
        "NoSuchKey": "It is on the list and not in the bucket any more.",
        "NoSuchVersion": "It is on the list and not in the bucket any more.",
        "NoSuchBucket": "The bucket is not there any more.",
    }
)
"""What S3 says of a file that is not there for certain: to whoever may not list the bucket it says `AccessDenied` instead."""

KINDS = ("unread", "archived", "unreadable", "gone")
"""The kinds of findings about what was not read."""

MAY_PASS = frozenset({"unread", "archived"})
"""Those of them that say nothing about the file's content: it may be the one that passes."""

_OF_THE_FILE = frozenset({"denied", "not-ready", "refused", "unfit"})


@dataclass(frozen=True)
class Unread:
    """A file that was not read: the kind of finding, and its key with the reason in a sentence."""

    kind: str
    seen: str


def unread(refused: Refused, key: str) -> Unread:
    """What a refusal to give a file says of it. Raises `ProblemError` for what concerns more than this file."""
    code = refused.code
    if code == ARCHIVED:
        return Unread("archived", f"{key}: It is in an archive and was not restored.")
    if code in GONE:
        return Unread("gone", f"{key}: {GONE[code]}")
    if code in NOBODY_READS_IT:
        said = f" AWS said: {one_line(refused.message)}" if refused.message else ""
        return Unread("unreadable", f"{key}: {NOBODY_READS_IT[code]}{said}")
    return Unread("unread", f"{key}: {checked(refused)}")


def checked(refused: Refused) -> str:
    """The refusal in a sentence, where it concerns one file; else it is raised as a problem."""
    problem = problem_of(refused)
    if problem.code not in _OF_THE_FILE:
        raise ProblemError(problem)
    return problem.summary
