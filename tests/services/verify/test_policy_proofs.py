"""The policy proofs: green over the right policies, and each line breaks by itself, whoever judges."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.model.calls import Call, Reply
from services.verify.checks import Check, Report
from services.verify.policy_proofs import policy_proofs
from tests.policies_in_aws import BUCKET_ARN, OBJECTS, WHERE, Policies, allow, bucket_policy, policy
from tests.simulating import Simulating
from tests.world import ACCOUNT, KEY_ARN

EMULATED = "https://127.0.0.1:4566"
IAM, READING = "Simulated by IAM", "this program's own reading"


def prove(
    found: Policies, *, endpoint: str = "", strict: bool = False, extra: tuple[str, ...] = (), **ways: Any
) -> tuple[dict[str, Check], Simulating]:
    iam = Simulating(found, ACCOUNT, **ways)
    checks = policy_proofs(iam, WHERE, strict=strict, extra=extra, endpoint=endpoint)
    return {check.id: check for check in checks}, iam


def bad(found: dict[str, Check]) -> set[str]:
    return {check.id for check in found.values() if check.status != "pass"}


@pytest.mark.parametrize("endpoint", ["", EMULATED])
@pytest.mark.parametrize("strict", [False, True])
def test_the_right_policies_are_green_in_every_line(endpoint: str, strict: bool) -> None:
    found, iam = prove(Policies(bucket=bucket_policy(strict=strict)), endpoint=endpoint, strict=strict)
    assert not bad(found)
    assert bool(iam.asked) == (not endpoint)
    for check in found.values():
        assert check.evidence.endswith(".")
        assert (IAM if not endpoint and "wildcards" not in check.id else READING) in check.evidence


def without(sid: str) -> Policies:
    whole = bucket_policy()
    kept = [s for s in whole["Statement"] if s["Sid"] != f"PalisadeWizard{sid}"]
    assert len(kept) == len(whole["Statement"]) - 1
    return Policies(bucket={**whole, "Statement": kept})


def attached(*actions: str, on: str | list[str] = "*") -> Policies:
    return Policies(attached={f"arn:aws:iam::{ACCOUNT}:policy/Extra": allow(*actions, on=on)})


def denying(*actions: str, on: str = "*") -> Policies:
    return Policies(inline={**Policies().inline, "no": policy(deny(*actions, on=on))})


def deny(*actions: str, on: str = "*") -> dict[str, Any]:
    return {"Sid": "Foreign", "Effect": "Deny", "Action": list(actions), "Resource": on}


BROKEN: tuple[tuple[Policies, set[str]], ...] = (
    (denying("s3:PutObject"), {"policy.put.our-key", "policy.put.no-headers"}),
    (denying("kms:GenerateDataKey"), {"policy.key.through-s3"}),
    (without("TlsOnly"), {"policy.put.no-tls"}),
    (without("Tls12"), {"policy.put.old-tls"}),
    (without("OnlyKms"), {"policy.put.dsse"}),
    (without("KmsNeedsOurKey"), {"policy.put.no-key"}),
    (without("NoCustomerKeys"), {"policy.put.customer-key"}),
    (
        Policies(bucket=None),
        {
            f"policy.put.{what}"
            for what in ("no-tls", "old-tls", "aes256", "dsse", "no-key", "foreign-key", "customer-key")
        },
    ),
    (attached("kms:GenerateDataKey", on=KEY_ARN), {"policy.key.direct"}),
    (attached("kms:CreateGrant", on=KEY_ARN), {"policy.role.key-admin"}),
    (attached("kms:ScheduleKeyDeletion"), {"policy.role.key-admin"}),
    (attached("s3:GetObject", on=OBJECTS), {"policy.role.read"}),
    (attached("s3:GetObjectVersion", on=OBJECTS), {"policy.role.read"}),
    (attached("s3:DeleteObject", on=OBJECTS), {"policy.role.delete"}),
    (attached("s3:DeleteObjectVersion", on=OBJECTS), {"policy.role.delete-version"}),
    (attached("s3:PutObjectRetention", on=OBJECTS), {"policy.role.retention"}),
    (attached("s3:BypassGovernanceRetention", on=OBJECTS), {"policy.role.bypass"}),
    (attached("s3:UpdateObjectEncryption", on=OBJECTS), {"policy.role.re-encryption"}),
    (attached("s3:ListBucket", on=BUCKET_ARN), {"policy.role.list"}),
    (attached("s3:DeleteBucketPolicy", on=BUCKET_ARN), {"policy.role.bucket-policy"}),
    (attached("s3:PutLifecycleConfiguration", on=BUCKET_ARN), {"policy.role.lifecycle"}),
    (attached("s3:PutBucketVersioning", on=BUCKET_ARN), {"policy.role.settings"}),
    (attached("s3:Put?bjectAcl", on="arn:aws:s3:::elsewhere/*"), {"policy.role.wildcards"}),
)


@pytest.mark.parametrize("endpoint", ["", EMULATED])
@pytest.mark.parametrize(
    ("broken", "lines"), BROKEN, ids=lambda v: ",".join(sorted(v)) if isinstance(v, set) else ""
)
def test_each_line_breaks_by_itself(broken: Policies, lines: set[str], endpoint: str) -> None:
    found, _ = prove(broken, endpoint=endpoint)
    assert bad(found) == lines
    for line in lines:
        assert found[line].status == "fail"
        assert found[line].remedy
    if any(line.startswith("policy.role.") for line in lines):
        assert "Extra" in " ".join(found[line].evidence for line in lines)


def test_every_line_of_the_table_can_be_broken() -> None:
    every = {line for _, lines in BROKEN for line in lines}
    assert every == set(prove(Policies())[0])


@pytest.mark.parametrize("endpoint", ["", EMULATED])
def test_whole_services_break_every_line_that_they_open(endpoint: str) -> None:
    found, _ = prove(Policies(inline={"all": allow("s3:*", "kms:*")}), endpoint=endpoint)
    open_ = {line for line in found if line.startswith("policy.role.")} | {"policy.key.direct"}
    assert bad(found) == open_
    everything = policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})
    found, _ = prove(Policies(inline={"all": everything}), endpoint=endpoint)
    assert bad(found) == open_
    assert "everything but iam:*" in found["policy.role.wildcards"].evidence


@pytest.mark.parametrize("endpoint", ["", EMULATED])
def test_a_boundary_takes_away_what_it_does_not_allow(endpoint: str) -> None:
    reading = attached("s3:GetObject", on=OBJECTS)
    writer = allow("s3:PutObject", "kms:GenerateDataKey")
    found, iam = prove(replace(reading, boundary=writer), endpoint=endpoint)
    assert not bad(found)
    found, _ = prove(replace(reading, boundary=allow("s3:*", "kms:*")), endpoint=endpoint)
    assert bad(found) == {"policy.role.read"}
    found, iam = prove(Policies(boundary=allow("s3:GetObject")), endpoint=endpoint)
    assert bad(found) == {"policy.put.our-key", "policy.put.no-headers", "policy.key.through-s3"}
    assert all("PermissionsBoundaryPolicyInputList" in call.params for call in iam.asked)


def let_in(principal: object, action: str) -> Policies:
    whole = bucket_policy()
    foreign = allow(action, on=OBJECTS, Principal=principal)["Statement"]
    return Policies(bucket={**whole, "Statement": [*whole["Statement"], *foreign]})


@pytest.mark.parametrize("endpoint", ["", EMULATED])
@pytest.mark.parametrize("principal", ["*", {"AWS": WHERE.role_arn}])
def test_a_bucket_that_lets_the_role_delete_is_seen(principal: object, endpoint: str) -> None:
    found, _ = prove(let_in(principal, "s3:DeleteObject"), endpoint=endpoint)
    assert bad(found) == {"policy.role.delete"}
    assert "Foreign in the bucket policy" in found["policy.role.delete"].evidence


def test_a_policy_that_names_somebody_is_not_given_to_the_simulator_but_read_and_that_is_said() -> None:
    named = {"AWS": f"arn:aws:iam::{ACCOUNT}:user/auditor"}
    found, iam = prove(let_in(named, "s3:GetObject"))
    assert not bad(found)
    assert not any("ResourcePolicy" in call.params for call in iam.asked)
    assert READING in found["policy.put.no-tls"].evidence
    assert IAM in found["policy.put.no-tls"].evidence
    condition = {"StringNotEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:user/kim"}}
    late = {**deny("s3:PutObject", on=OBJECTS), "Principal": "*", "Condition": condition}
    whole = bucket_policy()
    found, iam = prove(Policies(bucket={**whole, "Statement": [*whole["Statement"], late]}))
    assert bad(found) == {"policy.put.our-key", "policy.put.no-headers"}
    assert not any("ResourcePolicy" in call.params for call in iam.asked)


def test_the_keys_own_policy_counts_and_is_read() -> None:
    nobody = policy({"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "*", "Resource": "*"})
    found, _ = prove(Policies(key=nobody))
    assert bad(found) == {"policy.key.through-s3"}
    assert READING in found["policy.key.through-s3"].evidence
    ours = Policies().key
    shut = {**deny("kms:GenerateDataKey"), "Principal": {"AWS": WHERE.role_arn}}
    found, _ = prove(Policies(key={**ours, "Statement": [*ours["Statement"], shut]}))
    assert bad(found) == {"policy.key.through-s3"}
    assert found["policy.key.through-s3"].status == "fail"


def test_where_iam_and_the_reading_differ_on_what_both_can_judge_nothing_is_proven() -> None:
    class Contrary(Simulating):
        """IAM that says the opposite of what the policies say, of the key alone."""

        def __call__(self, call: Call) -> Reply:
            reply = super().__call__(call)
            if call.op == "SimulateCustomPolicy" and "kms:GenerateDataKey" in items_of(call):
                (result,) = reply["EvaluationResults"]
                (specific,) = result["ResourceSpecificResults"]
                was = specific["EvalResourceDecision"]
                specific["EvalResourceDecision"] = "implicitDeny" if was == "allowed" else "allowed"
            return reply

    checks = policy_proofs(Contrary(Policies(), ACCOUNT), WHERE, strict=False)
    found = {check.id: check.status for check in checks if check.status != "pass"}
    assert found == {"policy.key.through-s3": "unknown", "policy.key.direct": "unknown"}


def test_who_may_not_simulate_is_told_which_right_is_missing_and_what_the_program_reads() -> None:
    found, iam = prove(Policies(), refuses=("AccessDenied", 403))
    simulated = {line for line in found if line != "policy.role.wildcards"}
    assert {found[line].status for line in simulated} == {"unknown"}
    assert len(iam.asked) == 1
    for line in simulated:
        assert "it lacks iam:SimulateCustomPolicy" in found[line].evidence
        assert f"{READING} of the policies as they are now: " in found[line].evidence
    assert Report(tuple(found.values())).exit_code == 5


def test_what_the_program_reads_to_be_broken_fails_though_nobody_may_simulate() -> None:
    found, _ = prove(without("TlsOnly"), refuses=("AccessDenied", 403))
    assert found["policy.put.no-tls"].status == "fail"
    assert "iam:SimulateCustomPolicy" in found["policy.put.no-tls"].evidence
    assert found["policy.put.old-tls"].status == "unknown"


def test_a_busy_iam_is_waited_for() -> None:
    found, _ = prove(Policies(), refuses=("Throttling", 400))
    assert {check.status for line, check in found.items() if line != "policy.role.wildcards"} == {"waiting"}


def test_an_action_that_the_simulator_does_not_know_is_read_and_that_is_said() -> None:
    every = {a for call in prove(Policies())[1].asked for a in items_of(call)}
    found, _ = prove(Policies(), knows=frozenset(every - {"s3:UpdateObjectEncryption"}))
    assert not bad(found)
    said = {line for line, check in found.items() if "does not take the question" in check.evidence}
    assert said == {"policy.role.re-encryption"}
    assert READING in found["policy.role.re-encryption"].evidence


def items_of(call: Call) -> list[str]:
    names = call.params["ActionNames"]
    assert isinstance(names, list)
    return [str(name) for name in names]


@pytest.mark.parametrize("endpoint", ["", EMULATED])
@pytest.mark.parametrize(
    "condition",
    [
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"StringEquals": {"aws:SourceVpce": "vpce-1"}},
        {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
    ],
)
def test_what_depends_on_something_that_nobody_knows_is_never_green(
    condition: dict[str, Any], endpoint: str
) -> None:
    sometimes = allow("s3:DeleteObject", on=OBJECTS, Condition=condition)
    found, _ = prove(Policies(attached={f"arn:aws:iam::{ACCOUNT}:policy/Some": sometimes}), endpoint=endpoint)
    assert found["policy.role.delete"].status == "unknown"
    assert found["policy.role.delete"].remedy


@pytest.mark.parametrize(
    "hidden",
    [
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "s3:GetBucketPolicy",
        "kms:GetKeyPolicy",
    ],
)
def test_policies_that_cannot_be_read_leave_every_line_unknown(hidden: str) -> None:
    found, iam = prove(Policies(denied=frozenset({hidden})))
    assert {check.status for check in found.values()} == {"unknown"}
    assert all(hidden in check.evidence for check in found.values())
    assert not iam.asked


def test_a_managed_policy_or_boundary_that_cannot_be_read_is_never_taken_for_harmless() -> None:
    for whole in (attached("s3:DeleteObject"), Policies(boundary=allow("s3:*"))):
        for hidden in ("iam:GetPolicy", "iam:GetPolicyVersion"):
            found, _ = prove(replace(whole, denied=frozenset({hidden})))
            assert {check.status for check in found.values()} == {"unknown"}


def test_what_the_answers_give_the_role_is_not_held_against_it() -> None:
    given = allow("s3:ListBucket", on=BUCKET_ARN)
    both = Policies(inline={**Policies().inline, "list": given})
    assert bad(prove(both)[0]) == {"policy.role.list"}
    found, _ = prove(both, extra=("s3:ListBucket",))
    assert not bad(found)
    assert "s3:ListBucketVersions" in found["policy.role.list"].evidence


def test_a_role_without_any_policy_is_read_because_iam_takes_no_empty_list() -> None:
    found, iam = prove(Policies(inline={}))
    assert bad(found) == {"policy.put.our-key", "policy.put.no-headers", "policy.key.through-s3"}
    assert not iam.asked
