"""`manual`: the manual page, for `man` or a printer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wizard import PROGRAM
from wizard.cli import Subcommand
from wizard.options import PATH

if TYPE_CHECKING:
    from wizard.root import Program


@click.command(
    "manual",
    cls=Subcommand,
    help="Prints the manual page in the language of man(1). Read it with "
    f"'{PROGRAM} manual --out {PROGRAM}.1', then 'man ./{PROGRAM}.1'.",
)
@click.option("--out", type=PATH, metavar="F", help="The new file to write (standard output).")
@click.pass_obj
def command(program: Program, *, out: Path | None) -> int:
    """See the help text."""
    from services import files
    from services.recovery.keyfiles import refuse_taken
    from wizard.cli import main_group
    from wizard.manual.page import page

    text = page(main_group())
    if out is not None:
        refuse_taken(out)
        files.publish(out, text.encode(), 0o644)
    if program.voice.json:
        program.voice.document(
            {"file": str(out.absolute()) if out else None, "manual": None if out else text}
        )
    else:
        program.voice.data(text.rstrip("\n") if out is None else str(out))
    if out is not None:
        program.voice.tell(f"Read it with: man {out if out.is_absolute() else f'./{out}'}")
    return 0
