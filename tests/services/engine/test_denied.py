"""Laws 4 and 11: denied is never absent, and somebody else's bucket is never ours."""

from __future__ import annotations

import pytest

from services.engine.plan import Plan
from services.events import Failed, Finished
from services.model.calls import Aws, Call, Refused, Reply
from services.model.operations import OPERATIONS, reads
from services.model.resource import calls_of
from services.problems import ProblemError
from tests.ports import Denying, Recording, Throttling
from tests.sampling import every
from tests.world import BUCKET, Journey, addresses, do, sample_blueprint

SEARCHING = frozenset({"kms:ListKeys", "s3:ListBuckets"})
"""Reads that a complete set-up does not need: they find again, or tell whose a name is."""

READS = sorted({c.name for r in sample_blueprint() for c in calls_of(r) if reads(c)} - SEARCHING)


def denied_steps(found: Plan) -> list[str]:
    return [step.address for step in found.blocked if step.problem and step.problem.code == "denied"]


@pytest.mark.parametrize("name", every(2, READS))
def test_a_read_that_is_denied_blocks_and_names_the_action(aws: Aws, name: str) -> None:
    assert Journey(aws).run().ok
    found = Journey(Denying(aws, name)).plan()
    assert found.steps
    assert [step.verb for step in found.steps] == ["blocked"] * len(found.steps)
    for step in found.steps:
        assert step.problem is not None
        assert step.problem.code == "denied"
        assert step.problem.exit_code == 5
        assert all(action in step.problem.summary for action in OPERATIONS[name].actions)
        assert name in step.problem.where


@pytest.mark.parametrize("name", every(2, [*READS, "kms:ListKeys"], start=1))
def test_nothing_is_written_while_a_read_is_denied(aws: Aws, name: str) -> None:
    """Whatever is left to do: a half-made path with the tags of a bucket that somebody drifted."""
    Journey(aws).run()
    do(aws, "kms", "DeleteAlias", AliasName="alias/palisade-backup-acme-sandbox")
    do(aws, "s3", "DeleteBucketPolicy", Bucket=BUCKET)
    recording = Recording(aws)
    denied = Journey(Denying(recording, name))
    *failures, last = denied.events()
    assert recording.writes == []
    assert failures
    assert all(isinstance(event, Failed) for event in failures)
    assert isinstance(last, Finished)
    assert last.done == 0
    assert not last.ok


@pytest.mark.parametrize(
    "name", ["kms:ListAliases", "kms:DescribeKey", "kms:ListKeys", "s3:HeadBucket", "iam:GetRole"]
)
def test_in_an_empty_account_denied_is_not_absent(aws: Aws, name: str) -> None:
    denying = Denying(aws, frozenset({name, "s3:ListBuckets"}))
    found = Journey(denying).plan()
    assert denied_steps(found)
    resource = {"iam": "role", "s3": "bucket"}.get(name.split(":", maxsplit=1)[0])
    if resource is not None:
        assert [step.verb for step in found.steps if step.resource.name == resource] == ["blocked"]


def test_a_key_that_its_owner_hides_is_not_ours(aws: Aws) -> None:
    """Its policy denies us its tags; another key's tags can be read, so the right is there and ours would show."""
    hidden = str(do(aws, "kms", "CreateKey")["KeyMetadata"]["KeyId"])
    do(aws, "kms", "CreateKey")

    def port(call: Call) -> Reply:
        if call.name == "kms:ListResourceTags" and call.params["KeyId"] == hidden:
            raise Refused(call, "AccessDeniedException", "", 400)
        return aws(call)

    assert Journey(port, begun={"key": Journey(aws).clock.wall()}).run().ok
    assert len(do(aws, "kms", "ListKeys")["Keys"]) == 3


def test_no_second_key_is_made_while_no_key_may_be_read(aws: Aws) -> None:
    Journey(aws).run()
    do(aws, "kms", "DeleteAlias", AliasName="alias/palisade-backup-acme-sandbox")
    found = Journey(Denying(aws, "kms:ListResourceTags")).plan()
    assert "key" in denied_steps(found)
    assert not [step for step in found.steps if step.verb == "create"]


