"""Who holds which share: names, never words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.problems import refuse
from services.recovery.share_files import check_numbers

LONGEST = 80

BLANK = "_" * 24
"""In place of a custodian who was not named: to be filled in by hand."""


@dataclass(frozen=True)
class Custodian:
    """The holder of one share, counted from 1."""

    share: int
    name: str


@dataclass(frozen=True)
class Custody:
    """A set of shares and its holders: what may be recorded and printed."""

    identifier: int
    threshold: int
    custodians: tuple[Custodian, ...]

    @property
    def named(self) -> bool:
        """Whether anybody holds the shares by name."""
        return all(one.name != BLANK for one in self.custodians)


def custody(identifier: int, threshold: int, names: Sequence[str]) -> Custody:
    """The record of a set; the first name holds share 1, and so on.

    Errors: `invalid-answer` for a name that is empty, too long, there twice, or looks like a share's words.
    """
    check_numbers(threshold, len(names))
    cleaned = [check_custodian(name) for name in names]
    for place, name in enumerate(cleaned):
        if name.casefold() in {other.casefold() for other in cleaned[:place]}:
            raise refuse(
                "invalid-answer",
                f"{name} is named twice, and one person with two shares weakens the split.",
                "Name another custodian, or add what tells the two apart.",
                where="custodian",
            )
    return Custody(
        identifier, threshold, tuple(Custodian(share, name) for share, name in enumerate(cleaned, 1))
    )


def unnamed(identifier: int, threshold: int, count: int) -> Custody:
    """The record of a set whose holders nobody has named yet: a blank for each."""
    check_numbers(threshold, count)
    holders = tuple(Custodian(share, BLANK) for share in range(1, count + 1))
    return Custody(identifier, threshold, holders)


def check_custodian(name: str) -> str:
    """The name without needless blanks, if it can be a person's or an office's. Errors: `invalid-answer`."""
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > LONGEST or not cleaned.isprintable() or cleaned.count(" ") > 7:
        raise refuse(
            "invalid-answer",
            "This is not the name of a custodian.",
            f"Give a name or an office of at most {LONGEST} characters and eight words, and never a share's words.",
            where="custodian",
        )
    return cleaned


def as_json(record: Custody) -> dict[str, object]:
    """What may be written down."""
    return {
        "set": record.identifier,
        "threshold": record.threshold,
        "custodians": [{"share": one.share, "name": one.name} for one in record.custodians],
    }
