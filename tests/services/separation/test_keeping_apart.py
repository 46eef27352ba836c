"""Sandbox and production share nothing: what is refused before AWS is asked, whatever name leads to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.answers import Answers
from services.problems import ProblemError
from services.separation.apart import Warned, kept_apart, warnings
from services.separation.things import Footprint, footprint, footprints, things
from services.setup_file import SetupFile, create
from services.setups import State
from tests.keys import public_der
from tests.ports import FakeClock
from tests.world import ALARMS, HARD, KEY_ARN, LOG_BUCKET, OTHER_SETUP, SETUP, TRAIL, sample

SHARED = {"storage.bucket": "acme-one", "role.name": "OneRole", "storage.kms_key": KEY_ARN}
APART = {"storage.bucket": "acme-two", "role.name": "TwoRole", "storage.kms_key": "create"}
FOREIGN = "999988887777"
REPLICA = "arn:aws:kms:{}:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab"


def of(answers: Answers, path: str = "/one.toml", **made: str) -> Footprint:
    return Footprint(SetupFile(Path(path), answers), made)


def sandbox(**values: object) -> Answers:
    return sample(setup__name="one", **values).updated(
        {k: v for k, v in SHARED.items() if k not in keys(values)}
    )


def production(**values: object) -> Answers:
    plain = sample(
        setup__name="two",
        setup__id=OTHER_SETUP,
        setup__environment="production",
        hardening__trail="off",
        storage__access_logs=False,
    )
    return plain.updated(APART).with_(**values)


def keys(values: dict[str, object]) -> set[str]:
    return {key.replace("__", ".", 1) for key in values}


def refusal(mine: Footprint, other: Footprint) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        kept_apart(mine, (other,))
    assert caught.value.problem.code == "other-environment"
    assert caught.value.problem.remedy
    return caught.value


@pytest.mark.parametrize("shared", SHARED)
@pytest.mark.parametrize("environment", ["sandbox", "production"])
def test_sandbox_and_production_share_nothing(shared: str, environment: str) -> None:
    one = of(sandbox())
    two = of(production().updated({"setup.environment": environment, shared: SHARED[shared]}), "/two.toml")
    if environment == "sandbox":
        kept_apart(two, (one,))
        return
    problem = refusal(two, one).problem
    assert problem.where == shared
    assert "sandbox set-up one" in problem.summary
    assert refusal(one, two).problem.where == shared


@pytest.mark.parametrize(
    ("mine", "theirs", "where"),
    [
        pytest.param({"role__name": "onerole"}, {}, "role.name", id="IAM knows no case"),
        pytest.param(
            {"storage__bucket": LOG_BUCKET},
            {"storage__access_logs": True, "storage__access_log_bucket": LOG_BUCKET},
            "storage.bucket",
            id="their log bucket for my backups",
        ),
        pytest.param(
            {**TRAIL, "hardening__trail_bucket": "acme-one"},
            {},
            "hardening.trail_bucket",
            id="my trail into theirs",
        ),
        pytest.param({"setup__name": "one"}, {"storage__kms_key": "create"}, "setup.name", id="one alias"),
        pytest.param(
            {"role__name": "PalisadeTrailLogs-one"},
            {**TRAIL},
            "role.name",
            id="the role of their trail",
        ),
        pytest.param(
            {"setup__name": "one", **TRAIL},
            {**TRAIL},
            "setup.name",
            id="one name, so one key for both trails",
        ),
        pytest.param(
            {"storage__kms_key": REPLICA.format("eu-west-1")},
            {"storage__kms_key": REPLICA.format("eu-central-1"), "aws__region": "eu-central-1"},
            "storage.kms_key",
            id="two regions of one multi-Region key",
        ),
    ],
)
def test_it_is_the_same_thing_under_another_name(
    mine: dict[str, object], theirs: dict[str, object], where: str
) -> None:
    one, two = of(sandbox(**theirs)), of(production(**mine), "/two.toml")
    assert refusal(two, one).problem.where == where


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        pytest.param({"storage__bucket": "acme-one"}, {"aws__account": FOREIGN}, id="another account"),
        pytest.param({"role__name": "OneRole"}, {"aws__account": FOREIGN}, id="a role of another account"),
        pytest.param({"storage__access_log_bucket": "acme-one"}, {}, id="a log bucket that is not used"),
        pytest.param(
            {"setup__name": "one"}, {"storage__kms_key": "create", "aws__account": None}, id="who knows"
        ),
        pytest.param({}, {}, id="nothing"),
    ],
)
def test_what_is_not_the_same_is_not_refused(mine: dict[str, object], theirs: dict[str, object]) -> None:
    kept_apart(of(production(**mine), "/two.toml"), (of(sandbox(**theirs)),))


def test_the_key_that_the_other_made_is_known_by_its_journal(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.setups.mkdir()
    one = create(state.path_of("one"), sandbox(storage__kms_key="create"))
    two = create(tmp_path / "two.toml", production(storage__kms_key=KEY_ARN))
    kept_apart(footprint(two, state), footprints(state, but=two))
    log = state.journal(SETUP, FakeClock())
    log.append(
        {"event": "succeeded", "address": "alias", "says": "…", "arn": KEY_ARN.replace("key/", "alias/")}
    )
    kept_apart(footprint(two, state), footprints(state, but=two))
    log.append({"event": "succeeded", "address": "key", "says": "encrypts", "arn": KEY_ARN})
    assert footprint(one, state).made == {"key": KEY_ARN}
    assert refusal(footprint(two, state), footprint(one, state)).problem.where == "storage.kms_key"
    state.setups.joinpath(f"{SETUP}.journal.jsonl").unlink()
    state.setups.joinpath(f"{SETUP}.journal.jsonl").mkdir()
    assert footprint(one, state).made == {}, "a journal that cannot be read tells nothing, and stops nobody"


def test_a_set_up_is_not_its_own_neighbour(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.setups.mkdir()
    one = create(state.path_of("one"), sandbox())
    assert footprints(state, but=one) == ()
    assert [found.name for found in footprints(state)] == ["one"]


def test_every_bucket_role_and_key_of_a_hardened_set_up_counts() -> None:
    found = things(of(sample(**TRAIL, **ALARMS, **HARD)))
    assert sorted(thing.kind for thing in found) == ["KMS key"] * 2 + ["bucket"] * 3 + ["role"] * 2
    assert len({thing.shown for thing in found}) == len(found)
    assert [thing.kind for thing in things(of(sample()))] == ["bucket", "role", "KMS key"]


def test_what_works_but_is_advised_against_is_only_warned_of(tmp_path: Path) -> None:
    public = tmp_path / "acme.pub.der"
    public.write_bytes(public_der())
    one = of(sandbox(recovery_key__public_files=[str(public)]))
    two = of(production(recovery_key__public_files=[str(public)]), "/two.toml")
    kept_apart(two, (one,))
    found = warnings(two, (one, one))
    assert [warned.topic for warned in found] == ["recovery_key", "principal", "external_id"]
    assert all("sandbox set-up one" in warned.says and warned.remedy for warned in found)
    # Whether Palisade has one writer for both, nobody could confirm.
    assert found[1].remedy.startswith("Ask Palisade whether that is meant")
    assert two.answers.text("palisade.external_id") not in repr(found)
    same = production(setup__environment="sandbox", recovery_key__public_files=[str(public)])
    assert warnings(of(same, "/two.toml"), (one,)) == ()


def test_a_recorded_fingerprint_counts_where_the_file_is_away() -> None:
    other = {"palisade__principal_arn": f"arn:aws:iam::{FOREIGN}:root", "palisade__external_id": "another"}
    one = of(sandbox(recovery_key__fingerprint="a" * 64, recovery_key__public_files=["gone.der"], **other))
    assert _topics(warnings(of(production(recovery_key__fingerprint="a" * 64), "/two.toml"), (one,))) == [
        "recovery_key"
    ]
    assert warnings(of(production(recovery_key__fingerprint="b" * 64), "/two.toml"), (one,)) == ()


def _topics(found: tuple[Warned, ...]) -> list[str]:
    return [warned.topic for warned in found]
