"""The policy for whoever runs the audit: enough for every look, and no more."""

from __future__ import annotations

from pathlib import Path

from services.audit import locating
from services.audit.audit import Wanted
from services.model.calls import Call, Reply
from services.model.operations import OPERATIONS
from services.problems import ProblemError
from tests.services.audit.asking import ask
from tests.services.audit.test_reading import OPEN, one
from tests.services.test_operator_policy import allowed, granted, resources_of
from tests.world import ACCOUNT, BUCKET, HARD


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
    assert granted("coverage", **HARD) == granted("coverage")
