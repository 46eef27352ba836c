"""Denied is never absent: whatever AWS refuses to tell makes its checks unknown, names the right, and hides no other."""

from __future__ import annotations

import pytest

from services.doctor.audit import RULES
from services.model.audit_reads import audit_calls
from services.model.operations import OPERATIONS
from services.problems import ProblemError
from services.verify.checks import Report
from tests.ports import Throttling
from tests.services.doctor.changes import refuses, role, says, trail
from tests.services.doctor.cloud import BOUNDARY, LOGS, MANAGED, Cloud, broken, look
from tests.world import ACCOUNT, BUCKET, ROLE

READS = sorted({call.name for call in audit_calls(BUCKET, ROLE, ACCOUNT)})
ASKED_SOMETIMES = {
    # With its own bucket in the account's list, nobody asks the list.
    "s3:ListBuckets",
    # HeadObject tells the retention to whoever may know it.
    "s3:GetObjectRetention",
}


def attached(cloud: Cloud) -> Cloud:
    """With a managed policy besides the boundary."""
    cloud.replies["iam:ListAttachedRolePolicies"] = {
        "AttachedPolicies": [{"PolicyName": "Writer", "PolicyArn": MANAGED}]
    }
    return cloud


@pytest.mark.parametrize("name", [name for name in READS if name not in ASKED_SOMETIMES])
def test_a_denied_look_is_unknown_and_names_the_missing_right(name: str) -> None:
    cloud = Cloud(denied=frozenset({name}))
    found = look(cloud)
    unknown = {i: c for i, c in found.items() if c.status == "unknown"}
    assert unknown, name
    for identifier, check in unknown.items():
        assert any(action in check.evidence for action in OPERATIONS[name].actions), identifier
        assert check.remedy
    assert not {i for i, c in found.items() if c.status in {"fail", "warn", "waiting"}}
    assert len(found) == len(RULES)
    assert sum(c.status == "pass" for c in found.values()) > 50
    assert Report(tuple(found.values())).exit_code == 5


def test_a_retention_that_is_hidden_is_unknown_and_not_absent() -> None:
    cloud = Cloud(denied=frozenset({"s3:GetObjectRetention"}))
    cloud.replies["s3:HeadObject"].pop("ObjectLockRetainUntilDate")
    check = look(cloud)["backup.objects.retention"]
    assert check.status == "unknown"
    assert "s3:GetObjectRetention" in check.evidence


def test_everything_denied_leaves_nothing_but_unknown_lines() -> None:
    found = look(Cloud(denied=frozenset(READS)))
    aws = {i: c.status for i, c in found.items() if ".apart" not in i and "recovery_key" not in i}
    assert set(aws.values()) == {"unknown"}


def test_a_bucket_that_is_not_in_the_accounts_list_belongs_to_somebody_else() -> None:
    cloud = broken(says("s3:ListBuckets", Buckets=[]))
    cloud.denied = frozenset({"s3:HeadBucket"})
    found = look(cloud)
    assert found["config.bucket.exists"].status == "fail"
    assert "belongs to another AWS account" in found["config.bucket.exists"].evidence
    assert found["config.bucket.versioning"].status == "skipped"
    assert found["config.role.exists"].status == "pass"


def test_of_a_bucket_that_is_not_there_nothing_else_is_asked() -> None:
    cloud = broken(refuses("s3:HeadBucket", "404"))
    found = look(cloud)
    assert found["config.bucket.versioning"].status == "skipped"
    assert found["config.key.state"].status == "skipped"
    assert {c.name for c in cloud.calls if c.service == "s3" and c.params.get("Bucket") == BUCKET} == {
        "s3:HeadBucket"
    }


def test_a_busy_aws_is_something_to_wait_for() -> None:
    found = look(Throttling(Cloud(), "iam:GetRole", 9))  # type: ignore[arg-type]
    assert found["config.role.trust"].status == "waiting"
    assert Report(tuple(found.values())).exit_code == 7


def test_a_sign_in_that_ended_ends_the_audit() -> None:
    with pytest.raises(ProblemError) as caught:
        look(broken(refuses("iam:GetRole", "ExpiredToken")))
    assert caught.value.problem.code == "sign-in"


def test_a_policy_that_is_no_document_is_not_judged() -> None:
    found = look(broken(says(f"s3:GetBucketPolicy {BUCKET}", Policy="<html>")))
    assert found["config.bucket.policy-tls"].status == "waiting"
    assert "no JSON document" in found["config.bucket.policy-tls"].evidence
    assert found["config.bucket.versioning"].status == "pass"


def test_every_read_is_made_once_and_names_the_buckets_owner() -> None:
    cloud = attached(broken(trail(S3BucketName=LOGS)))
    look(cloud)
    made = [repr((c.name, sorted(c.params.items()), c.region)) for c in cloud.calls]
    assert len(made) == len(set(made))
    assert {c.name for c in cloud.calls} == set(READS) - ASKED_SOMETIMES
    on_buckets = [c for c in cloud.calls if "Bucket" in c.params]
    assert {c.params.get("ExpectedBucketOwner") for c in on_buckets} == {ACCOUNT}


def test_a_boundary_that_forbids_makes_up_for_a_policy_that_allows() -> None:
    cloud = attached(Cloud())
    assert look(cloud)["config.role.forbidden"].status == "fail"
    narrow = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}],
    }
    cloud.replies[f"iam:GetPolicyVersion {BOUNDARY}"] = {
        "PolicyVersion": {"VersionId": "v3", "Document": narrow}
    }
    assert look(cloud)["config.role.forbidden"].status == "pass"
    assert look(broken(role(PermissionsBoundary=None)))["config.role.forbidden"].status == "pass"
