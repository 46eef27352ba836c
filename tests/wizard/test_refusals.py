"""What AWS, or the person, refuses: the right problem, nothing written that should not be, and a way to go on."""

from __future__ import annotations

import re
from dataclasses import replace

import click
import pytest

from services.answers import Answers, problems
from services.model.calls import Call, Refused, Reply
from tests.ports import Denying, Recording
from tests.sampling import every
from tests.wizard.driving import EXTERNAL_ID, Terminal, loses_nothing, process, refused
from wizard.cli import main_group


def expired(call: Call) -> Reply:
    raise Refused(call, "ExpiredToken", "The security token included in the request is expired", 403)


CONNECTING = ("plan", "apply", "values", "verify")


@pytest.mark.parametrize("command", CONNECTING)
def test_expired_sign_in(offline: Terminal, command: str) -> None:
    setup = offline.with_key()
    machine = replace(offline, aws=expired)
    ran = loses_nothing(offline.folder, lambda: machine(command, "--config", setup, "--json"))
    assert refused(ran, "sign-in")["exit_code"] == 4


@pytest.mark.parametrize("command", CONNECTING)
def test_wrong_account(terminal: Terminal, command: str) -> None:
    setup = terminal.with_key()
    given = ("--set", "aws.account=999999999999")
    ran = loses_nothing(terminal.folder, lambda: terminal(command, "--config", setup, "--json", *given))
    problem = refused(ran, "wrong-account")
    assert "123456789012" in problem["summary"]
    assert "999999999999" in problem["summary"]


@pytest.mark.parametrize("command", every(2, CONNECTING))
def test_wrong_profile_and_no_sign_in(offline: Terminal, command: str) -> None:
    setup = offline.with_key()
    empty = {"PATH": "/usr/bin:/bin", "HOME": str(offline.folder), "AWS_EC2_METADATA_DISABLED": "true"}
    state = ("--state-dir", offline.folder / "state", "--json")
    ran = process(*state, command, "--config", setup, "--profile", "nobody", environ=empty)
    assert "nobody" in refused(ran, "invalid-answer")["summary"]
    assert refused(process(*state, command, "--config", setup, environ=empty), "sign-in")["exit_code"] == 4


def test_denied_blocks_the_plan_and_names_the_action(terminal: Terminal) -> None:
    setup = terminal.with_key()
    machine = replace(terminal, aws=Denying(terminal.aws, "iam:GetRole"))
    ran = machine("plan", "--config", setup, "--json")
    assert ran.status == 5
    blocked = [step for step in ran.document["steps"] if step["verb"] == "blocked"]
    assert blocked[0]["problem"]["code"] == "denied"
    assert "iam:GetRole" in str(blocked[0]["problem"])
    assert blocked[0]["call"] is None
    assert "✗" in machine("plan", "--config", setup).out
    recording = Recording(machine.aws)
    applied = replace(terminal, aws=recording)("apply", "--config", setup, "--yes", "--json")
    assert refused(applied, "denied")["exit_code"] == 5
    assert recording.writes == []


def test_denied_while_writing_stops_there_and_goes_on_later(terminal: Terminal) -> None:
    setup = terminal.with_key()
    machine = replace(terminal, aws=Denying(terminal.aws, "s3:PutBucketPolicy"))
    ran = machine("apply", "--config", setup, "--yes", "--json")
    assert ran.status == 5
    failed, finished = ran.lines[-2:]
    assert (failed["event"], failed["problem"]["code"]) == ("failed", "denied")
    assert (finished["event"], finished["ok"], finished["failed"]) == ("finished", False, 1)
    assert finished["remaining"] > 0
    assert terminal("apply", "--config", setup, "--yes").status == 0
    assert terminal("plan", "--config", setup, "--check").status == 0


def test_a_bucket_name_that_is_taken(terminal: Terminal) -> None:
    setup = terminal.with_key()

    def elsewhere(call: Call) -> Reply:
        if call.name == "s3:HeadBucket":
            raise Refused(call, "403", "Forbidden", 403)
        return terminal.aws(call)

    ran = replace(terminal, aws=elsewhere)("apply", "--config", setup, "--yes", "--json")
    assert refused(ran, "taken")["exit_code"] == 6


def test_no_consent(terminal: Terminal) -> None:
    setup = terminal.with_key()
    recording = Recording(terminal.aws)
    machine = replace(terminal, aws=recording)
    refused(machine("apply", "--config", setup, "--json"), "consent")
    refused(machine("apply", "--config", setup, "--json", typed="no\n"), "consent")
    refused(machine("apply", "--config", setup, "--json", typed=""), "consent")
    assert recording.writes == []
    assert machine("apply", "--config", setup, typed="yes\n").status == 0


def test_a_change_of_principal_needs_its_own_word(terminal: Terminal) -> None:
    setup = terminal.with_key()
    assert terminal("apply", "--config", setup, "--yes").status == 0
    other = ("--palisade-principal-arn", "arn:aws:iam::777788889999:root")
    problem = refused(terminal("apply", "--config", setup, "--yes", "--json", *other), "consent")
    assert "--accept principal:role.trust" in problem["remedy"][0]
    refused(terminal("apply", "--config", setup, "--json", *other, typed="yes\nyes\n"), "consent")
    shown = terminal("apply", "--config", setup, *other, typed="principal\nyes\n")
    assert shown.status == 0
    assert "Account 777788889999 (arn:aws:iam::777788889999:root) will be able to write backups." in shown.err
    assert terminal("apply", "--config", setup, "--yes", "--accept", "principal").status == 0


def test_a_fault_of_ours_shows_no_traceback_and_no_value(offline: Terminal) -> None:
    setup = offline.with_key()

    def broken(call: Call) -> Reply:
        raise ZeroDivisionError(f"{EXTERNAL_ID} {call.name}")

    log = offline.folder / "log"
    machine = replace(offline, aws=broken)
    ran = machine("plan", "--config", setup, "--json", "--log-file", log)
    assert refused(ran, "our-bug")["exit_code"] == 70
    said = ran.out + ran.err + log.read_text()
    assert "ZeroDivisionError" in said
    assert EXTERNAL_ID not in said
    assert "Traceback" not in said


def test_an_answer_that_is_missing_can_be_given_as_its_remedy_says() -> None:
    """Also to commands that take no answers: the sentence names those that do."""
    group = main_group()
    context = click.Context(group)
    for problem in problems(Answers()):
        takes = re.findall(r"\b(plan|apply)\b", problem.remedy[0])
        (flag,) = re.findall(r"--[\w-]+", problem.remedy[0])
        assert takes == ["plan", "apply"]
        for name in takes:
            command = group.get_command(context, name)
            assert command is not None
            assert any(flag in one.opts for one in command.params)


def test_without_a_recovery_key_apply_leads_to_one(terminal: Terminal) -> None:
    setup = terminal.answered()
    ran = terminal("apply", "--config", setup, "--yes")
    assert ran.status == 0
    assert f"Next: palisade-wizard keygen --config {setup} --out DIR" in ran.err


def test_the_plan_that_consent_is_asked_for_is_one_command_away(terminal: Terminal) -> None:
    setup = terminal.answered()
    remedy = refused(terminal("apply", "--config", setup, "--json"), "consent")["remedy"][0]
    assert f"“palisade-wizard plan --config {setup}”" in remedy
