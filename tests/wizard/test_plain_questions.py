"""The line-by-line wizard asks every question of the table: a bad answer gets its sentence and is asked again."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from services import setup_file
from services.problems import ProblemError
from services.questions import BY_KEY, QUESTIONS, accept
from tests.wizard.driving import Terminal
from tests.wizard.script import HARDENED, Script, left_at, marks, sit, squeezed, state
from wizard.plain import asking, setups
from wizard.plain.journey import STOPS

DERIVED: Mapping[str, str] = {
    "setup.id": "made by the program at first use",
    "aws.account": "recorded by the program at the first sign-in",
    "recovery_key.fingerprint": "recorded by the program with the key",
    "recovery_key.public_files": "follows from the key that is made or taken",
    "recovery_key.private_file": "follows from the key that is made or taken",
    "recovery_key.custody": "follows from the way of keeping the key that is chosen",
}


@dataclass(frozen=True)
class Case:
    """A question: where it is asked, an answer that is refused (empty if none is), and one that is taken."""

    key: str
    page: str
    bad: str
    good: str


CASES = (
    Case("aws.profile", "account", "x" * 129, "acme"),
    Case("aws.region", "account", "Ireland, please", "us-east-1"),
    Case("palisade.principal_arn", "account", "arn:aws:iam::*:root", "arn:aws:iam::444455556666:user/mpc"),
    Case("palisade.external_id", "account", "blanks in it", "an-id-of-theirs"),
    Case("storage.namespace", "storage", "mine", "account-regional"),
    Case("storage.bucket", "storage", "Bucket.With.Dots", "another-bucket-of-acme"),
    Case("storage.kms_key", "storage", "alias/mine", "arn:aws:kms:eu-west-1:123456789012:key/1234abcd"),
    Case("storage.encryption_headers", "storage", "some", "strict"),
    Case("role.name", "access", "no blanks allowed", "AnotherRole"),
    Case("role.path", "access", "team", "/team/"),
    Case("role.permissions_boundary", "access", "Bound", "arn:aws:iam::123456789012:policy/Bound"),
    Case("role.max_session_seconds", "access", "soon", "7200"),
    Case("role.extra_actions", "access", "s3:*", "kms:Decrypt, sts:TagSession"),
    Case("storage.object_lock", "retention", "always", "compliance"),
    Case("storage.object_lock_days", "retention", "for ever", "90"),
    Case("storage.noncurrent_versions", "retention", "101", "7"),
    Case("storage.noncurrent_days", "retention", "-1", "61"),
    Case("hardening.mfa_delete", "retention", "on", "planned"),
    Case("hardening.trail", "watching", "arn:aws:s3:::trail", "off"),
    Case("hardening.data_events", "watching", "some", "all"),
    Case("hardening.trail_bucket", "watching", "a.b", "acme-logs-of-the-trail"),
    Case("hardening.alarms", "watching", "perhaps", "no"),
    Case("hardening.alarm_email", "watching", "nobody", "others@acme.example"),
    Case("storage.access_logs", "watching", "perhaps", "no"),
    Case("storage.access_log_bucket", "watching", "Logs", "acme-logs-of-access"),
    Case("hardening.inventory", "watching", "perhaps", "no"),
    Case("palisade.kit_name", "palisade", "k" * 101, "The kit"),
    Case("palisade.quorum_id", "quorum", "not a quorum", "20b7aefb-0000-4000-8000-00000000000b"),
)


NEW: Mapping[str, tuple[str, str]] = {
    "setup.name": ("Acme Sandbox", "acme-sandbox"),
    "setup.environment": ("testing", "production"),
}


def quit_after(label: str, times: int) -> Script:
    """Enter for every question, until one was asked so often."""
    return Script(otherwise=lambda script, _label: "quit" if script.asked.count(label) >= times else "")


def test_every_question_of_the_table_is_asked_or_derived() -> None:
    asked = [stop.key for stop in (*setups.NEW_SETUP, *STOPS) if stop.key]
    assert len(asked) == len(set(asked))
    assert {*asked} | {*DERIVED} == {question.key for question in QUESTIONS}
    assert not {*asked} & {*DERIVED}
    assert {case.key for case in CASES} | {*NEW} == {*asked}
    assert all(BY_KEY[key].by_program or key.startswith("recovery_key.") for key in DERIVED)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_a_bad_answer_is_one_sentence_and_asked_again(terminal: Terminal, case: Case) -> None:
    setup = left_at(terminal, case.page, HARDENED)
    question = BY_KEY[case.key]
    with pytest.raises(ProblemError) as refusal:
        accept(question, case.bad)
    script = quit_after(question.label, 2)
    script.left[question.label] = deque([case.bad, case.good])
    script.left["Yes or no"] = deque(["yes"])
    ran = sit(terminal, script, "--config", setup.path)
    assert ran.status == 0, ran.err
    assert not script.left[question.label]
    assert squeezed(refusal.value.problem.summary) in squeezed(ran.err)
    assert setup_file.read(setup.path).answers.get(case.key) == accept(question, case.good)


@pytest.mark.parametrize("key", NEW)
def test_the_answers_that_make_a_set_up_are_asked_again_too(offline: Terminal, key: str) -> None:
    question, (bad, good) = BY_KEY[key], NEW[key]
    script = Script(
        {"Name of the set-up": ["acme-sandbox"], "AWS profile": ["quit"]} | {question.label: [bad, good]}
    )
    ran = sit(offline, script)
    assert ran.status == 0, ran.err
    assert script.used_up()
    (setup,) = (offline.folder / "state" / "setups").glob("*.toml")
    assert setup_file.read(setup).answers.get(key) == good
    with pytest.raises(ProblemError) as refusal:
        accept(question, bad)
    assert squeezed(refusal.value.problem.summary) in squeezed(ran.err)


def test_each_question_is_asked_with_its_label_its_reason_and_its_default(terminal: Terminal) -> None:
    setup = left_at(terminal, "account", HARDENED)
    script = Script(
        {"Yes or no": ["yes"], "Do you agree? Only the word irreversible is taken as consent": ["quit"]}
    )
    said = squeezed(sit(terminal, script, "--config", setup.path).err)
    answers = setup_file.read(setup.path).answers
    for key in (case.key for case in CASES if case.page not in {"palisade", "quorum"}):
        question = BY_KEY[key]
        assert question.label in script.asked
        assert squeezed(f"{question.label}: {question.help}") in said
        default = asking.shown(answers.get(key)) or asking.NONE
        assert f"[{squeezed(default)}]" in said, key
        for choice in question.choices:
            assert choice in said


def test_back_leads_to_the_question_before_and_loses_nothing(terminal: Terminal) -> None:
    setup = left_at(terminal, "account", HARDENED)
    stop = {"Do you agree? Only the word irreversible is taken as consent": ["quit"]}
    whole = Script({"Yes or no": ["yes"], **stop})
    sit(terminal, whole, "--config", setup.path)
    before = setup_file.read(setup.path).answers
    way = whole.asked
    assert len(way) > 25
    for number in range(1, len(way) - 1):
        state(terminal).keep_drafts(before.text("setup.id"), marks(terminal, setup, "account"))

        def answer(script: Script, label: str, number: int = number) -> str:
            match len(script.asked) - 1 - number:
                case 0:
                    return "back"
                case 1:
                    return "quit"
                case _:
                    return "yes" if label == "Yes or no" else ""

        script = Script(otherwise=answer)
        assert sit(terminal, script, "--config", setup.path).status == 0
        assert script.asked[number:] == [way[number], way[number - 1]]
        assert setup_file.read(setup.path).answers == before


def test_what_does_not_go_together_is_asked_again(terminal: Terminal) -> None:
    setup = left_at(terminal, "watching", HARDENED)
    script = Script(
        {
            "CloudTrail": ["off"],
            "Data events": ["off"],
            "Alarms": ["no"],
            "Do you agree? Only the word irreversible is taken as consent": ["quit"],
        }
    )
    ran = sit(terminal, script, "--config", setup.path)
    assert script.used_up(), ran.err
    assert "Data events are to be recorded (write), but there is no trail to record them." in " ".join(
        ran.err.split()
    )
    answers = setup_file.read(setup.path).answers
    assert (answers.text("hardening.data_events"), answers.flag("hardening.alarms")) == ("off", False)


def test_help_explains_the_question_and_the_step_and_asks_again(offline: Terminal) -> None:
    setup = left_at(offline, "access")
    script = Script({"Role name": ["?", "??", "quit"]})
    said = " ".join(sit(offline, script, "--config", setup.path).err.split())
    assert "In the setup file it is role.name, on a command line --role-name." in said
    assert "quit to leave" in said
    assert (
        "Every version is kept. Path and permissions boundary: only if your organisation demands them."
        in said
    )
    assert script.asked == ["Role name"] * 3


def test_a_draft_of_the_pages_is_offered_or_said(offline: Terminal) -> None:
    setup = left_at(offline, "access")
    for text, asked in (
        ("TheirRole", "Role name [TheirRole]: "),
        ("no blanks", "You left 'no blanks' here. The name of a role has"),
    ):
        state(offline).keep_drafts(
            setup.answers.text("setup.id"), {**marks(offline, setup, "access"), "role.name": text}
        )
        ran = sit(offline, Script({"Role name": ["quit"]}), "--config", setup.path)
        assert asked in " ".join(ran.err.split()) + " "


def test_an_answer_is_taken_away_with_none(offline: Terminal) -> None:
    setup = left_at(
        offline,
        "access",
        {
            "role.extra_actions": "kms:Decrypt",
            "role.permissions_boundary": "arn:aws:iam::123456789012:policy/B",
        },
    )
    script = Script({"Permissions boundary": ["none"], "Extra actions": ["none"], "Object Lock": ["quit"]})
    assert sit(offline, script, "--config", setup.path).status == 0
    answers = setup_file.read(setup.path).answers
    assert answers.get("role.permissions_boundary") is None
    assert answers.texts("role.extra_actions") == ()
