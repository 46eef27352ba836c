"""The less usual ways through an audit: aliases, many files, several trails, patterns of all kinds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.doctor.gather import MOST_PAGES, SAMPLE
from services.doctor.looker import Looker
from services.doctor.trails import Coverage, coverage, management
from services.model.calls import Call, Refused, Reply
from services.problems import ProblemError
from tests.services.doctor.breaks import NO_GROUP
from tests.services.doctor.changes import (
    alarm,
    both,
    encryption,
    listed,
    more,
    refuses,
    says,
    trail,
    within,
)
from tests.services.doctor.cloud import (
    BUCKET_ARN,
    FILE,
    MANAGEMENT,
    NOW,
    REGION,
    SUBJECT,
    TRAIL_ARN,
    Cloud,
    broken,
    data_selector,
    look,
    version,
)
from tests.world import ACCOUNT, BUCKET, KEY_ARN


def test_a_key_that_is_named_by_an_alias_is_asked_by_its_arn() -> None:
    cloud = Cloud()
    look(cloud, replace(SUBJECT, key="alias/acme-backup"))
    of_every_key = {"kms:ListKeys", "kms:ListResourceTags"}
    asked = {
        c.name: c.params["KeyId"]
        for c in cloud.calls
        if c.service == "kms" and "KeyId" in c.params and c.name not in of_every_key
    }
    assert asked.pop("kms:DescribeKey") == "alias/acme-backup"
    assert set(asked.values()) == {KEY_ARN}


def test_behind_an_alias_that_may_not_be_looked_at_everything_is_unknown() -> None:
    cloud = Cloud(denied=frozenset({"kms:DescribeKey"}))
    found = look(cloud, replace(SUBJECT, key="alias/acme-backup"))
    assert found["config.key.rotation"].status == "unknown"
    assert {c.name for c in cloud.calls if c.service == "kms" and "KeyId" in c.params} == {"kms:DescribeKey"}


def test_a_key_that_is_not_there_is_called_by_the_name_that_was_given() -> None:
    found = look(broken(refuses("kms:DescribeKey", "NotFoundException")), replace(SUBJECT, key="alias/typo"))
    assert "alias/typo" in found["config.key.exists"].evidence
    assert found["config.bucket.encryption"].evidence.endswith("and not alias/typo.")


def test_without_a_key_of_its_own_a_bucket_has_no_key_to_judge() -> None:
    found = look(broken(encryption(SSEAlgorithm="AES256")))
    assert {found[f"config.key.{part}"].status for part in ("exists", "state", "policy")} == {"skipped"}
    assert found["config.bucket.policy-customer-keys"].status == "pass"
    assert found["backup.objects.encryption"].status == "fail"
    # Whether a reshare writes a backup by itself, nobody could confirm.
    assert found["backup.objects.encryption"].remedy.endswith(
        "then ask Palisade to write these backups anew."
    )


def many(count: int) -> list[dict[str, Any]]:
    stamps = (f"2026-11-{1 + n % 20:02}T00:00:{n % 60:02}+00:00" for n in range(count))
    return [version(f"wallet-{n:04}/recovery_shard-0.txt", LastModified=s) for n, s in enumerate(stamps)]


def test_of_many_files_the_newest_are_looked_at_and_the_count_is_said() -> None:
    cloud = broken(listed(*many(50)))
    found = look(cloud)
    assert sum(c.name == "s3:HeadObject" for c in cloud.calls) == SAMPLE
    looked = {str(c.params["Key"]) for c in cloud.calls if c.name == "s3:HeadObject"}
    newest = sorted(many(50), key=lambda v: (v["LastModified"], v["Key"]))[-SAMPLE:]
    assert looked == {v["Key"] for v in newest}
    assert f"the newest {SAMPLE} of 50 files" in found["backup.objects.encryption"].evidence


def test_a_bucket_of_many_pages_is_listed_in_part_and_says_so() -> None:
    cloud = broken(listed(*many(3)))
    pages: list[Call] = []

    def endless(call: Call) -> Reply:
        if call.name != "s3:ListObjectVersions":
            return cloud(call)
        pages.append(call)
        return {
            **cloud(call),
            "IsTruncated": True,
            "NextKeyMarker": str(len(pages)),
            "NextVersionIdMarker": "v",
        }

    found = look(endless)  # type: ignore[arg-type]
    assert [c.params.get("KeyMarker") for c in pages] == [None, *map(str, range(1, MOST_PAGES))]
    assert "there are more than were listed" in found["backup.objects.versioned"].evidence
    assert "among those listed" in found["backup.objects.delete-marker"].evidence


def test_the_extending_command_names_the_version_and_a_later_day() -> None:
    ends = "2026-12-01T00:00:00+00:00"
    check = look(broken(within("s3:HeadObject", ObjectLockRetainUntilDate=ends)))["backup.objects.retention"]
    assert check.status == "warn"
    assert "first on 2026-12-01" in check.evidence
    assert check.remedy == (
        f"aws s3api put-object-retention --bucket {SUBJECT.bucket} --key {FILE} --version-id v1 "
        "--retention 'Mode=COMPLIANCE,RetainUntilDate=2027-11-22T14:03:12Z'"
    )


def test_the_warning_begins_ninety_days_before() -> None:
    from datetime import timedelta

    for days, status in ((91, "pass"), (90, "warn"), (1, "warn"), (0, "fail")):
        until = (NOW + timedelta(days=days)).isoformat()
        found = look(broken(within("s3:HeadObject", ObjectLockRetainUntilDate=until)))
        assert found["backup.objects.retention"].status == status, days


def test_the_trail_that_serves_best_is_taken_whatever_the_order() -> None:
    arn = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/poor"
    good = Cloud().replies["cloudtrail:DescribeTrails"]["trailList"][0]
    poor = {**good, "Name": "poor", "TrailARN": arn, "HomeRegion": "us-east-1"}
    for trails in ([poor, good], [good, poor]):
        cloud = broken(says("cloudtrail:DescribeTrails", trailList=trails))
        cloud.replies[f"cloudtrail:GetEventSelectors {arn}"] = {"AdvancedEventSelectors": [MANAGEMENT]}
        found = look(cloud)
        assert TRAIL_ARN in found["config.trail.exists"].evidence
        assert {c.status for c in found.values()} == {"pass", "skipped"}
        homes = {c.region for c in cloud.calls if c.name == "cloudtrail:GetEventSelectors"}
        assert homes == {"us-east-1", REGION}


def test_a_trail_whose_selectors_are_hidden_does_not_hide_the_good_one() -> None:
    arn = "arn:aws:cloudtrail:us-east-1:999988887777:trail/organisation"
    hidden = {"Name": "organisation", "TrailARN": arn, "HomeRegion": "us-east-1", "IsMultiRegionTrail": True}
    good = Cloud().replies["cloudtrail:DescribeTrails"]["trailList"][0]
    cloud = broken(says("cloudtrail:DescribeTrails", trailList=[hidden, good]))

    def port(call: Call) -> Reply:
        if call.params.get("TrailName") == arn:
            raise Refused(call, "AccessDeniedException", "no", 400)
        return cloud(call)

    assert {c.status for c in look(port).values()} == {"pass", "skipped"}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        ({}, Coverage()),
        ({"AdvancedEventSelectors": [data_selector()]}, Coverage("advanced", "advanced")),
        ({"AdvancedEventSelectors": [data_selector("arn:aws:s3:::acme-")]}, Coverage("advanced", "advanced")),
        ({"AdvancedEventSelectors": [data_selector(readOnly={"Equals": ["true"]})]}, Coverage("advanced", "")),
        (
            {"AdvancedEventSelectors": [data_selector(**{"resources.ARN": {"NotStartsWith": [f"{BUCKET_ARN}/"]}})]},
            Coverage(),
        ),
        (
            {"AdvancedEventSelectors": [data_selector(**{"resources.ARN": {"NotStartsWith": ["arn:aws:s3:::other/"]}})]},
            Coverage("advanced", "advanced"),
        ),
        ({"AdvancedEventSelectors": [data_selector(**{"resources.ARN": {"Equals": [f"{BUCKET_ARN}/x"]}})]}, Coverage()),
        (
            {"EventSelectors": [{"ReadWriteType": "All", "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]}]},
            Coverage("basic for all buckets", "basic for all buckets"),
        ),
        (
            {"EventSelectors": [{"ReadWriteType": "WriteOnly", "DataResources": [{"Type": "AWS::S3::Object", "Values": [f"{BUCKET_ARN}/"]}]}]},
            Coverage("", "basic"),
        ),
        (
            {"EventSelectors": [{"ReadWriteType": "All", "DataResources": [{"Type": "AWS::S3::Object", "Values": [f"{BUCKET_ARN}/x/"]}]}]},
            Coverage(),
        ),
    ],
)  # fmt: skip
def test_what_selectors_record(selectors: Any, expected: Coverage) -> None:
    assert coverage(selectors, BUCKET_ARN) == expected


def test_management_events_that_one_selector_leaves_out_another_may_have() -> None:
    def one(*out: str) -> dict[str, Any]:
        return {
            "ReadWriteType": "All",
            "IncludeManagementEvents": True,
            "ExcludeManagementEventSources": list(out),
        }

    assert management({"EventSelectors": [one("kms.amazonaws.com")]}).without == ("kms.amazonaws.com",)
    assert management({"EventSelectors": [one("kms.amazonaws.com"), one()]}).without == ()
    assert not management(
        {"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": False}]}
    ).writes
    source = {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}
    narrow = {"FieldSelectors": [*MANAGEMENT["FieldSelectors"], source]}
    assert management({"AdvancedEventSelectors": [narrow]}).without == ("kms.amazonaws.com",)


@pytest.mark.parametrize(
    ("condition", "outside"),
    [
        ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, False),
        ({"StringEquals": {"AWS:SourceAccount": [ACCOUNT]}}, False),
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:s3:eu-west-1:{ACCOUNT}:*"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::acme-*"}}, False),
        ({"StringEquals": {"aws:SourceAccount": [ACCOUNT, "999988887777"]}}, True),
        ({"StringNotEquals": {"aws:SourceAccount": "999988887777"}}, True),
        ({"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}, True),
    ],
)
def test_a_service_may_come_in_for_this_account_alone(condition: dict[str, Any], outside: bool) -> None:
    change = more(
        Principal={"Service": "logging.s3.amazonaws.com"}, Action="s3:PutObject", Condition=condition
    )
    check = look(broken(change))["config.bucket.policy-foreign"]
    assert (check.status == "fail") is outside


def test_without_a_log_group_the_trail_is_the_finding_and_the_alarms_come_after_it() -> None:
    found = look(broken(trail(CloudWatchLogsLogGroupArn=None)))
    assert found["config.trail.log-group"].status == "fail"
    alarms = {c.status for i, c in found.items() if i.startswith(("config.alarms.", "config.topic."))}
    assert alarms == {"skipped"}


def test_a_log_group_that_was_deleted_is_found_though_the_trail_still_names_it() -> None:
    found = look(broken(NO_GROUP))
    assert "does not exist" in found["config.trail.log-group"].evidence
    assert {c.status for i, c in found.items() if i.startswith("config.alarms.")} == {"fail"}


def test_the_log_group_of_another_account_is_not_taken_for_deleted() -> None:
    elsewhere = trail(CloudWatchLogsLogGroupArn="arn:aws:logs:eu-west-1:999988887777:log-group:all:*")
    found = look(broken(both(NO_GROUP, elsewhere)))
    assert found["config.trail.log-group"].status == "pass"


def test_how_many_denied_calls_are_too_many_is_the_owners_to_say() -> None:
    assert look(broken(alarm("denied", Threshold=10.0)))["config.alarms.denied"].status == "pass"


def test_nobody_asks_for_retention_where_there_is_no_object_lock() -> None:
    off = refuses(f"s3:GetObjectLockConfiguration {BUCKET}", "ObjectLockConfigurationNotFoundError")
    cloud = broken(both(off, within("s3:HeadObject", ObjectLockRetainUntilDate=None)))
    assert look(cloud)["backup.objects.retention"].status == "skipped"
    assert "s3:GetObjectRetention" not in {call.name for call in cloud.calls}


def test_whoever_looks_cannot_write() -> None:
    written: list[Call] = []

    def aws(call: Call) -> Reply:
        written.append(call)
        return {}

    with pytest.raises(ProblemError) as caught:
        Looker.over(aws, SUBJECT).ask(Call("s3", "PutBucketPolicy", {"Bucket": BUCKET}))
    assert caught.value.problem.code == "our-bug"
    assert written == []
