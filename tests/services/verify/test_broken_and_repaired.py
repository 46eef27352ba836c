"""Every line about the configuration of a production set-up: broken on purpose it is not green, repaired it is again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from services.blueprint import blueprint
from services.engine.world import World
from services.model.calls import Aws
from services.verify.configuration import configuration
from tests import alarm_drifts, bucket_drifts, drifts, trail_drifts
from tests.alarmed import EMAIL, OneOfAName
from tests.drifts import BOUNDARY, NOTHING
from tests.ports import keeping_rules
from tests.world import ACCOUNT, ALARMS, HARD, TRAIL, TRAIL_BUCKET, Journey, do, sample, tagged

Row = tuple[str, str, Callable[[Aws], Any]]


def on_trail_bucket(op: str, **params: Any) -> Callable[[Aws], Any]:
    return lambda aws: do(aws, "s3", op, Bucket=TRAIL_BUCKET, **params)


def fewer_statements(aws: Aws) -> None:
    policy = json.loads(do(aws, "s3", "GetBucketPolicy", Bucket=TRAIL_BUCKET)["Policy"])
    policy["Statement"].pop()
    do(aws, "s3", "PutBucketPolicy", Bucket=TRAIL_BUCKET, Policy=json.dumps(policy))


ON_THE_TRAIL_BUCKET: tuple[Row, ...] = (
    ("trail_bucket.public-access", "set", on_trail_bucket("DeletePublicAccessBlock")),
    ("trail_bucket.ownership", "set", on_trail_bucket("DeleteBucketOwnershipControls")),
    (
        "trail_bucket.versioning",
        "change",
        on_trail_bucket("PutBucketVersioning", VersioningConfiguration={"Status": "Suspended"}),
    ),
    ("trail_bucket.encryption", "set", on_trail_bucket("DeleteBucketEncryption")),
    ("trail_bucket.policy", "change", fewer_statements),
    ("trail_bucket.lifecycle", "set", on_trail_bucket("DeleteBucketLifecycle")),
    ("trail_bucket.access-logs", "set", on_trail_bucket("PutBucketLogging", BucketLoggingStatus={})),
)
ROWS: tuple[Row, ...] = (
    *ON_THE_TRAIL_BUCKET,  # first, for moto takes no log target whose policy was ever set anew
    *drifts.DRIFTS,
    *bucket_drifts.HARD_DRIFTS,
    *trail_drifts.TRAIL_DRIFTS,
    *alarm_drifts.DRIFTS,
    ("bucket.notifications", "set", drifts.bucket_call("PutBucketNotificationConfiguration", NotificationConfiguration={})),
)  # fmt: skip


PARTS = 16
"""One of them in CI; each row is broken for the plan's own laws and for doctor in every run."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, PARTS))])
def test_every_line_can_be_broken_and_repaired(aws: Aws, part: int) -> None:
    do(aws, "iam", "CreatePolicy", PolicyName="Bound", PolicyDocument=NOTHING)
    answers = tagged(
        sample(
            **{**HARD, **TRAIL, **ALARMS, "hardening__alarm_email": EMAIL},
            role__permissions_boundary=BOUNDARY,
        ),
        team="treasury",
    )
    journey = Journey(OneOfAName(keeping_rules(aws)), blueprint(answers, ACCOUNT))

    def statuses(world: World) -> dict[str, str]:
        return {check.id: check.status for check in configuration(journey.blueprint, world)}

    assert journey.run().ok
    well = statuses(journey.observe())
    assert set(well.values()) == {"pass"}
    wrong: list[str] = []
    for number, (address, _, drift) in list(enumerate(ROWS))[part::PARTS]:
        drift(journey.aws)
        line = f"config.{address}" + ("" if "." in address else ".exists")
        world = journey.observe()
        broken = statuses(world)
        if broken.get(line) != "fail":
            wrong.append(f"{number} {line} is {broken.get(line)} though it was broken")
        if not journey.run(world).ok or statuses(journey.observe()) != well:
            wrong.append(f"{number} {line} was not repaired")
    assert wrong == []
    assert len(ROWS) > 95
