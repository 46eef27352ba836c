"""What only AWS knows: a key that another set-up made or adopted, on this computer or on another one, says so itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from services.desk import look_in
from services.doctor.audit import audit, of_setup
from services.model.calls import Aws
from services.problems import ProblemError
from services.separation.things import footprint
from services.setup_file import SetupFile, create
from services.setups import State
from services.verify import separation
from services.work import carry_out, kit_values, make_plan, open_desk
from tests.ports import FakeClock, Recording
from tests.world import BUCKET, OTHER_SETUP, SETUP, Journey, do, sample, sample_blueprint

PRODUCTION: dict[str, object] = {
    "setup__id": OTHER_SETUP,
    "setup__name": "acme-production",
    "setup__environment": "production",
    "storage__bucket": "acme-palisade-backup-production",
    "role__name": "PalisadeS3BackupRole-production",
    "hardening__trail": "off",
    "storage__object_lock": "off",
    "storage__object_lock_days": 0,
    "storage__access_logs": False,
}


SYMMETRIC = {"KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT"}


def key_of(aws: Aws) -> str:
    aliases = do(aws, "kms", "ListAliases")["Aliases"]
    target = next(a["TargetKeyId"] for a in aliases if "palisade-backup" in a["AliasName"])
    return str(do(aws, "kms", "DescribeKey", KeyId=target)["KeyMetadata"]["Arn"])


@pytest.mark.parametrize("made", ["created", "adopted"])
def test_the_key_of_a_sandbox_is_refused_to_production(aws: Aws, made: str) -> None:
    if made == "created":
        Journey(aws).run()
        arn = key_of(aws)
    else:
        arn = str(do(aws, "kms", "CreateKey", **SYMMETRIC)["KeyMetadata"]["Arn"])
        assert Journey(aws, sample_blueprint(storage__kms_key=arn)).run().ok
    watched = Recording(aws)
    blueprint = sample_blueprint(**PRODUCTION, storage__kms_key=arn)
    found = Journey(watched, blueprint, setup=OTHER_SETUP).plan()
    (blocked,) = [step.problem for step in found.blocked if step.address == "key"]
    assert blocked is not None
    assert blocked.code == "taken"
    assert "one for sandbox" in blocked.summary
    assert "storage.kms_key" in blocked.remedy[0]
    assert watched.writes == []


def test_a_key_that_its_owner_marked_for_sandbox_is_not_adopted_by_production(aws: Aws) -> None:
    marked = [{"TagKey": "palisade-wizard:environment", "TagValue": "sandbox"}]
    arn = str(do(aws, "kms", "CreateKey", Tags=marked, **SYMMETRIC)["KeyMetadata"]["Arn"])
    found = Journey(aws, sample_blueprint(**PRODUCTION, storage__kms_key=arn), setup=OTHER_SETUP).plan()
    assert [step.problem.code for step in found.blocked if step.problem] == ["other-environment"]


def _desk_of(state: State, path: Path, aws: Aws, **values: object) -> SetupFile:
    return open_desk(create(path, sample(**values)), aws, state, FakeClock()).setup


def test_on_one_computer_it_is_refused_before_aws_is_asked_for_it(aws: Aws, tmp_path: Path) -> None:
    state, clock = State(tmp_path / "state"), FakeClock()
    setup = create(tmp_path / "one.toml", sample())
    desk = open_desk(setup, aws, state, clock)
    list(carry_out(desk, make_plan(desk)))
    arn = key_of(aws)
    assert footprint(setup, state).made == {"key": arn}
    with pytest.raises(ProblemError) as caught:
        _desk_of(state, tmp_path / "two.toml", aws, **PRODUCTION, storage__kms_key=arn)
    assert caught.value.problem.code == "other-environment"
    assert caught.value.problem.where == "storage.kms_key"


def test_a_run_that_was_cut_off_writes_the_key_down_when_it_goes_on(aws: Aws, tmp_path: Path) -> None:
    state, clock = State(tmp_path / "state"), FakeClock()
    desk = open_desk(create(tmp_path / "one.toml", sample()), aws, state, clock)
    list(carry_out(desk, make_plan(desk)))
    journal = state.setups / f"{SETUP}.journal.jsonl"
    kept = [line for line in journal.read_text().splitlines() if '"arn"' not in line]
    journal.write_text("\n".join(kept) + "\n")
    assert footprint(desk.setup, state).made == {}
    do(aws, "kms", "DisableKeyRotation", KeyId=key_of(aws))
    list(carry_out(desk, make_plan(desk)))
    assert footprint(desk.setup, state).made == {"key": key_of(aws)}


def unread(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)  # as with closed permissions, nobody is told what is there; root is no exception


def newer(path: Path) -> None:
    path.write_text(path.read_text().replace("[setup]", "[setup]\nnew_key = 1"))


def cut(path: Path) -> None:
    path.write_text(path.read_text() + "[")


@pytest.mark.parametrize("how", [unread, newer, cut], ids=lambda how: how.__name__)
def test_what_cannot_be_compared_is_told_wherever_a_pass_would_be(
    aws: Aws, tmp_path: Path, how: Callable[[Path], None]
) -> None:
    state, clock = State(tmp_path / "state"), FakeClock()
    other = create(tmp_path / "one.toml", sample())
    state.remember(other)
    how(other.path)
    apart = {
        "palisade.principal_arn": "arn:aws:iam::999988887777:root",
        "palisade.external_id": "another-one",
    }
    setup = create(tmp_path / "two.toml", sample(**PRODUCTION).updated(apart))
    desk = look_in(setup, aws, state, clock)
    assert [one.topic for one in desk.warnings] == ["unread"]
    assert str(other.path) in desk.warnings[0].says
    assert {check.status for check in separation.apart(desk)} == {"warn"}
    subject = of_setup(setup, desk.identity, state.found())
    judged = [one for one in audit(aws, subject, clock.wall()).checks if one.id in DOCTORS]
    assert [(one.id, one.status) for one in judged] == [(id_, "warn") for id_ in DOCTORS]
    same = create(tmp_path / "three.toml", sample(**PRODUCTION).updated({"storage.bucket": BUCKET}))
    if how is newer:
        with pytest.raises(ProblemError, match="sandbox and production share nothing"):
            look_in(same, aws, state, clock)
    else:
        assert [one.topic for one in look_in(same, aws, state, clock).warnings] == ["unread"]


DOCTORS = ("config.bucket.apart", "config.role.apart")


def test_a_journal_that_cannot_be_read_is_told(aws: Aws, tmp_path: Path) -> None:
    state, clock = State(tmp_path / "state"), FakeClock()
    open_desk(create(tmp_path / "one.toml", sample()), aws, state, clock)
    unread_journal = state.setups / f"{SETUP}.journal.jsonl"
    unread_journal.symlink_to(unread_journal)
    desk = look_in(create(tmp_path / "two.toml", sample(**PRODUCTION)), aws, state, clock)
    assert "acme-sandbox made is not known" in desk.warnings[-1].says


def test_the_desk_warns_of_what_both_environments_have(aws: Aws, tmp_path: Path) -> None:
    state, clock = State(tmp_path / "state"), FakeClock()
    sandbox = open_desk(create(tmp_path / "one.toml", sample()), aws, state, clock)
    assert sandbox.others == ()
    assert sandbox.warnings == ()
    desk = open_desk(create(tmp_path / "two.toml", sample(**PRODUCTION)), aws, state, clock)
    assert [other.name for other in desk.others] == ["acme-sandbox"]
    assert [one.topic for one in desk.warnings] == ["principal", "external_id"]
    with pytest.raises(ProblemError):
        kit_values(desk)
