"""What a set-up costs: sums that a person can check, the assumptions beside them, and whether a second copy is billed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import botocore.session
import pytest
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

from services.costs import PRICES, Copies, Cost, Parts, Volume, bill, dollars, other_trails, parts, sentences
from services.engine.world import Absent, World
from services.model.calls import Aws, Call
from services.questions import find
from tests.ports import Denying, Recording
from tests.world import ACCOUNT, TRAIL, TRAIL_BUCKET, Journey, do, sample, sample_blueprint

ROUND = Volume(
    writes=100_000,
    reads=100_000,
    management=100_000,
    event=1_000,
    backup=10_000,
    access_log=500,
    list_line=100,
    months_kept=10,
)
"""Amounts that make the sums easy to do in one's head."""

FULL = Parts(
    keys=2,
    data_events="all",
    copies="second",
    trail_bucket=True,
    group=True,
    alarms=10,
    emails=True,
    access_logs=True,
    inventory=True,
)


def line(found: Parts, begins: str, volume: Volume = ROUND) -> Cost:
    (cost,) = [cost for cost in bill(found, volume) if cost.what.startswith(begins)]
    return cost


@pytest.mark.parametrize(
    ("begins", "amount"),
    [
        ("2 KMS keys", "2.00"),
        ("KMS requests", "0.60"),  # 200,000 at 0.03 for 10,000
        ("Backups in S3", "0.523"),  # 1 GB at 0.023, and 100,000 writes at 0.005 for 1,000
        ("CloudTrail data events", "0.20"),  # 200,000 at 0.10 for 100,000
        ("A second copy", "2.00"),  # 100,000 at 2.00 for 100,000
        ("The trail's log files", "0.0069"),  # 0.3 GB, a tenth of it after packing, kept for 10 months
        ("CloudWatch Logs", "0.24"),  # 0.3 GB at 0.50, and 3 GB kept at 0.03
        ("10 alarms", "4.00"),  # 0.10 for each, and 0.30 for its metric
        ("E-mails", "0.0006"),  # 30 at 2.00 for 100,000
        ("Access logs", "0.023"),  # 0.1 GB, kept for 10 months
        ("S3's daily lists", "0.1728"),  # 30 of 1,200,000 files at 0.0025 for 1,000,000, and 3.6 GB at 0.023
    ],
)
def test_each_line_is_its_price_times_its_amount(begins: str, amount: str) -> None:
    assert line(FULL, begins).dollars == Decimal(amount)


def test_the_sum_is_the_sum_of_the_lines() -> None:
    total = sum((cost.dollars for cost in bill(FULL, ROUND)), Decimal(0))
    assert sentences(FULL, ROUND)[0] == f"This set-up costs {dollars(total)} a month."
    assert total == Decimal("9.7663")


def test_reads_are_billed_only_where_they_are_recorded() -> None:
    more = replace(ROUND, reads=10 * ROUND.reads)
    writes = replace(FULL, data_events="write")
    assert line(writes, "CloudTrail data").dollars == line(writes, "CloudTrail data", more).dollars
    assert line(FULL, "CloudTrail data").dollars < line(FULL, "CloudTrail data", more).dollars
    assert not [
        c for c in bill(replace(FULL, data_events="off"), ROUND) if c.what.startswith("CloudTrail data")
    ]


@given(
    st.builds(
        Parts,
        keys=st.integers(0, 2),
        data_events=st.sampled_from(["off", "write", "all"]),
        copies=st.sampled_from(["none", "first", "second", "perhaps", "unknown"]),
        trail_bucket=st.booleans(),
        group=st.booleans(),
        alarms=st.integers(0, 20),
        emails=st.booleans(),
        access_logs=st.booleans(),
        inventory=st.booleans(),
    ),
    st.builds(Volume, writes=st.integers(0, 10**7), reads=st.integers(0, 10**7)),
)
def test_every_sentence_is_whole_and_names_its_assumptions(found: Parts, volume: Volume) -> None:
    told = sentences(found, volume)
    assert all(text.endswith(".") and "None" not in text for text in told)
    assert f"{volume.writes:,} backup files written" in " ".join(told)
    assert PRICES in told[-1]
    assert all(cost.dollars >= 0 for cost in bill(found, volume))
    copies = [text for text in told if "second copy" in text]
    assert bool(copies) == (found.copies in {"second", "perhaps", "unknown"})


