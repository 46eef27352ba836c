"""What a trail records, read from its description and its event selectors, and which of several trails is the one.

Basic and advanced selectors say the same in two languages; a trail has one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from services.doctor.facts import Fact, Subject
from services.engine.world import Have
from services.model.place import parse_arn

Kind = Literal["", "basic", "basic for all buckets", "advanced"]


@dataclass(frozen=True)
class Coverage:
    """Which accesses to a bucket's files a trail records, and in which language its selector says so."""

    reads: Kind = ""
    writes: Kind = ""


@dataclass(frozen=True)
class Management:
    """Whether a trail records management events that write, and what it leaves out."""

    writes: bool = False
    without: tuple[str, ...] = ()


def home_of(trail: Mapping[str, Any]) -> str:
    """The region in which a trail can be asked."""
    arn = parse_arn(str(trail.get("TrailARN", "")))
    return str(trail.get("HomeRegion") or (arn.region if arn else ""))


def log_group_of(trail: Mapping[str, Any]) -> tuple[str, str] | None:
    """The name and region of a trail's log group, if it has one."""
    arn = parse_arn(str(trail.get("CloudWatchLogsLogGroupArn") or ""))
    if arn is None or not arn.name.startswith("log-group:"):
        return None
    return arn.name.split(":")[1], arn.region


def best(
    found: list[tuple[Mapping[str, Any], Fact]], subject: Subject
) -> tuple[Mapping[str, Any], Fact] | None:
    """The trail that serves the bucket best, with its selectors: what it records counts before how it is kept."""

    def worth(candidate: tuple[Mapping[str, Any], Fact]) -> tuple[int, ...]:
        trail, selectors = candidate
        told = selectors.value if isinstance(selectors, Have) else {}
        seen, managed = coverage(told, subject.bucket_arn), management(told)
        here = trail.get("IsMultiRegionTrail") or trail.get("HomeRegion") == subject.region
        own = f":{subject.account}:" in str(trail.get("TrailARN", ""))
        return (
            int(bool(here)),
            int(bool(seen.writes)) + int(bool(seen.reads)),
            int(managed.writes),
            int(own),
            int(log_group_of(trail) is not None),
        )

    return max(found, key=worth, default=None)


def coverage(selectors: Any, bucket_arn: str) -> Coverage:
    """Which data events of the bucket's files the selectors record."""
    reads: Kind = ""
    writes: Kind = ""
    for kind, what in _data(selectors, bucket_arn):
        reads = kind if what != "WriteOnly" and reads != "advanced" else reads
        writes = kind if what != "ReadOnly" and writes != "advanced" else writes
    return Coverage(reads, writes)


def _data(selectors: Any, bucket_arn: str) -> Iterator[tuple[Kind, str]]:
    for selector in selectors.get("EventSelectors") or []:
        for resource in selector.get("DataResources") or []:
            values = [str(v) for v in resource.get("Values") or []]
            if resource.get("Type") == "AWS::S3::Object" and any(_under(bucket_arn, v) for v in values):
                whole = any(v.rstrip(":") == bucket_arn.rsplit(":::", 1)[0] for v in values)
                kind: Kind = "basic for all buckets" if whole else "basic"
                yield kind, str(selector.get("ReadWriteType", "All"))
    for selector in selectors.get("AdvancedEventSelectors") or []:
        fields = {str(f.get("Field")): f for f in selector.get("FieldSelectors") or []}
        if _equals(fields, "eventCategory") == ["Data"] and _on_bucket(fields, bucket_arn):
            yield "advanced", _read_or_write(fields)


def _under(bucket_arn: str, prefix: str) -> bool:
    """Whether every file of the bucket has an ARN that begins with the prefix."""
    return bool(prefix) and f"{bucket_arn}/".startswith(prefix)


_READ_BY_US = frozenset({"eventCategory", "resources.type", "resources.ARN", "readOnly"})


def _on_bucket(fields: Mapping[str, Any], bucket_arn: str) -> bool:
    """Whether a selector takes in every access to the bucket's files: a field more takes some away."""
    if _equals(fields, "resources.type") != ["AWS::S3::Object"] or set(fields) - _READ_BY_US:
        return False
    arn = fields.get("resources.ARN")
    if arn is None:
        return True
    out = [str(v) for name in ("NotStartsWith", "NotEquals", "NotEndsWith") for v in arn.get(name) or []]
    starts = [str(v) for v in arn.get("StartsWith") or []]
    narrow = any(arn.get(name) for name in ("Equals", "EndsWith"))
    touched = any(v.startswith(f"{bucket_arn}/") or _under(bucket_arn, v) for v in out)
    if narrow or touched:
        return False
    return any(_under(bucket_arn, v) for v in starts) if starts else bool(out)


def _equals(fields: Mapping[str, Any], name: str) -> list[str]:
    return [str(v) for v in (fields.get(name) or {}).get("Equals") or []]


def _read_or_write(fields: Mapping[str, Any]) -> str:
    return {"true": "ReadOnly", "false": "WriteOnly"}.get("".join(_equals(fields, "readOnly")), "All")


def management(selectors: Any) -> Management:
    """Whether management events that write are recorded: those that change a key, a policy, a trail or a role."""
    found = [*_basic_management(selectors), *_advanced_management(selectors)]
    if not found:
        return Management()
    common = set(found[0]).intersection(*found[1:])
    return Management(True, tuple(sorted(common)))


def _basic_management(selectors: Any) -> Iterator[tuple[str, ...]]:
    for selector in selectors.get("EventSelectors") or []:
        if selector.get("IncludeManagementEvents") and selector.get("ReadWriteType", "All") != "ReadOnly":
            yield tuple(str(s) for s in selector.get("ExcludeManagementEventSources") or [])


def _advanced_management(selectors: Any) -> Iterator[tuple[str, ...]]:
    for selector in selectors.get("AdvancedEventSelectors") or []:
        fields = {str(f.get("Field")): f for f in selector.get("FieldSelectors") or []}
        if _equals(fields, "eventCategory") != ["Management"] or _read_or_write(fields) == "ReadOnly":
            continue
        if not set(fields) - {"eventCategory", "readOnly", "eventSource"}:
            source = fields.get("eventSource") or {}
            if not source.get("Equals"):
                yield tuple(str(s) for s in source.get("NotEquals") or [])
