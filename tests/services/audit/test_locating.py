"""Where an inventory's reports are found, how they are fetched, and what is said before the first one is there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.audit import locating
from services.audit.audit import Wanted
from services.audit.sources import SLICE
from services.model.calls import Call, Refused, Reply
from services.model.inventories import FIELDS
from services.problems import ProblemError
from tests import fleet
from tests.services.audit.asking import ask, found, nowhere
from tests.services.audit.test_inventory import TINY
from tests.tally import count
from tests.world import ACCOUNT, BUCKET


@pytest.fixture
def report(tmp_path: Path) -> Path:
    folder = fleet.write(TINY, tmp_path / "2026-11-22T01-00Z", parts=3)
    fleet.expected(TINY, tmp_path / "expected.csv")
    return folder


class Destination:
    """The bucket of the inventory, and the bucket that names it."""

    def __init__(self, report: Path | None, **config: Any) -> None:
        self.prefix = f"inv/{BUCKET}/daily/"
        self.files: dict[str, bytes] = {}
        self.calls: list[Call] = []
        for path in sorted(report.rglob("*")) if report is not None else ():
            if path.is_file():
                name = (
                    f"{BUCKET}/config/data/{path.name}"
                    if path.parent.name == "data"
                    else f"{self.prefix}2026-11-22T01-00Z/{path.name}"
                )
                self.files[name] = path.read_bytes()
        to = {
            "Bucket": "arn:aws:s3:::acme-inventory",
            "Prefix": "inv",
            "Format": "Parquet",
            "AccountId": "999988887777",
        }
        self.configs = [
            {
                "Id": "daily",
                "IsEnabled": True,
                "IncludedObjectVersions": "All",
                "Destination": {"S3BucketDestination": to},
                **config,
            }
        ]

    def __call__(self, call: Call) -> Reply:
        self.calls.append(call)
        if call.op == "ListBucketInventoryConfigurations":
            assert call.params["ExpectedBucketOwner"] == ACCOUNT
            return {"InventoryConfigurationList": self.configs}
        assert (call.params["Bucket"], call.params["ExpectedBucketOwner"]) == (
            "acme-inventory",
            "999988887777",
        )
        if call.op == "ListObjectsV2":
            prefix = str(call.params["Prefix"])
            folders = {
                prefix + key.removeprefix(prefix).split("/")[0] + "/"
                for key in self.files
                if key.startswith(prefix)
            }
            return {
                "CommonPrefixes": [{"Prefix": each} for each in sorted(folders | {f"{prefix}hive/"})],
                "IsTruncated": False,
            }
        body = self.files.get(str(call.params["Key"]))
        if body is None:
            raise Refused(call, "NoSuchKey", "gone", 404)
        begin, _, end = str(call.params.get("Range", "bytes=0-")).removeprefix("bytes=").partition("-")
        return {"Body": body[int(begin) : int(end or len(body)) + 1]}


def configured() -> Wanted:
    return Wanted("inventory", lambda aws, cache: locating.configured(BUCKET, ACCOUNT, aws, cache))


def test_the_newest_report_is_found_fetched_and_checked(report: Path, tmp_path: Path) -> None:
    there = Destination(report)
    audited = ask(replace(configured(), expected=report.parent / "expected.csv"), tmp_path, there)
    assert found(audited) == TINY.planted
    assert audited.document["place"] == f"s3://acme-inventory/inv/{BUCKET}/daily/2026-11-22T01-00Z/"
    ranges = [str(call.params["Range"]) for call in there.calls if "Range" in call.params]
    assert len(ranges) == 3
    assert all(int(r.split("-")[1]) - int(r.split("=")[1].split("-")[0]) < SLICE for r in ranges)


def test_a_run_that_ended_early_fetches_nothing_twice(report: Path, tmp_path: Path) -> None:
    there = Destination(report)
    kept = there.files.pop(f"{BUCKET}/config/data/2.parquet")

    def failing(call: Call) -> Reply:
        if str(call.params.get("Key", "")).endswith("2.parquet"):
            raise Refused(call, "ExpiredToken", "ended", 400)
        return there(call)

    with pytest.raises(ProblemError) as raised:
        ask(configured(), tmp_path, failing)
    assert raised.value.problem.code == "sign-in"
    there.files[f"{BUCKET}/config/data/2.parquet"] = kept
    there.calls.clear()
    ask(configured(), tmp_path, there)
    assert [call.params["Key"] for call in there.calls if "Range" in call.params] == [
        f"{BUCKET}/config/data/2.parquet"
    ]
    count("faults injected")


def test_before_the_first_report_the_wait_is_told_and_the_list_offered(tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as raised:
        ask(configured(), tmp_path, Destination(None))
    told = raised.value.problem
    assert told.exit_code == 7
    assert "48 hours" in " ".join(told.remedy)
    assert "--engine list" in " ".join(told.remedy)


class Several:
    """A bucket with inventories under these Ids, and what is in the buckets that they go to; None: not to be read."""

    def __init__(self, reports: dict[str, str | None], **fields: list[str]) -> None:
        self.reports, self.fields = reports, fields

    def __call__(self, call: Call) -> Reply:
        if call.op == "ListBucketInventoryConfigurations":
            return {"InventoryConfigurationList": [self._config(name) for name in self.reports]}
        when = self.reports[str(call.params["Bucket"])]
        if when is None:
            raise Refused(call, "AccessDenied", "not yours", 403)
        return {"CommonPrefixes": [{"Prefix": f"{call.params['Prefix']!s}{when}/"}] if when else []}

    def _config(self, name: str) -> dict[str, Any]:
        to = {"Bucket": f"arn:aws:s3:::{name}", "Format": "Parquet"}
        fields = self.fields.get(name, [])
        ways = {"IsEnabled": True, "IncludedObjectVersions": "All", "OptionalFields": fields}
        return {"Id": "daily", **ways, "Destination": {"S3BucketDestination": to}}


OLD, NEW = "2026-11-20T01-00Z", "2026-11-22T01-00Z"


@pytest.mark.parametrize(
    ("reports", "where"),
    [
        ({"theirs": NEW, "ours": OLD}, "ours"),  # ours tells more
        ({"theirs": OLD, "ours": ""}, "theirs"),  # ours was configured a moment ago
        ({"closed": None, "theirs": OLD, "ours": ""}, "theirs"),
        ({"closed": None, "ours": OLD}, "ours"),
    ],
)
def test_of_several_inventories_the_one_that_tells_most_is_read_as_soon_as_it_has_a_report(
    tmp_path: Path, reports: dict[str, str | None], where: str
) -> None:
    there = Several(reports, ours=list(FIELDS), theirs=["Size"])
    found = locating.configured(BUCKET, ACCOUNT, there, tmp_path)
    assert found.where == f"s3://{where}/{BUCKET}/daily/{reports[where]}/"


@pytest.mark.parametrize("reports", [{"ours": ""}, {"ours": "", "closed": None}, {"theirs": "", "ours": ""}])
def test_where_none_has_a_report_the_best_one_is_waited_for(
    tmp_path: Path, reports: dict[str, str | None]
) -> None:
    with pytest.raises(ProblemError) as raised:
        locating.configured(BUCKET, ACCOUNT, Several(reports, ours=list(FIELDS)), tmp_path)
    assert raised.value.problem.code == "not-ready"
    assert "s3://ours/" in raised.value.problem.summary


@pytest.mark.parametrize("config", [{"IsEnabled": False}, {"Filter": {"Prefix": "a"}}])
def test_an_inventory_that_does_not_cover_the_bucket_is_none(
    report: Path, tmp_path: Path, config: dict[str, Any]
) -> None:
    with pytest.raises(ProblemError) as raised:
        ask(configured(), tmp_path, Destination(report, **config))
    assert raised.value.problem.code == "unfit"
    assert "--engine list" in " ".join(raised.value.problem.remedy)


def test_a_place_that_somebody_names(report: Path, tmp_path: Path) -> None:
    for place in (report, report.parent):
        source = locating.named(str(place), ACCOUNT, nowhere, tmp_path)
        assert source.where == str(report)
    with pytest.raises(ProblemError) as raised:
        locating.named(str(tmp_path / "nothing"), ACCOUNT, nowhere, tmp_path)
    assert raised.value.problem.code == "not-ready"
    direct = locating.named("s3://acme-inventory/inv/2026-11-22T01-00Z", ACCOUNT, nowhere, tmp_path)
    assert direct.where == "s3://acme-inventory/inv/2026-11-22T01-00Z/"
