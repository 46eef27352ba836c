"""The answers about CloudTrail: whether there is a trail, what it records, and where it writes."""

from __future__ import annotations

from collections.abc import Callable

from services import rules
from services.model.naming import beside
from services.question import Given, Question, Value


def _beside(word: str) -> Callable[[Given], Value | None]:
    """The name of a bucket beside that of the backups."""
    return lambda given: beside(str(given["storage.bucket"]), word) if "storage.bucket" in given else None


def trail_default(given: Given) -> Value | None:
    """A trail of its own in production, none in sandbox."""
    return "create" if given.get("setup.environment") == "production" else "off"


def _data_events(given: Given) -> Value | None:
    strict = given.get("setup.environment") == "production"
    return "all" if strict and given.get("hardening.trail", trail_default(given)) != "off" else "off"


TRAIL_QUESTIONS: tuple[Question, ...] = (
    Question(
        "hardening.trail",
        "CloudTrail",
        "Records who changes the key, the role and the bucket, and with data events who touches backups. 'create' makes "
        "a trail for this set-up; or give the ARN of one that exists in this account, which is used as it is. By "
        "default it is created in production, and off in sandbox.",
        rule=rules.trail,
        default=trail_default,
    ),
    Question(
        "hardening.data_events",
        "Data events",
        "Which accesses to backups the trail records: 'all' shows who read and who wrote a backup, 'write' who wrote "
        "one, 'off' neither: then only changes of the key, the role and the bucket are recorded. AWS bills each event. "
        "By default all in production, where there is a trail.",
        kind="choice",
        choices=("off", "write", "all"),
        default=_data_events,
    ),
    Question(
        "hardening.trail_bucket",
        "Bucket of the trail",
        "The bucket for the log files of a trail that is created. It is never the bucket of the backups.",
        rule=rules.bucket_name,
        default=_beside("trail"),
    ),
)
