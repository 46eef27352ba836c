"""`destroy`: takes a sandbox set-up down, after consent, going on where an earlier run stopped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.own_command import on_setup
from services.problems import refuse
from wizard import signals
from wizard.carrying_out import show, typed
from wizard.cli import Subcommand

if TYPE_CHECKING:
    from services.teardown import Teardown
    from services.work import Desk
    from wizard.root import Program


@click.command(
    "destroy",
    cls=Subcommand,
    config=True,
    help=(
        "Deletes what a sandbox set-up made in AWS, and nothing else. Refused for production, and before any change when "
        "a version in one of its buckets is under retention or legal hold. KMS keys go last, after the shortest wait."
    ),
)
@click.option("--yes", is_flag=True, help="Do not ask; backups still need --accept.")
@click.option(
    "--accept",
    multiple=True,
    metavar="RISK",
    help="Agree to delete-backups, also as delete-backups:bucket; not needed while the bucket holds no backups.",
)
@click.pass_obj
def command(program: Program, *, config: Path, yes: bool, accept: tuple[str, ...]) -> int:
    """See the help text."""
    from services.teardown import check_blocked, make_teardown, refuse_production, tear_down
    from wizard.render import heads
    from wizard.render.plain import endpoint_lines
    from wizard.render.teardown import deletion_text

    _check_risks(accept)
    answers = program.setup(config).answers
    program.voice.tell(heads.set_up(answers))
    refuse_production(answers)
    desk = program.desk(config)
    if desk.endpoint:
        program.voice.tell(endpoint_lines(desk.endpoint))
    found = make_teardown(desk)
    check_blocked(found)
    accepted = accept + (_consent(program, desk, found, accept) if not yes and found.plan.steps else ())
    if yes or not found.plan.steps:
        for note in found.plan.notes:
            program.voice.tell(f"= {note.says}")
    with signals.stopping(program.around.stderr) as stop:
        events = tear_down(desk, found, accepted, stop)
        problem = show(program, desk.endpoint, events, len(found.plan.steps), deletion_text)
    if problem is not None:
        return problem.exit_code
    if any(step.resource.name == "key" for step in found.plan.steps):
        program.voice.tell(
            "Until its day comes, 'aws kms cancel-key-deletion' takes the deletion of a key back."
        )
    if found.plan.steps:
        program.voice.tell(f"To make it anew: {on_setup('apply', config)}")
        program.voice.tell("Its kit in Palisade is of no use any more: the new key has another ARN.")
    return 0


def _check_risks(accept: tuple[str, ...]) -> None:
    from services.teardown import BACKUPS

    for given in accept:
        if given not in {BACKUPS, f"{BACKUPS}:bucket"}:
            raise refuse(
                "usage",
                f"There is no risk named {given!r} here.",
                f"The only one is {BACKUPS}.",
                where="--accept",
            )


def _consent(program: Program, desk: Desk, found: Teardown, accept: tuple[str, ...]) -> tuple[str, ...]:
    """Shows what would be deleted and has the consent typed; gives the risks that were agreed to."""
    from services.engine.consent import lacking
    from wizard.render.teardown import teardown_text

    if not program.around.terminal:
        raise refuse(
            "consent",
            f"This run would delete or change {len(found.plan.steps)} things and nobody can be asked; nothing was changed.",
            "Look at it in a terminal first, then add --yes.",
            where="--yes",
        )
    program.voice.tell(teardown_text(desk, found))
    program.voice.tell()
    risky = lacking(found.plan, accept)
    for step in risky:
        typed(
            program,
            f"{step.resource.title}: its backups are lost for good. Type {step.risk} to agree: ",
            str(step.risk),
        )
    name = desk.setup.answers.text("setup.name")
    typed(program, f"Delete all of this? Type the name of the set-up, {name}, to agree: ", name)
    return tuple(f"{step.risk}:{step.address}" for step in risky)
