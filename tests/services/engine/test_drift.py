"""Law 2: drift in one property gives exactly one step, in plain words, and one write closes it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.blueprint import blueprint
from services.engine.plan import Step
from services.engine.steps_json import step_json
from services.model.calls import Aws
from tests.drifts import (
    BOUNDARY,
    DRIFTS,
    NO_RETURN,
    NOTHING,
    Change,
    bucket_policy,
    key_id,
    other_external_id,
    other_principal,
    trust,
)
from tests.ports import Recording
from tests.world import ACCOUNT, EXTERNAL_ID, Journey, addresses, do, sample, sample_blueprint, tagged


@pytest.fixture
def done(aws: Aws) -> Journey:
    """A complete set-up with a free tag and a permissions boundary."""
    do(aws, "iam", "CreatePolicy", PolicyName="Bound", PolicyDocument=NOTHING)
    answers = tagged(sample(role__permissions_boundary=BOUNDARY), team="treasury")
    journey = Journey(aws, blueprint(answers, ACCOUNT))
    assert journey.run().ok
    assert journey.plan().steps == ()
    return journey


@pytest.mark.parametrize("nth", [2, pytest.param(1, marks=pytest.mark.slow)])
def test_every_drift_is_one_step_and_one_write(done: Journey, nth: int) -> None:
    """One after the other in one account: at the end of each everything is as it was. At night all, else every other."""
    for address, verb, drift in DRIFTS[::nth]:
        _drifted(done, address, verb, drift)


def _drifted(done: Journey, address: str, verb: str, drift: Change) -> None:
    drift(done.aws)
    found = done.plan().steps
    assert [(step.address, step.verb) for step in found] == [(address, verb)]
    assert_says(found[0])

    recording = Recording(done.aws)
    again = Journey(recording, done.blueprint)
    assert again.run().ok
    assert len(recording.writes) == 1
    assert done.plan().steps == ()


def assert_says(step: Step) -> None:
    assert step.before
    assert step.after
    assert step.before != step.after
    for words in (step.before, step.after, step.says):
        assert "{" not in words
        assert "None" not in words
    assert EXTERNAL_ID not in json.dumps(step_json(step))
    assert "another-external-id" not in json.dumps(step_json(step))


@pytest.mark.parametrize(("address", "drift"), NO_RETURN)
def test_drift_that_only_a_person_can_undo_is_one_blocked_step(
    done: Journey, address: str, drift: Change
) -> None:
    drift(done.aws)
    found = done.plan().steps
    assert [(step.address, step.verb) for step in found] == [(address, "blocked")]
    problem = found[0].problem
    assert problem is not None
    assert problem.code == "unfit"
    assert problem.remedy
    assert found[0].before

    recording = Recording(done.aws)
    assert not Journey(recording, done.blueprint).run().ok
    assert recording.writes == []


def test_every_facet_has_a_drift_or_cannot_drift(done: Journey) -> None:
    never = {"key.kind", "alias.target", "bucket.region", "role.path"}
    facets = {f"{r.name}.{f.name}" for r in done.blueprint for f in r.facets("created")}
    assert facets - never == {row[0] for row in (*DRIFTS, *NO_RETURN)}


def test_another_principal_in_the_trust_needs_consent(done: Journey) -> None:
    trust(other_principal)(done.aws)
    (step,) = done.plan().steps
    assert step.risk == "principal"


def test_another_external_id_in_the_trust_needs_consent_too(done: Journey) -> None:
    trust(other_external_id)(done.aws)
    (step,) = done.plan().steps
    assert step.risk == "principal"
    assert step.before != step.after
    assert EXTERNAL_ID not in f"{step.before}{step.after}"


def test_an_alias_that_somebody_moved_is_not_taken_back(done: Journey) -> None:
    kind = {"KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT"}
    other = do(done.aws, "kms", "CreateKey", **kind)["KeyMetadata"]["KeyId"]
    do(done.aws, "kms", "UpdateAlias", AliasName="alias/palisade-backup-acme-sandbox", TargetKeyId=other)
    (step,) = done.plan().steps
    assert (step.address, step.verb) == ("alias.target", "blocked")
    assert step.problem is not None
    assert step.problem.code == "taken"


def test_spelling_is_no_drift(done: Journey) -> None:
    """AWS gives policies back in other words: another order, one value as a list, the account for its root."""

    def respelt(policy: dict[str, Any]) -> None:
        policy["Statement"].reverse()
        for statement in policy["Statement"]:
            statement["Action"] = [statement["Action"]]
            statement["Principal"] = {"AWS": ["*"]}

    bucket_policy(respelt)(done.aws)
    policy = json.loads(
        do(done.aws, "kms", "GetKeyPolicy", KeyId=key_id(done.aws), PolicyName="default")["Policy"]
    )
    policy["Statement"][0]["Principal"] = {"AWS": ACCOUNT}
    do(
        done.aws,
        "kms",
        "PutKeyPolicy",
        KeyId=key_id(done.aws),
        PolicyName="default",
        Policy=json.dumps(policy),
    )
    assert addresses(done.plan()) == []


def test_a_changed_answer_is_the_same_as_drift(done: Journey) -> None:
    strict = Journey(
        done.aws, sample_blueprint(storage__encryption_headers="strict", role__max_session_seconds=7200)
    )
    assert addresses(strict.plan()) == ["bucket.policy", "role.session"]
