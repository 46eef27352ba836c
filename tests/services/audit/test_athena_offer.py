"""What keeps Athena from being asked: each is one clear sentence, and nothing was begun."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from services.audit.athena_offer import LEAST, PRICE, dollars, offer
from services.audit.athena_table import definition, objects, table
from services.audit.manifest import FIELDS, parse
from services.audit.sources import FolderSource
from services.model.athena_calls import execution, start, stop, workgroup
from services.problems import Problem, ProblemError
from tests.services.audit.athena_stand import (
    INDEX,
    PREFIX,
    REPORT,
    SETTINGS,
    STORE,
    Room,
    offered,
    report,
    whole,
)
from tests.world import BUCKET


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return report(tmp_path_factory.mktemp("report"))


def refusal(room: Room) -> Problem:
    with pytest.raises(ProblemError) as raised:
        offered(room)
    assert "StartQueryExecution" not in room.ops()
    return raised.value.problem


def test_what_it_takes_is_said_before_anything_is_begun(delivered: dict[str, bytes]) -> None:
    room = Room(files=delivered)
    found = offered(room)
    assert set(room.ops()) == {"GetObject", "HeadObject", "GetWorkGroup"}
    says = " ".join(found.says())
    for word in (
        "2 questions", "at most", "5 USD a TB", "10 MB", "the workgroup audit", "s3://acme-answers/audit/",
        found.table.name, "10.0 GB",
    ):  # fmt: skip
        assert word in says, word
    # Far less than is charged at least, and never rounded down.
    assert found.bytes < LEAST
    assert found.usd == 2 * LEAST / 1e12 * PRICE
    assert dollars(found.usd) == "USD 0.0002"
    large = replace(found, bytes=2_650_000_000)
    assert dollars(large.usd) == "USD 0.0265"
    assert dollars(0) == "USD 0.0001"


@pytest.mark.parametrize(
    ("settings", "state", "words"),
    [
        ({"BytesScannedCutoffPerQuery": None}, "ENABLED", "no limit of how much"),
        ({"ResultConfiguration": None}, "ENABLED", "where the answers go"),
        ({"ResultConfiguration": {}}, "ENABLED", "where the answers go"),
        (
            {
                "ResultConfiguration": {
                    "OutputLocation": "s3://b/",
                    "EncryptionConfiguration": {"EncryptionOption": "CSE_KMS"},
                }
            },
            "ENABLED",
            "CSE_KMS",
        ),
        ({"EngineVersion": {"EffectiveEngineVersion": "PySpark engine version 3"}}, "ENABLED", "PySpark"),
        ({}, "DISABLED", "switched off"),
    ],
)
def test_a_workgroup_that_will_not_do(
    delivered: dict[str, bytes], settings: dict[str, Any], state: str, words: str
) -> None:
    problem = refusal(Room({**SETTINGS, **settings}, state, delivered))
    whole(problem, "unfit")
    assert words in problem.summary
    assert problem.where == "audit"


@pytest.mark.parametrize(
    ("op", "code", "kind"),
    [
        ("GetWorkGroup", "InvalidRequestException", "unfit"),
        ("GetWorkGroup", "AccessDeniedException", "denied"),
        ("GetWorkGroup", "TooManyRequestsException", "throttled"),
        ("HeadObject", "403", "denied"),
        ("GetObject", "AccessDenied", "denied"),
    ],
)
def test_what_may_not_be_looked_at(delivered: dict[str, bytes], op: str, code: str, kind: str) -> None:
    whole(refusal(Room(files=delivered, refused={op: code})), kind)


def first(files: dict[str, bytes]) -> str:
    return next(key for key in files if "/data/" in key)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda files: {**files, INDEX: files[INDEX].splitlines()[0]}, "failed-check"),
        (lambda files: {**files, INDEX: files[INDEX] + b"\ns3://acme-inventory/more.csv.gz"}, "failed-check"),
        (lambda files: {**files, INDEX: files[INDEX].replace(b"acme-inv", b"evil-inv")}, "failed-check"),
        (lambda files: {key: body for key, body in files.items() if key != INDEX}, "not-ready"),
        (lambda files: {**files, first(files): b"other"}, "failed-check"),
        (lambda files: {key: body for key, body in files.items() if key != first(files)}, "not-ready"),
        (lambda files: {**files, REPORT + "manifest.checksum": b"0"}, "failed-check"),
    ],
    ids=[
        "fewer",
        "more",
        "another bucket",
        "no index",
        "another size",
        "a file is gone",
        "manifest was changed",
    ],
)
def test_what_athena_would_read_is_held_against_the_manifest(
    delivered: dict[str, bytes], change: Callable[[dict[str, bytes]], dict[str, bytes]], kind: str
) -> None:
    whole(refusal(Room(files=change(delivered))), kind)


def test_a_report_above_the_limit_is_not_begun(delivered: dict[str, bytes]) -> None:
    problem = refusal(Room({**SETTINGS, "BytesScannedCutoffPerQuery": 10}, files=delivered))
    whole(problem, "limit")


def test_a_folder_of_this_computer_is_nothing_for_athena(tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as raised:
        offer(Room(), FolderSource(tmp_path), BUCKET, "audit", "default")
    whole(raised.value.problem, "usage")


def test_every_call_is_valid_by_awss_own_model() -> None:
    model = botocore.session.get_session().get_service_model("athena")
    for call in (
        workgroup("audit"),
        start("WITH x", "audit", "default", "0" * 64),
        execution("q"),
        stop("q"),
    ):
        report = ParamValidator().validate(dict(call.params), model.operation_model(call.op).input_shape)
        assert not report.has_errors(), report.generate_report()


def test_a_table_is_named_after_what_it_is(delivered: dict[str, bytes]) -> None:
    content, checksum = delivered[REPORT + "manifest.json"], delivered[REPORT + "manifest.checksum"]
    manifest = parse(content, checksum, BUCKET, "here")
    one, later = (
        table(STORE, f"{PREFIX}{day}/", manifest) for day in ("2026-11-22T01-00Z", "2026-11-23T01-00Z")
    )
    assert one.name == later.name
    assert one.report != later.report
    assert one.location == f"s3://{STORE}/{PREFIX}hive/"
    assert one.index == f"{STORE}/{INDEX}"
    elsewhere = table("another-store", REPORT, manifest)
    typed = replace(one, manifest=replace(manifest, format="Parquet"))
    fewer = replace(one, manifest=replace(manifest, schema=manifest.schema[:-1]))
    assert len({each.name for each in (one, elsewhere, typed, fewer)}) == 4
    assert "timestamp" in definition(typed)
    assert "timestamp" not in definition(one)
    # A report in CSV is read by place: a field that is not asked for keeps its own.
    extra = replace(one, manifest=replace(manifest, schema=("Bucket", "ETag", *tuple(FIELDS)[1:])))
    assert [line.split("`")[1] for line in definition(extra).splitlines()[1:4]] == [
        "bucket",
        "unread_1",
        "key",
    ]
    assert "unread_1" not in objects(extra)
    for strange in (f"{PREFIX}nothing/", "a'b/2026-11-22T01-00Z/", "a\\b/2026-11-22T01-00Z/"):
        with pytest.raises(ProblemError) as raised:
            table(STORE, strange, manifest)
        whole(raised.value.problem, "unfit")
    assert json.loads(content)["fileFormat"] == "CSV"
