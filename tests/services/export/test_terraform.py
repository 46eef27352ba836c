"""The Terraform file says the blueprint facet for facet: read back by a parser and a reader that are not ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from services.answers import Answers
from services.export.subject import Subject
from services.export.terraform_rows import ROWS, Said, family, row
from services.model.resource import Facet, Resource
from services.model.values import Lookup, Tree, bare, fill
from tests.sampling import every
from tests.services.export.hcl_reading import Joined, Reference
from tests.services.export.terraform_reading import told
from tests.services.export.terraform_subjects import PRODUCTION, exported, lookup_of, subject, there
from tests.services.model.test_emitted_calls import VARIANTS
from tests.world import ACCOUNT, ALARMS, BUCKET, sample, tagged

every_variant = pytest.mark.parametrize(
    "answers", every(5, [pytest.param(v.answers, id=v.name) for v in VARIANTS])
)

each_way = pytest.mark.parametrize(
    "answers",
    [v.answers for v in VARIANTS if v.region == "eu-west-1"],
    ids=[v.name for v in VARIANTS if v.region == "eu-west-1"],
)
"""Every way to answer, in one region."""


def sides(found: Subject) -> Iterator[tuple[Resource, Facet]]:
    for resource in found.managed():
        for facet in found.facets(resource):
            yield resource, facet


def differences(found: Subject, lookup: Lookup) -> dict[str, tuple[Tree, Tree]]:
    """Facets that the file, read back, says otherwise than the blueprint."""
    file = exported(found)
    compared = {
        f"{resource.name}.{facet.name}": (
            facet.normal(told(file, resource, facet)),
            facet.normal(bare(fill(found.target(resource, facet), lookup))),
        )
        for resource, facet in sides(found)
    }
    assert compared or not found.managed()
    return {address: pair for address, pair in compared.items() if pair[0] != pair[1]}


def test_every_facet_has_a_row_and_every_row_a_facet() -> None:
    alarms_elsewhere = sample(
        hardening__trail=f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/audit", **ALARMS
    )
    used = {
        (family(resource), facet.name)
        for answers in (*(v.answers for v in VARIANTS), alarms_elsewhere)
        for resource in subject(answers).blueprint
        for origin in ("created", "adopted", "foreign")
        for facet in resource.facets(origin)
    }
    assert used == set(ROWS)


@every_variant
def test_a_new_set_up_read_back_equals_its_blueprint(answers: Answers) -> None:
    assert differences(subject(answers), lookup_of(answers)) == {}


@each_way
def test_a_set_up_that_is_there_read_back_equals_its_blueprint(answers: Answers) -> None:
    assert differences(subject(answers, there(answers)), lookup_of(answers)) == {}


def test_what_is_not_said_has_its_sentence_in_the_file() -> None:
    for answers in (sample(**PRODUCTION), sample(hardening__mfa_delete="planned")):
        found = subject(answers)
        unwrapped = " ".join(exported(found).text.replace("\n#", "").split())
        for resource, facet in sides(found):
            found_row = row(resource, facet)
            if isinstance(found_row, Said):
                assert f"{facet.name}: {facet.says}. {found_row.why}" in unwrapped


def test_mfa_delete_is_left_to_root_with_the_command_on_one_line() -> None:
    file = exported(subject(sample(hardening__mfa_delete="planned")))
    (line,) = [line for line in file.text.splitlines() if "MFADelete=Enabled" in line]
    assert f"aws s3api put-bucket-versioning --bucket {BUCKET} --expected-bucket-owner {ACCOUNT}" in line
    state = file.resources["aws_s3_bucket_versioning", "bucket"].one("versioning_configuration")
    assert state.arguments == {"status": "Enabled"}


# What the owner of a bucket or trail of this set-up has added

OWNERS_RULE = {
    "ID": "theirs",
    "Status": "Enabled",
    "Filter": {"And": {"Prefix": "x/", "Tags": [{"Key": "a.b", "Value": "${c}"}], "ObjectSizeLessThan": 9}},
    "NoncurrentVersionTransitions": [
        {"NoncurrentDays": 30, "StorageClass": "STANDARD_IA", "NewerNoncurrentVersions": 3}
    ],
}
OLD_RULE = {
    "ID": "old",
    "Status": "Disabled",
    "Prefix": "y/",
    "Expiration": {"ExpiredObjectDeleteMarker": True},
}
TAGGED_RULE = {
    "ID": "tagged",
    "Status": "Enabled",
    "Filter": {"Tag": {"Key": "k", "Value": "v"}},
    "Transitions": [{"Days": 40, "StorageClass": "STANDARD_IA"}],
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2},
}
EVERY_RULE = {
    "ID": "all",
    "Status": "Enabled",
    "Filter": {},
    "Transitions": [{"Date": "2031-01-01T00:00:00+00:00"}],
}
OWNERS_STATEMENT = {
    "Sid": "Owners",
    "Effect": "Deny",
    "Principal": {"AWS": "*"},
    "Action": "s3:DeleteObject",
    "Resource": f"arn:aws:s3:::{BUCKET}/${{aws:username}}/%{{x}}/*",
    "Condition": {"Bool": {"aws:MultiFactorAuthPresent": False}},
}
QUEUE = {
    "Id": "theirs",
    "QueueArn": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q",
    "Events": ["s3:ObjectCreated:*"],
    "Filter": {
        "Key": {"FilterRules": [{"Name": "Prefix", "Value": "a"}, {"Name": "Suffix", "Value": ".txt"}]}
    },
}
FUNCTION = {
    "Id": "f",
    "LambdaFunctionArn": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f",
    "Events": ["s3:ObjectRestore:Completed"],
}
ADDED: dict[str, Any] = {
    "bucket.tags": [{"Key": "cost ${centre}", "Value": 'a "b" \\ %{c}'}],
    "bucket.lifecycle": {
        "Rules": [OWNERS_RULE, OLD_RULE, TAGGED_RULE, EVERY_RULE],
        "TransitionDefaultMinimumObjectSize": "varies_by_storage_class",
    },
    "bucket.policy": {"Version": "2012-10-17", "Statement": [OWNERS_STATEMENT]},
    "bucket.notifications": {
        "QueueConfigurations": [QUEUE],
        "LambdaFunctionConfigurations": [FUNCTION],
        "EventBridgeConfiguration": {},
    },
    "bucket.access-logs": {"TargetBucket": "elsewhere", "TargetPrefix": ""},
    "bucket.object-lock": {
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 9, "Days": 0}},
    },
    "key.rotation": {"KeyRotationEnabled": True, "RotationPeriodInDays": 180},
    "log_group.tags": {"team": "desk"},
    "log_group.retention": 731,
    "trail.selectors": {
        "EventSelectors": [
            {
                "ReadWriteType": "All",
                "IncludeManagementEvents": True,
                "DataResources": [{"Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"]}],
                "ExcludeManagementEventSources": ["rdsdata.amazonaws.com"],
            }
        ]
    },
    "alarm-key.actions": {
        "ActionsEnabled": True,
        "AlarmActions": [f"arn:aws:sns:eu-west-1:{ACCOUNT}:pager"],
        "OKActions": [f"arn:aws:sns:eu-west-1:{ACCOUNT}:calm"],
        "MetricName": "m",
        "Namespace": "n",
    },
}


@pytest.mark.parametrize("address", every(4, ADDED))
def test_what_the_owner_added_is_carried_along(address: str) -> None:
    answers = sample(**PRODUCTION)
    found = subject(answers, there(answers, have={address: ADDED[address]}))
    assert differences(found, lookup_of(answers)) == {}
    plain = subject(answers, there(answers))
    resource, facet = next((r, f) for r, f in sides(found) if f"{r.name}.{f.name}" == address)
    targets = [facet.normal(bare(one.target(resource, facet))) for one in (found, plain)]
    assert targets[0] != targets[1]


def test_actions_that_the_owner_gave_an_alarm_stay() -> None:
    answers = sample(**PRODUCTION)
    file = exported(subject(answers, there(answers, have={"alarm-key.actions": ADDED["alarm-key.actions"]})))
    alarm = file.plain(file.resources["aws_cloudwatch_metric_alarm", "alarm_key"])
    arn = f"arn:aws:sns:eu-west-1:{ACCOUNT}"
    assert alarm["alarm_actions"] == [f"{arn}:pager", f"{arn}:palisade-acme-sandbox-alarms"]
    assert alarm["ok_actions"] == [f"{arn}:calm"]


def test_a_day_is_written_as_terraform_takes_it() -> None:
    answers = sample()
    file = exported(subject(answers, there(answers, have={"bucket.lifecycle": {"Rules": [EVERY_RULE]}})))
    block = file.resources["aws_s3_bucket_lifecycle_configuration", "bucket"].one("rule")
    assert block.one("transition").arguments == {"date": "2031-01-01T00:00:00Z"}


def test_a_lock_says_days_or_years_and_logs_always_a_prefix() -> None:
    """The provider takes no lock with both, and no logging without a prefix."""
    answers = sample(**PRODUCTION)
    have = {
        "bucket.object-lock": ADDED["bucket.object-lock"],
        "bucket.access-logs": {"TargetBucket": "elsewhere"},
    }
    file = exported(subject(answers, there(answers, have=have)))
    lock = file.resources["aws_s3_bucket_object_lock_configuration", "bucket"].one("rule")
    assert lock.one("default_retention").arguments == {"mode": "COMPLIANCE", "years": 9}
    assert file.resources["aws_s3_bucket_logging", "bucket"].arguments["target_prefix"] == ""


def test_a_bucket_whose_name_only_begins_so_is_not_taken_for_this_one() -> None:
    answers = sample()
    arns = [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/{{x}}", f"arn:aws:s3:::{BUCKET}-copy/x"]
    statement = {**OWNERS_STATEMENT, "Resource": arns}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    file = exported(subject(answers, there(answers, have={"bucket.policy": policy})))
    encoded = file.resources["aws_s3_bucket_policy", "bucket"].arguments["policy"]
    own = Reference("aws_s3_bucket.bucket.arn")
    assert encoded.value["Statement"][0]["Resource"] == [own, Joined((own, "/{x}")), arns[2]]


def test_ways_of_encrypting_that_are_blocked_stay_blocked() -> None:
    answers = sample()
    blocked = {"BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}}
    file = exported(subject(answers, there(answers, have={"bucket.encryption": blocked})))
    rule = file.resources["aws_s3_bucket_server_side_encryption_configuration", "bucket"].one("rule")
    assert rule.arguments["blocked_encryption_types"] == ["SSE-C"]


def test_tags_of_awss_own_are_not_written() -> None:
    answers = tagged(sample(), team="desk")
    have = [{"Key": "aws:cloudformation:stack-name", "Value": "x"}, {"Key": "mine", "Value": "y"}]
    file = exported(subject(answers, there(answers, have={"bucket.tags": have})))
    tags = file.resources["aws_s3_bucket", "bucket"].arguments["tags"]
    assert (tags["mine"], tags["team"]) == ("y", "desk")
    assert not any(name.startswith("aws:") for name in tags)
