"""The trail's evidence: who wrote, awaited while it may still come, and never taken from what is not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.backups.shards import ShardKey
from services.verify.checks import Check
from services.verify.files import Judged
from services.verify.search import FoundFile
from services.verify.trail import LONG_AGO, no_trail, trail_checks
from services.verify.trail_source import MOST_CALLS, MOST_FILES, MOST_WINDOWS, USUAL, pattern
from tests.ports import FakeClock
from tests.services.verify.bucket import FILE, KEY_ID, NOW
from tests.services.verify.trail import (
    EXPECTED,
    ROLE_ARN,
    TRAIL,
    CloudTrail,
    by,
    file_name,
    log_file,
    session_opened,
    written,
)
from tests.world import ACCOUNT, BUCKET, KEY_ARN

WRITE = f"trail.write.{KEY_ID}.recovery_shard-0.txt"
SOON = timedelta(minutes=3)


def judged(key: str = FILE, at: datetime = NOW, version: str = "v1") -> Judged:
    key_id, file = key.split("/")
    return Judged(FoundFile(key, at, 1000), ShardKey(key_id, file, 0), (), read=True, version_id=version)


def lines(
    aws: CloudTrail, *files: Judged, after: timedelta = SOON, group: bool = True, **expected: Any
) -> dict[str, Check]:
    clock = FakeClock(began=NOW + after)
    trail = TRAIL if group else replace(TRAIL, log_group="")
    checks = trail_checks(aws, clock, trail, replace(EXPECTED, **expected), files or (judged(),))
    assert all(check.evidence.endswith(".") for check in checks)
    assert len({check.id for check in checks}) == len(checks)
    return {check.id: check for check in checks}


def recorded(*events: dict[str, Any], **more: Any) -> CloudTrail:
    return CloudTrail(list(events), history={"eu-west-1": [session_opened()]}, **more)


def statuses(found: dict[str, Check]) -> dict[str, str]:
    return {name: check.status for name, check in found.items()}


@pytest.mark.parametrize("group", [True, False])
def test_a_recorded_write_is_green_with_what_an_auditor_wants(group: bool) -> None:
    aws = recorded(written(), files={file_name(NOW + SOON): log_file([written()])})
    found = lines(aws, group=group)
    assert statuses(found) == {
        "trail.logging": "pass",
        WRITE: "pass",
        "trail.other-writers": "pass",
        "trail.assume-role": "pass",
    }
    told = found[WRITE].evidence
    for part in (
        written()["eventID"],
        "2026-11-22T14:03:12Z",
        "assumed-role",
        "198.51.100.7",
        "TLSv1.3",
        KEY_ARN,
    ):
        assert part in told
    assert aws.count("s3:GetObject" if group else "logs:FilterLogEvents") == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"userIdentity": by(f"arn:aws:iam::{ACCOUNT}:user/mallory")}, "user/mallory"),
        ({"userIdentity": {}}, "whom the record does not name"),
        ({"tlsDetails": {"tlsVersion": "TLSv1.1"}}, "TLS 1.2"),
        ({"responseElements": {"x-amz-server-side-encryption": "AES256"}}, "KMS key"),
        (
            {
                "responseElements": {
                    "x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:x:1:key/other"
                }
            },
            KEY_ARN,
        ),
    ],
)
def test_a_write_that_should_not_be_so_fails_and_says_why(change: dict[str, Any], words: str) -> None:
    check = lines(recorded(written(**change)))[WRITE]
    assert check.status == "fail"
    assert words in check.evidence
    assert check.remedy


NOT_THE_WRITE = (
    written(errorCode="AccessDenied"),
    written(key="another/recovery_shard-0.txt"),
    written(requestParameters={"bucketName": "another-bucket", "key": FILE}),
    written(eventName="GetObject"),
    written(eventSource="evil.amazonaws.com"),
    written(responseElements={"x-amz-version-id": "an-older-version"}),
    written(at=NOW - timedelta(minutes=16)),
    written(eventID=""),
    written(eventTime="yesterday"),
)


@pytest.mark.parametrize("event", NOT_THE_WRITE, ids=range(len(NOT_THE_WRITE)))
def test_what_is_not_the_write_is_not_taken_for_it(event: dict[str, Any]) -> None:
    assert lines(recorded(event))[WRITE].status == "waiting"


def test_a_missing_record_is_awaited_then_missed_and_never_read_as_not_written() -> None:
    first = lines(recorded(), after=timedelta(minutes=4))
    assert first[WRITE].status == "waiting"
    assert "up to 15" in first[WRITE].evidence
    assert "another 11 min" in first[WRITE].evidence
    late = lines(recorded(), after=USUAL)[WRITE]
    assert late.status == "fail"
    assert "does not mean that it was not written" in late.evidence
    assert late.remedy
    assert lines(recorded(), after=LONG_AGO)[WRITE].status == "warn"


def test_a_record_that_comes_late_is_found() -> None:
    late = timedelta(minutes=40)
    assert lines(recorded(written(), late=late), after=timedelta(hours=2))[WRITE].status == "pass"
    files = {file_name(NOW + late): log_file([written()])}
    aws = CloudTrail(files=files, history={"eu-west-1": [session_opened()]})
    assert lines(aws, after=timedelta(hours=2), group=False)[WRITE].status == "pass"


def test_a_write_long_after_the_file_is_another_one() -> None:
    later = written(at=NOW + timedelta(minutes=20), responseElements=None)
    found = lines(recorded(later), after=timedelta(hours=2))
    assert found[WRITE].status == "fail"
    assert "No record was found" in found[WRITE].evidence


def test_what_was_written_before_the_trail_is_left_out() -> None:
    status = {"IsLogging": True, "StartLoggingTime": (NOW + timedelta(seconds=1)).isoformat()}
    assert lines(recorded(status=status), after=USUAL)[WRITE].status == "skipped"
    status["StartLoggingTime"] = NOW.isoformat()
    assert lines(recorded(status=status), after=USUAL)[WRITE].status == "fail"


def test_anybody_else_who_wrote_is_named() -> None:
    mallory = by("arn:aws:iam::123456789012:user/mal\x1b[31mlory")
    others = written(key="another/file", at=NOW + SOON, userIdentity=mallory)
    check = lines(recorded(written(), others))["trail.other-writers"]
    assert check.status == "fail"
    assert "user/mal\ufffd[31mlory" in check.evidence
    assert "another/file" in check.evidence
    assert lines(recorded(written(), others))[WRITE].status == "pass"


def test_who_was_denied_is_told_and_is_no_writer() -> None:
    denied = written(errorCode="AccessDenied", userIdentity=by("arn:aws:iam::123456789012:user/mallory"))
    check = lines(recorded(written(), {**denied, "eventID": "d1"}))["trail.other-writers"]
    assert check.status == "pass"
    assert "Denied: arn:aws:iam::123456789012:user/mallory" in check.evidence


def test_no_other_writer_is_said_only_of_what_was_looked_at() -> None:
    assert lines(recorded())["trail.other-writers"].status == "waiting"
    crowd = [written(key=f"k{n}/recovery_shard-0.txt", eventID=f"e{n}") for n in range(MOST_CALLS * 2)]
    aws = recorded(*crowd)
    assert lines(aws)["trail.other-writers"].status == "warn"
    assert aws.count("logs:FilterLogEvents") == MOST_CALLS
    assert lines(recorded(*crowd), after=USUAL)[WRITE].status == "warn"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ({"IsLogging": False}, "does not log"),
        ({"IsLogging": True, "LatestDeliveryError": "NoSuchBucket\x1b[2J"}, "NoSuchBucket"),
        ({"IsLogging": True, "LatestCloudWatchLogsDeliveryError": "AccessDenied"}, "CloudWatch Logs"),
    ],
)
def test_a_trail_that_does_not_deliver_fails(status: dict[str, Any], words: str) -> None:
    check = lines(recorded(written(), status=status))["trail.logging"]
    assert check.status == "fail"
    assert words in check.evidence
    assert "\x1b" not in check.evidence
    assert check.remedy


@pytest.mark.parametrize(
    ("denied", "identifier", "action", "group"),
    [
        ("cloudtrail:GetTrailStatus", "trail.logging", "cloudtrail:GetTrailStatus", True),
        ("logs:FilterLogEvents", "trail.write", "logs:FilterLogEvents", True),
        ("cloudtrail:GetTrail", "trail.write", "cloudtrail:GetTrail", False),
        ("s3:ListObjectsV2", "trail.write", "s3:ListBucket", False),
        ("s3:GetObject", "trail.write", "s3:GetObject", False),
        ("cloudtrail:LookupEvents", "trail.assume-role", "cloudtrail:LookupEvents", True),
    ],
)
def test_denied_is_unknown_and_names_the_right_that_lacks(
    denied: str, identifier: str, action: str, group: bool
) -> None:
    aws = recorded(written(), files={file_name(NOW + SOON): log_file([])}, denied=frozenset({denied}))
    check = lines(aws, group=group)[identifier]
    assert check.status == "unknown"
    assert action in check.evidence


def test_every_file_has_its_record_and_the_calls_are_few() -> None:
    keys = [f"w{n}/recovery_shard-{m}.txt" for n in range(5) for m in range(3)]
    aws = recorded(*(written(key=key, eventID=key) for key in keys), page=100)
    found = lines(aws, *(judged(key) for key in keys))
    assert sum(name.startswith("trail.write.") and c.status == "pass" for name, c in found.items()) == 15
    assert aws.count("logs:FilterLogEvents") == 2


def test_files_of_many_times_are_looked_up_as_far_as_it_goes() -> None:
    times = [NOW - timedelta(days=n) for n in range(MOST_WINDOWS + 2)]
    files = [judged(f"w{n}/recovery_shard-0.txt", at) for n, at in enumerate(times)]
    events = [written(f"w{n}/recovery_shard-0.txt", at) for n, at in enumerate(times)]
    found = lines(recorded(*events), *files)
    told = [found[f"trail.write.w{n}.recovery_shard-0.txt"].status for n in range(len(times))]
    assert told == ["pass"] * MOST_WINDOWS + ["skipped"] * 2


def test_without_a_file_the_record_is_awaited_and_nothing_is_asked_for() -> None:
    aws = CloudTrail()
    checks = trail_checks(aws, FakeClock(), TRAIL, EXPECTED, ())
    assert [(check.id, check.status) for check in checks] == [
        ("trail.logging", "pass"),
        ("trail.write", "waiting"),
    ]
    assert [call.op for call in aws.calls] == ["GetTrailStatus"]


def test_without_a_trail_or_its_log_group_it_says_so() -> None:
    (check,) = no_trail()
    assert (check.id, check.status) == ("trail.write", "skipped")
    assert "hardening.trail" in check.remedy
    assert lines(recorded(gone=frozenset({"logs:FilterLogEvents"})))["trail.write"].status == "fail"


def test_the_pattern_is_one_that_cloudwatch_takes() -> None:
    text = pattern(EXPECTED)
    assert len(text) <= 1024
    assert text.startswith("{ ")
    assert text.count("(") == text.count(")")
    assert f'"{BUCKET}"' in text
    assert f'"{ROLE_ARN}"' in text


def test_log_files_are_read_across_midnight_from_the_right_minute_on() -> None:
    at = NOW.replace(hour=23, minute=50)
    early, late = at - timedelta(hours=3), at + timedelta(minutes=20)
    files = {file_name(moment): log_file([]) for moment in (early, at)}
    files[file_name(late)] = log_file([written(at=at)])
    files[file_name(at + timedelta(hours=4))] = b"never read"
    files[file_name(at, region="us-east-1")] = b"never read"
    files[file_name(at, account="999999999999")] = b"never read"
    aws = CloudTrail(files=files, history={"eu-west-1": [session_opened(at)]})
    found = lines(aws, judged(at=at), after=timedelta(hours=16), group=False)
    assert found[WRITE].status == "pass"
    assert aws.count("s3:GetObject") == 2


def test_a_damaged_log_file_stops_nothing_and_is_told() -> None:
    files = {
        file_name(NOW + timedelta(minutes=1)): log_file([written()])[:-20],
        file_name(NOW + timedelta(minutes=2)): b"no gzip",
        file_name(NOW + timedelta(minutes=3)): log_file([written()]),
    }
    found = lines(CloudTrail(files=files, history={"eu-west-1": [session_opened()]}), group=False)
    assert found[WRITE].status == "pass"
    assert found["trail.other-writers"].status == "warn"
    del files[file_name(NOW + timedelta(minutes=3))]
    missed = lines(CloudTrail(files=files), group=False, after=USUAL)[WRITE]
    assert "is cut off" in missed.evidence


def test_more_log_files_than_are_read_are_said_to_be_there() -> None:
    start = NOW - timedelta(minutes=10)
    names = [
        file_name(start + timedelta(seconds=n * 20)).replace("a1B2", f"{n:04d}")
        for n in range(MOST_FILES + 1)
    ]
    aws = CloudTrail(files=dict.fromkeys(names, log_file([])))
    assert lines(aws, group=False, after=timedelta(hours=2))["trail.other-writers"].status == "warn"
    assert aws.count("s3:GetObject") == MOST_FILES
