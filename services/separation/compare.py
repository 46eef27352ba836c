"""Two set-ups side by side: what they must not share, what they should not, what they may, and where they differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from services.answers import Answers
from services.blueprint import alias_name
from services.model.values import mask
from services.question import Question
from services.questions import QUESTIONS, Value
from services.separation.apart import both_have, fingerprints
from services.separation.things import Footprint, Thing, things

Weight: TypeAlias = Literal["refused", "warning"]

NOTHING = "none"
_LEFT_OUT = ("setup.id", "setup.environment", "recovery_key.public_files", "recovery_key.private_file")
"""What differs by itself, stands in the head, or is a place on this computer."""


@dataclass(frozen=True)
class Shared:
    """Something that both have and must not (`refused`) or should not (`warning`)."""

    weight: Weight
    what: str
    value: str
    key: str
    says: str
    remedy: str


@dataclass(frozen=True)
class Row:
    """One answer of both, in words; confidential ones are masked."""

    key: str
    label: str
    first: str
    second: str


@dataclass(frozen=True)
class Comparison:
    """Two set-ups: what they share that matters, the answers that differ, and those that are the same."""

    first: Footprint
    second: Footprint
    shared: tuple[Shared, ...]
    differs: tuple[Row, ...]
    same: tuple[Row, ...]

    @property
    def refused(self) -> tuple[Shared, ...]:
        return tuple(one for one in self.shared if one.weight == "refused")

    @property
    def warned(self) -> tuple[Shared, ...]:
        return tuple(one for one in self.shared if one.weight == "warning")

    @property
    def environments(self) -> bool:
        """Whether the two are of different environments."""
        return self.first.environment != self.second.environment


def compare(first: Footprint, second: Footprint) -> Comparison:
    """The comparison, from the two files and what this computer knows; AWS is not asked."""
    rows = [_row(question, first, second) for question in QUESTIONS if question.key not in _LEFT_OUT]
    told = [row for row in rows if (row.first, row.second) != (NOTHING, NOTHING)]
    return Comparison(
        first,
        second,
        (*_refused(first, second), *_warned(first, second)),
        tuple(row for row in told if not _equal(row, first, second)),
        tuple(row for row in told if _equal(row, first, second)),
    )


def _refused(first: Footprint, second: Footprint) -> tuple[Shared, ...]:
    found = []
    for mine in things(first):
        theirs = next((thing for thing in things(second) if mine.same_as(thing)), None)
        if theirs is not None:
            found.append(_both(mine, theirs, first, second))
    return tuple(found)


def _both(mine: Thing, theirs: Thing, first: Footprint, second: Footprint) -> Shared:
    value = mine.shown if mine.shown == theirs.shown else f"{mine.shown} = {theirs.shown}"
    how = (
        "" if mine.what == theirs.what else f" ({mine.what} of {first.name}, {theirs.what} of {second.name})"
    )
    why = (
        "Sandbox and production share nothing: a mistake or a break-in in sandbox would reach production."
        if first.environment != second.environment
        else "Each set-up has its own: AWS keeps in the tags whose it is, and refuses it to the second one."
    )
    key = mine.key if mine.key != "setup.name" else theirs.key
    remedy = (
        "Its name follows from that of the set-up: make one of them anew with another name."
        if key == "setup.name"
        else f"Choose another one for one of them under {key}."
    )
    return Shared("refused", mine.what, value, key, f"Both have the {mine.kind} {value}{how}. {why}", remedy)


def _warned(first: Footprint, second: Footprint) -> tuple[Shared, ...]:
    if first.environment == second.environment:
        return ()
    what = {
        "recovery_key": "recovery key",
        "principal": "writer of Palisade's",
        "external_id": "external ID",
    }
    return tuple(
        Shared("warning", what[one.topic], _value(one.topic, first, second), one.key, one.says, one.remedy)
        for one in both_have(first, second)
    )


def _value(topic: str, first: Footprint, second: Footprint) -> str:
    match topic:
        case "recovery_key":
            return min(fingerprints(first.setup) & fingerprints(second.setup))
        case "principal":
            return first.answers.text("palisade.principal_arn")
        case _:
            return mask(first.answers.text("palisade.external_id"))


def _row(question: Question, first: Footprint, second: Footprint) -> Row:
    return Row(question.key, question.label, _words(question, first), _words(question, second))


def _words(question: Question, of: Footprint) -> str:
    if question.key == "recovery_key.fingerprint":
        found = ", ".join(sorted(fingerprints(of.setup)))
        return found or NOTHING
    if question.key in _ONLY_WHERE and not _ONLY_WHERE[question.key](of.answers):
        return NOTHING
    value = of.answers.get(question.key)
    if (question.key, value) == ("storage.kms_key", "create"):
        return f"its own ({alias_name(of.name)})"
    text = _text(value)
    return mask(text) if question.confidential and value else text


_ONLY_WHERE: Mapping[str, Callable[[Answers], bool]] = MappingProxyType(
    {
        "storage.access_log_bucket": lambda answers: answers.flag("storage.access_logs"),
        "hardening.trail_bucket": lambda answers: answers.text("hardening.trail") == "create",
        "hardening.alarm_email": lambda answers: answers.flag("hardening.alarms"),
    }
)
"""What is proposed everywhere, and there only with another answer."""


def _text(value: Value | None) -> str:
    match value:
        case None | "" | ():
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ", ".join(value)
        case _:
            return str(value)


def _equal(row: Row, first: Footprint, second: Footprint) -> bool:
    """Whether the answers are the same; what is masked is compared whole."""
    if row.first != row.second:
        return False
    if row.key == "recovery_key.fingerprint":
        return True
    return row.first == NOTHING or first.answers.get(row.key) == second.answers.get(row.key)


def as_json(found: Comparison) -> dict[str, object]:
    """The JSON shape: `apart` is false if something is shared that must not be."""
    return {
        "apart": not found.refused,
        "shared": [
            {
                "weight": one.weight,
                "what": one.what,
                "value": one.value,
                "key": one.key,
                "says": one.says,
                "remedy": one.remedy,
            }
            for one in found.shared
        ],
        "differs": [_row_json(row) for row in found.differs],
        "same": [{"key": row.key, "label": row.label, "value": row.first} for row in found.same],
    }


def _row_json(row: Row) -> dict[str, str]:
    return {"key": row.key, "label": row.label, "first": row.first, "second": row.second}
