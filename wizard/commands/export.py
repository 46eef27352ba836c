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
        "or the architecture document. Reads only. The file holds the external ID, which is confidential."
    ),
)
@click.option("--format", "style", type=click.Choice(list(FORMATS)), required=True, help="Of the file.")
@click.option("--out", type=PATH, metavar="F", help="The new file to write (standard output).")
@click.option("--offline", is_flag=True, help="Do not ask AWS: as if nothing of the set-up were there yet.")
@click.pass_obj
def command(
    program: Program, *, config: Path, given: dict[str, object], style: str, out: Path | None, offline: bool
) -> int:
    """See the help text."""
    from services import files
    from services.recovery.keyfiles import refuse_taken
    from wizard.render import heads
    from wizard.render.plain import endpoint_lines

    if out is not None:
        refuse_taken(out)
    subject, endpoint = _subject(program, config, given, offline=offline)
    if endpoint:
        program.voice.tell(endpoint_lines(endpoint))
    program.voice.tell(heads.set_up(subject.setup.answers, subject.account))
    text: str = importlib.import_module(FORMATS[style]).text(subject)
    if out is None:
        program.voice.data(text.rstrip("\n"))
        return 0
    files.publish(out, text.encode(), 0o600)
    if program.voice.json:
        program.voice.document({"file": str(out.absolute()), "format": style, "endpoint": endpoint})
    else:
        program.voice.data(str(out))
    program.voice.tell(f"{out} is written, readable by you alone: it holds the external ID.")
    return 0


def _subject(
    program: Program, config: Path, given: dict[str, object], *, offline: bool
) -> tuple[Subject, str]:
    """The set-up as it is in AWS, or as if nothing of it were there; and the endpoint if it is not AWS's own."""
    from services.blueprint import blueprint
    from services.engine.world import World
    from services.export.subject import Subject
    from services.problems import refuse
    from services.work import make_plan

    if not offline:
        desk = program.desk(config, given)
        return Subject(
            desk.setup, desk.identity.account, desk.blueprint, make_plan(desk).world
        ), desk.endpoint
    setup = program.setup(config, given)
    account = setup.answers.text("aws.account")
    if not account:
        raise refuse(
            "invalid-answer",
            "Without asking AWS the program cannot know the account, and the setup file does not name it.",
            "Put the account's twelve digits under aws.account, or leave out --offline.",
            where="aws.account",
        )
    return Subject(setup, account, blueprint(setup.answers, account), World()), ""
