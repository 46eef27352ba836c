"""Merging event selectors: what is to be recorded for a bucket is added, and nothing that a trail records is lost.

Every write replaces the whole list of a trail. So a list of somebody else's keeps its kind (basic or advanced), its
order and all its entries, and only what is missing for this set-up's bucket is added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from services.model.policies import OURS
from services.model.selectors import (
    ADVANCED,
    BASIC,
    BORN,
    READS,
    S3_OBJECT,
    TYPES,
    WRITES,
    advanced,
    basic,
    fields_of,
    management_writes,
    normal,
    recorded,
)
from services.model.values import Tree, entries, items
from services.problems import Problem

Events: TypeAlias = Literal["off", "write", "all"]
"""Which accesses to the files of the bucket are to be recorded."""

MANAGEMENT = f"{OURS} management events that write"
MOST_BASIC, MOST_RESOURCES, MOST_CONDITIONS = 5, 250, 500
"""CloudTrail's limits: basic selectors, data resources in them, conditions in advanced ones."""

_KINDS: Mapping[Events, frozenset[str]] = {"off": frozenset(), "write": WRITES, "all": READS | WRITES}
_TYPE_OF = {kinds: name for name, kinds in TYPES.items()}


@dataclass(frozen=True)
class Wanted:
    """What a trail is to record for a bucket. `own`: the trail is this set-up's, so it answers for all of it."""

    bucket_arn: str
    events: Events
    own: bool

    @property
    def name(self) -> str:
        """The name of this set-up's data selector; set-ups that share a trail have one each."""
        return f"{OURS} data events of {self.bucket_arn.rpartition(':')[2]}"

    @property
    def state(self) -> Mapping[str, Tree]:
        """The selectors of a trail that records this and nothing else."""
        data = [_data(self)] if self.events != "off" else []
        return {ADVANCED: [_MANAGEMENT, *data]}


def _equals(name: str, value: str) -> Mapping[str, Tree]:
    return {"Field": name, "Equals": [value]}


_MANAGEMENT: Mapping[str, Tree] = {
    "Name": MANAGEMENT,
    "FieldSelectors": [_equals("eventCategory", "Management"), _equals("readOnly", "false")],
}


def _data(wanted: Wanted) -> Mapping[str, Tree]:
    fields = [
        _equals("eventCategory", "Data"),
        _equals("resources.type", S3_OBJECT),
        {"Field": "resources.ARN", "StartsWith": [f"{wanted.bucket_arn}/"]},
    ]
    if wanted.events == "write":
        fields.append(_equals("readOnly", "false"))
    return {"Name": wanted.name, "FieldSelectors": fields}


def merge(have: Tree, wanted: Wanted) -> Tree:
    """The selectors that record what is wanted, and everything that was recorded before."""
    if wanted.own and (have is None or normal(have) == normal(None)):
        return wanted.state
    if advanced(have):
        return {ADVANCED: _merge_advanced(advanced(have), wanted)}
    return {BASIC: _merge_basic(basic(have), wanted)}


def _merge_advanced(have: Sequence[Tree], wanted: Wanted) -> list[Tree]:
    ours = {str(entries(s)["Name"]): s for s in items(wanted.state[ADVANCED])}
    mine = {wanted.name, MANAGEMENT} if wanted.own else {wanted.name}
    foreign = [s for s in have if entries(s).get("Name") not in mine]
    kept: list[Tree] = []
    for selector in have:
        name = str(entries(selector).get("Name", ""))
        if name not in mine:
            kept.append(selector)
        elif name in ours:
            kept.append(ours.pop(name))
    if not wanted.own:
        ours.pop(MANAGEMENT, None)
    if _KINDS[wanted.events] <= recorded({ADVANCED: foreign}, wanted.bucket_arn):
        ours.pop(wanted.name, None)
    # CloudTrail takes no empty list, and what would be recorded without one is not for this set-up to say.
    return [*kept, *ours.values()] or list(have)


def _merge_basic(have: Sequence[Tree], wanted: Wanted) -> list[Tree]:
    found = [entries(selector) for selector in have]
    if wanted.own and not management_writes({BASIC: found}):
        found.append({**BORN, "ReadWriteType": "WriteOnly"})
    missing = _KINDS[wanted.events] - recorded({BASIC: found}, wanted.bucket_arn)
    if not missing:
        return list(found)
    kind, value = _TYPE_OF[missing], f"{wanted.bucket_arn}/"
    for index, selector in enumerate(found):
        if selector.get("ReadWriteType", "All") == kind:
            return [*found[:index], _with_bucket(selector, value), *found[index + 1 :]]
    alone = {**BORN, "ReadWriteType": kind, "IncludeManagementEvents": False}
    return [*found, _with_bucket(alone, value)]


def _with_bucket(selector: Mapping[str, Tree], value: str) -> Mapping[str, Tree]:
    resources = list(items(selector.get("DataResources")))
    for index, resource in enumerate(resources):
        r = entries(resource)
        if r.get("Type") == S3_OBJECT:
            resources[index] = {**r, "Values": [*items(r.get("Values")), value]}
            break
    else:
        resources.append({"Type": S3_OBJECT, "Values": [value]})
    return {**selector, "DataResources": resources}


def without_ours(have: Tree, wanted: Wanted) -> Tree:
    """The selectors without this set-up's own; in a basic list nothing tells whose a bucket is, so it stays."""
    kept = [s for s in advanced(have) if entries(s).get("Name") != wanted.name]
    # CloudTrail takes no empty list.
    return {ADVANCED: kept} if kept else have


def left_behind(have: Tree, wanted: Wanted) -> str:
    """What of the set-up's data events stays though the set-up goes; empty if nothing does."""
    if not recorded(without_ours(have, wanted), wanted.bucket_arn):
        return ""
    why = (
        "others record it, or nothing else would be left"
        if advanced(have)
        else "its basic list does not tell whose it is"
    )
    return f"the bucket's data events stay among what it records, because {why}"


def too_many(state: Tree) -> Problem | None:
    """Why CloudTrail would not take the selectors: a limit that somebody else's entries leave no room under."""
    resources = sum(
        len(items(entries(r).get("Values")))
        for s in basic(state)
        for r in items(entries(s).get("DataResources"))
    )
    conditions = sum(len(v) for s in advanced(state) for ops in fields_of(s).values() for v in ops.values())
    for count, most, what in (
        (len(basic(state)), MOST_BASIC, "basic event selectors"),
        (resources, MOST_RESOURCES, "data resources"),
        (conditions, MOST_CONDITIONS, "conditions in its advanced event selectors"),
    ):
        if count > most:
            return Problem(
                "limit",
                f"The trail has no room for the data events of this bucket: it would have {count} {what}, and "
                f"CloudTrail takes {most}.",
                (
                    "Have the trail's owner remove selectors that are not needed any more.",
                    "Or set hardening.trail to 'create' to have a trail of its own made.",
                ),
            )
    return None
