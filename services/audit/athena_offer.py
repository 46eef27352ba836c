"""What asking Athena takes, looked at and said before anything is begun: the report, the workgroup, the cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.audit.athena_table import Table, table
from services.audit.inventory import manifest_of
from services.audit.manifest import LARGEST, Manifest
from services.audit.sources import BucketSource, Source
from services.aws.guards import ReadOnly
from services.aws.translate import problem_of
from services.model.athena_calls import head, workgroup
from services.model.calls import Aws, Refused
from services.model.coverage_reads import get
from services.problems import ProblemError, refuse

PRICE = 5.0
"""USD for each TB (10**12 bytes) that is read; Athena's price in us-east-1. Definitions of tables cost nothing."""

LEAST = 10 * 1024 * 1024
"""Bytes that a question is charged for at least."""

QUESTIONS = 2
"""One for the wallets, one for the files that are none and for the wallets that are read."""


@dataclass(frozen=True)
class Offer:
    """What is asked, where, and what it may cost. `results` (`s3://…`) is where Athena writes the answers; `limit` is
    the workgroup's, in bytes a question; `bytes` is the whole report.
    """

    workgroup: str
    database: str
    results: str
    owner: str
    limit: int
    table: Table
    where: str
    bytes: int

    @property
    def usd(self) -> float:
        """At most, if each question reads the whole report."""
        return QUESTIONS * max(self.bytes, LEAST) / 1e12 * PRICE

    def says(self) -> tuple[str, ...]:
        """What a person agrees to, in sentences."""
        return (
            (
                f"Athena would be asked {QUESTIONS} questions about the report in {self.where}, in the workgroup "
                f"{self.workgroup}. Each reads {readable(self.bytes)} at most: together {dollars(self.usd)} at most, "
                f"at {PRICE:g} USD a TB (the price of us-east-1) and no less than 10 MB a question."
            ),
            f"The workgroup ends a question that has read {readable(self.limit)}.",
            (
                f"Athena writes the answers into {self.results}, where they stay until you delete them, and the definition of "
                f"the table {self.table.name} into the database {self.database} of the Glue catalogue, if it is not there "
                "yet. Nothing else is changed."
            ),
        )


def readable(number: int) -> str:
    """Bytes as a person reads them, in thousands as AWS counts for prices."""
    for unit, size in (("TB", 1e12), ("GB", 1e9)):
        if number >= size:
            return f"{number / size:,.1f} {unit}"
    return f"{number / 1e6:,.1f} MB"


def dollars(usd: float) -> str:
    """A price, rounded up: never less than it will be."""
    return f"USD {max(int(usd * 10_000 + 0.9999), 1) / 10_000:,.4f}"


def offer(aws: Aws, source: Source, bucket: str, name: str, database: str) -> Offer:
    """Looks at everything that is needed; nothing is begun, and nothing costs.

    Errors: those of the manifest; `unfit` where the workgroup will not do; `failed-check` where the report is not what its
    manifest says; `not-ready` where a part of it is missing.
    """
    if not isinstance(source, BucketSource):
        raise refuse(
            "usage",
            "Athena reads a report where it lies in S3, not one in a folder of this computer.",
            "Give its place as s3://BUCKET/PREFIX, or read it here with --engine inventory.",
            where="--inventory",
        )
    looking = ReadOnly(aws)
    manifest = manifest_of(source, bucket)
    asked = table(source.bucket, source.prefix, manifest)
    _same_files(looking, source, asked, manifest)
    settings = _workgroup(looking, name)
    given = settings["ResultConfiguration"]
    size = sum(file.size for file in manifest.files)
    limit = int(settings["BytesScannedCutoffPerQuery"])
    if manifest.format == "CSV" and size > limit:
        raise refuse(
            "limit",
            f"The workgroup {name} ends a question that has read {readable(limit)}, and the report has {readable(size)}.",
            "Raise the workgroup's limit (BytesScannedCutoffPerQuery), or read the report here with --engine inventory.",
            where=name,
        )
    return Offer(
        workgroup=name,
        database=database,
        results=str(given["OutputLocation"]),
        owner=str(given.get("ExpectedBucketOwner") or ""),
        limit=limit,
        table=asked,
        where=source.where,
        bytes=size,
    )


