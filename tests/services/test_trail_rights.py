"""The operator's policy for a trail: enough for the whole journey, on this set-up's trail, log group, key and role alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

from services.answers import place
from services.model.calls import Aws, Call, Refused, Reply
from services.model.operations import OPERATIONS, reads
from services.operator_policy import Job, calls_for, policy
from tests.ports import Recording
from tests.world import (
    ACCOUNT,
    BUCKET,
    KEY_ARN,
    LOG_GROUP,
    LOG_ROLE,
    TRAIL,
    TRAIL_ARN,
    Journey,
    sample,
    sample_blueprint,
)

PLACE = place(sample(), ACCOUNT)
FAR = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/audit"
GROUP = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:{LOG_GROUP}"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/{LOG_ROLE}"


def document(job: Job, **values: object) -> dict[str, Any]:
    calls = calls_for(job, sample_blueprint(**values), BUCKET)
    found: dict[str, Any] = json.loads(json.dumps(policy(calls, PLACE)))
    return found


def statements(action: str, job: Job = "setup", **values: object) -> list[dict[str, Any]]:
    return [s for s in document(job, **values)["Statement"] if action in s["Action"]]


def allowed(found: dict[str, Any], action: str, resource: str, **context: str) -> bool:
    asked = EvalContext(f"arn:aws:iam::{ACCOUNT}:user/kim", "User", ACCOUNT, action, resource, "eu-west-1")
    asked.service_context.update({name.replace("__", ":").lower(): value for name, value in context.items()})
    return bool(evaluate(asked, [parse_policy_document(found)]).decision == "Allow")


def resources_of(action: str, call: Call) -> tuple[str, ...]:
    """The resources that AWS checks an action of a call against, each of which must be allowed."""
    params = call.params
    match action.split(":", maxsplit=1)[0], call.service:
        case "iam", "cloudtrail":
            return (str(params["CloudWatchLogsRoleArn"]),) if "CloudWatchLogsRoleArn" in params else ()
        case _, "cloudtrail" if call.op == "DescribeTrails":
            return ("*",)
        case _, "cloudtrail":
            return (TRAIL_ARN,)
        case _, "logs" if call.op == "DescribeLogGroups":
            # The error of one who may not names no group: "…:log-group::log-stream:".
            return (f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group::log-stream:",)
        case _, "logs":
            return (GROUP,)
        case _:
            return ()


class Permitted:
    """AWS for somebody who has the operator's policy and nothing else, as far as CloudTrail and its logs go."""

    def __init__(self, aws: Aws, job: Job) -> None:
        self.aws, self.policy = aws, document(job, **TRAIL)

    def __call__(self, call: Call) -> Reply:
        for action in OPERATIONS[call.name].actions:
            passed = {"iam__PassedToService": "cloudtrail.amazonaws.com"} if action == "iam:PassRole" else {}
            for resource in resources_of(action, call):
                if not allowed(self.policy, action, resource, **passed):
                    raise Refused(call, "AccessDenied", f"{action} on {resource}", 403)
        return self.aws(call)


def test_the_setup_policy_is_enough_for_a_trail(aws: Aws) -> None:
    journey = Journey(Permitted(aws, "setup"), sample_blueprint(**TRAIL))
    assert journey.run().ok
    assert journey.plan().steps == ()
    assert Journey(Permitted(aws, "verify"), sample_blueprint(**TRAIL)).plan().steps == ()


def test_looking_gives_no_right_to_write() -> None:
    writes = {action for row in OPERATIONS.values() if not row.reads for action in row.actions}
    found = document("verify", **TRAIL)
    assert not {action for s in found["Statement"] for action in s["Action"]} & writes
    assert all(reads(call) for call in calls_for("verify", sample_blueprint(**TRAIL), BUCKET))


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("cloudtrail:PutEventSelectors", f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/audit"),
        ("cloudtrail:UpdateTrail", f"{TRAIL_ARN}-2"),
        ("cloudtrail:StopLogging", TRAIL_ARN),
        ("cloudtrail:DeleteTrail", TRAIL_ARN),
        ("logs:PutRetentionPolicy", f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:theirs"),
        ("logs:DeleteLogGroup", GROUP),
        ("logs:FilterLogEvents", f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:theirs"),
        ("iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/Admin"),
        ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/Admin"),
    ],
)
def test_nothing_beyond_what_is_this_set_ups(action: str, resource: str) -> None:
    passed = {"iam__PassedToService": "cloudtrail.amazonaws.com"}
    assert not allowed(document("setup", **TRAIL), action, resource, **passed)


def test_the_role_can_be_handed_to_cloudtrail_alone() -> None:
    (found,) = statements("iam:PassRole", "setup", **TRAIL)
    assert found["Resource"] == [ROLE_ARN]
    assert found["Condition"] == {"StringEquals": {"iam:PassedToService": "cloudtrail.amazonaws.com"}}
    assert not allowed(
        document("setup", **TRAIL), "iam:PassRole", ROLE_ARN, iam__PassedToService="ec2.amazonaws.com"
    )


def test_a_given_key_of_the_backups_says_nothing_of_the_second_key() -> None:
    """The second key is made, so its rights cannot be narrowed to the given one."""
    found = document("setup", storage__kms_key=KEY_ARN, **TRAIL)
    other = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/00000000-0000-0000-0000-000000000000"
    assert allowed(found, "kms:PutKeyPolicy", other)
    assert allowed(
        found, "kms:CreateAlias", f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/palisade-logs-acme-sandbox"
    )
    assert [
        s["Resource"] for s in statements("kms:Decrypt", "recover", storage__kms_key=KEY_ARN, **TRAIL)
    ] == [[KEY_ARN]]


def test_a_reused_trail_is_reached_where_it_is_and_only_marked_and_added_to() -> None:
    found = document("setup", hardening__trail=FAR, hardening__data_events="all")
    on_trail = {
        action for s in found["Statement"] for action in s["Action"] if action.startswith("cloudtrail:")
    }
    writes = {action for name, row in OPERATIONS.items() if not row.reads for action in row.actions}
    assert on_trail & writes == {"cloudtrail:AddTags", "cloudtrail:PutEventSelectors"}
    assert allowed(found, "cloudtrail:PutEventSelectors", FAR)
    assert not allowed(found, "cloudtrail:PutEventSelectors", FAR.replace("us-east-1", "eu-west-1"))
    (streams,) = statements("logs:DescribeLogStreams", hardening__trail=FAR)
    assert streams["Resource"] == [f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:*"]


def test_only_a_trail_that_is_made_lets_one_look_at_the_others() -> None:
    assert [s["Resource"] for s in statements("cloudtrail:DescribeTrails", "setup", **TRAIL)] == [["*"]]
    assert statements("cloudtrail:DescribeTrails", hardening__trail=FAR) == []


def test_the_policy_names_every_call_that_a_run_makes(aws: Aws) -> None:
    recording = Recording(aws)
    assert Journey(recording, sample_blueprint(**TRAIL)).run().ok
    named = {call.name for call in calls_for("setup", sample_blueprint(**TRAIL), BUCKET)}
    assert {call.name for call in recording.calls} <= named
