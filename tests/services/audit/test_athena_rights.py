"""The rights of whoever has Athena asked: enough for every call, and for what Athena does in the asker's name; no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

from services.audit.athena_query import Ended, fetch, run
from services.model.athena_calls import Where
from services.model.operations import OPERATIONS
from services.operator_policy import calls_for, policy
from tests.services.audit.athena_stand import Room, asking, done, offered, report
from tests.services.test_operator_policy import PLACE
from tests.world import ACCOUNT, BUCKET, sample_blueprint

WHERE = Where("audit", "default", f"acme-inventory/inv/{BUCKET}/daily", "acme-answers/audit/")
HERE = f"eu-west-1:{ACCOUNT}"


def allowed(action: str, resource: str, where: Where = WHERE) -> bool:
    calls = calls_for("coverage", sample_blueprint(), BUCKET)
    document: Any = policy(calls, PLACE, where.grants(PLACE))
    context = EvalContext(f"arn:aws:iam::{ACCOUNT}:user/kim", "User", ACCOUNT, action, resource, "eu-west-1")
    return bool(evaluate(context, [parse_policy_document(document)]).decision == "Allow")


def test_the_rights_are_enough_for_every_call(tmp_path: Path) -> None:
    room = Room(files={**report(tmp_path), "audit/q-1.csv": b"x"})
    offered(room)
    ended = done(run(asking(room), "WITH x"))
    work = run(asking(Room(states=[{"State": "RUNNING"}])), "WITH x")
    next(work)
    work.close()
    for _ in fetch(
        asking(room), Ended(ended.query, 0, "s3://acme-answers/audit/q-1.csv"), ACCOUNT, tmp_path / "x"
    ):
        pass
    for call in room.calls:
        bucket = call.params.get("Bucket")
        place = f"s3:::{bucket!s}/{call.params['Key']!s}" if bucket else f"athena:{HERE}:workgroup/audit"
        for action in OPERATIONS[call.name].actions:
            if not action.startswith("kms:") and "config/data" not in place:
                assert allowed(action, f"arn:aws:{place}"), (action, place)
    assert allowed("athena:StopQueryExecution", f"arn:aws:athena:{HERE}:workgroup/audit")


@pytest.mark.parametrize(
    ("action", "resource", "may"),
    [
        ("glue:CreateTable", f"glue:{HERE}:table/default/palisade_inventory_0123", True),
        ("glue:CreateTable", f"glue:{HERE}:table/default/sales", False),
        ("glue:GetTable", f"glue:{HERE}:table/default/palisade_inventory_0123", True),
        ("glue:DeleteTable", f"glue:{HERE}:table/default/palisade_inventory_0123", False),
        ("glue:GetDatabase", f"glue:{HERE}:database/default", True),
        ("glue:GetDatabase", f"glue:{HERE}:database/sales", False),
        ("s3:PutObject", "s3:::acme-answers/audit/q-1.csv", True),
        ("s3:PutObject", "s3:::acme-answers/other/q-1.csv", False),
        ("s3:PutObject", f"s3:::acme-inventory/inv/{BUCKET}/daily/data/1.parquet", False),
        ("s3:PutObject", f"s3:::{BUCKET}/x", False),
        ("s3:GetObject", f"s3:::acme-inventory/inv/{BUCKET}/daily/data/1.parquet", True),
        ("s3:GetObject", "s3:::acme-inventory/else/1.parquet", False),
        ("s3:GetBucketLocation", "s3:::acme-answers", True),
        ("s3:ListBucket", "s3:::acme-inventory", True),
        ("athena:StartQueryExecution", f"athena:{HERE}:workgroup/primary", False),
    ],
)
def test_what_athena_does_in_the_askers_name_is_allowed_there_alone(
    action: str, resource: str, may: bool
) -> None:
    assert allowed(action, f"arn:aws:{resource}") == may


def test_without_athena_nothing_is_written() -> None:
    document: Any = policy(calls_for("coverage", sample_blueprint(), BUCKET), PLACE)
    actions = {action for statement in document["Statement"] for action in statement["Action"]}
    assert not {action for action in actions if action.startswith(("athena:", "glue:")) or "Put" in action}
