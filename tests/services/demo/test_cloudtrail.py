"""The stand-in for CloudTrail delivers to a trail what its selectors ask for, and verification takes it for evidence."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.aws.port import Port, Settings
from services.backups.shards import parse_key
from services.demo.accounts import Accounts, Connect
from services.demo.cloudtrail import Delivered, deliver, recorded
from services.demo.emulator import REGION, Emulator
from services.demo.palisade import Written, write_backups
from services.model.calls import Aws, Call
from services.model.values import Tree
from services.verify.checks import Check
from services.verify.files import Judged
from services.verify.search import FoundFile
from services.verify.trail import trail_checks
from services.verify.trail_source import Expected, Trail
from tests.ports import FakeClock
from tests.services.demo.test_palisade import EXTERNAL_ID, WALLETS, Stage, make_object, provisioned

DATA_ALL: list[dict[str, Any]] = [
    {"Field": "eventCategory", "Equals": ["Data"]},
    {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
]
OURS = {"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::trailed/"]}
MANAGEMENT: list[dict[str, Any]] = [{"Field": "eventCategory", "Equals": ["Management"]}]
WRITES = {"Field": "readOnly", "Equals": ["false"]}


@dataclass(frozen=True)
class Trailed:
    """A provisioned account with a trail, and what was written and delivered."""

    stage: Stage
    aws: Aws
    connect: Connect
    accounts: Accounts
    emulator: Emulator
    trail: Trail
    written: list[Written] = field(default_factory=list)

    def write(self) -> tuple[Delivered, ...]:
        """Palisade writes, then CloudTrail delivers."""
        self.written[:] = list(
            write_backups(self.stage.service, self.connect, self.stage.kit, WALLETS[:1], make_object)
        )
        return deliver(self.connect, self.stage.service, self.stage.kit, self.written, datetime.now(UTC))

    def select(self, *selectors: list[dict[str, Any]]) -> None:
        chosen: list[Tree] = [
            {"Name": f"s{n}", "FieldSelectors": fields} for n, fields in enumerate(selectors)
        ]
        self.aws(
            Call(
                "cloudtrail",
                "PutEventSelectors",
                {"TrailName": self.trail.arn, "AdvancedEventSelectors": chosen},
            )
        )

    def lines(self, trail: Trail | None = None) -> dict[str, Check]:
        """What verification says, through the real port."""
        keys = self.accounts.administrator
        port = Port(
            Settings(
                region=REGION,
                endpoint_url=self.emulator.endpoint,
                access_key=keys.access_key,
                secret_key=keys.secret_key,
                ca_bundle=str(self.emulator.ca_bundle),
            )
        )
        kit = self.stage.kit
        expected = Expected(
            kit.bucket,
            REGION,
            kit.kms_key_arn,
            kit.role_arn,
            self.accounts.principal_arn,
            EXTERNAL_ID,
            own_endpoint=True,
        )
        now = datetime.now(UTC)
        judged = []
        for each in self.written:
            named = parse_key(each.key)
            assert named is not None
            judged.append(
                Judged(FoundFile(each.key, now, each.size), named, (), read=True, version_id=each.version_id)
            )
        checks = trail_checks(
            port, FakeClock(began=now + timedelta(seconds=1)), trail or self.trail, expected, judged
        )
        return {check.id: check for check in checks}


@pytest.fixture(scope="module")
def trailed(emulator: Emulator, accounts: Accounts, connect: Connect) -> Trailed:
    stage = provisioned("trailed", emulator, accounts, connect, lax=False)
    aws = stage.administrator
    aws(
        Call(
            "s3",
            "CreateBucket",
            {"Bucket": "trail-logs", "CreateBucketConfiguration": {"LocationConstraint": REGION}},
        )
    )
    aws(Call("logs", "CreateLogGroup", {"logGroupName": "palisade/x/cloudtrail"}))
    group = aws(Call("logs", "DescribeLogGroups", {"logGroupNamePrefix": "palisade/x"}))["logGroups"][0][
        "arn"
    ]
    role = stage.kit.role_arn
    trail_of: dict[str, Tree] = {
        "Name": "palisade-x",
        "S3BucketName": "trail-logs",
        "IsMultiRegionTrail": True,
    }
    made = aws(Call("cloudtrail", "CreateTrail", trail_of))
    # The embedded AWS drops the log group of a new trail, and keeps that of an updated one.
    group = f"{str(group).removesuffix(':*')}:*"
    logs = {"Name": "palisade-x", "CloudWatchLogsLogGroupArn": group, "CloudWatchLogsRoleArn": role}
    aws(Call("cloudtrail", "UpdateTrail", logs))
    aws(Call("cloudtrail", "StartLogging", {"Name": made["TrailARN"]}))
    trail = Trail(str(made["TrailARN"]), REGION, role.split(":")[4], "palisade/x/cloudtrail")
    return Trailed(stage, aws, connect, accounts, emulator, trail)


def test_what_is_delivered_is_evidence_in_the_log_group_and_in_the_log_file(trailed: Trailed) -> None:
    trailed.select([*DATA_ALL, OURS], MANAGEMENT)
    (delivered,) = trailed.write()
    assert delivered.records == len(trailed.written) + 1
    for trail in (trailed.trail, replace(trailed.trail, log_group="")):
        found = trailed.lines(trail)
        assert {name: check.status for name, check in found.items()} == dict.fromkeys(found, "pass")
        assert len(found) == len(trailed.written) + 3


def test_sessions_that_the_trail_does_not_record_are_left_out_where_no_history_is_kept(
    trailed: Trailed,
) -> None:
    trailed.select([*DATA_ALL, OURS], [*MANAGEMENT, WRITES])
    (delivered,) = trailed.write()
    assert delivered.records == len(trailed.written)
    found = trailed.lines()
    assert found["trail.other-writers"].status == "pass"


def test_nothing_is_delivered_that_was_not_asked_for_or_while_the_trail_is_off(trailed: Trailed) -> None:
    trailed.select([*DATA_ALL, {"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::another/"]}])
    assert trailed.write() == ()
    assert {c.status for n, c in trailed.lines().items() if n.startswith("trail.write.")} == {"waiting"}
    trailed.select([*DATA_ALL, OURS])
    trailed.aws(Call("cloudtrail", "StopLogging", {"Name": trailed.trail.arn}))
    assert trailed.write() == ()
    assert trailed.lines()["trail.logging"].status == "fail"
    trailed.aws(Call("cloudtrail", "StartLogging", {"Name": trailed.trail.arn}))


PUT = {
    "eventCategory": "Data",
    "readOnly": False,
    "managementEvent": False,
    "eventName": "PutObject",
    "eventSource": "s3.amazonaws.com",
    "resources": [{"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::trailed/k"}],
}
ASSUME = {
    "eventCategory": "Management",
    "readOnly": True,
    "managementEvent": True,
    "eventName": "AssumeRole",
    "eventSource": "sts.amazonaws.com",
}


def basic(kind: str, *values: str, management: bool = True) -> dict[str, Any]:
    data = [{"Type": "AWS::S3::Object", "Values": list(values)}] if values else []
    return {
        "EventSelectors": [
            {"ReadWriteType": kind, "IncludeManagementEvents": management, "DataResources": data}
        ]
    }


def advanced(*fields: dict[str, Any]) -> dict[str, Any]:
    return {"AdvancedEventSelectors": [{"FieldSelectors": list(fields)}]}


@pytest.mark.parametrize(
    ("selectors", "put", "assumed"),
    [
        ({}, False, False),
        (basic("All"), False, True),
        (basic("All", management=False), False, False),
        (basic("WriteOnly", "arn:aws:s3:::trailed/"), True, False),
        (basic("ReadOnly", "arn:aws:s3:::trailed/"), False, True),
        (basic("All", "arn:aws:s3", management=False), True, False),
        (basic("All", "arn:aws:s3:::other/"), False, True),
        (advanced(*MANAGEMENT), False, True),
        (advanced(*MANAGEMENT, WRITES), False, False),
        (advanced(*DATA_ALL, OURS, WRITES), True, False),
        (
            advanced(*DATA_ALL, {"Field": "resources.ARN", "NotStartsWith": ["arn:aws:s3:::trailed/"]}),
            False,
            False,
        ),
        (advanced(*DATA_ALL, {"Field": "eventName", "NotEquals": ["GetObject"]}), True, False),
        (advanced(*DATA_ALL, {"Field": "resources.ARN", "EndsWith": ["/k"]}), True, False),
    ],
)
def test_selectors_are_honoured(selectors: dict[str, Any], put: bool, assumed: bool) -> None:
    assert (recorded(selectors, PUT), recorded(selectors, ASSUME)) == (put, assumed)
