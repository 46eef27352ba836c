"""`record change`: gives a wallet on record other values; the earlier ones stay in the file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.problems import refuse
from wizard.cli import Subcommand
from wizard.records import key_id_option, say_changed, value_options

if TYPE_CHECKING:
    from services.record.wallet import Wallet
    from wizard.root import Program


@click.command(
    "change",
    cls=Subcommand,
    config=True,
    help="Gives a wallet on record other values; the earlier ones stay in the file's history. Another quorum ID or algorithm "
    "takes its proofs away, because they were about the old one. An empty value ('') takes a value away.",
)
@key_id_option(multiple=False)
@value_options
@click.pass_obj
def command(
    program: Program,
    *,
    config: Path,
    key_id: str,
    quorum_id: str | None,
    algorithm: str | None,
    address: str | None,
    kit: str | None,
    fingerprints: tuple[str, ...],
) -> int:
    """See the help text."""
    from services.record import book
    from services.record.wallet import algorithm_of, uuid_of
    from wizard.render import heads

    if all(value is None for value in (quorum_id, algorithm, address, kit)) and not fingerprints:
        raise refuse(
            "usage",
            "No other value was given, so there is nothing to change.",
            "Give --quorum-id, --algorithm, --address, --kit or --fingerprint.",
            where="--key-id",
        )

    def changed(before: Wallet) -> Wallet:
        after = replace(
            before,
            quorum_id=before.quorum_id if quorum_id is None else uuid_of(quorum_id, "--quorum-id"),
            algorithm=before.algorithm if algorithm is None else algorithm_of(algorithm),
            address=before.address if address is None else address,
            kit=before.kit if kit is None else kit,
            fingerprints=tuple(one for one in fingerprints if one) if fingerprints else before.fingerprints,
        )
        same = (after.quorum_id, after.algorithm) == (before.quorum_id, before.algorithm)
        return after if same else replace(after, proofs=())

    setup = program.setup(config)
    program.voice.tell(heads.set_up(setup.answers))
    record = book.change(book.place(setup, program.state), program.around.clock, key_id, changed)
    say_changed(program, setup, "It is changed in", record.find(key_id.strip()))
    return 0
