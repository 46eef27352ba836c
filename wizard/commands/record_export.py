"""`record export`: the record as a sheet to print, or for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.own_command import on_setup
from wizard.cli import Subcommand
from wizard.options import PATH

if TYPE_CHECKING:
    from services.record.paper import Style
    from wizard.root import Program


@click.command(
    "export",
    cls=Subcommand,
    config=True,
    help="Writes the record out: as a sheet to print (text), as JSON, CSV or Markdown. It holds no secret, but says which "
    "wallets there are. Keep a copy outside Palisade and outside this computer.",
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "csv", "markdown"]),
    help="Of the output (text; json with --json).",
)
@click.option("--out", type=PATH, metavar="F", help="Write to the new file F, for your eyes only.")
@click.pass_obj
def command(program: Program, *, config: Path, style: Style | None, out: Path | None) -> int:
    """See the help text."""
    from services import files
    from services.record import book, paper
    from services.recovery.keyfiles import refuse_taken
    from wizard.render import heads
    from wizard.render.jsonl import named

    if out is not None:
        refuse_taken(out)
    setup = program.setup(config)
    program.voice.tell(heads.set_up(setup.answers))
    record = book.read(book.place(setup, program.state))
    sheet = paper.sheet(record, setup, program.around.clock.wall())
    chosen: Style = style or ("json" if program.voice.json else "text")
    text = paper.written(sheet, chosen)
    if out is not None:
        files.publish(out, text.encode(), 0o600)
    if program.voice.json:
        written = None if out is None else str(out.absolute())
        program.voice.document({**named(setup), **paper.document(sheet), "written_to": written})
    else:
        program.voice.data(str(out) if out is not None else text.rstrip("\n"))
    if not record.wallets:
        how = on_setup("record add", config, "--from-verify")
        program.voice.tell(f"! No wallet is on record yet: {how}")
    return 0
