"""`answers template`: a template out of a setup file, for more set-ups like it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.own_command import own_command
from wizard.cli import Subcommand
from wizard.options import PATH
from wizard.render.jsonl import named

if TYPE_CHECKING:
    from wizard.root import Program


@click.command(
    "template",
    cls=Subcommand,
    help="Makes a template out of a setup file: its answers, with placeholders where each new set-up needs a name of its "
    "own. 'answers new --template' fills it. The template holds the external ID, which is confidential.",
)
@click.option("--out", type=PATH, required=True, metavar="T", help="The file to write; it must not exist.")
@click.option(
    "--from", "pattern", type=PATH, required=True, metavar="S0", help="The setup file that it is made of."
)
@click.pass_obj
def command(program: Program, *, out: Path, pattern: Path) -> int:
    """See the help text."""
    from services import files, setup_file
    from services.recovery.keyfiles import refuse_taken
    from services.repeat.writing import template_text

    refuse_taken(out)
    setup = setup_file.read(pattern)
    files.publish(out, template_text(setup).encode(), 0o600)
    if program.voice.json:
        program.voice.document({**named(setup), "template": str(out.absolute())})
    else:
        program.voice.data(str(out))
    program.voice.tell(
        f"{out} is written, readable by you alone. Look at its placeholders, then, for each set-up:"
    )
    program.voice.tell(f"  {own_command('answers new', '--out', 'NAME.toml', '--template', out)}")
    return 0
