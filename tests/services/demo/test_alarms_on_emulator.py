"""The alarms on a server of its own with enforced rights: what moto takes lightly is taken as AWS takes it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.aws.port import Port, Settings
from services.demo.accounts import ORGANISATION, Accounts
from services.demo.emulator import Emulator
from services.model.alarms import alarm_parts
from services.model.calls import Aws
from services.verify.configuration import configuration
from tests.alarmed import KEY, NAMES, log_group, spec_of, stand_in
from tests.ports import Recording
from tests.world import Journey, do

MINE = replace(NAMES, place=replace(NAMES.place, account=ORGANISATION))


@pytest.fixture
def administrator(emulator: Emulator, accounts: Accounts) -> Aws:
    keys = accounts.administrator
    return Port(
        Settings(
            region=MINE.place.region,
            endpoint_url=emulator.endpoint,
            ca_bundle=str(emulator.ca_bundle),
            access_key=keys.access_key,
            secret_key=keys.secret_key,
        )
    )


def test_alarms_converge_and_wait_for_data(administrator: Aws) -> None:
    made = do(administrator, "kms", "CreateKey")["KeyMetadata"]
    log_group(administrator)
    parts = (
        KEY,
        stand_in("log_key", arn=made["Arn"], id=made["KeyId"]),
        stand_in("trail", arn=MINE.trail_arn, log_group=MINE.log_group, home=MINE.place.region),
        *alarm_parts(MINE, spec_of(MINE)),
    )
    recording = Recording(administrator)
    journey = Journey(recording, parts)
    assert journey.run().ok
    assert journey.plan().steps == ()
    recording.calls.clear()
    assert journey.run().ok
    assert recording.writes == []
    found = {check.id: check for check in configuration(parts, journey.observe())}
    assert {check.status for check in found.values()} == {"pass"}
    assert found["config.alarm-key.state"].evidence == "Has counted nothing yet."

    do(administrator, "cloudwatch", "DisableAlarmActions", AlarmNames=[MINE.alarm("key")])
    do(
        administrator,
        "sns",
        "SetTopicAttributes",
        TopicArn=MINE.topic_arn,
        AttributeName="KmsMasterKeyId",
        AttributeValue="alias/aws/sns",
    )
    assert [step.address for step in journey.plan().steps] == ["topic.encryption", "alarm-key.actions"]
    assert journey.run().ok
    assert journey.plan().steps == ()
