"""S3 Inventory as a table of Athena: its definition, and the relation `objects` over one report.

S3 leaves beside each report an index for Hive, `hive/dt=YYYY-MM-DD-HH-MM/symlink.txt`, whose lines name the report's files.
One table covers all reports of a configuration; the report is chosen by `dt`, whose value the definition takes as it is
given ("injected"), so that no report is looked for by anybody's idea of when it should be there. Source: Amazon S3 User
Guide, "Querying Amazon S3 Inventory with Amazon Athena"; Athena User Guide, "Supported types for partition projection".
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from services.audit.manifest import FIELDS, Manifest
from services.audit.question import OBJECTS, text
from services.model.athena_calls import TABLES
from services.problems import refuse

_REPORT = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}-\d{2})Z")
_PLAIN = re.compile(r"[A-Za-z0-9!_.*()/=:+, @&$;-]+")
"""Names that stand in a definition as they are, without any doubt about how it is quoted."""

_KINDS = {
    "IsLatest": "boolean",
    "IsDeleteMarker": "boolean",
    "Size": "bigint",
    "LastModifiedDate": "timestamp",
    "ObjectLockRetainUntilDate": "timestamp",
}
"""What a Parquet report holds; everything else is text. A CSV report holds text alone."""

_SERDES = {
    "CSV": "org.apache.hadoop.hive.serde2.OpenCSVSerde",
    "Parquet": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
}


@dataclass(frozen=True)
class Table:
    """A table over the reports below `location` (`s3://BUCKET/…/hive/`), and the report in it that is asked about."""

    location: str
    report: str
    manifest: Manifest

    @property
    def index(self) -> str:
        """The file that names the report's files, as `BUCKET/KEY`."""
        return f"{self.location.removeprefix('s3://')}dt={self.report}/symlink.txt"

    @property
    def name(self) -> str:
        """Its name: the same definition has the same one, another one another."""
        digest = hashlib.sha256(_body(self).encode()).hexdigest()
        return f"{TABLES}{digest[:16]}"


def table(bucket: str, prefix: str, manifest: Manifest) -> Table:
    """The table of the report in `prefix`, the report's folder with its slash. Errors: `unfit` for a strange place."""
    folder, _, last = prefix.rstrip("/").rpartition("/")
    named = _REPORT.fullmatch(last)
    location = f"s3://{bucket}/{folder}/hive/" if folder else f"s3://{bucket}/hive/"
    if named is None or _PLAIN.fullmatch(location) is None:
        raise refuse(
            "unfit",
            "Athena cannot be told where the report is: the name of its folder has signs that a table cannot have.",
            "Read the report on this computer: --engine inventory.",
            where=f"s3://{bucket}/{prefix}",
        )
    return Table(location, f"{named[1]}-{named[2]}", manifest)


def definition(asked: Table) -> str:
    """The statement that makes the table where it is not there yet. It is a name for files: it changes none."""
    return f"CREATE EXTERNAL TABLE IF NOT EXISTS `{asked.name}` {_body(asked)}"


def _body(asked: Table) -> str:
    columns = ",\n  ".join(f"`{name}` {kind}" for name, kind in _columns(asked.manifest))
    return f"""(
  {columns}
)
PARTITIONED BY (`dt` string)
ROW FORMAT SERDE '{_SERDES[asked.manifest.format]}'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.IgnoreKeyTextOutputFormat'
LOCATION '{asked.location}'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.dt.type' = 'injected',
  'storage.location.template' = '{asked.location}dt=${{dt}}/'
)"""


def _columns(manifest: Manifest) -> list[tuple[str, str]]:
    """Parquet is read by name, so only what is asked for is named; CSV by place, so everything is."""
    if manifest.format == "Parquet":
        return [(FIELDS[name], _KINDS.get(name, "string")) for name in FIELDS if name in manifest.schema]
    names = enumerate(manifest.schema)
    return [(FIELDS.get(name, f"unread_{place}"), "string") for place, name in names]


def objects(asked: Table) -> str:
    """The report as the relation `objects`. A row about another bucket has an empty name, which no file can have."""
    manifest = asked.manifest
    csv = manifest.format == "CSV"

    def has(name: str) -> bool:
        return name in manifest.schema

    def cell(name: str, kind: str) -> str:
        if not has(name):
            return f"CAST(NULL AS {kind})"
        column = f'"{FIELDS[name]}"'
        # The reader of CSV gives text, and empty text for nothing.
        found = f"nullif({column}, '')" if csv else column
        if csv and kind == "TIMESTAMP":
            found = f"replace(replace({found}, 'T', ' '), 'Z', '')"
        return f"CAST({found} AS {kind})"

    key = "url_decode(replace(\"key\", '+', ' '))" if csv else '"key"'
    columns = {
        "key": f"CASE WHEN \"bucket\" = {text(manifest.bucket)} THEN {key} ELSE '' END",
        "version_id": f"coalesce({cell('VersionId', 'VARCHAR')}, '')"
        if has("VersionId")
        else "CAST(NULL AS VARCHAR)",
        "latest": cell("IsLatest", "BOOLEAN"),
        "marker": f"coalesce({cell('IsDeleteMarker', 'BOOLEAN')}, FALSE)",
        "size": cell("Size", "BIGINT"),
        "written": cell("LastModifiedDate", "TIMESTAMP"),
        "encryption": cell("EncryptionStatus", "VARCHAR"),
        "kms_key": "CAST(NULL AS VARCHAR)",
        "lock_known": "TRUE" if has("ObjectLockRetainUntilDate") else "FALSE",
        "lock_mode": cell("ObjectLockMode", "VARCHAR"),
        "locked_until": cell("ObjectLockRetainUntilDate", "TIMESTAMP"),
    }
    listed = ",\n  ".join(f"{columns[name]} AS {name}" for name, _ in OBJECTS)
    return f'SELECT\n  {listed}\nFROM "{asked.name}"\nWHERE dt = {text(asked.report)}'
