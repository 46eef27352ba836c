"""`record restore`: puts a removed wallet back on record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wizard.cli import Subcommand
from wizard.records import key_id_option, say_changed

if TYPE_CHECKING:
    from wizard.root import Program


@click.command(
    "restore",
    cls=Subcommand,
    config=True,
    help="Puts a wallet that was removed back on record, with the values that it had.",
)
@key_id_option(multiple=False)
@click.pass_obj
def command(program: Program, *, config: Path, key_id: str) -> int:
    """See the help text."""
    from services.record import book
    from wizard.render import heads

    setup = program.setup(config)
    program.voice.tell(heads.set_up(setup.answers))
    record = book.restore(book.place(setup, program.state), program.around.clock, key_id)
    say_changed(program, setup, "It is on record again in", record.find(key_id.strip()))
    return 0
