"""`plan`: what would change, without a way to change anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.own_command import on_setup
from wizard.cli import Subcommand
from wizard.options import PATH

if TYPE_CHECKING:
    from services.engine.plan import Plan
    from services.work import Desk, Planned
    from wizard.root import Program


@click.command(
    "plan",
    cls=Subcommand,
    config=True,
    answers="hidden",
    help="Shows what would change in AWS. It cannot write.",
)
@click.option("--check", is_flag=True, help="Exit with 3 if anything would change.")
@click.option("--out", type=PATH, metavar="F", help="Save the plan for 'apply --plan F'; F must not exist.")
@click.option(
    "--commands",
    is_flag=True,
    help="Print the steps as commands of the aws program, without the external ID.",
)
@click.pass_obj
def command(
    program: Program,
    *,
    config: Path,
    given: dict[str, object],
    check: bool,
    out: Path | None,
    commands: bool,
) -> int:
    """See the help text."""
    from services import files
    from services.recovery.keyfiles import refuse_taken
    from services.work import make_plan, plan_json, saved_json
    from wizard.render.plain import plan_text

    if out is not None:
        refuse_taken(out)
    desk = program.desk(config, given)
    planned = make_plan(desk)
    document = plan_json(desk, planned)
    if out is not None:
        files.publish(out, json.dumps(saved_json(desk, planned), indent=2).encode(), 0o600)
    if program.voice.json:
        program.voice.document({**document, **({"commands": _commands(desk, planned)} if commands else {})})
    elif commands:
        program.voice.data(_listing(desk, planned).rstrip("\n"))
        _tell_of_commands(program, desk, planned)
    else:
        program.voice.data(plan_text(desk, planned.plan, planned.costs))
    if out is not None:
        program.voice.tell(
            f"The plan is in {out}. Carry it out with: {on_setup('apply', config, '--plan', out)}"
        )
    elif planned.plan.steps and not planned.plan.blocked:
        program.voice.tell(f"Carry it out with: {on_setup('apply', config)}")
    return status(planned.plan, check=check)


def _commands(desk: Desk, planned: Planned) -> list[dict[str, object]]:
    from services.export.steps import by_hand

    answers = desk.setup.answers
    found = by_hand(
        planned.plan, planned.world, answers.text("aws.region"), answers.text("palisade.external_id")
    )
    return [{"address": each.step.address, "command": each.shown} for each in found]


def _listing(desk: Desk, planned: Planned) -> str:
    from services.export.steps import listing

    answers = desk.setup.answers
    return listing(
        planned.plan, planned.world, answers.text("aws.region"), answers.text("palisade.external_id")
    )


def _tell_of_commands(program: Program, desk: Desk, planned: Planned) -> None:
    """What the commands do not say themselves."""
    from wizard.fatal import in_words
    from wizard.render.plain import endpoint_lines

    if desk.endpoint:
        program.voice.tell(endpoint_lines(desk.endpoint))
    for step in planned.plan.blocked:
        if step.problem is not None:
            program.voice.tell(in_words(step.problem))
    if not planned.plan.steps:
        program.voice.tell("AWS has everything as this set-up wants it: there is no command to run.")


def status(plan: Plan, *, check: bool) -> int:
    """The exit status: a blocked step's own, else 3 for differences if they were asked for."""
    blocked = [step.problem.exit_code for step in plan.blocked if step.problem is not None]
    if blocked:
        return max(blocked)
    return 3 if check and plan.steps else 0
