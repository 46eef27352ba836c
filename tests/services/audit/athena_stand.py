"""A stand-in for what Athena is asked with: a workgroup, files in S3, a query that is in one state after another."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.audit.athena_offer import Offer, offer
from services.audit.athena_query import Asking, Ended
from services.audit.sources import BucketSource
from services.events import Progressed
from services.model.calls import Call, Refused, Reply
from services.problems import Problem
from tests import fleet
from tests.fleet import Fleet
from tests.ports import FakeClock
from tests.tally import count
from tests.world import ACCOUNT, BUCKET

STORE, PREFIX = "acme-inventory", f"inv/{BUCKET}/daily/"
REPORT, INDEX = f"{PREFIX}2026-11-22T01-00Z/", f"{PREFIX}hive/dt=2026-11-22-01-00/symlink.txt"
TINY = Fleet(20, 1)
SETTINGS: dict[str, Any] = {
    "ResultConfiguration": {"OutputLocation": "s3://acme-answers/audit/"},
    "BytesScannedCutoffPerQuery": 10_000_000_000,
    "EngineVersion": {"EffectiveEngineVersion": "Athena engine version 3"},
}
DONE: dict[str, Any] = {"State": "SUCCEEDED"}


@dataclass
class Room:
    """A workgroup, files in S3, and a query that is in one state after another."""

    settings: dict[str, Any] = field(default_factory=lambda: dict(SETTINGS))
    state: str = "ENABLED"
    files: dict[str, bytes] = field(default_factory=dict)
    states: list[dict[str, Any] | Refused] = field(default_factory=lambda: [DONE])
    refused: dict[str, str] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    def __call__(self, call: Call) -> Reply:
        self.calls.append(call)
        if call.op in self.refused:
            raise Refused(call, self.refused[call.op], "It said so.", 400)
        match call.op:
            case "GetWorkGroup":
                return {"WorkGroup": {"State": self.state, "Configuration": self.settings}}
            case "StartQueryExecution":
                return {"QueryExecutionId": "q-1"}
            case "GetQueryExecution":
                state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
                if isinstance(state, Refused):
                    raise state
                return {"QueryExecution": {"Status": state, "Statistics": {"DataScannedInBytes": 7}}}
            case "StopQueryExecution":
                return {}
        assert call.params["ExpectedBucketOwner"] == ACCOUNT
        body = self.files.get(str(call.params["Key"]))
        if body is None:
            raise Refused(call, "NoSuchKey", "gone", 404)
        begin, _, end = str(call.params.get("Range", "bytes=0-")).removeprefix("bytes=").partition("-")
        return {"Body": body[int(begin) : int(end or len(body)) + 1], "ContentLength": len(body)}

    def ops(self) -> list[str]:
        return [call.op for call in self.calls]


def whole(problem: Problem, code: str) -> None:
    count("faults injected")
    assert problem.code == code
    assert problem.remedy
    for sentence in (problem.summary, *problem.remedy):
        assert sentence[0].isupper()
        assert sentence.endswith((".", "…"))


def report(place: Path) -> dict[str, bytes]:
    """A report as S3 delivers it, by key."""
    folder = fleet.write(TINY, place, "CSV", parts=2)
    data = {f"{BUCKET}/config/data/{path.name}": path.read_bytes() for path in (folder / "data").iterdir()}
    index = "\n".join(f"s3://{STORE}/{key}" for key in data).encode()
    small = {REPORT + name: (folder / name).read_bytes() for name in ("manifest.json", "manifest.checksum")}
    return {**data, **small, INDEX: index}


def offered(room: Room) -> Offer:
    source = BucketSource(room, STORE, ACCOUNT, REPORT, Path("nowhere"))
    return offer(room, source, BUCKET, "audit", "default")


def asking(aws: Any) -> Asking:
    return Asking(aws, FakeClock(), "audit", "default", ACCOUNT, "seed")


def done(work: Generator[Progressed, None, Ended]) -> Ended:
    while True:
        try:
            next(work)
        except StopIteration as stopped:
            ended: Ended = stopped.value
            return ended
