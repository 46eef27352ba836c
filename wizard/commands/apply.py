"""`apply`: makes it so, after consent, going on where an earlier run stopped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from services.problems import Problem, ProblemError, refuse
from wizard import signals
from wizard.cli import Subcommand
from wizard.options import PATH, among

if TYPE_CHECKING:
    from services.engine.plan import Step
    from services.events import Event
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
    saved = files.read_small(plan_file) if plan_file is not None else None
    desk = program.desk(config, given)
    if desk.endpoint:
        program.voice.tell(endpoint_lines(desk.endpoint))
    program.voice.tell(heads.set_up(desk.setup.answers, desk.identity.account, desk.identity.short))
    for line in heads.warned(desk.warnings):
        program.voice.tell(line)
    planned = make_plan(desk)
    if saved is not None:
        check_saved(desk, planned, saved)
    check_blocked(planned)
    accepted = accept + (_consent(program, desk, planned, accept) if not yes and planned.plan.steps else ())
    approved = str(json.loads(saved)["fingerprint"]) if saved is not None else ""
    with signals.stopping(program.around.stderr) as stop:
        events = carry_out(desk, planned, accepted, stop, approved)
        problem = _show(program, desk, events, len(planned.plan.steps))
    if problem is None:
        program.voice.tell(f"Next: palisade-wizard values --config {config}")
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
            "Look at the plan with 'palisade-wizard plan', then add --yes.",
            where="--yes",
        )
    program.voice.tell(plan_text(desk, planned.plan, planned.costs))
    program.voice.tell()
    risky = lacking(planned.plan, accept)
    for step in risky:
        _typed(program, f"{_question(step)} Type the word {step.risk} to agree: ", str(step.risk))
    _typed(program, "Carry this out? Only 'yes' is taken as consent: ", "yes")
    return tuple(f"{step.risk}:{step.address}" for step in risky)


def _question(step: Step) -> str:
    from wizard.render.plain import RISKS

    return f"{step.resource.title}: {RISKS[step.risk or 'irreversible']}."


def _typed(program: Program, prompt: str, word: str) -> None:
    around = program.around
    around.stderr.write(prompt)
    around.stderr.flush()
    if around.stdin.readline().strip() != word:
        raise refuse(
            "consent", "You did not agree, so nothing was changed.", "Run the command again when you do."
        )


def _show(program: Program, desk: Desk, events: Iterator[Event], steps: int) -> Problem | None:
    """Every event as it happens; gives the problem that ended the run, if one did."""
    from services.events import Failed, Finished, Skipped, Succeeded
    from wizard.fatal import in_words

    problem: Problem | None = None
    event: Event | None = None
    done = 0
    try:
        with signals.told_with("Run the same command again: it goes on from there."):
            for event in events:
                done += isinstance(event, Succeeded | Skipped)
                if isinstance(event, Failed):
                    problem = event.problem
                _tell(program, desk, event)
    except ProblemError as error:
        if event is None or isinstance(event, Finished):
            raise
        problem = error.problem
        _tell(program, desk, Failed("", problem))
        _tell(program, desk, Finished(done, 1, max(steps - done - 1, 0)))
    if problem is not None and not program.voice.json:
        program.voice.tell(in_words(problem))
    return problem


def _tell(program: Program, desk: Desk, event: Event) -> None:
    from wizard.render.jsonl import event_line
    from wizard.render.plain import event_text

    if program.voice.json:
        program.voice.line(event_line(event, desk.endpoint))
    elif text := event_text(event):
        program.voice.data(text)
