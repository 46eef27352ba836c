"""The audit's question as SQL, written once for every engine.

An engine fills the relation `objects`, one row a version of a file; `expected` holds the wallets that there should be. From
these follow `coverage`, one row a wallet, and the findings. The SQL keeps to words that DuckDB and Trino, which Athena speaks,
both have with one meaning: no text of it is ever translated. `regexp_extract` is such a word; where nothing matches, one says
'' and the other NULL, so that each use makes these two the same.

What an engine cannot know is NULL in `objects`, and NULL is never a finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from services.audit.kinds import KINDS, Kind
from services.backups.envelope import MAX_BYTES
from services.verify.retention import OFF, Lock

OBJECTS = (
    ("key", "VARCHAR"),
    ("version_id", "VARCHAR"),  # '' or 'null' where the bucket keeps none
    ("latest", "BOOLEAN"),
    ("marker", "BOOLEAN"),  # never NULL
    ("size", "BIGINT"),  # bytes
    ("written", "TIMESTAMP"),  # UTC
    ("encryption", "VARCHAR"),  # S3 Inventory's words: SSE-KMS, SSE-S3, DSSE-KMS, SSE-C, NOT-SSE
    ("kms_key", "VARCHAR"),  # ARN
    ("lock_known", "BOOLEAN"),  # never NULL
    ("lock_mode", "VARCHAR"),
    ("locked_until", "TIMESTAMP"),  # UTC
)
"""The columns of `objects`, in order."""

KEY_ID = "[A-Za-z0-9][A-Za-z0-9_-]{0,127}"
BACKUP = rf"\A{KEY_ID}/recovery_shard-(0|[1-9][0-9]{{0,5}})\.txt\z"
"""The name of a backup file, as `services.backups.shards.parse_key` has it; in words that RE2 and Java's expressions share.

Its one group is the file's number.
"""

UUID = r"\A[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\z"

SMALL = 100_000
"""Bytes below which a file is suspicious; genuine ones have 220 to 350 thousand."""

FINDINGS = (
    "environment", "bucket", "kind", "status", "key_id", "object_key", "affected", "files", "seen", "newest_written",
)  # fmt: skip
"""The columns of a finding, in order; stable. `affected` of the wallet's `files` have it."""


@dataclass(frozen=True)
class Terms:
    """What the files are held against. `key_arn` is empty where the key cannot be seen, and then no key is compared.

    `expects`: there is a list of wallets that there should be. `unseen` are the beginnings of key IDs of which nothing could
    be seen.
    """

    environment: str
    bucket: str
    key_arn: str
    now: datetime
    lock: Lock = OFF
    expects: bool = False
    unseen: tuple[str, ...] = ()


def text(value: str) -> str:
    """A text as SQL."""
    return "'" + value.replace("'", "''") + "'"


def matches(column: str, pattern: str) -> str:
    """Whether a column has a pattern, as SQL; the pattern matches nothing that is empty."""
    return f"coalesce(regexp_extract({column}, {text(pattern)}), '') <> ''"


STRANGE = f"NOT ({matches('key', BACKUP)}) AND coalesce(latest, TRUE) AND NOT marker"
"""Which rows of `objects` are files that are there and are no backups."""


def moment(value: datetime) -> str:
    """A moment as SQL, in UTC."""
    return f"TIMESTAMP '{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}'"


def coverage(terms: Terms) -> str:
    """One row a wallet, expected or there."""
    lock = terms.lock.mode != "off"
    wrong = f"(encryption <> 'SSE-KMS'{_foreign_key(terms)})"
    expired, weak = _retention(terms)
    unseen = " OR ".join(f"starts_with(key_id, {text(prefix)})" for prefix in terms.unseen)
    counts = {
        "known": "listed",
        "files": "current_file",
        "hidden": "hidden_file",
        "versions": "listed AND NOT marker",
        "markers": "marker",
        "encryption_unknown": "current_file AND encryption IS NULL",
        "key_unknown": "current_file AND encryption = 'SSE-KMS' AND kms_key IS NULL",
        "wrong_encryption": f"current_file AND {wrong}",
        "unversioned": "current_file AND version_id IN ('', 'null')",
        "lock_unknown": "current_file AND NOT lock_known" if lock else "FALSE",
        "unlocked": "current_file AND lock_known AND locked_until IS NULL" if lock else "FALSE",
        "expired": f"current_file AND {expired}" if lock else "FALSE",
        "weak": f"current_file AND {weak}" if lock else "FALSE",
        "small": f"current_file AND size < {SMALL}",
        "large": f"current_file AND size > {MAX_BYTES}",
    }  # fmt: skip
    counted = ",\n  ".join(f"count(*) FILTER (WHERE {when}) AS {name}" for name, when in counts.items())
    # Counts take the least memory of all aggregates, and there is a row a wallet.
    return f"""
WITH files AS ({_FILES})
SELECT
  key_id,
  count(*) FILTER (WHERE NOT listed) > 0 AS expected,
  {"TRUE" if terms.expects else "FALSE"} AS checks_expected,
  {unseen or "FALSE"} AS unseen,
  {matches("key_id", UUID)} AS uuid,
  {counted},
  max(number) FILTER (WHERE current_file OR hidden_file) AS highest,
  sum(size) FILTER (WHERE current_file) AS bytes,
  min(size) FILTER (WHERE current_file) AS smallest,
  max(size) FILTER (WHERE current_file) AS largest,
  min(written) FILTER (WHERE current_file) AS first_written,
  max(written) FILTER (WHERE current_file) AS newest_written,
  min(locked_until) FILTER (WHERE current_file) AS first_unlocked,
  max(coalesce(kms_key, encryption)) FILTER (WHERE current_file AND {wrong}) AS wrong_encryption_seen
FROM files
GROUP BY key_id"""


