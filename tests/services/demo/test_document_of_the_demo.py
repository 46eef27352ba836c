"""The architecture document of the demo's own set-up, held against the embedded AWS that it describes."""

from __future__ import annotations

import pytest

from services.answers import Answers
from services.aws.port import Port, Settings
from services.blueprint import blueprint
from services.demo.accounts import ORGANISATION, Accounts
from services.demo.emulator import REGION, Emulator
from services.export.architecture import text
from tests.services.export.documents import facets, shows_the_world, states, subject
from tests.services.export.reading import QUIET, READERS, kinds, rows, sections
from tests.world import ALARMS, HARD, TRAIL, Journey, do, sample

BUCKET = "acme-document-of-the-demo"


@pytest.fixture(scope="module")
def answers(accounts: Accounts) -> Answers:
    """As hard as production, which is how the demo has it."""
    return sample(
        **HARD,
        **TRAIL,
        **ALARMS,
        setup__name="document",
        aws__region=REGION,
        aws__account=ORGANISATION,
        palisade__principal_arn=accounts.principal_arn,
        storage__bucket=BUCKET,
        role__name="DocumentOfTheDemo",
    )


@pytest.fixture(scope="module")
def made(emulator: Emulator, accounts: Accounts, answers: Answers) -> Journey:
    keys = accounts.administrator
    settings = Settings(
        region=REGION,
        endpoint_url=emulator.endpoint,
        access_key=keys.access_key,
        secret_key=keys.secret_key,
        ca_bundle=str(emulator.ca_bundle),
    )
    journey = Journey(Port(settings), blueprint(answers, ORGANISATION))
    assert journey.run().ok
    return journey


def test_every_fact_of_the_set_up_is_shown_and_nothing_false(answers: Answers, made: Journey) -> None:
    of = subject(answers, made, ORGANISATION)
    assert len(of.blueprint) > 25
    written = text(of)
    found = sections(written)
    shows_the_world(found, of)
    assert set(states(found)) == set(facets(of))
    assert set(states(found).values()) == {"as planned", "seen"}
    assert {row[3] for row in rows(found, "From", "By", "To", "State")} == {"as planned"}
    assert "Everything that the set-up plans is there and as planned." in found[1].lines
    assert kinds(READERS[0].parse(written)) <= QUIET
    assert answers.text("palisade.external_id") not in written


def test_a_changed_setting_is_shown_as_it_is_now(answers: Answers, made: Journey) -> None:
    group = "palisade/document/cloudtrail"
    do(made.aws, "logs", "PutRetentionPolicy", logGroupName=group, retentionInDays=30)
    do(
        made.aws,
        "s3",
        "PutBucketVersioning",
        Bucket=f"{BUCKET}-trail",
        VersioningConfiguration={"Status": "Suspended"},
    )
    of = subject(answers, made, ORGANISATION)
    found = sections(text(of))
    shows_the_world(found, of)
    changed = {"log_group.retention", "trail_bucket.versioning"}
    assert {name for name, state in states(found).items() if state == "NOT as planned"} == changed
    differing = {row[0]: row[1] for row in rows(found, "Where", "In AWS", "Planned")}
    assert set(differing) == changed
    assert differing["log_group.retention"] == "keeps records for 30 days"
