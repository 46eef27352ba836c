"""`export`: the blueprint of a set-up for other tools, and the document that describes it."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wizard.cli import Subcommand
from wizard.options import PATH

if TYPE_CHECKING:
    from services.export.subject import Subject
    from services.setup_file import SetupFile
    from wizard.root import Program

FORMATS = {
    "aws-cli": "services.export.script",
    "cloudformation": "services.export.cloudformation",
    "terraform": "services.export.terraform",
    "markdown": "services.export.architecture",
}


@click.command(
    "export",
    cls=Subcommand,
    config=True,
    answers="hidden",
    help=(
        "Writes the same blueprint for other tools: a shell script, a CloudFormation template, a Terraform file, "
        "or the architecture document. Reads only. The file holds the external ID, which is confidential; the document "
        "shows its last characters alone."
    ),
)
@click.option("--format", "style", type=click.Choice(list(FORMATS)), required=True, help="Of the file.")
@click.option("--out", type=PATH, metavar="F", help="The new file to write (standard output).")
@click.option(
    "--also",
    type=PATH,
    multiple=True,
    metavar="S2",
    help="Another setup file, for a document of several environments side by side (markdown only; may be repeated).",
)
@click.option("--offline", is_flag=True, help="Do not ask AWS: as if nothing of the set-up were there yet.")
@click.pass_obj
def command(
    program: Program,
    *,
    config: Path,
    given: dict[str, object],
    style: str,
    out: Path | None,
    also: tuple[Path, ...],
    offline: bool,
) -> int:
    """See the help text."""
    from services import files, setup_file
    from services.problems import refuse
    from services.recovery.keyfiles import refuse_taken
    from wizard.render import heads
    from wizard.render.plain import endpoint_lines

    if out is not None:
        refuse_taken(out)
    if also and style != "markdown":
        raise refuse(
            "usage",
            f"--also is for the document that compares environments, and {style} describes one set-up.",
            "Leave --also out, or give --format markdown.",
            where="--also",
        )
    subject = _subject(program, _setup(program, config, given), offline=offline)
    others = [_subject(program, setup_file.read(path), offline=offline) for path in also]
    endpoint = next((one.endpoint for one in (subject, *others) if one.endpoint), "")
    if endpoint:
        program.voice.tell(endpoint_lines(endpoint))
    module = importlib.import_module(FORMATS[style])
    text: str = module.together((subject, *others)) if others else module.text(subject)
    program.voice.tell(heads.set_up(subject.setup.answers, subject.account))
    if out is None:
        program.voice.data(text.rstrip("\n"))
        return 0
    files.publish(out, text.encode(), 0o600)
    if program.voice.json:
        program.voice.document({"file": str(out.absolute()), "format": style, "endpoint": endpoint})
    else:
        program.voice.data(str(out))
    holds = "the external ID in it is masked" if style == "markdown" else "it holds the external ID"
    program.voice.tell(f"{out} is written, readable by you alone: {holds}.")
    return 0


def _setup(program: Program, config: Path, given: dict[str, object]) -> SetupFile:
    from services.answers import complete

    setup = program.setup(config, given)
    complete(setup.answers)
    return setup


def _subject(program: Program, setup: SetupFile, *, offline: bool) -> Subject:
    """The set-up as it is in AWS, or as if nothing of it were there."""
    from services import setup_file
    from services.blueprint import blueprint
    from services.engine.world import World
    from services.export.subject import Subject
    from services.problems import refuse
    from services.work import make_plan, open_desk

    answers = setup.answers
    if not offline:
        made = program.connect(answers.text("aws.profile"), answers.text("aws.region"))
        desk = open_desk(setup, program.patient(made.aws), program.state, program.around.clock, made.endpoint)
        world = make_plan(desk).world
        now = program.around.clock.wall()
        return Subject(desk.setup, desk.identity.account, desk.blueprint, world, now, desk.endpoint)
    account = answers.text("aws.account")
    if not account:
        raise refuse(
            "invalid-answer",
            "Without asking AWS the program cannot know the account, and the setup file does not name it.",
            "Put the account's twelve digits under aws.account, or leave out --offline.",
            where="aws.account",
        )
    # What is made later carries the set-up's id, so it must have one by now.
    setup = setup_file.identified(setup)
    return Subject(setup, account, blueprint(setup.answers, account), World())
