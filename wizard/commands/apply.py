"""`apply`: makes it so, after consent, going on where an earlier run stopped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from services.own_command import on_setup
from services.problems import refuse
from wizard import signals
from wizard.carrying_out import show, typed
from wizard.cli import Subcommand
from wizard.options import PATH, among

if TYPE_CHECKING:
    from services.engine.plan import Step
    from services.work import Desk, Planned
    from wizard.root import Program


def _risks(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from services.engine.consent import RISKS

    return among(*RISKS)(ctx, param, incomplete)


@click.command(
    "apply",
    cls=Subcommand,
    config=True,
    answers="hidden",
    help="Makes AWS as the set-up wants it, going on where an earlier run stopped.",
)
@click.option("--plan", "plan_file", type=PATH, metavar="F", help="Do what this saved plan says, or nothing.")
@click.option("--yes", is_flag=True, help="Do not ask about ordinary steps.")
@click.option(
    "--accept",
    multiple=True,
    metavar="RISK",
    shell_complete=_risks,
    help="Agree to RISK or RISK:ADDRESS, as the plan names it.",
)
@click.pass_obj
def command(
    program: Program,
    *,
    config: Path,
    given: dict[str, object],
    plan_file: Path | None,
    yes: bool,
    accept: tuple[str, ...],
) -> int:
    """See the help text."""
    from services import files
    from services.work import carry_out, check_blocked, check_saved, make_plan
    from wizard.render import heads
    from wizard.render.plain import endpoint_lines

    _check_risks(accept)
    saved = files.read_small(plan_file, stream=True) if plan_file is not None else None
    desk = program.desk(config, given)
    if desk.endpoint:
        program.voice.tell(endpoint_lines(desk.endpoint))
    program.voice.tell(heads.set_up(desk.setup.answers, desk.identity.account, desk.identity.short))
    for line in heads.warned(desk.warnings):
        program.voice.tell(line)
    planned = make_plan(desk)
    check_blocked(planned)  # before the saved plan: what AWS does not let anybody see is not a change
    approved = check_saved(desk, planned, saved) if saved is not None else None
    accepted = accept + (_consent(program, desk, planned, accept) if not yes and planned.plan.steps else ())
    with signals.stopping(program.around.stderr) as stop:
        events = carry_out(desk, planned, accepted, stop, approved)
        problem = show(program, desk.endpoint, events, len(planned.plan.steps))
    if problem is None:
        keyed = desk.setup.answers.texts("recovery_key.public_files")
        then = on_setup("values", config) if keyed else on_setup("keygen", config, "--out", "DIR")
        program.voice.tell(f"Next: {then}")
        return 0
    return problem.exit_code


def _check_risks(accept: tuple[str, ...]) -> None:
    from services.engine.consent import RISKS

    for given in accept:
        if given.split(":", 1)[0] not in RISKS:
            raise refuse(
                "usage",
                f"There is no risk named {given!r}.",
                f"The risks are {', '.join(RISKS)}; the plan names the ones that it has.",
                where="--accept",
            )


def _consent(program: Program, desk: Desk, planned: Planned, accept: tuple[str, ...]) -> tuple[str, ...]:
    """Shows the plan and has the consent typed; gives the risks that were agreed to."""
    from services.engine.consent import lacking
    from wizard.render.plain import plan_text

    if not program.around.terminal:
        raise refuse(
            "consent",
            f"This run would make {len(planned.plan.steps)} changes and nobody can be asked; nothing was changed.",
            f"Look at the plan with “{on_setup('plan', desk.setup.path)}”, then add --yes.",
            where="--yes",
        )
    program.voice.tell(plan_text(desk, planned.plan, planned.costs))
    program.voice.tell()
    risky = lacking(planned.plan, accept)
    for step in risky:
        typed(program, f"{_question(step)} Type the word {step.risk} to agree: ", str(step.risk))
    typed(program, "Carry this out? Only 'yes' is taken as consent: ", "yes")
    return tuple(f"{step.risk}:{step.address}" for step in risky)


def _question(step: Step) -> str:
    from wizard.render.plain import RISKS

    return f"{step.resource.title}: {RISKS[step.risk or 'irreversible']}."
