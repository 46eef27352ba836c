"""Two commands at once: on one set-up the second is told who is first, and on one reused trail nothing is lost."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from services import setup_file
from services.aws.port import Port, Settings
from services.model.calls import Aws, Call, Reply
from tests import planted
from tests.services.engine.test_trail_reuse import ARN, audit
from tests.wizard.driving import Terminal
from tests.world import do


@dataclass(frozen=True)
class Pausing:
    """Tells that it came to the first write of a name, and stays there."""

    aws: Aws
    name: str
    tell: int

    def __call__(self, call: Call) -> Reply:
        if call.name == self.name:
            os.write(self.tell, b".")
            signal.pause()
        return self.aws(call)


def paused(machine: Terminal, aws: Aws, name: str, *words: str | Path) -> int:
    """The number of a process that runs a command and stays at its first call of this name, holding its locks."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        Terminal(machine.folder, Pausing(aws, name, tell))(*words)
        os._exit(0)
    os.close(tell)
    assert os.read(told, 1) == b"."
    os.close(told)
    return child


def end(process: int) -> None:
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


@pytest.mark.parametrize("command", ["apply", "destroy"])
def test_who_comes_second_is_told_who_is_first_and_goes_on_once_that_one_is_dead(
    terminal: Terminal, command: str
) -> None:
    setup = terminal.answered()
    consent = ("--yes", "--accept", "delete-backups") if command == "destroy" else ("--yes",)
    if command == "destroy":
        assert terminal("apply", "--config", setup, "--yes").status == 0
    first = "iam:DeleteRolePolicy" if command == "destroy" else "kms:CreateKey"
    process = paused(terminal, terminal.aws, first, command, "--config", setup, *consent)
    ran = terminal(command, "--config", setup, *consent, "--json")
    assert ran.status == 7
    problem = next(line["problem"] for line in ran.lines if "problem" in line)
    assert problem["code"] == "locked"
    assert f"'{command}', process {process} of this computer, since " in problem["summary"]
    assert terminal("plan", "--config", setup).status == 0, "looking disturbs nobody"
    end(process)
    assert terminal(command, "--config", setup, *consent).status == 0


def test_two_set_ups_on_one_trail_of_others_change_it_one_after_the_other(terminal: Terminal) -> None:
    audit(terminal.aws)
    flags = ("--hardening-trail", ARN, "--hardening-data-events", "write")
    alpha = terminal.answered(*flags)
    beta = terminal.folder / "beta.toml"
    more = ("--setup-name", "beta-sandbox", "--storage-bucket", "beta-backup", "--role-name", "Beta")
    assert terminal("answers", "new", "--from", alpha, "--out", beta, *more).status == 0
    apply = ("--yes", "--accept", "adopt", "--accept", "cost")
    process = paused(terminal, terminal.aws, "kms:CreateKey", "apply", "--config", alpha, *apply)
    ran = terminal("apply", "--config", beta, *apply, "--json")
    end(process)
    problem = next(line["problem"] for line in ran.lines if "problem" in line)
    assert (ran.status, problem["code"]) == (7, "locked")
    assert "working on the CloudTrail trail" in problem["summary"]
    for setup in (alpha, beta):
        assert terminal("apply", "--config", setup, *apply).status == 0
    for setup in (alpha, beta):
        assert terminal("plan", "--config", setup, "--check").status == 0


@pytest.mark.slow
def test_applies_at_once_of_two_set_ups_on_two_computers_lose_nothing_in_the_end(
    moto_server: str, tmp_path: Path
) -> None:
    """No lock between them: each goes on until its plan is empty, whatever the other did meanwhile."""
    settings = Settings(
        region="eu-west-1", endpoint_url=moto_server, access_key="a", secret_key=planted.AWS_SECRET_KEY
    )
    look = Port(settings)
    audit(look)
    machines = [Terminal(tmp_path / name, Port(settings)) for name in ("alpha", "beta")]
    for machine in machines:
        machine.folder.mkdir()
        name = machine.folder.name
        setup = machine.answered("--hardening-trail", ARN, "--hardening-data-events", "write")
        own: dict[str, object] = {"storage.bucket": f"{name}-backup", "role.name": name, "setup.name": name}
        setup_file.record(setup_file.read(setup), own)
        assert isinstance(machine.aws, Port)
        assert machine.aws.endpoint
    apply = ("--yes", "--accept", "adopt", "--accept", "cost")
    for _ in range(4):
        children = []
        for machine in machines:
            child = os.fork()
            if child == 0:
                os._exit(machine("apply", "--config", machine.setup, *apply).status)
            children.append(child)
        ended = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        assert set(ended) <= {0, 6, 7}, ended
        machines_left = [
            m for m in machines if Terminal(m.folder, look)("plan", "--config", m.setup, "--check").status
        ]
        if not machines_left:
            break
    assert not machines_left
    found = do(look, "cloudtrail", "GetEventSelectors", TrailName=ARN)["EventSelectors"]
    values = {v for one in found for part in one["DataResources"] for v in part["Values"]}
    assert values == {"arn:aws:s3:::alpha-backup/", "arn:aws:s3:::beta-backup/"}
