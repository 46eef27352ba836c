"""Athena as the third engine: run for real on the emulator, over a socket, and held against the other two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from services.audit.athena_offer import Offer, offer
from services.audit.audit import Wanted
from services.audit.locating import named
from services.audit.sources import FolderSource
from services.audit.subject import Subject
from services.model.calls import Aws, Call, Reply
from services.problems import ProblemError
from tests import fleet
from tests.fleet import TERMS, Fleet, key_id
from tests.services.audit import athena_room as room
from tests.services.audit.asking import ask, checks, found
from tests.services.audit.stacked import of_fleet
from tests.services.audit.test_reading import OTHER
from tests.services.verify.bucket import OURS
from tests.tally import count
from tests.world import ACCOUNT, BUCKET

pytestmark = pytest.mark.slow

PLANTED = Fleet(700, 3, fleet.KINDS)
LISTED = frozenset({"encryption", "retention-none", "retention-expired", "retention-weak", "counted-twice"})
"""What a listing cannot know, and what cannot be in a bucket."""


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    with room.opened(tmp_path_factory.mktemp("emulator")) as aws:
        yield aws


def offered(aws: Aws, report: Path) -> Offer:
    source = named(room.deliver(aws, report), ACCOUNT, aws, report / "cache")
    return offer(aws, source, BUCKET, room.GROUP, "default")


def folder(report: Path) -> Any:
    return lambda _aws, _cache: FolderSource(report)


@pytest.mark.parametrize("form", ["Parquet", pytest.param("CSV", marks=pytest.mark.slow)])
def test_three_engines_find_the_same_in_the_same_bucket(account: Aws, tmp_path: Path, form: Any) -> None:
    report = fleet.write(PLANTED, tmp_path / "report", form)
    given = fleet.expected(PLANTED, tmp_path / "expected.csv")
    aws = room.Supplied(account)
    asked = offered(aws, report)
    assert not [call for call in aws.calls if call.op == "StartQueryExecution"]
    by_athena = ask(
        Wanted("athena", None, given, tmp_path / "athena", offer=asked), tmp_path / "scratch", aws
    )
    by_report = ask(Wanted("inventory", folder(report), given, tmp_path / "inventory"), tmp_path)
    by_list = ask(Wanted("list", expected=given), tmp_path, of_fleet(PLANTED))
    assert found(by_athena) == found(by_report) == PLANTED.planted
    assert found(by_list) == {(kind, where) for kind, where in PLANTED.planted if kind not in LISTED}
    for name in ("findings.csv", "coverage.csv"):
        assert (tmp_path / "athena" / name).read_bytes() == (tmp_path / "inventory" / name).read_bytes()
    for part in ("totals", "by_day", "as_of"):
        assert by_athena.document[part] == by_report.document[part]
    told = checks(by_athena)["list"]
    assert (told.status, by_athena.document["athena"]["workgroup"]) == ("pass", room.GROUP)
    assert "Athena read" in told.evidence
    statements = [str(c.params["QueryString"]) for c in aws.calls if c.op == "StartQueryExecution"]
    assert [statement.split()[0] for statement in statements] == ["CREATE", "WITH", "WITH"]
    count("faults injected", len(PLANTED.planted))


def test_wallets_that_are_read_are_counted_here_and_all_others_there(account: Aws, tmp_path: Path) -> None:
    few = Fleet(12, 1, ("missing", "not-expected", "small", "gap", "deleted"))
    report = fleet.write(few, tmp_path / "report")
    given = fleet.expected(few, tmp_path / "expected.csv")
    stack = of_fleet(few)
    # What is in them does not matter here: that they were read does, with which key they are encrypted above all.
    stack.bodies = dict.fromkeys((each.key for each in stack.versions if not each.marker), b"no backup")
    stack.own_headers = {f"{key_id(9)}/recovery_shard-1.txt": {"SSEKMSKeyId": OTHER}}
    emulated = room.Supplied(account)

    def aws(call: Call) -> Reply:
        return stack(call) if call.params.get("Bucket") == BUCKET else emulated(call)

    subject = Subject(TERMS, ACCOUNT, (OURS,))
    same = {"sample": 9, "seed": "x"}
    wanted = Wanted("athena", None, given, tmp_path / "athena", offer=offered(emulated, report), **same)  # type: ignore[arg-type]
    by_athena = ask(wanted, tmp_path / "scratch", aws, subject)
    reading = Wanted("inventory", folder(report), given, tmp_path / "inventory", **same)  # type: ignore[arg-type]
    by_report = ask(reading, tmp_path, stack, subject)
    assert by_athena.document["wallets_read"] == 9
    assert found(by_athena) == found(by_report) > few.planted
    assert ("encryption", key_id(9)) in found(by_athena)
    assert by_athena.document["totals"] == by_report.document["totals"]
    coverage = [(tmp_path / engine / "coverage.csv").read_bytes() for engine in ("athena", "inventory")]
    assert coverage[0] == coverage[1]


@pytest.mark.parametrize("which", ["size % 2 = 0", "NOT is_latest"])
def test_rows_about_another_bucket_are_refused(account: Aws, tmp_path: Path, which: str) -> None:
    report = fleet.write(Fleet(20, 1, fleet.TEN), tmp_path / "report", parts=1)
    path = report / "data" / "0.parquet"
    other = f"CASE WHEN {which} THEN 'another' ELSE bucket END AS bucket"
    duckdb.execute(
        f"COPY (SELECT * REPLACE ({other}) FROM read_parquet('{path}')) TO '{path}.new' (FORMAT parquet)"
    )
    Path(f"{path}.new").rename(path)
    fleet.manifest(report, "Parquet")
    aws = room.Supplied(account)
    with pytest.raises(ProblemError) as raised:
        ask(Wanted("athena", offer=offered(aws, report)), tmp_path, aws)
    assert raised.value.problem.code == "unfit"
    assert "another bucket" in raised.value.problem.summary
    count("faults injected")


def test_a_database_that_is_not_there_is_said(account: Aws, tmp_path: Path) -> None:
    report = fleet.write(Fleet(20, 1, fleet.TEN), tmp_path / "report", parts=1)
    aws = room.Supplied(account)
    with pytest.raises(ProblemError) as raised:
        ask(Wanted("athena", offer=replace(offered(aws, report), database="nowhere")), tmp_path, aws)
    assert raised.value.problem.code == "unfit"
    assert "--database" in raised.value.problem.remedy[0]
    count("faults injected")
