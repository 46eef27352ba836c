"""Metric filters and the alarms over them: what a pattern is about, and which alarms and topics hang on it.

Filters are recognised by the events that their patterns name, whoever made them. A pattern is read, not run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from services.doctor.looker import mapping

_EVENT = re.compile(r"\$\.eventName\s*=\s*\"?([A-Za-z*]+)")
_BUCKET = re.compile(r"bucketName\s*=\s*\"?([a-z0-9.*-]+)")
_KEY = re.compile(r"keyId\s*=\s*\"?([A-Za-z0-9:/*-]+)")
_ERROR = re.compile(r"\$\.errorCode\s*=\s*\"?([A-Za-z.*]+)|\$\.errorCode\s+EXISTS")
_SOMEBODY_ELSE = re.compile(r"\$\.userIdentity\.[A-Za-z.]+\s*!=")


@dataclass(frozen=True)
class Pattern:
    """What a filter's pattern says: names of events (`*` for any letters), whether of errors, whether of strangers."""

    events: tuple[str, ...]
    errors: bool
    strangers: bool
    buckets: tuple[str, ...]
    keys: tuple[str, ...]

    def names(self, event: str) -> bool:
        return any(fnmatchcase(event, name) for name in self.events)

    def is_of(self, bucket: str, key: str | None) -> bool:
        """Whether it may be about this bucket and key: it names none, or these."""
        return all(
            not names or thing is None or any(fnmatchcase(thing, name) for name in names)
            for names, thing in ((self.buckets, bucket), (self.keys, key))
        )


def read(pattern: str) -> Pattern:
    """A filter's pattern, as far as it is read here."""
    return Pattern(
        tuple(_EVENT.findall(pattern)),
        _ERROR.search(pattern) is not None,
        _SOMEBODY_ELSE.search(pattern) is not None,
        tuple(_BUCKET.findall(pattern)),
        tuple(f"*{name}" for name in _KEY.findall(pattern)),
    )


def metrics_of(filters: Any) -> Iterator[tuple[str, tuple[str, str], Pattern]]:
    """Each filter's name, the metric that it counts in, and its pattern."""
    for found in mapping(filters).get("metricFilters") or []:
        for made in found.get("metricTransformations") or []:
            metric = (str(made.get("metricNamespace")), str(made.get("metricName")))
            yield str(found.get("filterName")), metric, read(str(found.get("filterPattern") or ""))


def alarms_of(alarms: Any, metric: tuple[str, str]) -> list[Mapping[str, Any]]:
    """The alarms that look at a metric."""
    return [
        mapping(alarm)
        for alarm in mapping(alarms).get("MetricAlarms") or []
        if metric in _looked_at(mapping(alarm))
    ]


def _looked_at(alarm: Mapping[str, Any]) -> set[tuple[str, str]]:
    parts = [mapping(mapping(part.get("MetricStat")).get("Metric")) for part in alarm.get("Metrics") or []]
    return {(str(part.get("Namespace")), str(part.get("MetricName"))) for part in (alarm, *parts)}


def topics_of(alarms: Any, filters: Any) -> tuple[str, ...]:
    """The topics that the alarms of these filters tell."""
    found = {
        str(action)
        for _, metric, _ in metrics_of(filters)
        for alarm in alarms_of(alarms, metric)
        for action in alarm.get("AlarmActions") or []
    }
    return tuple(sorted(action for action in found if ":sns:" in action))
