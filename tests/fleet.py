"""An S3 Inventory of a fleet of wallets, of any size, with faults planted in known places; made by the database itself.

Wallet by wallet everything follows from a number, so the planted faults are known without looking at the report.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, TypeAlias

import duckdb

from services.audit.manifest import FIELDS
from services.audit.question import Terms
from services.verify.retention import Lock
from tests.world import BUCKET, KEY_ARN

Form: TypeAlias = Literal["Parquet", "CSV"]

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
CREATED = NOW - timedelta(hours=13)
LOCK = Lock("compliance", 90)
TERMS = Terms("sandbox", BUCKET, KEY_ARN, NOW, LOCK, expects=True)
FILES = 3

TEN = (
    "missing", "not-expected", "deleted", "encryption", "unversioned", "retention-none", "retention-expired",
    "retention-weak", "small", "strange-name",
)  # fmt: skip
KINDS = (*TEN, "large", "gap", "strange-folder", "counted-twice")
"""The faults that can be planted; the first wallets have them, so many of each kind in turn."""


@dataclass(frozen=True)
class Fleet:
    """`wallets` wallets of three files each, `each` faults of each of `kinds`."""

    wallets: int
    each: int
    kinds: tuple[str, ...] = TEN

    @property
    def planted(self) -> set[tuple[str, str]]:
        """The findings that there must be, as kind and key ID (or object key)."""
        return {(kind, self._where(kind, number)) for kind in self.kinds for number in self._numbers(kind)}

    def _numbers(self, kind: str) -> range:
        begin = self.kinds.index(kind) * self.each
        return range(begin, begin + self.each)

    def _where(self, kind: str, number: int) -> str:
        match kind:
            case "strange-name":
                return f"{key_id(number)}/notes.txt"
            case "strange-folder":
                return f"wallet-{number}"
            case _:
                return key_id(number)


def key_id(number: int) -> str:
    """The UUID of a wallet's number."""
    digest = hashlib.md5(f"wallet {number}".encode(), usedforsecurity=False).hexdigest()
    return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:]))


_KEY_ID = "substr(h,1,8)||'-'||substr(h,9,4)||'-'||substr(h,13,4)||'-'||substr(h,17,4)||'-'||substr(h,21)"


def rows(fleet: Fleet) -> str:
    """All rows of the report, as a query with the columns of `FIELDS` in Parquet's spelling."""
    kinds = " ".join(f"WHEN {place} THEN '{kind}'" for place, kind in enumerate(fleet.kinds))
    return f"""
WITH wallets AS (
  SELECT i, md5('wallet ' || i) AS h, CASE i // {fleet.each} {kinds} END AS fault,
    TIMESTAMP '2026-02-01 00:00:00' + to_seconds(i % 20000000) AS moment
  FROM range({fleet.wallets}) AS r(i)
),
files AS (
  SELECT CASE WHEN fault = 'strange-folder' THEN 'wallet-' || i ELSE {_KEY_ID} END AS key_id, i, fault, n, moment
  FROM wallets CROSS JOIN range({FILES}) AS s(n)
  WHERE fault IS DISTINCT FROM 'missing' AND NOT (n = 1 AND fault IS NOT DISTINCT FROM 'gap')
),
versions AS (
  SELECT key_id || '/recovery_shard-' || n || '.txt' AS key, fault IS DISTINCT FROM 'deleted' OR n > 0 AS is_latest,
    FALSE AS is_delete_marker, 300000 + (i * 7 + n) % 9000 AS size, *
  FROM files
  UNION ALL
  SELECT key_id || '/recovery_shard-0.txt', TRUE, TRUE, NULL, * FROM files WHERE fault = 'deleted' AND n = 0
  UNION ALL
  SELECT key_id || '/recovery_shard-0.txt', TRUE, FALSE, 300000, * FROM files WHERE fault = 'counted-twice' AND n = 0
  UNION ALL
  SELECT key_id || '/notes.txt', TRUE, FALSE, 12, * FROM files WHERE fault = 'strange-name' AND n = 0
)
SELECT
  '{BUCKET}' AS bucket, key,
  CASE WHEN fault = 'unversioned' THEN NULL ELSE substr(md5(key || is_delete_marker), 1, 32) END AS version_id,
  is_latest, is_delete_marker,
  CASE WHEN fault = 'small' AND n = 0 THEN 512 WHEN fault = 'large' AND n = 2 THEN 6000000 ELSE size END AS size,
  moment AS last_modified_date,
  CASE WHEN is_delete_marker THEN NULL WHEN fault = 'encryption' AND n > 0 THEN 'SSE-S3' ELSE 'SSE-KMS' END AS encryption_status,
  CASE WHEN is_delete_marker OR fault = 'retention-none' THEN NULL WHEN fault = 'retention-expired' THEN TIMESTAMP '2026-11-01 00:00:00'
    ELSE moment + INTERVAL '400' DAY END AS object_lock_retain_until_date,
  CASE WHEN is_delete_marker OR fault = 'retention-none' THEN NULL WHEN fault = 'retention-weak' THEN 'GOVERNANCE' ELSE 'COMPLIANCE' END
    AS object_lock_mode
FROM versions"""


