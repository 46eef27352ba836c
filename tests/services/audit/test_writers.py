"""Who wrote the files that were read, by the trail: others are named, and what it does not tell is never a finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.audit.audit import Wanted
from services.audit.subject import Subject
from services.audit.writers import Source
from services.model.calls import Call, Reply
from services.problems import Problem
from services.verify.checks import Check
from services.verify.trail_source import MOST_CALLS, MOST_WINDOWS
from tests.fleet import key_id
from tests.services.audit.asking import ask, checks, found
from tests.services.audit.stacked import WRITTEN, Stack, Version
from tests.services.audit.test_reading import OPEN, one
from tests.services.test_operator_policy import allowed, granted
from tests.services.verify.bucket import FILE, KEY_ID
from tests.services.verify.trail import EXPECTED, TRAIL, CloudTrail, by, written
from tests.tally import count
from tests.world import ACCOUNT
from tests.world import TRAIL as WITH_TRAIL

SOURCE = Source(TRAIL, EXPECTED)
VERSION = "v-0"
"""The version of the one file in the bucket."""


def event(**changes: Any) -> dict[str, Any]:
    answer = {**written()["responseElements"], "x-amz-version-id": VERSION}
    return written(FILE, WRITTEN, **{"responseElements": answer, **changes})


OTHER = {"userIdentity": by(f"arn:aws:iam::{ACCOUNT}:user/kim")}


def told(
    folder: Path,
    *events: dict[str, Any],
    stack: Stack | None = None,
    subject: Subject | None = None,
    **more: Any,
) -> tuple[set[tuple[str, str]], Check, list[Call]]:
    bucket, trail = stack or one(), CloudTrail(list(events), **more)
    asked: list[Call] = []

    def aws(call: Call) -> Reply:
        if call.params.get("Bucket") == EXPECTED.bucket:
            return bucket(call)
        asked.append(call)
        return trail(call)

    audited = ask(Wanted("list", sample=5), folder, aws, subject or replace(OPEN, writers=SOURCE))
    return found(audited), checks(audited)["writer"], asked


def test_a_file_that_palisade_wrote_passes(tmp_path: Path) -> None:
    kinds, check, asked = told(tmp_path, event())
    assert not kinds
    assert (check.status, check.evidence) == ("pass", "The trail tells of 1 of 1 files that were read.")
    assert {call.op for call in asked} == {"FilterLogEvents"}


def test_somebody_else_who_wrote_is_named(tmp_path: Path) -> None:
    kinds, check, _ = told(tmp_path, event(**OTHER))
    assert kinds == {("writer", KEY_ID)}
    assert check.status == "fail"
    assert f"arn:aws:iam::{ACCOUNT}:user/kim" in check.evidence
    assert "verify --config S --key-id" in check.remedy
    count("faults injected")


@pytest.mark.parametrize(
    "events",
    [
        (),
        (event(**OTHER, responseElements={"x-amz-version-id": "another"}),),
        (event(**OTHER, requestParameters={"bucketName": "another-bucket", "key": FILE}),),
        (event(**OTHER, eventTime=(WRITTEN - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")),),
        (event(**OTHER, eventName="DeleteObject"),),
    ],
    ids=["nothing", "another version", "another bucket", "long before", "no write"],
)
def test_what_the_trail_does_not_tell_is_no_finding(
    tmp_path: Path, events: tuple[dict[str, Any], ...]
) -> None:
    kinds, check, _ = told(tmp_path, *events)
    assert not kinds
    assert check.status == "skipped"
    assert "none of the 1 files" in check.evidence
    assert check.remedy


DENIED = Problem("denied", "AWS did not allow this sign-in to look.", ("Have it allowed.",))


def test_denied_is_unknown_and_never_well(tmp_path: Path) -> None:
    kinds, check, _ = told(tmp_path, denied=frozenset({"logs:FilterLogEvents"}))
    assert (kinds, check.status) == (set(), "unknown")
    assert "logs:FilterLogEvents" in check.evidence
    unseen = replace(OPEN, writers=Source(problem=DENIED))
    kinds, check, asked = told(tmp_path, event(), subject=unseen)
    assert (kinds, check.status, check.evidence, asked) == (set(), "unknown", DENIED.summary, [])
    count("faults injected", 2)


def test_without_a_trail_or_without_reading_nothing_is_asked(tmp_path: Path) -> None:
    _, check, asked = told(tmp_path, event(), subject=OPEN)
    assert (check.status, asked) == ("skipped", [])
    assert "hardening.data_events" in check.remedy
    audited = ask(Wanted("list"), tmp_path, one(), replace(OPEN, writers=SOURCE))
    assert checks(audited)["writer"].evidence == "No wallet was read."


def test_the_trail_is_asked_about_the_latest_times_alone(tmp_path: Path) -> None:
    """However many wallets are read, and however far apart they were written."""
    names = [f"{key_id(number)}/recovery_shard-0.txt" for number in range(30)]
    versions = [
        Version(name, 0, VERSION, written=WRITTEN - timedelta(days=7 * number))
        for number, name in enumerate(names)
    ]
    stack = Stack(versions, bodies=dict.fromkeys(names, b"x"))
    trail, asked = CloudTrail(), list[Call]()

    def aws(call: Call) -> Reply:
        if call.params.get("Bucket") == EXPECTED.bucket:
            return stack(call)
        asked.append(call)
        return trail(call)

    audited = ask(Wanted("list", sample=None), tmp_path, aws, replace(OPEN, writers=SOURCE))
    assert audited.document["wallets_read"] == 30
    begins = {int(str(call.params["startTime"])) for call in asked}
    assert len(begins) == MOST_WINDOWS
    assert min(begins) / 1000 > (WRITTEN - timedelta(days=7 * MOST_WINDOWS)).timestamp()
    assert len(asked) <= MOST_CALLS


def test_the_rights_for_it_are_granted_where_there_is_a_trail_alone() -> None:
    more: Mapping[str, object] = WITH_TRAIL
    assert granted("coverage", **more) - granted("coverage") == {
        "cloudtrail:GetTrail", "iam:GetRole", "logs:FilterLogEvents",
    }  # fmt: skip
    assert not allowed(
        "coverage", "logs:FilterLogEvents", f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:another", **more
    )