def _same_files(aws: Aws, source: BucketSource, asked: Table, manifest: Manifest) -> None:
    """Holds what Athena will read against the manifest, which has a checksum: the index, and each file's size."""
    bucket, _, key = asked.index.partition("/")
    named = {f"s3://{manifest.destination}/{file.key}" for file in manifest.files}
    if manifest.destination != bucket or set(_index(aws, source, bucket, key)) != named:
        raise refuse(
            "failed-check",
            "The index that Athena goes by does not name the files that the report's manifest names.",
            "Read the report on this computer: --engine inventory. Find out who can write to the inventory's bucket.",
            where=f"s3://{asked.index}",
        )
    for file in manifest.files:
        try:
            size = int(aws(head(bucket, source.account, file.key))["ContentLength"])
        except Refused as refused:
            raise ProblemError(problem_of(refused)) from None
        if size != file.size:
            raise refuse(
                "failed-check",
                f"A file of the report has {size:,} bytes, and its manifest says {file.size:,}: it is damaged or was changed.",
                "Take another report, or list the bucket: --engine list. Find out who can write to the inventory's bucket.",
                where=f"s3://{bucket}/{file.key}",
            )


def _index(aws: Aws, source: BucketSource, bucket: str, key: str) -> list[str]:
    try:
        body: bytes = aws(get(bucket, source.account, key))["Body"]
    except Refused as refused:
        raise ProblemError(problem_of(refused)) from None
    if len(body) >= LARGEST:
        raise refuse(
            "unfit",
            "The report has more files than this program looks through for Athena.",
            "Read the report on this computer: --engine inventory.",
            where=f"s3://{bucket}/{key}",
        )
    return [line.strip() for line in body.decode("utf-8", "replace").splitlines() if line.strip()]


def _workgroup(aws: Aws, name: str) -> Mapping[str, Any]:
    """The settings of a workgroup that will do."""
    try:
        found: Mapping[str, Any] = aws(workgroup(name))["WorkGroup"]
    except Refused as refused:
        if refused.code == "InvalidRequestException":
            raise _unfit(name, "is not there", _MAKE) from None
        raise ProblemError(problem_of(refused)) from None
    settings: Mapping[str, Any] = found.get("Configuration") or {}
    version = str((settings.get("EngineVersion") or {}).get("EffectiveEngineVersion") or "")
    results: Mapping[str, Any] = settings.get("ResultConfiguration") or {}
    if found.get("State") == "DISABLED":
        raise _unfit(name, "is switched off", "Switch it on, or name another one with --workgroup.")
    if version and not version.startswith("Athena"):
        raise _unfit(name, f"is none for SQL ({version[:40]})", "Name another one with --workgroup.")
    if not settings.get("BytesScannedCutoffPerQuery"):
        raise _unfit(
            name,
            "has no limit of how much a question may read",
            f"Set one: 'aws athena update-work-group --work-group {name} --configuration-updates "
            "BytesScannedCutoffPerQuery=10000000000'.",
        )
    if not str(results.get("OutputLocation") or "").startswith("s3://"):
        raise _unfit(
            name,
            "does not say where the answers go in S3",
            f"Set it: 'aws athena update-work-group --work-group {name} --configuration-updates "
            "ResultConfigurationUpdates={OutputLocation=s3://BUCKET/PREFIX/}'.",
        )
    if (results.get("EncryptionConfiguration") or {}).get("EncryptionOption") == "CSE_KMS":
        raise _unfit(
            name,
            "encrypts its answers before they reach S3 (CSE_KMS), so nobody but Athena can read them there",
            "Let it encrypt them with SSE_KMS, or name another one with --workgroup.",
        )
    return settings


_MAKE = (
    "Make one, or name another one with --workgroup: 'aws athena create-work-group --name NAME --configuration "
    "ResultConfiguration={OutputLocation=s3://BUCKET/PREFIX/},BytesScannedCutoffPerQuery=10000000000'."
)


def _unfit(name: str, why: str, remedy: str) -> ProblemError:
    return refuse("unfit", f"The Athena workgroup {name} {why}.", remedy, where=name)