_FILES = f"""
  SELECT
    TRUE AS listed,
    split_part(key, '/', 1) AS key_id,
    CAST(nullif(regexp_extract(key, {text(BACKUP)}, 1), '') AS INTEGER) AS number,
    coalesce(latest, TRUE) AND NOT marker AS current_file,
    coalesce(latest, TRUE) AND marker AS hidden_file,
    marker, version_id, size, written, encryption, kms_key, lock_known, lock_mode, locked_until
  FROM objects
  WHERE {matches("key", BACKUP)}
  UNION ALL
  SELECT FALSE, key_id, NULL, FALSE, FALSE, FALSE, NULL, NULL, NULL, NULL, NULL, FALSE, NULL, NULL
  FROM expected
"""
"""One row a version of a backup file, and one an expected wallet."""


def _foreign_key(terms: Terms) -> str:
    return f" OR kms_key <> {text(terms.key_arn)}" if terms.key_arn else ""


def _retention(terms: Terms) -> tuple[str, str]:
    """When retention has run out, and when it is less than was asked for; as `verify` judges it."""
    held = f"locked_until > {moment(terms.now)}"
    mode = "lock_mode <> 'COMPLIANCE' OR " if terms.lock.mode == "compliance" else ""
    # A day of slack, as AWS counts from a slightly other moment than the one in the list.
    short = f"locked_until < written + INTERVAL '{max(terms.lock.days - 1, 0)}' DAY"
    return f"locked_until <= {moment(terms.now)}", f"{held} AND ({mode}{short})"


def findings(terms: Terms) -> str:
    """One row a finding, over the table `coverage`, over `objects` for names that are no backup's, over `contents` for
    what was read. No wallet has one kind twice.
    """
    constant = f"{text(terms.environment)} AS environment, {text(terms.bucket)} AS bucket"
    return f"""
SELECT
  {constant}, kind, status, key_id, CAST(NULL AS VARCHAR) AS object_key,
  {_cases("affected")} AS affected,
  files, {_cases("seen")} AS seen, newest_written
FROM coverage CROSS JOIN (VALUES {_kinds()}) AS kinds(kind, status)
WHERE {_cases("when")}
UNION ALL
SELECT
  {constant}, 'strange-name', 'warn', NULL, key, 1, count(*), CAST(max(size) AS VARCHAR), max(written)
FROM objects
WHERE {STRANGE}
GROUP BY key
UNION ALL
SELECT
  {constant}, kind, status, key_id, NULL, affected, files, seen, NULL
FROM contents"""


def by_day() -> str:
    """The wallets whose newest backup was written on a day, with their files and bytes."""
    return """
SELECT CAST(newest_written AS DATE) AS day, count(*) AS wallets, sum(files) AS files, sum(bytes) AS bytes
FROM coverage WHERE files > 0 GROUP BY CAST(newest_written AS DATE) ORDER BY day"""


LEFT = (
    ("unknown", "known_locks = 0"),
    ("none", "unlocked > 0"),
    ("run out", "days < 0"),
    ("less than 30 days", "days < 30"),
    ("30 to 89 days", "days < 90"),
    ("90 to 364 days", "days < 365"),
    ("1 to 2 years", "days < 1096"),
    ("3 years or more", "TRUE"),
)
"""How much retention is left, and when; the first that holds counts."""


def retention_left(terms: Terms) -> str:
    """The wallets by how much is left of the retention of the file that loses it first."""
    cases = " ".join(f"WHEN {when} THEN {place}" for place, (_, when) in enumerate(LEFT))
    return f"""
SELECT place, count(*) AS wallets FROM (
  SELECT CASE {cases} END AS place FROM (
    SELECT unlocked, files - lock_unknown AS known_locks,
      CASE WHEN first_unlocked <= {moment(terms.now)} THEN -1
        ELSE date_diff('day', {moment(terms.now)}, first_unlocked) END AS days
    FROM coverage WHERE files > 0
  ) AS held
) AS placed GROUP BY place ORDER BY place"""


def totals() -> str:
    """One row about everything."""
    return """
SELECT
  count(*) FILTER (WHERE expected) AS expected,
  count(*) FILTER (WHERE known > 0) AS known,
  count(*) FILTER (WHERE files > 0) AS wallets,
  count(*) FILTER (WHERE expected AND files > 0) AS expected_and_there,
  coalesce(sum(files), 0) AS files,
  coalesce(sum(bytes), 0) AS bytes,
  coalesce(sum(versions), 0) AS versions,
  coalesce(sum(markers), 0) AS markers,
  coalesce(sum(encryption_unknown), 0) AS encryption_unknown,
  coalesce(sum(key_unknown), 0) AS key_unknown,
  coalesce(sum(lock_unknown), 0) AS lock_unknown,
  min(first_written) AS first_written,
  max(newest_written) AS newest_written,
  min(first_unlocked) AS first_unlocked
FROM coverage"""


_JUDGED = tuple(kind for kind in KINDS if kind.when)


def _kinds() -> str:
    return ", ".join(f"({text(kind.name)}, {text(kind.status)})" for kind in _JUDGED)


def _cases(part: str) -> str:
    """The part of each kind that is about coverage, as one expression."""
    rows = " ".join(f"WHEN {text(kind.name)} THEN {_part(kind, part)}" for kind in _JUDGED)
    return f"CASE kind {rows} END"


def _part(kind: Kind, part: str) -> str:
    found = {"when": kind.when, "affected": kind.affected, "seen": kind.seen}[part]
    return found if part != "seen" else f"CAST({found} AS VARCHAR)"
