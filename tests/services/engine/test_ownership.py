"""Whose a resource is when it carries no tags: only the journal can say, and only about the very name it holds."""

from __future__ import annotations

from datetime import UTC, datetime

from services.engine.observe import Ownership, observe
from services.engine.world import Present
from services.model.calls import Aws
from tests.world import BUCKET, SETUP, Journey, do, sample_blueprint


def test_what_was_begun_under_one_name_proves_nothing_about_another(aws: Aws) -> None:
    do(
        aws,
        "s3",
        "CreateBucket",
        Bucket=BUCKET,
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
    )
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    for title, verb in (("S3 bucket another-name", "adopt"), (f"S3 bucket {BUCKET}", "set")):
        steps = {step.address: step.verb for step in Journey(aws, begun={title: long_ago}).plan().steps}
        assert steps["bucket" if verb == "adopt" else "bucket.tags"] == verb


def test_what_was_made_for_sandbox_never_becomes_productions(aws: Aws) -> None:
    assert Journey(aws).run().ok
    other = Journey(aws, sample_blueprint(setup__environment="production", hardening__trail="off"))
    blocked = {step.address: step.problem.code for step in other.plan().blocked if step.problem}
    assert blocked == dict.fromkeys(("key.tags", "bucket.tags", "role.tags"), "other-environment")


def test_what_came_after_a_deletion_was_begun_is_somebody_elses(aws: Aws) -> None:
    """A run was killed after it deleted an untagged bucket: whoever takes the name then is not this set-up."""
    place = {"LocationConstraint": "eu-west-1"}
    do(aws, "s3", "CreateBucket", Bucket=BUCKET, CreateBucketConfiguration=place)
    title = f"S3 bucket {BUCKET}"
    bucket = tuple(part for part in sample_blueprint() if part.name == "bucket")
    begun = {title: datetime(2020, 1, 1, tzinfo=UTC)}
    for ended, origin in (
        (datetime(2021, 1, 1, tzinfo=UTC), "foreign"),
        (datetime(2200, 1, 1, tzinfo=UTC), "created"),
    ):
        state = observe(bucket, aws, Ownership(SETUP, begun, {title: ended})).resources["bucket"]
        assert isinstance(state, Present)
        assert state.origin == origin
