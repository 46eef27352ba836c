"""What is in AWS already: taken over by an import if this set-up made it, and left alone if somebody else did."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from services.engine.plan import same
from services.engine.world import Have, Present, World
from services.export.cloudformation import text
from services.export.subject import Subject
from services.model.calls import Aws
from services.model.values import Ref, fill
from services.problems import ProblemError
from tests.ports import Denying, keeping_rules
from tests.services.export.cloudformation_cases import PRODUCTION, observed, subject_of
from tests.services.export.test_cloudformation import ONLY_LOOKED_AT, spelt
from tests.services.export.test_cloudformation_lint import said
from tests.stacks import Stack, values
from tests.world import BUCKET, KEY_ARN, Journey, do, sample, sample_blueprint

HARDENED = sample_blueprint(**PRODUCTION)
ANSWERS = sample(**PRODUCTION)


@pytest.fixture
def done(aws: Aws) -> Journey:
    """A production set-up, complete."""
    journey = Journey(keeping_rules(aws), HARDENED)
    assert journey.run().ok
    return journey


def stack_of(subject: Subject) -> Stack:
    return Stack.read(text(subject), tuple(r.name for r in subject.blueprint), subject.world.output)


def kept(stack: Stack) -> dict[str, Any]:
    found: dict[str, Any] = stack.template["Metadata"]["PalisadeWizard"]
    return found


def assert_read_back(subject: Subject, stack: Stack) -> None:
    told = values(stack)
    for resource in subject.managed():
        for facet in subject.facets(resource):
            if facet.name not in ONLY_LOOKED_AT:
                wanted = fill(subject.target(resource, facet), subject.world.output)
                assert spelt(facet, told[f"{resource.name}.{facet.name}"]) == spelt(facet, wanted)


def test_a_complete_set_up_is_taken_over_as_it_is(done: Journey) -> None:
    subject = observed(done, ANSWERS)
    stack = stack_of(subject)
    assert_read_back(subject, stack)
    told = values(stack)
    for resource in subject.managed():
        for facet in subject.facets(resource):
            side = subject.world.sides[f"{resource.name}.{facet.name}"]
            assert isinstance(side, Have)
            if facet.name not in {*ONLY_LOOKED_AT, "notifications"}:
                assert same(facet, side.value, told[f"{resource.name}.{facet.name}"])
    assert said(text(subject), "eu-west-1") == []


def test_what_is_imported_is_named_as_aws_wants_it(done: Journey) -> None:
    subject = observed(done, ANSWERS)
    stack = stack_of(subject)
    listed = json.loads(kept(stack)["ResourcesToImport"])
    assert {item["LogicalResourceId"] for item in listed} == set(stack.resources)
    for item in listed:
        name, kind = item["LogicalResourceId"], item["ResourceType"]
        resource = stack.resources[name]
        assert resource["Type"] == kind
        assert resource["DeletionPolicy"] in {"Retain", "Delete"}, "an import wants it said"
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-west-1", kind).schema
        identity = item["ResourceIdentifier"]
        assert set(identity) == {path.rpartition("/")[2] for path in schema["primaryIdentifier"]}
        properties = stack.properties(name)
        assert all(properties.get(key, value) == value for key, value in identity.items()), name
    keys = {item["ResourceIdentifier"].get("KeyId") for item in listed} - {None}
    assert keys == {subject.world.output(Ref(name, "id")) for name in ("key", "log_key")}


def test_an_import_takes_no_outputs_and_the_head_says_how(done: Journey) -> None:
    written = text(observed(done, ANSWERS))
    assert "\nOutputs:" not in written
    assert "--change-set-type IMPORT" in written
    assert "not as they should be" not in written
    assert "are not there" not in written


def test_a_file_that_is_too_large_for_a_command_lies_in_a_bucket(done: Journey) -> None:
    written = text(observed(done, ANSWERS))
    assert len(written) > 51_200
    assert "--template-url https://A-BUCKET.s3.eu-west-1.amazonaws.com/THIS-FILE" in written
    assert "--template-body" not in written


def test_what_differs_or_lacks_is_first_to_be_applied(done: Journey) -> None:
    do(
        done.aws,
        "s3",
        "PutBucketVersioning",
        Bucket=BUCKET + "-trail",
        VersioningConfiguration={"Status": "Suspended"},
    )
    assert "#   trail_bucket.versioning\n" in text(observed(done, ANSWERS))
    do(done.aws, "cloudwatch", "DeleteAlarms", AlarmNames=["palisade-acme-sandbox-read"])
    written = text(observed(done, ANSWERS))
    assert "#   AlarmRead\n" in written
    assert "make them with 'palisade-wizard apply' first" in written


@pytest.mark.slow
def test_what_the_owner_added_to_ours_stays(done: Journey) -> None:
    rule: dict[str, Any] = {
        "ID": "archive",
        "Status": "Enabled",
        "Filter": {
            "And": {
                "Prefix": "${old}/",
                "Tags": [{"Key": "a", "Value": "yes"}, {"Key": "b", "Value": "1e3"}],
            }
        },
        "NoncurrentVersionTransitions": [
            {"NoncurrentDays": 30, "StorageClass": "GLACIER", "NewerNoncurrentVersions": 2}
        ],
        "Expiration": {"ExpiredObjectDeleteMarker": True},
    }
    have = done.observe()
    side = have.sides["bucket.lifecycle"]
    assert isinstance(side, Have)
    assert isinstance(side.value, dict)
    guest = {
        "Sid": "Guest",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:DeleteObject*",
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
    }
    policy = have.sides["bucket.policy"]
    assert isinstance(policy, Have)
    document = json.loads(str(policy.value))
    told = {
        "bucket.lifecycle": Have({**side.value, "Rules": [rule, *side.value["Rules"]]}),
        "bucket.policy": Have(json.dumps({**document, "Statement": [guest, *document["Statement"]]})),
        "bucket.tags": Have([{"Key": "aws:cloudformation:stack-name", "Value": "x"}]),
        "bucket.notifications": Have(
            {
                "QueueConfigurations": [
                    {
                        "Id": "q",
                        "QueueArn": "arn:aws:sqs:eu-west-1:123456789012:q",
                        "Events": ["s3:ObjectCreated:*"],
                        "Filter": {"Key": {"FilterRules": [{"Name": "Prefix", "Value": "x/"}]}},
                    }
                ],
                "EventBridgeConfiguration": {},
            }
        ),
    }
    world = World(have.resources, {**have.sides, **told})
    subject = subject_of(ANSWERS, world)
    stack = stack_of(subject)
    found = values(stack)
    assert found["bucket.lifecycle"]["Rules"][0] == rule
    assert json.loads(found["bucket.policy"])["Statement"][0] == guest
    assert "known after" not in text(subject), "a reference became its placeholder"
    assert not [tag for tag in found["bucket.tags"] if tag["Key"].startswith("aws:")]
    assert found["bucket.notifications"]["QueueConfigurations"][0]["Events"] == ["s3:ObjectCreated:*"]
    assert found["bucket.notifications"]["EventBridgeConfiguration"] == {}
    assert said(text(subject), "eu-west-1") == []


def test_a_lock_is_not_set_by_taking_a_bucket_over(done: Journey) -> None:
    have = done.observe()
    world = World(have.resources, {**have.sides, "bucket.object-lock": Have(None)})
    subject = subject_of(ANSWERS, world)
    stack = stack_of(subject)
    assert not [name for name in stack.properties("Bucket") if name.startswith("ObjectLock")]
    (duty,) = (duty for duty in kept(stack)["ByHand"] if duty.startswith("bucket.object-lock: "))
    assert "'palisade-wizard apply' asks first" in duty


def test_a_subscription_that_nobody_confirmed_cannot_be_taken_over(done: Journey) -> None:
    have = done.observe()
    pending = Present({"arn": "PendingConfirmation"}, "created")
    world = World({**have.resources, "subscription": pending}, have.sides)
    subject = subject_of(ANSWERS, world)
    stack = stack_of(subject)
    assert "Subscription" not in stack.resources
    (left,) = kept(stack)["NotManaged"]
    assert (left["Address"], left["ToDo"]) == ("subscription", [])
    assert "not confirmed" in left["Why"]


def test_a_bucket_of_somebody_else_is_named_and_what_it_lacks_is_listed(aws: Aws) -> None:
    do(
        aws,
        "s3",
        "CreateBucket",
        Bucket=BUCKET,
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
    )
    subject = observed(Journey(aws), sample())
    stack = stack_of(subject)
    assert set(stack.resources) == {"Key", "Alias", "Role"}
    (left,) = kept(stack)["NotManaged"]
    todo = {duty.split(":")[0] for duty in left["ToDo"]}
    assert todo == {
        f"bucket.{side}"
        for side in ("tags", "public-access", "ownership", "versioning", "encryption", "policy")
    }
    assert stack.resolved(stack.template["Outputs"]["Bucket"]["Value"]) == BUCKET
    assert said(text(subject), "eu-west-1") == []


def test_what_somebody_else_made_and_does_not_fit_is_said_with_the_remedy(aws: Aws) -> None:
    key = do(aws, "kms", "CreateKey")["KeyMetadata"]
    do(aws, "kms", "DisableKey", KeyId=key["KeyId"])
    journey = Journey(aws, sample_blueprint(storage__kms_key=key["Arn"]))
    (left,) = kept(stack_of(observed(journey, sample(storage__kms_key=key["Arn"]))))["NotManaged"]
    (state,) = (duty for duty in left["ToDo"] if duty.startswith("key.state: "))
    assert "is not enabled" in state
    assert "aws kms enable-key" in state


def test_a_trail_in_another_region_is_said_to_be_there() -> None:
    arn = KEY_ARN.replace("kms:eu-west-1", "cloudtrail:us-east-1").replace("key/", "trail/")
    subject = subject_of(sample(hardening__trail=arn, hardening__data_events="all"))
    (left,) = kept(stack_of(subject))["NotManaged"]
    assert "It is in us-east-1, and a stack has one region, which is eu-west-1." in left["Why"]


def test_a_set_up_of_which_everything_is_somebody_elses_has_no_template() -> None:
    world = World(
        {
            "key": Present({"arn": KEY_ARN, "id": "1"}, "adopted"),
            "bucket": Present({"arn": f"arn:aws:s3:::{BUCKET}", "id": BUCKET}, "adopted"),
            "role": Present({"arn": "arn:aws:iam::123456789012:role/r", "id": "R"}, "adopted"),
        }
    )
    with pytest.raises(ProblemError) as caught:
        text(subject_of(sample(storage__kms_key=KEY_ARN), world))
    assert caught.value.problem.code == "unfit"


def test_what_aws_does_not_tell_of_ours_is_no_template(done: Journey) -> None:
    denied = Journey(Denying(done.aws, "s3:GetBucketLifecycleConfiguration"), HARDENED)
    with pytest.raises(ProblemError) as caught:
        text(observed(denied, ANSWERS))
    assert caught.value.problem.code == "denied"
