"""`record remove`: takes a wallet off the record, after saying what that means; its values stay in the file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.own_command import on_setup
from services.problems import refuse
from wizard.cli import Subcommand
from wizard.records import key_id_option, say_changed
from wizard.terminal import agreed

if TYPE_CHECKING:
    from services.record.wallet import Wallet
    from wizard.root import Program


@click.command(
    "remove",
    cls=Subcommand,
    config=True,
    help="Takes a wallet off the record and off every sheet that is printed from it. Its values stay in the file: 'record "
    "restore' puts it back.",
)
@key_id_option(multiple=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def command(program: Program, *, config: Path, key_id: str, yes: bool) -> int:
    """See the help text."""
    from services.record import book
    from wizard.render import heads

    setup = program.setup(config)
    program.voice.tell(heads.set_up(setup.answers))
    place = book.place(setup, program.state)
    wallet = book.found(book.read(place), key_id)
    if not yes:
        _ask(program, wallet)
    book.remove(place, program.around.clock, key_id)
    say_changed(program, setup, "It is off the record; its values are kept in", wallet)
    program.voice.tell(f"Put it back: {on_setup('record restore', config, '--key-id', wallet.key_id)}")
    return 0


def _ask(program: Program, wallet: Wallet) -> None:
    around = program.around
    lost = (
        f"Removing the wallet {wallet.key_id} takes its quorum ID and key ID off the record and off every sheet that is "
        "printed from now on. Without them it cannot be recovered."
    )
    if not around.terminal or program.voice.json:
        raise refuse(
            "consent", f"{lost} Nobody can be asked, so nothing was removed.", "Add --yes.", where="--yes"
        )
    if not agreed(around, f"{lost}\nRemove it? Only 'yes' is taken as consent: "):
        raise refuse(
            "consent", "You did not agree, so nothing was removed.", "Run the command again when you do."
        )
