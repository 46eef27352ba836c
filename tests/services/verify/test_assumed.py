"""That Palisade assumed the role is shown by its own event, in the region where that stands, and by no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.backups.trail_events import event_of
from services.verify.assumed import MOST_PAGES, PACE, Wrote, assumed
from services.verify.checks import Check
from services.verify.trail_source import USUAL, Window
from tests.ports import FakeClock
from tests.services.verify.bucket import NOW
from tests.services.verify.trail import EXPECTED, ROLE_ARN, SESSION, CloudTrail, by, session_opened
from tests.world import ACCOUNT, EXTERNAL_ID

SOON = timedelta(minutes=3)
WHEN = Window(NOW - timedelta(minutes=15), NOW + timedelta(minutes=5))


def line(
    history: dict[str, list[dict[str, Any]]],
    age: timedelta = SOON,
    sessions: frozenset[str] = frozenset({SESSION}),
    aws: CloudTrail | None = None,
    **expected: Any,
) -> Check:
    aws = aws or CloudTrail(history=history)
    aws.history = history
    check = assumed(aws, FakeClock(), replace(EXPECTED, **expected), (), Wrote(sessions, WHEN, age))
    assert EXTERNAL_ID not in check.evidence + check.remedy
    assert "secret-token" not in check.evidence
    return check


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1"])
def test_the_session_is_found_where_palisade_called_and_its_external_id_is_held(region: str) -> None:
    check = line({region: [session_opened(awsRegion=region)]})
    assert check.status == "pass"
    for part in (
        "444455556666",
        "AROAPALISADE:writer",
        region,
        "said the kit's external ID",
        "wrote the backup",
    ):
        assert part in check.evidence


def test_a_session_that_only_the_trail_recorded_is_enough_and_asks_nobody() -> None:
    event = event_of(session_opened())
    assert event is not None
    aws = CloudTrail()
    check = assumed(aws, FakeClock(), EXPECTED, (event,), Wrote(frozenset({SESSION}), WHEN, SOON))
    assert check.status == "pass"
    assert aws.calls == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"requestParameters": {"roleArn": ROLE_ARN, "externalId": "guessed"}}, "another external ID"),
        ({"requestParameters": {"roleArn": ROLE_ARN}}, "no external ID"),
        ({"userIdentity": {"type": "AWSAccount", "accountId": "999999999999"}}, "Somebody else"),
        ({"userIdentity": by(f"arn:aws:iam::{ACCOUNT}:user/kim")}, "user/kim"),
        (
            {"userIdentity": {**by("arn:aws:iam::444455556666:user/other"), "accountId": "444455556666"}},
            "user/other",
        ),
    ],
)
def test_another_caller_or_external_id_fails(change: dict[str, Any], words: str) -> None:
    check = line({"eu-west-1": [session_opened(**change)]})
    assert check.status == "fail"
    assert words in check.evidence
    assert check.remedy


def test_the_principal_itself_is_known_by_its_arn_or_its_role() -> None:
    root = "arn:aws:iam::444455556666:root"
    session = {
        "type": "AssumedRole",
        "accountId": "444455556666",
        "arn": "arn:aws:sts::444455556666:assumed-role/palisade-mpc/x",
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": EXPECTED.principal_arn}},
    }
    event = session_opened(userIdentity=session)
    assert line({"eu-west-1": [event]}).status == "pass"
    assert line({"eu-west-1": [event]}, principal_arn=root).status == "pass"


NOT_IT = (
    session_opened(errorCode="AccessDenied"),
    session_opened(eventName="AssumeRoleWithSAML"),
    session_opened(requestParameters={"roleArn": ROLE_ARN + "x", "externalId": EXTERNAL_ID}),
    session_opened(responseElements={"credentials": {"accessKeyId": "ASIAANOTHER"}}),
)


@pytest.mark.parametrize("event", NOT_IT, ids=range(len(NOT_IT)))
def test_what_is_not_the_session_is_not_taken_for_it(event: dict[str, Any]) -> None:
    check = line({"eu-west-1": [event]})
    assert check.status == "waiting"
    assert "up to 15" in check.evidence


def test_the_other_regions_are_asked_only_when_it_is_overdue_and_never_too_fast() -> None:
    history = {"ap-northeast-1": [session_opened()]}
    early, late = CloudTrail(), CloudTrail()
    assert line(history, aws=early).status == "waiting"
    assert [call.region for call in early.calls] == ["eu-west-1", "us-east-1"]
    clock = FakeClock()
    late.history = history
    check = assumed(late, clock, EXPECTED, (), Wrote(frozenset({SESSION}), WHEN, USUAL))
    assert check.status == "pass"
    assert late.calls[-1].region == "ap-northeast-1"
    assert clock.slept == [PACE] * len(late.calls)


def test_a_session_in_no_region_is_a_warning_that_names_what_could_not_be_asked() -> None:
    aws = CloudTrail(denied=frozenset({"cloudtrail:LookupEvents sa-east-1"}))
    check = line({}, USUAL, aws=aws)
    assert check.status == "warn"
    assert "may not ask sa-east-1" in check.evidence
    assert "denied do not show" in check.evidence


def test_the_history_is_read_page_by_page_up_to_a_limit() -> None:
    others = [session_opened(eventName="GetRole", eventID=f"e{n}") for n in range(60)]
    aws = CloudTrail()
    assert line({"eu-west-1": [*others, session_opened()]}, aws=aws).status == "pass"
    endless = CloudTrail()
    line({"eu-west-1": others * 100}, aws=endless)
    assert sum(call.region == "eu-west-1" for call in endless.calls) == MOST_PAGES


def test_an_endpoint_that_is_not_awss_own_keeps_no_history() -> None:
    assert line({}, own_endpoint=True).status == "skipped"
    assert line({"eu-west-1": [session_opened()]}, own_endpoint=True).status == "pass"


@pytest.mark.parametrize(
    ("region", "first"), [("cn-northwest-1", "cn-north-1"), ("us-gov-east-1", "us-gov-west-1")]
)
def test_other_partitions_have_their_own_regions(region: str, first: str) -> None:
    partition = "aws-cn" if region.startswith("cn") else "aws-us-gov"
    aws = CloudTrail()
    line({}, USUAL, aws=aws, region=region, role_arn=ROLE_ARN.replace("arn:aws:", f"arn:{partition}:"))
    assert [call.region for call in aws.calls] == [region, first]
