"""A new name after the pattern of an old one: what named the old set-up in it names the new one, and it is free.

`acme-one-backup` of the set-up `acme-one` becomes `acme-two-backup` for `acme-two`; a name that does not hold the
set-up's gets it behind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from services import rules
from services.model.naming import parted
from services.problems import ProblemError, refuse

LONGEST_BUCKET, LONGEST_ROLE = 63, 64
_SEPARATORS = "-_.+=,@"
_FEW, _MOST = 1_000, 10_000

Free = Callable[[str], bool]


def bucket(old: str, before: str, after: str, free: Free, region: str = "") -> str:
    """A bucket's name. An account-regional ending stays, with the new set-up's region if one is given."""
    stem, ending = parted(old)
    if ending and region:
        ending = re.sub(r"^(-[0-9]{12}-).*(-an)$", lambda found: f"{found[1]}{region}{found[2]}", ending)
    room = LONGEST_BUCKET - len(ending)
    return _first(rules.bucket_name, free, (f"{name}{ending}" for name in _ways(stem, before, after, room)))


def role(old: str, before: str, after: str, free: Free) -> str:
    """A role's name."""
    return _first(rules.role_name, free, _ways(old, before, after, LONGEST_ROLE))


def set_up(wanted: str, taken: frozenset[str]) -> str:
    """A set-up's name that no other has; numbered if it must be."""
    names = (wanted, *(f"{wanted[: 31 - len(tail)].rstrip('-')}{tail}" for tail in _TAILS))
    return next((name for name in names if name not in taken), wanted)


_TAILS = tuple(f"-{number}" for number in range(2, 1000))


def _first(rule: Callable[[str], str], free: Free, names: Iterator[str]) -> str:
    for name in names:
        try:
            rule(name)
        except ProblemError:
            continue
        if free(name):
            return name
    raise refuse(
        "invalid-answer",
        "No free name could be made after the pattern of the old one.",
        "Give the name yourself, with its flag: --storage-bucket, --role-name.",
    )


def _ways(stem: str, before: str, after: str, room: int) -> Iterator[str]:
    """The most natural name first; then numbered ones, and ones that begin differently, where AWS keeps a beginning."""
    left, name, right = _natural(stem, before, after)
    for beginning, most in ((left, _FEW), (f"palisade-{left}", _MOST)):
        for number in range(1, most):
            tail = f"-{number}" if number > 1 else ""
            yield _fitting((beginning, name, right), room - len(tail)) + tail


def _natural(stem: str, before: str, after: str) -> tuple[str, str, str]:
    """What stands before the name of the new set-up, that name, and what stands behind it."""
    found = (
        re.search(rf"(?<![A-Za-z0-9]){re.escape(before)}(?![A-Za-z0-9])", stem, re.IGNORECASE)
        if before
        else None
    )
    if found is None:
        return (f"{stem}-" if after else stem, after, "")
    return (stem[: found.start()], after, stem[found.end() :])


def _fitting(parts: tuple[str, ...], room: int) -> str:
    """The parts as one name of at most `room` characters: the new set-up's name stays whole if it can."""
    left, name, right = parts
    while len(left) + len(name) + len(right) > room and (left or right):
        if len(right) > len(left):
            right = right[:1] + right[2:] if len(right) > 2 else ""
        else:
            left = left[:-2] + left[-1:] if len(left) > 2 else ""
    text = f"{left}{name}{right}"[: max(room, 0)]
    return text.strip(_SEPARATORS)
