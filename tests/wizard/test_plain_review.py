"""Line by line: what was agreed to is told to be there, and no answers that came meanwhile."""

from __future__ import annotations

from pathlib import Path

from screens import plan_words
from services import progress, setup_file
from services.model.calls import Aws, Call
from tests.screens.stage import Account
from tests.wizard.driving import Terminal
from tests.wizard.script import Script, left_at, session, sit, squeezed
from tests.world import ROLE, do

YES = "Carry all of this out? Only the word yes is taken as consent"


def test_answers_that_were_changed_meanwhile_are_planned_and_asked_anew(tmp_path: Path, aws: Aws) -> None:
    account = Account(aws)
    machine = Terminal(tmp_path, account)
    setup = left_at(machine, "review")

    def before(call: Call) -> None:
        if call.name == "kms:CreateKey":
            setup_file.record(setup_file.read(setup.path), {"role.max_session_seconds": 7200})

    account.before = before
    script = Script({YES: ["yes", "yes"], "Kit name": ["quit"]})
    ran = sit(machine, script, "--config", setup.path)
    assert ran.status == 0, ran.err
    assert script.asked == [YES, YES, "Kit name"]
    said = squeezed(ran.err)
    assert squeezed("The answers in the setup file were changed since that plan was made.") in said
    assert do(aws, "iam", "GetRole", RoleName=ROLE)["Role"]["MaxSessionDuration"] == 7200
    assert progress.standing(session(machine, setup_file.read(setup.path)), "review") == "✓"


def test_answers_that_were_changed_while_aws_was_asked_are_looked_at_anew(tmp_path: Path, aws: Aws) -> None:
    account = Account(aws)
    machine = Terminal(tmp_path, account)
    setup = left_at(machine, "review")
    looks = []

    def before(call: Call) -> None:
        if call.name == "iam:GetRole":
            looks.append(call)
            if len(looks) == 1:
                setup_file.record(setup_file.read(setup.path), {"role.max_session_seconds": 7200})

    account.before = before
    script = Script({YES: ["yes"], "Kit name": ["quit"]})
    ran = sit(machine, script, "--config", setup.path)
    assert ran.status == 0, ran.err
    assert script.asked == ["What now", YES, "Kit name"]
    told, *_ = squeezed(ran.err).partition(squeezed("What now"))
    assert squeezed(plan_words.CHANGED) in told
    assert squeezed(YES) not in told
    assert do(aws, "iam", "GetRole", RoleName=ROLE)["Role"]["MaxSessionDuration"] == 7200
