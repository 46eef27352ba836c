"""A trail that exists already: used only if it fits, after consent, and what its owner records is never reduced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.engine.consent import lacking
from services.model.calls import Aws, Call, Reply
from services.model.place import partition_of
from services.model.resource import Blueprint
from services.model.values import Ref, Tree
from tests.ports import Denying, Recording, Replying
from tests.world import ACCOUNT, BUCKET, OTHER_SETUP, SETUP, Journey, addresses, do, sample_blueprint

ARN = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/audit"
FAR = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/audit"
DATA = [{"Type": "AWS::S3::Object", "Values": [f"arn:aws:s3:::{BUCKET}/"]}]
EVERYTHING = {"IncludeGlobalServiceEvents": True, "IsMultiRegionTrail": True}
DEFAULT = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}


def reusing(arn: str = ARN, events: str = "all", **values: object) -> Blueprint:
    found = sample_blueprint(hardening__trail=arn, hardening__data_events=events, **values)
    return tuple(part for part in found if part.name == "trail")


def there(aws: Aws, region: str = "") -> Callable[..., Any]:
    """Direct calls in a region."""
    return lambda service, op, **params: aws(Call(service, op, params, region=region))


def audit(aws: Aws, region: str = "eu-west-1", **params: Any) -> str:
    """A trail as an organisation has it: all regions, a log group, basic selectors."""
    call = there(aws, region)
    if "audit-logs" not in {bucket["Name"] for bucket in call("s3", "ListBuckets")["Buckets"]}:
        do(
            aws,
            "s3",
            "CreateBucket",
            Bucket="audit-logs",
            CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
        )
    call("logs", "CreateLogGroup", logGroupName="audit")
    group = f"arn:aws:logs:{region}:{ACCOUNT}:log-group:audit:*"
    role = f"arn:aws:iam::{ACCOUNT}:role/audit"
    wanted = {"S3BucketName": "audit-logs", "CloudWatchLogsLogGroupArn": group, "CloudWatchLogsRoleArn": role}
    arn = str(
        call("cloudtrail", "CreateTrail", Name="audit", **{**wanted, **EVERYTHING, **params})["TrailARN"]
    )
    call("cloudtrail", "PutEventSelectors", TrailName=arn, EventSelectors=[DEFAULT])
    call("cloudtrail", "StartLogging", Name=arn)
    return arn


def test_it_is_used_after_consent_and_only_marked_and_added_to(aws: Aws) -> None:
    assert audit(aws) == ARN
    do(aws, "cloudtrail", "AddTags", ResourceId=ARN, TagsList=[{"Key": "owner", "Value": "audit"}])
    before = do(aws, "cloudtrail", "GetTrail", Name=ARN)
    recording = Recording(aws)
    journey = Journey(recording, reusing())
    found = journey.plan()
    assert [(s.address, s.verb, s.risk) for s in found.steps] == [
        ("trail", "adopt", "adopt"),
        ("trail.selectors", "change", "cost"),
    ]
    assert lacking(found, ["adopt"]) == (found.steps[1],)
    assert journey.run().ok
    assert recording.writes == ["cloudtrail:AddTags", "cloudtrail:PutEventSelectors"]
    assert journey.plan().steps == ()

    assert do(aws, "cloudtrail", "GetTrail", Name=ARN) == before
    (tagged,) = do(aws, "cloudtrail", "ListTags", ResourceIdList=[ARN])["ResourceTagList"]
    assert tagged["TagsList"] == [
        {"Key": "owner", "Value": "audit"},
        {"Key": f"palisade-wizard:used-by:{SETUP}", "Value": "adopted"},
    ]
    selectors = do(aws, "cloudtrail", "GetEventSelectors", TrailName=ARN)["EventSelectors"]
    assert selectors == [{**DEFAULT, "DataResources": DATA}]


def test_two_set_ups_share_one_trail(aws: Aws) -> None:
    audit(aws)
    first = Journey(aws, reusing())
    assert first.run().ok
    beta = reusing(ARN, "write", setup__id=OTHER_SETUP, storage__bucket="beta-backup")
    second = Journey(aws, beta, OTHER_SETUP)
    assert [step.verb for step in second.plan().steps] == ["adopt", "change"]
    assert second.run().ok
    assert (first.plan().steps, second.plan().steps) == ((), ())


def test_all_calls_go_to_the_home_region_of_the_trail(aws: Aws) -> None:
    assert audit(aws, "us-east-1") == FAR
    recording = Recording(aws)
    journey = Journey(recording, reusing(FAR))
    assert journey.run().ok
    assert journey.plan().steps == ()
    assert {call.region for call in recording.calls} == {"us-east-1"}
    world = journey.observe()
    told = {name: world.output(Ref("trail", name)) for name in ("home", "log_group", "bucket")}
    assert told == {"home": "us-east-1", "log_group": "audit", "bucket": "audit-logs"}


def test_nothing_is_added_where_nothing_is_missing(aws: Aws) -> None:
    audit(aws)
    everything = [{**DEFAULT, "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]}]
    do(aws, "cloudtrail", "PutEventSelectors", TrailName=ARN, EventSelectors=everything)
    assert addresses(Journey(aws, reusing()).plan()) == ["trail"]
    assert addresses(Journey(aws, reusing(events="off")).plan()) == ["trail"]


def test_what_somebody_adds_meanwhile_is_carried_along(aws: Aws) -> None:
    audit(aws)
    management = {"Name": "Theirs", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
    do(aws, "cloudtrail", "PutEventSelectors", TrailName=ARN, AdvancedEventSelectors=[management])
    journey = Journey(aws, reusing())
    assert journey.run().ok
    names = [s["Name"] for s in selectors_of(aws)]
    assert names == ["Theirs", f"PalisadeWizard data events of {BUCKET}"]
    more = {**management, "Name": "More"}
    do(aws, "cloudtrail", "PutEventSelectors", TrailName=ARN, AdvancedEventSelectors=[management, more])
    assert addresses(journey.plan()) == ["trail.selectors"]
    assert journey.run().ok
    assert [s["Name"] for s in selectors_of(aws)] == ["Theirs", "More", names[1]]


def selectors_of(aws: Aws) -> list[Any]:
    return list(do(aws, "cloudtrail", "GetEventSelectors", TrailName=ARN)["AdvancedEventSelectors"])


# What does not fit


def refused(aws: Aws, address: str, arn: str = ARN) -> str:
    """Every word of the refusal; nothing may be written."""
    recording = Recording(aws)
    journey = Journey(recording, reusing(arn))
    assert not journey.run().ok
    assert recording.writes == []
    found = {step.address: step.problem for step in journey.plan().blocked}
    problem = found[address]
    assert problem is not None
    assert problem.exit_code == 6
    assert "'create'" in problem.remedy[-1]
    return " ".join((problem.summary, *problem.remedy))


def test_a_trail_that_is_not_there_is_said(aws: Aws) -> None:
    assert ARN in refused(aws, "trail")


@pytest.mark.parametrize(
    ("params", "address", "word"),
    [
        ({"IsMultiRegionTrail": False}, "trail.regions", "us-east-1"),
        ({"S3BucketName": BUCKET}, "trail.delivery", "bucket of the backups"),
        ({"CloudWatchLogsLogGroupArn": ""}, "trail.log-group", "no CloudWatch log group"),
        (
            {"CloudWatchLogsLogGroupArn": "arn:aws:logs:eu-west-1:999999999999:log-group:x:*"},
            "trail.log-group",
            "another account",
        ),
        (
            {"CloudWatchLogsLogGroupArn": f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:gone:*"},
            "trail.readable",
            "log group that is there",
        ),
    ],
)
def test_a_trail_that_does_not_fit_is_refused_with_the_reason(
    aws: Aws, params: dict[str, Any], address: str, word: str
) -> None:
    place = {"LocationConstraint": "eu-west-1"}
    do(aws, "s3", "CreateBucket", Bucket=BUCKET, CreateBucketConfiguration=place)
    audit(aws, **params)
    assert word in refused(aws, address)


@pytest.mark.parametrize(
    ("home", "region", "everywhere", "services", "why"),
    [
        ("eu-west-1", "eu-west-1", True, True, None),
        ("us-east-1", "eu-west-1", True, True, None),
        ("us-east-1", "us-east-1", False, True, None),
        ("us-east-1", "eu-west-1", False, True, "the bucket is in eu-west-1"),
        ("eu-west-1", "eu-west-1", False, True, "changes of roles arrive in us-east-1"),
        ("us-east-1", "us-east-1", False, False, "the services that have no region"),
        ("eu-west-1", "eu-west-1", True, False, "the services that have no region"),
        ("us-gov-west-1", "us-gov-west-1", False, True, None),
        ("us-gov-east-1", "us-gov-east-1", False, True, "us-gov-west-1"),
        ("cn-north-1", "cn-north-1", False, True, None),
        ("cn-northwest-1", "cn-northwest-1", False, True, "cn-north-1"),
    ],
)
def test_which_trails_see_the_bucket_and_the_role(
    home: str, region: str, everywhere: bool, services: bool, why: str | None
) -> None:
    partition = partition_of(region)
    arn = f"arn:{partition}:cloudtrail:{home}:{ACCOUNT}:trail/audit"
    writer = f"arn:{partition}:iam::444455556666:root"
    (trail,) = reusing(arn, aws__region=region, palisade__principal_arn=writer)
    (facet,) = [facet for facet in trail.facets("foreign") if facet.name == "regions"]
    have: Tree = {"IsMultiRegionTrail": everywhere, "IncludeGlobalServiceEvents": services}
    problem = facet.refuse(have, have)
    assert (problem is None) == (why is None)
    if problem is not None and why is not None:
        assert why in problem.summary


@pytest.mark.parametrize(
    ("selectors", "fits"),
    [
        ([{**DEFAULT, "ReadWriteType": "WriteOnly"}], True),
        ([{**DEFAULT, "ReadWriteType": "ReadOnly"}], False),
        ([{**DEFAULT, "IncludeManagementEvents": False, "DataResources": DATA}], False),
        ([{**DEFAULT, "ExcludeManagementEventSources": ["kms.amazonaws.com"]}], False),
    ],
)
def test_a_trail_must_record_the_changes_of_the_account(
    aws: Aws, selectors: list[dict[str, Any]], fits: bool
) -> None:
    audit(aws)
    do(aws, "cloudtrail", "PutEventSelectors", TrailName=ARN, EventSelectors=selectors)
    if fits:
        assert Journey(aws, reusing()).plan().blocked == ()
    else:
        assert "management event" in refused(aws, "trail.selectors")


def test_a_trail_that_is_off_or_cannot_deliver_is_refused(aws: Aws) -> None:
    audit(aws)

    def failing(name: str) -> Callable[[Reply], Reply]:
        return lambda reply: {**reply, name: "AccessDenied"}

    for name in ("LatestDeliveryError", "LatestCloudWatchLogsDeliveryError"):
        said = refused(Replying(aws, "cloudtrail:GetTrailStatus", failing(name)), "trail.logging")
        assert "AccessDenied" in said
    do(aws, "cloudtrail", "StopLogging", Name=ARN)
    assert f"start-logging --name {ARN}" in refused(aws, "trail.logging")


def test_a_trail_without_room_is_refused_and_not_cut(aws: Aws) -> None:
    audit(aws)
    full = [{**DEFAULT, "ReadWriteType": "WriteOnly"}] * 5
    do(aws, "cloudtrail", "PutEventSelectors", TrailName=ARN, EventSelectors=full)
    assert "6 basic event selectors" in refused(aws, "trail.selectors")


@pytest.mark.parametrize(
    "name",
    [
        "cloudtrail:GetTrail",
        "cloudtrail:GetTrailStatus",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:ListTags",
        "logs:DescribeLogStreams",
    ],
)
def test_what_may_not_be_looked_at_is_unknown_and_nothing_is_written(aws: Aws, name: str) -> None:
    audit(aws)
    recording = Recording(aws)
    journey = Journey(Denying(recording, name), reusing())
    assert {step.problem.code for step in journey.plan().blocked if step.problem} == {"denied"}
    assert not journey.run().ok
    assert recording.writes == []


def test_every_side_is_said_in_plain_words(aws: Aws) -> None:
    audit(aws)
    journey = Journey(aws, reusing())
    world = journey.observe()
    for facet in journey.blueprint[0].facets("foreign"):
        side: Any = world.sides[f"trail.{facet.name}"]
        for words in (facet.words(side.value), facet.words(None), facet.says):
            assert words
            assert "{" not in words
            assert "None" not in words
