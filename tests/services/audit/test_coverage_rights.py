"""The policy for whoever runs the audit: enough for every look, and no more."""

from __future__ import annotations

from pathlib import Path

from services.audit import locating
from services.audit.audit import Wanted
from services.audit.manifest import DataFile
from services.model.calls import Call, Reply
from services.model.inventories import ID
from services.model.operations import OPERATIONS
from services.model.resource import Resource
from services.model.values import fill
from services.problems import ProblemError
from tests.services.audit.asking import ask
from tests.services.audit.test_reading import OPEN, one
from tests.services.test_operator_policy import allowed, granted, resources_of
from tests.world import ACCOUNT, BUCKET, HARD, LOG_BUCKET, sample_blueprint, sample_lookup


def test_the_policy_is_enough_for_every_look_of_an_audit(tmp_path: Path) -> None:
    stack = one()
    ask(Wanted("list", sample=None), tmp_path, stack, OPEN)
    calls = [*stack.calls, *_asked_for_an_inventory(tmp_path)]
    assert {call.op for call in calls} == {
        "ListObjectVersions",
        "GetObject",
        "ListBucketInventoryConfigurations",
    }
    for call in calls:
        for action in OPERATIONS[call.name].actions:
            if action.startswith("s3:"):
                for resource in resources_of(action, call):
                    assert allowed("coverage", action, resource), (call.name, resource)


def _asked_for_an_inventory(folder: Path) -> list[Call]:
    calls: list[Call] = []

    def aws(call: Call) -> Reply:
        calls.append(call)
        return {}

    try:
        locating.configured(BUCKET, ACCOUNT, aws, folder)
    except ProblemError:
        return calls
    raise AssertionError("an answer without an inventory was taken for one")


def test_whoever_audits_writes_nothing_and_reads_this_bucket_alone() -> None:
    assert granted("coverage") == {
        "sts:GetCallerIdentity", "kms:DescribeKey", "kms:Decrypt", "s3:ListBucketVersions", "s3:GetObject",
        "s3:GetObjectRetention", "s3:GetInventoryConfiguration",
    }  # fmt: skip
    for action in ("s3:GetObject", "s3:ListBucketVersions"):
        assert not allowed("coverage", action, "arn:aws:s3:::another-bucket")
        assert not allowed("coverage", action, "arn:aws:s3:::another-bucket/x")
    assert granted("coverage", **HARD) == granted("coverage") | {"s3:ListBucket"}
    assert granted("coverage", **{**HARD, "hardening__inventory": False}) == granted("coverage")


def test_the_policy_is_enough_for_the_set_ups_own_daily_lists_and_opens_nothing_beside_them(
    tmp_path: Path,
) -> None:
    asked: list[Call] = []

    def aws(call: Call) -> Reply:
        asked.append(call)
        match call.op:
            case "ListBucketInventoryConfigurations":
                (want,) = (f.want for f in _bucket().facets("created") if f.name == "inventory")
                return {"InventoryConfigurationList": [fill(want, sample_lookup())]}
            case "ListObjectsV2":
                return {"CommonPrefixes": [{"Prefix": f"{call.params['Prefix']!s}2026-11-22T01-00Z/"}]}
            case _:
                return {"Body": b"x"}

    source = locating.configured(BUCKET, ACCOUNT, aws, tmp_path)
    assert source.where == f"s3://{LOG_BUCKET}/inventory_reports/{BUCKET}/{ID}/2026-11-22T01-00Z/"
    source.small("manifest.json")
    source.local(DataFile(f"inventory_reports/{BUCKET}/data/x.parquet", 1, ""), lambda _n: None)
    assert [call.op for call in asked[1:]] == ["ListObjectsV2", "GetObject", "GetObject"]
    logs = f"arn:aws:s3:::{LOG_BUCKET}"
    assert allowed("coverage", "s3:ListBucket", logs, **HARD)
    for call in asked[2:]:
        assert call.params["Bucket"] == LOG_BUCKET
        assert allowed("coverage", "s3:GetObject", f"{logs}/{call.params['Key']!s}", **HARD)
    assert not allowed("coverage", "s3:GetObject", f"{logs}/{BUCKET}/2026-11-22-access", **HARD)


def _bucket() -> Resource:
    return next(resource for resource in sample_blueprint(**HARD) if resource.name == "bucket")