def test_what_depends_on_the_unknown_is_not_done_either(aws: Aws) -> None:
    recording = Recording(aws)
    assert not Journey(Denying(recording, "s3:HeadBucket")).run().ok
    assert recording.writes == []


def test_a_service_control_policy_is_named(aws: Aws) -> None:
    message = (
        "User is not authorized to perform: kms:DescribeKey with an explicit deny in a service control policy"
    )
    found = Journey(Denying(aws, "kms:DescribeKey", message=message)).plan()
    problems = [step.problem.summary for step in found.blocked if step.problem]
    assert any("Your organisation forbids" in summary for summary in problems)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("ExpiredToken", 400, "sign-in"),
        ("InvalidClientTokenId", 403, "sign-in"),
        ("RequestTimeTooSkewed", 403, "clock"),
    ],
)
def test_a_sign_in_that_ended_ends_the_observation(aws: Aws, code: str, status: int, kind: str) -> None:
    with pytest.raises(ProblemError) as caught:
        Journey(Denying(aws, "iam:GetRole", code, "It has ended.", status)).plan()
    assert caught.value.problem.code == kind


@pytest.mark.parametrize(
    ("code", "kind"), [("RequestTimeTooSkewed", "clock"), ("InvalidAccessKeyId", "sign-in")]
)
def test_a_look_that_is_refused_without_a_word_is_told_by_the_list(aws: Aws, code: str, kind: str) -> None:
    """The answer to a HEAD is a bare 403, whatever is wrong."""
    wordless = Denying(aws, "s3:HeadBucket", "403", "Forbidden")
    with pytest.raises(ProblemError) as caught:
        Journey(Denying(wordless, "s3:ListBuckets", code, "Why.", 403)).plan()
    assert caught.value.problem.code == kind


def test_a_throttled_read_is_unknown(aws: Aws) -> None:
    found = Journey(Throttling(aws, "iam:GetRole", 9, "Throttling")).plan()
    assert [(s.address, s.problem.code) for s in found.blocked if s.problem] == [("role", "throttled")]


# Law 11


def test_every_call_on_the_bucket_names_its_owner(aws: Aws) -> None:
    recording = Recording(aws)
    Journey(recording).run()
    Journey(recording).plan()
    possible = [c for r in sample_blueprint() for c in calls_of(r)]
    on_bucket = [c for c in (*recording.calls, *possible) if c.service == "s3"]
    free = {"s3:CreateBucket", "s3:ListBuckets"}
    assert {c.name for c in on_bucket if c.params.get("ExpectedBucketOwner") != "123456789012"} == free


class Foreign:
    """S3 as it answers about a bucket of another account: 403 to everything that names our account as the owner."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws

    def __call__(self, call: Call) -> Reply:
        if "ExpectedBucketOwner" in call.params:
            raise Refused(call, "403" if call.op == "HeadBucket" else "AccessDenied", "", 403)
        return self.aws(call)


def test_a_bucket_of_another_account_is_taken(aws: Aws) -> None:
    found = Journey(Foreign(aws)).plan()
    (step,) = [step for step in found.steps if step.resource.name == "bucket"]
    assert step.problem is not None
    assert step.problem.code == "taken"
    recording = Recording(aws)
    assert not Journey(Foreign(recording)).run().ok
    assert recording.writes == []


def test_a_bucket_that_was_ours_and_is_not_any_more_is_an_alarm(aws: Aws) -> None:
    journey = Journey(Foreign(aws), begun={f"S3 bucket {BUCKET}": Journey(aws).clock.wall()})
    (step,) = [step for step in journey.plan().steps if step.resource.name == "bucket"]
    assert step.problem is not None
    assert step.problem.code == "wrong-owner"


def test_a_bucket_of_ours_that_may_not_be_read_is_denied_not_taken(aws: Aws) -> None:
    Journey(aws).run()
    found = Journey(Foreign(aws)).plan()
    assert addresses(found) == ["bucket"]
    assert denied_steps(found) == ["bucket"]
