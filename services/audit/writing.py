"""The findings and the coverage as files, with stable columns: JSON, CSV and Parquet; and a report to look at.

No file is ever overwritten.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from services import files
from services.audit.answer import Asked, Audited
from services.audit.picture import markdown
from services.audit.question import FINDINGS, text
from services.file_problems import unwritten
from services.problems import refuse
from services.verify.checks import report_json

COVERAGE = (
    "environment", "bucket", "key_id", "expected", "files", "bytes", "first_written", "newest_written", "versions",
    "delete_markers", "deleted_files", "wrong_encryption", "encryption_unknown", "without_retention",
    "retention_unknown", "locked_until",
)  # fmt: skip
"""The columns of the coverage, in order; stable. `locked_until` is when the first file's retention ends."""

NAMES = (
    "audit.json",
    "findings.json",
    "findings.csv",
    "findings.parquet",
    "coverage.csv",
    "coverage.parquet",
    "report.md",
)

PIECE = 1024 * 1024
"""Bytes that are copied at once."""

_FORMATS = {
    "json": "FORMAT json, ARRAY true",
    "csv": "FORMAT csv, HEADER true",
    "parquet": "FORMAT parquet, COMPRESSION zstd",
}


def check(folder: Path) -> None:
    """Refuses a folder in which one of the files is already. Errors: `exists`."""
    for name in NAMES:
        if os.path.lexists(folder / name):
            raise refuse(
                "exists",
                f"{folder / name} is there already, and an audit's findings are never overwritten.",
                "Give another folder with --out.",
                where=str(folder / name),
            )


def write(asked: Asked, told: Audited, folder: Path, scratch: Path) -> tuple[Path, ...]:
    """Writes all files; the long ones by way of a private folder `scratch`. Errors: `exists`, `folder`."""
    files.folder(folder)
    check(folder)
    for name in NAMES[1:-1]:
        what, kind = name.split(".")
        copy(
            asked,
            _findings(kind) if what == "findings" else _coverage(asked),
            folder / name,
            _FORMATS[kind],
            scratch / name,
        )
    document = {**told.document, **report_json(told.report)}
    files.publish(folder / NAMES[0], (json.dumps(document, indent=2) + "\n").encode(), 0o600)
    files.publish(folder / NAMES[-1], markdown(told).encode(), 0o600)
    return tuple(folder / name for name in NAMES)


def _findings(kind: str) -> str:
    columns = (
        _harmless(name) if kind == "csv" and name in {"object_key", "seen"} else name for name in FINDINGS
    )
    return f"SELECT {', '.join(columns)} FROM findings ORDER BY kind, key_id, object_key"


def _harmless(name: str) -> str:
    """A cell that a spreadsheet may take for a formula begins with an apostrophe; as in the record's CSV."""
    begins = text("^[=+\\-@\\t\\r'＝＋－＠]")
    return f"CASE WHEN regexp_matches({name}, {begins}) THEN '''' || {name} ELSE {name} END AS {name}"


def _coverage(asked: Asked) -> str:
    return f"""
SELECT {text(asked.terms.environment)} AS environment, {text(asked.terms.bucket)} AS bucket, key_id, expected, files,
  coalesce(bytes, 0) AS bytes, first_written, newest_written, versions, markers AS delete_markers, hidden AS deleted_files,
  wrong_encryption, encryption_unknown, unlocked AS without_retention, lock_unknown AS retention_unknown,
  first_unlocked AS locked_until
FROM coverage ORDER BY key_id"""


def copy(asked: Asked, query: str, target: Path, form: str, scratch: Path) -> None:
    """A query's rows into a file that appears whole under its name. The database opens what it writes by its name alone,
    whatever stands there, so it writes where nobody else can put anything.
    """

    def pieces() -> Iterator[bytes]:
        with scratch.open("rb") as written:
            while piece := written.read(PIECE):
                yield piece

    try:
        asked.database.execute(f"COPY ({query}) TO {text(str(scratch))} ({form})")
        files.publish(target, pieces, 0o600)
        scratch.unlink()
    except OSError as error:
        raise unwritten(error, target) from None
