"""The work of both faces over a moto account: saved plans, values, watching, and what a lost answer costs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from services import setup_file, work
from services.events import Finished, Started
from services.model.calls import Aws, Call, Refused, Reply
from services.problems import ProblemError
from services.setups import State
from services.work import Desk
from tests import keys
from tests.ports import Denying, FakeClock, Recording
from tests.world import BUCKET, ROLE, do, sample

PUBLIC = keys.public_der()


@pytest.fixture
def desk(aws: Aws, tmp_path: Path) -> Desk:
    (tmp_path / "recovery.pub.der").write_bytes(PUBLIC)
    answers = sample(recovery_key__public_files=["recovery.pub.der"])
    setup = setup_file.create(tmp_path / "s.toml", answers)
    return work.open_desk(setup, aws, State(tmp_path / "state"), FakeClock())


def again(desk: Desk, **answers: object) -> Desk:
    """The same setup opened anew with other answers."""
    setup = setup_file.record(desk.setup, {k.replace("__", ".", 1): v for k, v in answers.items()})
    return work.open_desk(setup, desk.aws, desk.state, desk.clock)


def apply(desk: Desk, **options: object) -> Finished:
    last = list(work.carry_out(desk, work.make_plan(desk), **options))[-1]  # type: ignore[arg-type]
    assert isinstance(last, Finished)
    return last


def problem_of(error: pytest.ExceptionInfo[ProblemError]) -> tuple[str, int]:
    return error.value.problem.code, error.value.problem.exit_code


def test_apply_records_the_account_and_leaves_nothing_to_do(desk: Desk) -> None:
    assert apply(desk).ok
    assert setup_file.read(desk.setup.path).answers.text("aws.account") == desk.identity.account
    assert work.make_plan(desk).plan.steps == ()
    assert apply(desk) == Finished(0, 0, 0)


def interrupted(desk: Desk) -> bytes:
    """A saved plan of which one step was done."""
    planned = work.make_plan(desk)
    begun: list[Started] = []
    events = work.carry_out(desk, planned, stop=lambda: len(begun) > 1)
    begun.extend(event for event in events if isinstance(event, Started))
    return json.dumps(work.plan_json(desk, planned)).encode()


def test_what_remains_of_a_saved_plan_may_be_done(desk: Desk) -> None:
    saved = interrupted(desk)
    planned = work.make_plan(desk)
    assert planned.plan.steps
    work.check_saved(desk, planned, saved)


@pytest.mark.parametrize(
    "answers",
    [
        {"palisade__principal_arn": "arn:aws:iam::999999999999:role/evil"},
        {"palisade__external_id": "another-external-id"},
        {"storage__encryption_headers": "strict"},
        {"role__extra_actions": ["s3:ListBucket"]},
    ],
)
def test_a_saved_plan_approves_no_other_answers(desk: Desk, answers: dict[str, object]) -> None:
    saved = interrupted(desk)
    other = again(desk, **answers)
    with pytest.raises(ProblemError) as caught:
        work.check_saved(other, work.make_plan(other), saved)
    assert problem_of(caught) == ("stale", 6)


@pytest.mark.parametrize("junk", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000])
def test_a_file_that_is_no_plan_is_told_so(desk: Desk, junk: bytes) -> None:
    with pytest.raises(ProblemError) as caught:
        work.check_saved(desk, work.make_plan(desk), junk)
    assert problem_of(caught) == ("unreadable-file", 2)


def test_values_are_not_handed_out_before_or_after_the_path_is_whole(desk: Desk) -> None:
    with pytest.raises(ProblemError) as caught:
        work.kit_values(desk)
    assert problem_of(caught) == ("not-ready", 7)
    apply(desk)
    assert work.kit_values(desk).bucket == BUCKET
    do(desk.aws, "iam", "DeleteRolePolicy", RoleName=ROLE, PolicyName="PalisadeWizardBackupWriter")
    with pytest.raises(ProblemError) as caught:
        work.kit_values(desk)
    assert problem_of(caught) == ("differences", 3)


def test_a_foreign_bucket_is_not_green_in_its_tags(desk: Desk) -> None:
    place = {"LocationConstraint": "eu-west-1"}
    do(desk.aws, "s3", "CreateBucket", Bucket=BUCKET, CreateBucketConfiguration=place)
    checks = {check.id: check.status for check in work.verify(desk).checks}
    assert checks["config.bucket.exists"] == "fail"
    assert checks["config.bucket.tags"] == "fail"


@dataclass
class LateKeys:
    """KMS that shows a new key only some looks later."""

    aws: Aws
    looks: int
    seen: list[Call] = field(default_factory=list)

    def __call__(self, call: Call) -> Reply:
        reply = self.aws(call)
        if call.name == "kms:ListKeys":
            self.seen.append(call)
            if len(self.seen) <= self.looks:
                return {**reply, "Keys": []}
        return reply


class Lost(BaseException):
    """The program ends between a call and its answer."""


@dataclass(frozen=True)
class LosingKey:
    aws: Aws

    def __call__(self, call: Call) -> Reply:
        reply = self.aws(call)
        if call.name == "kms:CreateKey":
            raise Lost
        return reply


def test_a_key_whose_making_was_not_answered_is_looked_for_until_it_shows(desk: Desk) -> None:
    with pytest.raises(Lost):
        apply(replace(desk, aws=LosingKey(desk.aws)))
    late = replace(desk, aws=LateKeys(desk.aws, looks=4))
    assert work.make_plan(late).plan.steps[0].address == "key.rotation"
    assert apply(desk).ok
    assert len(do(desk.aws, "kms", "ListKeys")["Keys"]) == 1


def test_a_key_that_never_shows_was_not_made(desk: Desk) -> None:
    with pytest.raises(Lost):
        apply(replace(desk, aws=LosingKey(Denying(desk.aws, "nothing"))))
    never = replace(desk, aws=LateKeys(desk.aws, looks=10**6))
    assert work.make_plan(never).plan.steps[0].address == "key"


@dataclass
class Blinking:
    """A network that is away for some calls."""

    aws: Aws
    away: int

    def __call__(self, call: Call) -> Reply:
        if call.name == "s3:ListObjectsV2" and self.away > 0:
            self.away -= 1
            raise Refused(call, "SlowDown", "Please reduce your request rate.", 503)
        return self.aws(call)


def test_watching_outlasts_what_passes_by_itself(desk: Desk) -> None:
    apply(desk)
    watched = replace(desk, aws=Blinking(desk.aws, 2))
    reports = list(work.watch(watched, deadline=desk.clock.now() + 300))
    assert reports[-1].exit_code == 7
    assert len(reports) > 3


@pytest.mark.slow
def test_watching_lists_at_most_once_a_minute_unless_a_wallet_is_named(desk: Desk) -> None:
    apply(desk)
    for question, most in ((work.Question(), 11), (work.Question(("wallet-1",)), 31)):
        seen = Recording(desk.aws)
        reports = list(work.watch(replace(desk, aws=seen), desk.clock.now() + 600, question))
        assert len(reports) == most
        assert sum(call.op == "ListObjectsV2" for call in seen.calls) == most


def proofs(desk: Desk) -> dict[str, str]:
    found = work.verify(desk).checks
    return {check.id: check.status for check in found if check.id.startswith("policy.")}


def test_the_policies_of_a_finished_set_up_are_proven_and_before_that_there_is_nothing_to_prove(
    desk: Desk,
) -> None:
    assert proofs(desk) == {}
    assert work.probe(desk) == ()
    assert work.probe_words(desk) == ()
    apply(desk)
    assert set(proofs(desk).values()) == {"pass"}
    do(desk.aws, "s3", "DeleteBucketPolicy", Bucket=BUCKET)
    assert {line for line, status in proofs(desk).items() if status != "pass"} >= {"policy.put.no-tls"}
    apply(desk)
    assert set(proofs(desk).values()) == {"pass"}


def test_the_answers_decide_which_headers_are_asked_for(desk: Desk) -> None:
    apply(desk)
    strict = again(desk, storage__encryption_headers="strict")
    assert {line for line, status in proofs(strict).items() if status != "pass"} == {"policy.put.no-headers"}
    assert len(work.probe_words(strict)) == len(work.probe_words(desk)) + 1


@pytest.mark.slow
def test_iam_is_asked_once_however_long_a_backup_is_waited_for(desk: Desk) -> None:
    apply(desk)
    seen = Recording(desk.aws)
    reports = list(work.watch(replace(desk, aws=seen), desk.clock.now() + 600))
    assert len(reports) > 3
    asked = [call for call in seen.calls if call.op == "SimulateCustomPolicy"]
    assert len(asked) == len(proofs(desk)) - 1
    assert all(set(proofs(desk)) <= {check.id for check in report.checks} for report in reports)


def test_a_verification_writes_only_when_it_probes(desk: Desk) -> None:
    apply(desk)
    seen = Recording(desk.aws)
    work.verify(replace(desk, aws=seen))
    assert seen.writes == []
    assert len(work.probe(replace(desk, aws=seen))) == 4
    assert set(seen.writes) <= {"s3:PutObject", "s3:DeleteObject"}
    assert seen.writes


@pytest.mark.parametrize("key_id", ["", "../../x", "a/b", "a b", "é"])
def test_a_key_id_that_is_none_is_refused(desk: Desk, key_id: str) -> None:
    with pytest.raises(ProblemError) as caught:
        work.verify(desk, work.Question((key_id,)))
    assert problem_of(caught) == ("invalid-answer", 2)
