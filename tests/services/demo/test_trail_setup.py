"""A trail and all it needs, made in an account that checks rights and answers over TLS: as strict as AWS where it counts."""

from __future__ import annotations

import pytest

from services.aws.port import Port, Settings
from services.blueprint import blueprint
from services.demo.accounts import ORGANISATION, Accounts
from services.demo.emulator import REGION, Emulator
from services.events import Finished
from services.model.calls import Aws
from services.model.resource import Blueprint
from services.model.values import Ref
from tests.ports import Recording
from tests.world import TRAIL, Journey, do, sample

NAME = "watched"


def answers(accounts: Accounts, **values: object) -> Blueprint:
    place: dict[str, object] = {
        "setup__name": NAME,
        "aws__region": REGION,
        "aws__account": ORGANISATION,
        "palisade__principal_arn": accounts.principal_arn,
        "storage__bucket": f"acme-{NAME}",
        "role__name": f"PalisadeS3BackupRole-{NAME}",
    }
    return blueprint(sample(**{**place, **values}), ORGANISATION)


@pytest.fixture
def administrator(emulator: Emulator, accounts: Accounts) -> Aws:
    keys = accounts.administrator
    settings = Settings(
        region=REGION,
        endpoint_url=emulator.endpoint,
        access_key=keys.access_key,
        secret_key=keys.secret_key,
        ca_bundle=str(emulator.ca_bundle),
    )
    return Port(settings)


def test_a_fresh_account_gets_a_trail_and_then_another_set_up_uses_it(
    administrator: Aws, accounts: Accounts
) -> None:
    recording = Recording(administrator)
    journey = Journey(recording, answers(accounts, **TRAIL))
    last = journey.run()
    assert (last.failed, last.remaining) == (0, 0)
    assert journey.plan().steps == ()
    recording.calls.clear()
    assert journey.run() == Finished(0, 0, 0)
    assert recording.writes == []

    arn = str(journey.observe().output(Ref("trail")))
    selectors = do(administrator, "cloudtrail", "GetEventSelectors", TrailName=arn)
    assert [s["Name"] for s in selectors["AdvancedEventSelectors"]] == [
        "PalisadeWizard management events that write",
        f"PalisadeWizard data events of acme-{NAME}",
    ]
    assert do(administrator, "cloudtrail", "GetTrailStatus", Name=arn)["IsLogging"] is True

    reused = {
        "hardening__trail": arn,
        "hardening__data_events": "write",
        "storage__bucket": "acme-also-watched",
    }
    second = Journey(administrator, tuple(p for p in answers(accounts, **reused) if p.name == "trail"))
    assert [(s.address, s.verb, s.risk) for s in second.plan().steps] == [
        ("trail", "adopt", "adopt"),
        ("trail.selectors", "change", "cost"),
    ]
    assert second.run().ok
    assert second.plan().steps == ()
    assert journey.plan().steps == (), "the first set-up's trail is as it wants it"
