"""The *inventory* engine: reads an S3 Inventory report where it lies, in one pass, and takes nothing on trust.

Every file is held against the checksum in the manifest, and the manifest against its own. What is missing or damaged
makes the result partial, and says so. An inventory tells that a file is encrypted with a KMS key, not with which one: the
key stays unknown, but for the files that are read afterwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from services.audit.manifest import CHECKSUM, FIELDS, MANIFEST, DataFile, Manifest, parse
from services.audit.question import OBJECTS, text
from services.audit.sources import Source
from services.clock import Clock
from services.events import Progressed
from services.problems import Problem, ProblemError, refuse

EVERY = 2.0
"""Seconds between two words about how far it is."""


@dataclass
class Report:
    """A report that was read: the files that are sound, and what is wrong with the others."""

    manifest: Manifest
    sound: list[Path] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.absent and not self.damaged


def manifest_of(source: Source, bucket: str) -> Manifest:
    """The report's manifest, checked. Errors: as `manifest.parse`."""
    return parse(source.small(MANIFEST), source.small(CHECKSUM), bucket, source.where)


def gather(source: Source, report: Report, clock: Clock) -> Iterator[Progressed]:
    """Has every file of the report on this computer and checked."""
    whole = sum(file.size for file in report.manifest.files)
    state = _Gathered(clock.now())
    for file in report.manifest.files:
        found = source.local(file, state.add)
        match found:
            case Problem():
                report.absent.append(f"{file.key}: {found.summary}")
            case Path() if not _sound(found, file):
                report.damaged.append(file.key)
            case Path():
                report.sound.append(found)
        if clock.now() - state.told >= EVERY:
            state.told = clock.now()
            done = f"{state.bytes / 1e6:,.0f} of {whole / 1e6:,.0f} MB"
            yield Progressed("inventory", f"{done} of the report are here and checked.")


@dataclass
class _Gathered:
    told: float
    bytes: int = 0

    def add(self, number: int) -> None:
        self.bytes += number


def _sound(path: Path, file: DataFile) -> bool:
    """Whether a file is what the manifest says."""
    digest = hashlib.md5(usedforsecurity=False)
    try:
        with path.open("rb") as content:
            while piece := content.read(1 << 20):
                digest.update(piece)
    except OSError as error:
        raise refuse("unreadable-file", f"The inventory's file {path} cannot be read ({error.strerror}).", "Make it readable, then run the audit again.", where=str(path)) from None  # fmt: skip
    return digest.hexdigest() == file.md5 and path.stat().st_size == file.size


def relation(report: Report) -> str:
    """The report as the relation `objects`: a query over its files. It ends with `STRANGER` at a row about another bucket."""
    if not report.sound:
        return NOTHING
    manifest = report.manifest
    ours = (
        f"{_field(manifest, 'Bucket')} = {text(manifest.bucket)}" if "Bucket" in manifest.schema else "TRUE"
    )
    return f"SELECT {_columns(manifest)} FROM {_table(report)} WHERE CASE WHEN {ours} THEN TRUE ELSE error({text(STRANGER)}) END"


STRANGER = "a row of the inventory is about another bucket"

NOTHING = f"SELECT {', '.join(f'CAST(NULL AS {kind}) AS {name}' for name, kind in OBJECTS)} WHERE FALSE"
"""The relation `objects` without a row."""


def stranger() -> ProblemError:
    """The problem of a report with a row about another bucket."""
    return refuse(
        "unfit",
        "The inventory has rows about another bucket, so it is not S3's report about this one.",
        "Take another report, or list the bucket: --engine list.",
    )


def _table(report: Report) -> str:
    names = ", ".join(text(str(path)) for path in report.sound)
    if report.manifest.format == "Parquet":
        return f"read_parquet([{names}], union_by_name = true)"
    fields = ", ".join(f"{text(name)}: 'VARCHAR'" for name in report.manifest.schema)
    return (
        f"read_csv([{names}], header = false, columns = {{{fields}}}, delim = ',', quote = '\"', escape = '\"', "
        "auto_detect = false, compression = 'gzip', nullstr = '', max_line_size = 65536, buffer_size = 1048576)"
    )


def _field(manifest: Manifest, name: str) -> str:
    return f'"{name if manifest.format == "CSV" else FIELDS[name]}"'


def _columns(manifest: Manifest) -> str:
    def has(name: str) -> bool:
        return name in manifest.schema

    def cast(name: str, kind: str) -> str:
        # A Parquet moment may carry a zone; the session's is UTC.
        return f"CAST({_field(manifest, name)} AS {kind})" if has(name) else f"CAST(NULL AS {kind})"

    key = _field(manifest, "Key")
    version = f"coalesce({cast('VersionId', 'VARCHAR')}, '')" if has("VersionId") else "CAST(NULL AS VARCHAR)"
    return f"""
  {f"url_decode(replace({key}, '+', ' '))" if manifest.format == "CSV" else key} AS key,
  {version} AS version_id,
  {cast("IsLatest", "BOOLEAN")} AS latest,
  coalesce({cast("IsDeleteMarker", "BOOLEAN")}, FALSE) AS marker,
  {cast("Size", "BIGINT")} AS size,
  {cast("LastModifiedDate", "TIMESTAMP")} AS written,
  {cast("EncryptionStatus", "VARCHAR")} AS encryption,
  CAST(NULL AS VARCHAR) AS kms_key,
  {"TRUE" if has("ObjectLockRetainUntilDate") else "FALSE"} AS lock_known,
  {cast("ObjectLockMode", "VARCHAR")} AS lock_mode,
  {cast("ObjectLockRetainUntilDate", "TIMESTAMP")} AS locked_until
"""
