"""Two set-ups side by side: everything that matters is told once, in words, and nothing confidential whole."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from services.questions import QUESTIONS
from services.separation.compare import Comparison, as_json, compare
from services.separation.things import Footprint
from services.setup_file import SetupFile
from tests.world import EXTERNAL_ID, KEY_ARN, OTHER_SETUP, sample

WRITER = "arn:aws:iam::777788889999:role/palisade-production"


def pair(**values: object) -> Comparison:
    """The sample beside a production set-up that shares nothing but what `values` say."""
    other = {
        "setup__id": OTHER_SETUP,
        "setup__name": "acme-production",
        "setup__environment": "production",
        "storage__bucket": "acme-palisade-backup-production",
        "role__name": "PalisadeS3BackupRole-production",
        "palisade__principal_arn": WRITER,
        "palisade__external_id": "another-external-id",
        **values,
    }
    one = Footprint(SetupFile(Path("/one.toml"), sample()), {"key": KEY_ARN})
    return compare(one, Footprint(SetupFile(Path("/two.toml"), sample(**other))))


def test_set_ups_that_are_apart_share_nothing_that_matters() -> None:
    found = pair()
    assert found.shared == ()
    assert found.environments
    assert as_json(found)["apart"] is True
    told = {row.key: (row.first, row.second) for row in found.differs}
    assert told["storage.bucket"] == ("acme-palisade-backup-sandbox", "acme-palisade-backup-production")
    assert told["storage.object_lock"] == ("off", "compliance")
    assert told["storage.access_logs"] == ("no", "yes")
    assert told["hardening.trail_bucket"][1] == "acme-palisade-backup-production-trail"
    assert {"aws.region", "aws.account"} <= {row.key for row in found.same}


def test_what_must_not_and_what_should_not_be_shared_weigh_differently() -> None:
    found = pair(
        storage__kms_key=KEY_ARN, role__name="palisades3backuprole-SANDBOX", palisade__external_id=EXTERNAL_ID
    )
    assert [(one.weight, one.key) for one in found.shared] == [
        ("refused", "role.name"),
        ("refused", "storage.kms_key"),
        ("warning", "palisade.external_id"),
    ]
    assert [one.key for one in found.refused] == ["role.name", "storage.kms_key"]
    assert "Sandbox and production share nothing" in found.refused[0].says
    assert "PalisadeS3BackupRole-sandbox = palisades3backuprole-SANDBOX" in found.refused[0].says
    assert as_json(found)["apart"] is False


def test_set_ups_of_one_environment_have_their_own_things_too() -> None:
    found = pair(
        setup__environment="sandbox",
        storage__bucket=sample().text("storage.bucket"),
        palisade__external_id=EXTERNAL_ID,
    )
    assert not found.environments
    assert [(one.weight, one.key) for one in found.shared] == [("refused", "storage.bucket")]
    assert "Each set-up has its own" in found.refused[0].says


def test_an_external_id_is_never_shown_whole_and_still_compared_whole() -> None:
    twin = EXTERNAL_ID[:-10] + "X" + EXTERNAL_ID[-9:]
    found = pair(palisade__external_id=twin)
    assert EXTERNAL_ID not in json.dumps(as_json(found))
    assert "palisade.external_id" in {row.key for row in found.differs}
    assert EXTERNAL_ID not in json.dumps(as_json(pair(palisade__external_id=EXTERNAL_ID)))


@given(st.sampled_from(["off", "create"]), st.booleans(), st.sampled_from(["sandbox", "production"]))
def test_every_answer_is_told_once_and_the_order_of_the_two_is_no_matter(
    trail: str, logs: bool, environment: str
) -> None:
    found = pair(hardening__trail=trail, storage__access_logs=logs, setup__environment=environment)
    keys = [row.key for row in (*found.differs, *found.same)]
    assert len(keys) == len(set(keys))
    proposed = {"storage.access_log_bucket", "hardening.trail_bucket", "hardening.alarm_email"}
    answered = {q.key for q in QUESTIONS if found.first.answers.get(q.key) not in {None, "", ()}}
    assert answered - set(keys) - proposed == {"setup.id", "setup.environment"}
    assert ("storage.access_log_bucket" in keys) == logs
    assert ("hardening.trail_bucket" in keys) == (trail == "create")
    back = compare(found.second, found.first)
    assert {row.key for row in back.differs} == {row.key for row in found.differs}
    assert {one.key for one in back.refused} == {one.key for one in found.refused}
