"""Records and log files of CloudTrail are read strictly, within bounds, and nothing in them can restyle the output."""

from __future__ import annotations

import gzip
import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.backups.log_files import MOST_BYTES, Unreadable, records, unpacked, written_at
from services.backups.trail_events import LONGEST, TrailEvent, event_of, read_event

PUT: dict[str, Any] = {
    "eventID": "e-1",
    "eventName": "PutObject",
    "eventTime": "2026-11-22T14:03:12Z",
    "eventSource": "s3.amazonaws.com",
    "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/r/s", "accessKeyId": "ASIA1"},
    "requestParameters": {"bucketName": "bucket", "key": "k/recovery_shard-0.txt"},
}


def read(**changes: Any) -> TrailEvent | None:
    return read_event(json.dumps({**PUT, **changes}))


def test_a_record_is_read() -> None:
    event = read()
    assert event is not None
    assert (event.id, event.name, event.bucket, event.key) == (
        "e-1",
        "PutObject",
        "bucket",
        "k/recovery_shard-0.txt",
    )
    assert event.time == datetime(2026, 11, 22, 14, 3, 12, tzinfo=UTC)
    assert event.wrote
    assert event.actor.name == "arn:aws:sts::1:assumed-role/r/s"


@pytest.mark.parametrize(
    "changes",
    [
        {"eventTime": "2026-11-22T14:03:12"},
        {"eventTime": "2026-13-22T14:03:12Z"},
        {"eventTime": "٢026-11-22T14:03:12Z"},
        {"eventTime": 5},
        {"eventID": None},
        {"eventName": []},
    ],
)
def test_what_has_no_time_name_or_id_is_no_record(changes: dict[str, Any]) -> None:
    assert read(**changes) is None


@pytest.mark.parametrize("text", ["", "null", "[]", "{", "{}", "[" * 100_000, '{"eventID":1,"eventid":2}'])
def test_other_texts_are_no_records(text: str) -> None:
    assert read_event(text) is None


def test_a_record_beyond_the_limit_is_not_parsed() -> None:
    assert read(userAgent="x" * LONGEST) is None


def test_a_denied_write_did_not_write() -> None:
    event = read(errorCode="AccessDenied")
    assert event is not None
    assert (event.wrote, event.denied) == (False, True)
    other = read(errorCode="NoSuchBucket")
    assert other is not None
    assert (other.wrote, other.denied) == (False, False)


def test_the_external_id_is_in_no_repr() -> None:
    event = read(requestParameters={"roleArn": "r", "externalId": "confidential-word"})
    assert event is not None
    assert event.external_id == "confidential-word"
    assert "confidential-word" not in repr(event)


HOSTILE = st.text(max_size=40) | st.just("\x1b[31m\u202e[/bold]\n") | st.just("x" * 5000)
TREE = st.recursive(
    HOSTILE | st.none() | st.booleans() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ("arn", "type", "accountId", "sessionContext", "sessionIssuer", "attributes", "creationDate", "bucketName",
         "key", "x-amz-version-id", "credentials", "accessKeyId", "tlsVersion", "roleArn", "externalId")), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


FIELDS = (
    "eventSource", "userIdentity", "requestParameters", "responseElements", "tlsDetails", "errorCode", "awsRegion",
    "sourceIPAddress",
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(FIELDS), TREE, min_size=1))
@example({"errorCode": "\x1b[31m"})
@example({"requestParameters": {"key": "\u202e", "bucketName": "b" * 5000}})
def test_whatever_a_record_holds_is_one_short_printable_line(changes: dict[str, Any]) -> None:
    event = read(**changes)
    assert event is not None
    texts = [getattr(event, each.name) for each in fields(event)] + [event.actor.name]
    for text in texts:
        if isinstance(text, str):
            assert len(text) <= 1224
            assert all(" " <= char <= "~" or char in "\ufffd…" for char in text)


def test_a_log_file_gives_its_records_that_mention_the_bucket() -> None:
    other = {**PUT, "eventID": "e-2", "requestParameters": {"bucketName": "elsewhere"}}
    text = json.dumps({"Records": [PUT, other, {"no": "bucket record"}]}, indent=1)
    assert [event.id for event in records(text, '"bucket"') if isinstance(event, TrailEvent)] == ["e-1"]
    assert list(records('{"Records":[]}', "bucket")) == []


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        ("", 0),
        ("[]", 0),
        ('{"Other": []}', 0),
        (json.dumps({"Records": [PUT, PUT]})[:-30], 1),
        (json.dumps({"Records": [PUT]})[:-2], 1),
        ('{"Records":[' + json.dumps(PUT) + " " + json.dumps(PUT) + "]}", 1),
        ('{"Records":[' + "[" * 100_000, 0),
    ],
)
def test_a_damaged_log_file_gives_what_is_whole_and_says_that_it_is_damaged(text: str, readable: int) -> None:
    *events, last = records(text, "bucket")
    assert len(events) == readable
    assert isinstance(last, Unreadable)


def test_a_log_file_is_unpacked_up_to_a_limit() -> None:
    assert unpacked(gzip.compress(b"text")) == "text"
    bomb = gzip.compress(bytes(MOST_BYTES + 1))
    assert len(bomb) < 100_000
    for data in (bomb, b"", b"text", gzip.compress(b"text")[:-3], gzip.compress(b"\xff")):
        assert isinstance(unpacked(data), Unreadable)


@given(st.binary(max_size=200))
def test_any_bytes_are_unpacked_or_refused(data: bytes) -> None:
    assert isinstance(unpacked(data), str | Unreadable)


@pytest.mark.parametrize(
    ("key", "minute"),
    [
        ("AWSLogs/1/CloudTrail/r/2026/11/22/1_CloudTrail_r_20261122T1405Z_abc.json.gz", "2026-11-22T14:05"),
        ("AWSLogs/1/CloudTrail/r/2026/11/22/1_CloudTrail_r_20261322T1405Z_abc.json.gz", ""),
        ("AWSLogs/1/CloudTrail-Digest/r/1_CloudTrail-Digest_r_t_r_20261122T1405Z.json.gz", ""),
        ("AWSLogs/1/CloudTrail/r/20261122T1405Z_abc.json.gz.tmp", ""),
    ],
)
def test_the_minute_in_the_name_of_a_log_file(key: str, minute: str) -> None:
    found = written_at(key)
    assert (found.strftime("%Y-%m-%dT%H:%M") if found else "") == minute
    assert event_of(None) is None
