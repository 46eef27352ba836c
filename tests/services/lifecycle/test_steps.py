"""What the duties say to do: every command is one that its program takes, for every kind of set-up."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import botocore.session
import click
import pytest

from services.lifecycle.duties import DUTIES, Duty
from services.lifecycle.situation import Situation
from services.problems import ProblemError
from services.record.book import Record
from tests.services.record.records import FULL, KEY_ID, setup
from wizard import cli
from wizard.root import Program, Surroundings

ALARMED: dict[str, object] = {
    "hardening__trail": "create",
    "hardening__alarms": True,
    "hardening__alarm_email": "security@example.com",
    "storage__object_lock": "compliance",
    "storage__object_lock_days": 365,
    "aws__profile": "a profile",
}


def situations(folder: Path) -> Iterator[Situation]:
    for number, custody in enumerate(("file", "split", "hsm")):
        for known in (Record(), Record((FULL,), since="2026-11-24T00:00:00Z")):
            place = folder / f"a folder {number} {bool(known.wallets)}"
            place.mkdir()
            keys: dict[str, object] = (
                {"recovery_key__private_file": "k.pke1", "recovery_key__public_files": ["k.der"]}
                if known.wallets
                else {}
            )
            made = setup(place, recovery_key__custody=custody, **ALARMED, **keys)
            yield Situation(made, known, date(2026, 11, 24))


def commands(duty: Duty, folder: Path) -> list[list[str]]:
    return [shlex.split(step.command) for of in situations(folder) for step in duty.steps(of) if step.command]


@pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: duty.id)
def test_every_command_of_this_program_is_one(duty: Duty, tmp_path: Path) -> None:
    found = [words for words in commands(duty, tmp_path) if words[0] == "palisade-wizard"]
    assert found
    for words in found:
        understood(words[1:])


def understood(words: list[str]) -> None:
    """Parses a command line as the program does, without running it."""
    program = Program.start(Surroundings(), json=False)
    parse(cli.main_group(), "palisade-wizard", words, None, program)


def parse(
    command: click.Command, name: str, words: list[str], parent: click.Context | None, program: Program
) -> None:
    context = command.make_context(name, list(words), parent=parent, obj=program)
    if isinstance(command, click.Group):
        rest = [*context._protected_args, *context.args]
        below, found, rest = command.resolve_command(context, rest)
        assert found is not None
        parse(found, str(below), rest, context, program)


@pytest.mark.parametrize("words", [["plan", "--config", "S", "--chek"], ["record", "ad"], ["lifecycle"]])
def test_a_command_that_is_none_is_found_out(words: list[str]) -> None:
    with pytest.raises((click.UsageError, ProblemError)):
        understood(words)


def test_the_aws_commands_are_ones_of_aws(tmp_path: Path) -> None:
    (duty,) = (each for each in DUTIES if each.id == "alarm-mail")
    model = botocore.session.get_session().get_service_model("cloudwatch").operation_model("SetAlarmState")
    for words in commands(duty, tmp_path):
        if words[0] == "aws":
            assert words[1:3] == ["cloudwatch", "set-alarm-state"]
            flags = {re.sub("-", "", word).lower() for word in words if word.startswith("--")}
            members = {name.lower() for name in model.input_shape.members}
            assert flags - {"region", "profile"} <= members
            assert {name.lower() for name in model.input_shape.required_members} <= flags


@pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: duty.id)
def test_every_duty_is_whole_sentences_and_ends_with_writing_it_down(duty: Duty, tmp_path: Path) -> None:
    for of in situations(tmp_path):
        steps = duty.steps(of)
        assert all(step.says[0].isupper() and step.says.endswith((".", "?")) for step in steps)
        assert f"--done {duty.id}" in steps[-1].command
    assert duty.why.endswith(".")
    assert duty.title[0].isupper()


def test_the_yearly_duty_takes_every_wallet_that_is_not_on_record(tmp_path: Path) -> None:
    (duty,) = (duty for duty in DUTIES if duty.id == "record-complete")
    found = [words for words in commands(duty, tmp_path) if words[1:3] == ["record", "add"]]
    assert found
    assert all(words[-4:] == ["--from-verify", "--all", "--quorum-id", "ID"] for words in found)


def test_the_rehearsal_names_the_wallet_of_the_record(tmp_path: Path) -> None:
    (duty,) = (each for each in DUTIES if each.id == "rehearsal")
    (*_, known) = situations(tmp_path)
    text = " ".join(step.command for step in duty.steps(known))
    for word in (KEY_ID, FULL.quorum_id, FULL.file, "--key-type=SECP256K1", f"--key-id {KEY_ID}"):
        assert word in text


def test_custody_decides_how_the_key_is_opened(tmp_path: Path) -> None:
    (duty,) = (each for each in DUTIES if each.id == "key-opens")
    texts = {
        of.answers.text("recovery_key.custody"): " ".join(step.command for step in duty.steps(of))
        for of in situations(tmp_path)
    }
    assert all("keycheck" in text and "--prove" in text for text in texts.values())
    assert ("shares combine" in texts["split"], "shares combine" in texts["file"]) == (True, False)
    assert ("token read" in texts["hsm"], "token read" in texts["file"]) == (True, False)
