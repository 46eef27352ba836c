"""Versioning and MFA Delete: what only the root user can turn is told, and nobody here tries."""

from __future__ import annotations

import pytest

from services.blueprint import blueprint
from services.engine.observe import Ownership, observe
from services.engine.plan import Plan
from services.model.calls import Aws, Call, Reply
from services.model.operations import reads
from services.verify.checks import Check
from services.verify.configuration import configuration
from tests.ports import Recording, keeping_rules
from tests.world import ACCOUNT, BUCKET, HARD, SETUP, Journey, do, sample, sample_blueprint

PLANNED = {"hardening__mfa_delete": "planned"}
ADDRESS = "bucket.mfa-delete"


class Switched:
    """AWS with MFA Delete on, which moto forgets, for one bucket."""

    def __init__(self, aws: Aws, status: str = "Enabled", bucket: str = BUCKET) -> None:
        self.aws, self.status, self.bucket = aws, status, bucket

    def __call__(self, call: Call) -> Reply:
        reply = self.aws(call)
        if call.op == "GetBucketVersioning" and call.params["Bucket"] == self.bucket:
            return {"Status": self.status, "MFADelete": "Enabled"}
        return reply


def heeded(found: Plan) -> list[str]:
    return [note.says for note in found.notes if note.heed]


def check(aws: Aws, identifier: str, **values: object) -> Check:
    parts = blueprint(sample(**values), ACCOUNT)
    world = observe(parts, aws, Ownership(SETUP), workers=1)
    return next(check for check in configuration(parts, world) if check.id == identifier)


def test_planned_is_never_a_step_and_the_command_for_root_is_printed_from_the_first_plan_on(aws: Aws) -> None:
    journey = Journey(aws, sample_blueprint(**PLANNED))
    for _ in range(2):
        (said,) = heeded(journey.plan())
        assert f"aws s3api put-bucket-versioning --bucket {BUCKET} --expected-bucket-owner {ACCOUNT}" in said
        assert "--versioning-configuration Status=Enabled,MFADelete=Enabled" in said
        assert f'--mfa "arn:aws:iam::{ACCOUNT}:mfa/' in said
        assert "root" in said
        assert ADDRESS not in [step.address for step in journey.plan().steps]
        assert journey.run().ok
    assert journey.plan().steps == ()


def test_planned_and_not_on_is_something_to_look_at_not_something_green(aws: Aws) -> None:
    assert Journey(aws, sample_blueprint(**PLANNED)).run().ok
    line = check(aws, f"config.{ADDRESS}", **PLANNED)
    assert line.status == "warn"
    assert line.evidence.endswith("and is not on.")
    assert "put-bucket-versioning" in line.remedy


def test_on_is_well_and_touched_by_nobody(aws: Aws) -> None:
    assert Journey(aws, sample_blueprint(**PLANNED)).run().ok
    recording = Recording(Switched(aws))
    found = Journey(recording, sample_blueprint(**PLANNED)).plan()
    assert (found.steps, heeded(found)) == ((), [])
    line = check(Switched(aws), f"config.{ADDRESS}", **PLANNED)
    assert (line.status, line.evidence) == ("pass", "MFA Delete is on.")
    shown = check(Switched(aws), "config.bucket.versioning")
    assert (shown.status, shown.evidence) == ("pass", "Keeps old versions; MFA Delete is on.")


def test_where_it_is_on_a_suspended_versioning_is_left_to_root(aws: Aws) -> None:
    assert Journey(aws).run().ok
    recording = Recording(Switched(aws, "Suspended"))
    journey = Journey(recording)
    (step,) = journey.plan().steps
    assert (step.address, step.verb) == ("bucket.versioning", "blocked")
    assert step.problem is not None
    assert "root" in step.problem.summary
    assert "put-bucket-versioning" in step.problem.remedy[0]
    assert not journey.run().ok
    assert not [call for call in recording.calls if not reads(call)]


@pytest.mark.parametrize(
    ("bucket", "resource"), [(BUCKET, "bucket"), (f"{BUCKET}-access-logs", "log_bucket")]
)
def test_where_it_is_on_lifecycle_rules_are_refused(aws: Aws, bucket: str, resource: str) -> None:
    port = keeping_rules(aws)
    assert Journey(port, sample_blueprint(**HARD)).run().ok
    do(aws, "s3", "DeleteBucketLifecycle", Bucket=bucket)
    recording = Recording(Switched(port, bucket=bucket))
    journey = Journey(recording, sample_blueprint(**HARD))
    blocked = [step.address for step in journey.plan().blocked]
    assert blocked == [f"{resource}.versioning"]
    assert not journey.run().ok
    assert recording.writes == []