def test_what_is_less_than_a_cent_says_so() -> None:
    assert dollars(Decimal("0.004")) == "less than $0.01"
    assert dollars(Decimal("0.005")) == "about $0.01"
    assert dollars(Decimal("1234.5")) == "about $1,234.50"


@pytest.mark.parametrize(
    ("values", "want"),
    [
        ({}, Parts()),
        (TRAIL, Parts(keys=2, data_events="all", copies="first", trail_bucket=True, group=True)),
        ({"hardening__trail": "create"}, Parts(keys=2, copies="first", trail_bucket=True, group=True)),
        (
            {
                "hardening__trail": f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/audit",
                "hardening__data_events": "write",
            },
            Parts(data_events="write"),
        ),
    ],
)
def test_what_is_paid_for_follows_from_the_answers(values: dict[str, object], want: Parts) -> None:
    assert parts(sample_blueprint(**values), sample(**values), want.copies) == want


# Whether a second copy of management events is billed


def copies(aws: Aws, **values: object) -> Copies:
    journey = Journey(aws, sample_blueprint(**values))
    return other_trails(journey.blueprint, journey.observe(), aws)


def test_a_trail_that_records_management_events_already_is_seen(aws: Aws) -> None:
    assert copies(aws, **TRAIL) == "first"
    place = {"LocationConstraint": "eu-west-1"}
    do(aws, "s3", "CreateBucket", Bucket=TRAIL_BUCKET, CreateBucketConfiguration=place)
    do(aws, "cloudtrail", "CreateTrail", Name="audit", S3BucketName=TRAIL_BUCKET)
    assert copies(aws, **TRAIL) == "second"


def test_other_trails_are_asked_for_only_when_one_is_to_be_made(aws: Aws) -> None:
    recording = Recording(aws)
    assert copies(recording) == "none"
    assert copies(recording, hardening__trail=f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/audit") == "none"
    assert Journey(recording, sample_blueprint(**TRAIL)).run().ok
    recording.calls.clear()
    assert copies(recording, **TRAIL) == "none"
    assert "cloudtrail:DescribeTrails" not in {call.name for call in recording.calls}


def test_what_may_not_be_asked_is_said_and_holds_nothing_up(aws: Aws) -> None:
    assert copies(Denying(aws, "cloudtrail:DescribeTrails"), **TRAIL) == "unknown"


def with_selectors(call: Call) -> dict[str, object]:
    """AWS's answer about a trail whose selectors somebody chose: what they are is not in it."""
    return (
        {"trailList": [{"Name": "audit", "HasCustomEventSelectors": True}]}
        if call.op == "DescribeTrails"
        else {}
    )


def test_a_trail_with_selectors_of_its_own_is_a_perhaps(aws: Aws) -> None:
    journey = Journey(aws, sample_blueprint(**TRAIL))
    assert other_trails(journey.blueprint, journey.observe(), with_selectors) == "perhaps"


def test_the_question_is_one_that_aws_knows() -> None:
    asked = Recording(with_selectors)
    other_trails(sample_blueprint(**TRAIL), World({"trail": Absent()}), asked)
    (call,) = asked.calls
    model = botocore.session.get_session().get_service_model("cloudtrail").operation_model(call.op)
    assert not ParamValidator().validate(dict(call.params), model.input_shape).has_errors()
    assert model.output_shape is not None
    assert "trailList" in model.output_shape.members


def test_the_question_about_alarms_names_what_the_plan_adds_up() -> None:
    made = parts(
        sample_blueprint(setup__environment="production", hardening__alarm_email="it@example.com"),
        sample(),
        "none",
    ).alarms
    (cost,) = (line.dollars for line in bill(Parts(alarms=made)) if "alarms" in line.what)
    assert f"costs about {round(cost)} US dollars a month." in find("hardening.alarms").help
