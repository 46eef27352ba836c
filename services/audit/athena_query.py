"""One statement that Athena runs: begun, waited for, its answer fetched, and whatever ended it early put into words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.audit.athena_offer import readable
from services.audit.sources import SLICE
from services.aws.translate import one_line, problem_of
from services.clock import Clock
from services.events import Progressed
from services.model.athena_calls import execution, head, start, stop
from services.model.calls import Aws, Refused, Reply
from services.model.coverage_reads import get
from services.problems import Problem, ProblemError, refuse

FIRST, LONGEST = 1.0, 10.0
"""Seconds between two looks: short at first, then each half as long again as the one before."""


@dataclass(frozen=True)
class Asking:
    """Where statements run, and what tells one run of the program from another (`seed`)."""

    aws: Aws
    clock: Clock
    workgroup: str
    database: str
    account: str
    seed: str


@dataclass(frozen=True)
class Ended:
    """A statement that was carried out: what Athena read for it, in bytes, and where the answer is (`s3://…`)."""

    query: str
    scanned: int
    answer: str


def run(asking: Asking, statement: str) -> Generator[Progressed, None, Ended]:
    """Runs a statement. One that is not waited for to its end is stopped, because it would go on and cost."""
    token = hashlib.sha256(f"{asking.seed} {statement}".encode()).hexdigest()
    query = str(_asked(asking.aws, statement, asking, token)["QueryExecutionId"])
    ended = False
    try:
        seconds, begun = FIRST, asking.clock.now()
        while True:
            try:
                found: Mapping[str, Any] = asking.aws(execution(query))["QueryExecution"]
            except Refused as refused:
                raise ProblemError(problem_of(refused)) from None
            state = str(found["Status"]["State"])
            if state not in {"QUEUED", "RUNNING"}:
                ended = True
                break
            asking.clock.sleep(seconds)
            seconds = min(seconds * 1.5, LONGEST)
            word = "waits for its turn" if state == "QUEUED" else "is at work"
            yield Progressed("athena", f"Athena {word}: {asking.clock.now() - begun:.0f} s.")
    finally:
        if not ended:
            with suppress(Refused, ProblemError):
                asking.aws(stop(query))
    if state != "SUCCEEDED":
        raise ProblemError(why(found["Status"], query, asking.workgroup))
    scanned = int((found.get("Statistics") or {}).get("DataScannedInBytes") or 0)
    return Ended(query, scanned, str((found.get("ResultConfiguration") or {}).get("OutputLocation") or ""))


def _asked(aws: Aws, statement: str, asking: Asking, token: str) -> Reply:
    try:
        return aws(start(statement, asking.workgroup, asking.database, token))
    except Refused as refused:
        raise ProblemError(problem_of(refused)) from None


_DENIED = re.compile(r"access ?denied|insufficient permission|not authorized|forbidden", re.IGNORECASE)
_LIMIT = re.compile(r"bytes scanned limit", re.IGNORECASE)
_NO_DATABASE = re.compile(r"(database|schema)\b.*\b(not found|does not exist)", re.IGNORECASE)
_SYSTEM = 1
"""Athena's category of errors that are its own."""


def why(status: Mapping[str, Any], query: str, workgroup: str) -> Problem:
    """Why a query did not end well; `status` as Athena tells it."""
    told = str(status.get("StateChangeReason") or (status.get("AthenaError") or {}).get("ErrorMessage") or "")
    said = f" It said: {one_line(told)}" if told else ""
    where = f"athena {workgroup} {query}"
    if _LIMIT.search(told):
        return Problem(
            "limit",
            f"Athena ended the question, because it had read as much as the workgroup {workgroup} lets a question read.{said}",
            (
                "Raise the workgroup's limit (BytesScannedCutoffPerQuery); what was read so far is charged.",
                "Or read the report on this computer: --engine inventory.",
            ),
            where,
        )
    if status.get("State") == "CANCELLED":
        return Problem(
            "busy",
            f"Somebody stopped the question in Athena before it was answered.{said}",
            ("Run the audit again, if that was not meant.",),
            where,
        )
    if _DENIED.search(told):
        return Problem(
            "denied",
            f"Athena could not answer in this sign-in's name: it may not read the report, or not write its answer.{said}",
            (
                "Have it allowed: 'palisade-wizard policy --config S --for coverage --engine athena' prints the policy.",
                (
                    "If the report or the answers are encrypted with a KMS key of yours, this sign-in needs "
                    "kms:Decrypt and kms:GenerateDataKey on it too."
                ),
            ),
            where,
        )
    if _NO_DATABASE.search(told):
        return Problem(
            "unfit",
            f"The database in which Athena should keep the table of the report is not there.{said}",
            ("Make it in Athena ('CREATE DATABASE palisade'), and name it with --database.",),
            where,
        )
    error: Mapping[str, Any] = status.get("AthenaError") or {}
    if error.get("ErrorCategory") == _SYSTEM or error.get("Retryable"):
        return Problem(
            "busy",
            f"Athena could not answer, by a fault of its own.{said}",
            ("Run the audit again in a minute, or read the report on this computer: --engine inventory.",),
            where,
        )
    return Problem(
        "refused",
        f"Athena could not answer.{said}",
        (
            "Look the question up by its id in the Athena console.",
            "Read the report on this computer: --engine inventory.",
        ),
        where,
    )


def fetch(asking: Asking, ended: Ended, owner: str, target: Path) -> Iterator[Progressed]:
    """Fetches an answer (CSV) whole into a file. `owner` is the account of its bucket."""
    bucket, _, key = ended.answer.removeprefix("s3://").partition("/")
    if not ended.answer.startswith("s3://") or not key:
        raise refuse(
            "unfit",
            "Athena did not say in which file of S3 its answer is.",
            "Let the workgroup write its answers into a bucket of yours (ResultConfiguration).",
            where=ended.query,
        )
    try:
        size = int(asking.aws(head(bucket, owner, key))["ContentLength"])
        with target.open("wb") as out:
            for begin in range(0, size, SLICE):
                end = min(begin + SLICE, size)
                part: bytes = asking.aws(get(bucket, owner, key, f"bytes={begin}-{end - 1}"))["Body"]
                if len(part) != end - begin:
                    raise refuse(
                        "busy",
                        "Athena's answer changed while it was fetched.",
                        "Run the audit again.",
                        where=ended.answer,
                    )
                out.write(part)
                yield Progressed("athena", f"{readable(end)} of {readable(size)} of the answer are here.")
    except Refused as refused:
        raise ProblemError(problem_of(refused)) from None
    except OSError as error:
        raise refuse("folder", f"Athena's answer could not be kept ({error.strerror}).", "Make room, then run the audit again.", where=str(target)) from None  # fmt: skip
