"""What a trail records: its event selectors, read for what they mean.

A trail has advanced selectors or basic ones, never both. Without any CloudTrail records all management events: that
is a basic list of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from services.model.values import Tree, entries, items

BASIC, ADVANCED = "EventSelectors", "AdvancedEventSelectors"
READ = f"{{{ADVANCED}: {ADVANCED}, {BASIC}: {BASIC}}}"
"""JMESPath over the reply of GetEventSelectors: the state that this module works on."""

BORN: Mapping[str, Tree] = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}
"""The one basic selector of a trail that nobody gave any."""

S3_OBJECT = "AWS::S3::Object"
READS, WRITES = frozenset({"read"}), frozenset({"write"})
TYPES = {"All": READS | WRITES, "WriteOnly": WRITES, "ReadOnly": READS}
"""What each ReadWriteType of a basic selector records."""

Fields: TypeAlias = Mapping[str, Mapping[str, Sequence[Tree]]]

_HARMLESS = {"rdsdata.amazonaws.com"}
"""Whose management events may be left out: nothing of a backup path is theirs."""


def basic(state: Tree) -> Sequence[Tree]:
    """The basic selectors in force; empty if the trail has advanced ones."""
    if items(entries(state).get(ADVANCED)):
        return ()
    return items(entries(state).get(BASIC)) or (BORN,)


def advanced(state: Tree) -> Sequence[Tree]:
    """The advanced selectors; empty if the trail has basic ones."""
    return items(entries(state).get(ADVANCED))


def management_writes(state: Tree) -> bool:
    """Whether every management event that writes is recorded, those of KMS among them."""
    if advanced(state):
        return any(_all_management(fields_of(s)) for s in advanced(state))
    return any(
        s.get("IncludeManagementEvents", True) is not False
        and s.get("ReadWriteType", "All") in {"All", "WriteOnly"}
        and set(items(s.get("ExcludeManagementEventSources"))) <= _HARMLESS
        for s in map(entries, basic(state))
    )


def fields_of(selector: Tree) -> Fields:
    """What an advanced selector asks for: field, operator, values; operators without values are none."""
    found: dict[str, Mapping[str, Sequence[Tree]]] = {}
    for tree in items(entries(selector).get("FieldSelectors")):
        field = entries(tree)
        name = str(field.get("Field"))
        while (
            name in found
        ):  # asked twice, both must hold: under a name that nothing knows, neither is overlooked
            name += "'"
        found[name] = {op: items(v) for op, v in field.items() if op != "Field" and items(v)}
    return found


def _all_management(fields: Fields) -> bool:
    if not _only(fields, "eventCategory", "Management") or not _writes(fields):
        return False
    rest = set(fields) - {"eventCategory", "readOnly", "eventSource"}
    sources = fields.get("eventSource", {})
    return not rest and set(sources) <= {"NotEquals"} and set(sources.get("NotEquals", ())) <= _HARMLESS


def _only(fields: Fields, name: str, value: str) -> bool:
    return dict(fields.get(name, {})) == {"Equals": [value]}


def _writes(fields: Fields) -> bool:
    return "readOnly" not in fields or _only(fields, "readOnly", "false")


def recorded(state: Tree, bucket_arn: str) -> frozenset[str]:
    """Which accesses to all files of the bucket are surely recorded: `read`, `write`."""
    if state is None:
        return frozenset()
    return frozenset(kind for kinds in _recorded(state, bucket_arn) for kind in kinds)


def _recorded(state: Tree, bucket_arn: str) -> Iterator[frozenset[str]]:
    everything = bucket_arn.partition(":::")[0]
    for selector in advanced(state):
        fields = fields_of(selector)
        known = {"eventCategory", "resources.type", "readOnly", "resources.ARN"}
        if not (_only(fields, "eventCategory", "Data") and _only(fields, "resources.type", S3_OBJECT)):
            continue
        where = fields.get("resources.ARN")
        prefixes = [str(p) for p in (where or {}).get("StartsWith", ())]
        covered = where is None or (
            set(where) == {"StartsWith"} and any(f"{bucket_arn}/".startswith(p) for p in prefixes)
        )
        if not set(fields) - known and covered:
            yield _kinds_of(fields)
    for selector in map(entries, basic(state)):
        whole = {everything, f"{everything}:::", f"{bucket_arn}/"}
        if whole & {v for resource in _s3_objects(selector) for v in items(resource.get("Values"))}:
            yield TYPES.get(str(selector.get("ReadWriteType", "All")), frozenset())


def _kinds_of(fields: Fields) -> frozenset[str]:
    if "readOnly" not in fields:
        return READS | WRITES
    if _only(fields, "readOnly", "false"):
        return WRITES
    return READS if _only(fields, "readOnly", "true") else frozenset()


def _s3_objects(selector: Mapping[str, Tree]) -> list[Mapping[str, Tree]]:
    resources = [entries(r) for r in items(selector.get("DataResources"))]
    return [r for r in resources if r.get("Type") == S3_OBJECT]


def normal(state: Tree) -> Tree:
    """One spelling for selectors that record the same: their order and what AWS leaves out do not matter."""
    if advanced(state):
        told = [[str(entries(s).get("Name") or ""), _spelt(fields_of(s))] for s in advanced(state)]
        return {ADVANCED: sorted(told, key=str)}
    return {BASIC: sorted((_basic_spelt(entries(s)) for s in basic(state)), key=str)}


def _spelt(fields: Fields) -> Tree:
    return {
        name: {op: sorted(map(str, values)) for op, values in sorted(tests.items())}
        for name, tests in sorted(fields.items())
    }


def _basic_spelt(selector: Mapping[str, Tree]) -> Tree:
    resources = [entries(r) for r in items(selector.get("DataResources"))]
    return {
        "type": selector.get("ReadWriteType") or "All",
        "management": selector.get("IncludeManagementEvents", True) is not False,
        "without": sorted(map(str, items(selector.get("ExcludeManagementEventSources")))),
        "data": sorted([str(r.get("Type")), sorted(map(str, items(r.get("Values"))))] for r in resources),
    }


def words(state: Tree, bucket_arn: str) -> str:
    """What is recorded, in one line."""
    kinds = recorded(state, bucket_arn)
    management = "management events that write" if management_writes(state) else "not all management events"
    accesses = {
        READS | WRITES: "reads and writes of the bucket's files",
        WRITES: "writes of the bucket's files, not reads",
        READS: "reads of the bucket's files, not writes",
    }.get(kinds, "no accesses to the bucket's files")
    count = len(advanced(state)) or len(basic(state))
    kind = "advanced" if advanced(state) else "basic"
    return f"records {management} and {accesses} ({count} {kind} selector{'s' * (count > 1)})"
