"""The questions about what keeps backups from being lost, changed or read unseen: the later half of `[storage]`."""

from __future__ import annotations

from services import rules
from services.model.naming import beside
from services.question import Given, Question, Value, by_environment

_versions = by_environment(0, 10)
_lock = by_environment("off", "compliance")
_logged = by_environment(sandbox=False, production=True)


def _days_of_old_versions(given: Given) -> Value | None:
    """Nothing expires where no number of versions is kept, so there are no days to speak of."""
    kept = given.get("storage.noncurrent_versions", _versions(given))
    return by_environment(0, 90)(given) if kept else 0


def _days_of_the_lock(given: Given) -> Value | None:
    locked = given.get("storage.object_lock", _lock(given)) != "off"
    return by_environment(0, 365)(given) if locked else 0


def _inventory(given: Given) -> Value | None:
    """On in production, where there is a bucket that the lists can go to."""
    return given.get("setup.environment") == "production" and given.get("storage.access_logs", _logged(given))


def _access_log_bucket(given: Given) -> Value | None:
    bucket = given.get("storage.bucket")
    return beside(str(bucket), "access-logs") if bucket else None


STORAGE_HARDENING: tuple[Question, ...] = (
    Question(
        "storage.noncurrent_versions",
        "Old versions kept",
        "How many old versions of a backup always stay, however old they are. Those beyond it expire after the days "
        "below; the current version never does. 0 sets no rule at all: nothing expires.",
        kind="number",
        between=(0, 100),
        default=_versions,
    ),
    Question(
        "storage.noncurrent_days",
        "Old version days",
        "For how many days a version that was replaced stays in any case. Only with storage.noncurrent_versions.",
        kind="number",
        between=(0, 36500),
        default=_days_of_old_versions,
    ),
    Question(
        "storage.object_lock",
        "Object Lock",
        "Nobody can delete a backup for a time. In governance mode a right of its own still can; in compliance mode "
        "nobody can, root included. It can never be turned off: try in sandbox first whether Palisade can write.",
        kind="choice",
        choices=("off", "governance", "compliance"),
        default=_lock,
    ),
    Question(
        "storage.object_lock_days",
        "Object Lock days",
        "For how many days after it is written a backup cannot be deleted. Only with storage.object_lock.",
        kind="number",
        between=(0, 36500),
        default=_days_of_the_lock,
    ),
    Question(
        "storage.access_logs",
        "Access logs",
        "S3 writes down every request to the bucket, in a bucket of its own, and keeps that for 400 days.",
        kind="flag",
        default=_logged,
    ),
    Question(
        "storage.access_log_bucket",
        "Access log bucket",
        "The bucket for the access logs, made if it is not there. Only with storage.access_logs.",
        rule=rules.bucket_name,
        default=_access_log_bucket,
    ),
)

INVENTORY: tuple[Question, ...] = (
    Question(
        "hardening.inventory",
        "Daily list",
        "S3 writes a list of all files and versions every day (S3 Inventory) into the access log bucket, and keeps it for 30 "
        "days: 'audit --engine inventory' reads it, however many wallets there are. It costs 0.0025 US dollars a day "
        "for a million files. By default on in production, where there are access logs.",
        kind="flag",
        default=_inventory,
    ),
)