def write(fleet: Fleet, folder: Path, form: Form = "Parquet", parts: int = 4) -> Path:
    """A report of the fleet in a folder, as S3 leaves it: manifest, checksum, data files."""
    data = folder / "data"
    data.mkdir(parents=True)
    database = duckdb.connect(config={"threads": 2})
    database.execute("SET TimeZone = 'UTC'")
    database.execute(f"CREATE TEMP TABLE report AS {rows(fleet)}")
    for part in range(parts):
        chosen = f"FROM report WHERE hash(key) % {parts} = {part}"
        if form == "Parquet":
            database.execute(f"COPY (SELECT * {chosen}) TO '{data / f'{part}.parquet'}' (FORMAT parquet)")
        else:
            database.execute(f"COPY (SELECT {_AS_CSV} {chosen}) TO '{data / f'{part}.csv.gz'}' ({_CSV})")
    database.close()
    manifest(folder, form)
    return folder


_MOMENT = "strftime({0}, '%Y-%m-%dT%H:%M:%S.000Z')"
_AS_CSV = ", ".join(
    {
        "key": "url_encode(key) AS key",
        "last_modified_date": _MOMENT.format("last_modified_date"),
        "object_lock_retain_until_date": _MOMENT.format("object_lock_retain_until_date"),
    }.get(name, name)
    for name in FIELDS.values()
)
_CSV = "FORMAT csv, HEADER false, COMPRESSION gzip, FORCE_QUOTE *"


def manifest(
    folder: Path, form: str, *, bucket: str = BUCKET, fields: tuple[str, ...] = tuple(FIELDS)
) -> None:
    """Writes the manifest of the data files that are there, and its checksum."""
    files = [
        {
            "key": f"{bucket}/config/data/{path.name}",
            "size": path.stat().st_size,
            "MD5checksum": _md5(path.read_bytes()),
        }
        for path in sorted((folder / "data").iterdir())
    ]
    kinds = {"is_latest": "boolean", "is_delete_marker": "boolean", "size": "int64"}
    message = "; ".join(
        f"optional {kinds.get(FIELDS[name], 'binary')} {FIELDS[name]} (UTF8)" for name in fields
    )
    content = json.dumps(
        {
            "sourceBucket": bucket,
            "destinationBucket": "arn:aws:s3:::acme-inventory",
            "version": "2016-11-30",
            "creationTimestamp": str(int(CREATED.timestamp() * 1000)),
            "fileFormat": form,
            "fileSchema": ", ".join(fields) if form == "CSV" else f"message s3.inventory {{ {message}; }}",
            "files": files,
        }
    ).encode()
    (folder / "manifest.json").write_bytes(content)
    (folder / "manifest.checksum").write_text(_md5(content) + "\n")


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def expected(fleet: Fleet, path: Path) -> Path:
    """The list of the wallets that there should be."""
    database = duckdb.connect(config={"threads": 2})
    kinds = list(fleet.kinds)
    without = kinds.index("not-expected") if "not-expected" in kinds else -1
    strange = kinds.index("strange-folder") if "strange-folder" in kinds else -1
    database.execute(
        f"COPY (SELECT CASE WHEN i // {fleet.each} = {strange} THEN 'wallet-' || i ELSE {_KEY_ID} END AS key_id FROM "
        f"(SELECT i, md5('wallet ' || i) AS h FROM range({fleet.wallets}) AS r(i)) WHERE i // {fleet.each} <> {without}) "
        f"TO '{path}' (FORMAT csv, HEADER true)"
    )
    database.close()
    return path
