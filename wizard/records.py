"""What the commands of the record share: the options that name a wallet and its values, and how a change is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from services.own_command import on_setup
from services.problems import refuse

if TYPE_CHECKING:
    from services.record.wallet import Wallet
    from services.setup_file import SetupFile
    from wizard.root import Program

_Function = Callable[..., Any]


def key_id_option(*, multiple: bool) -> Callable[[_Function], _Function]:
    """`--key-id ID`."""
    if multiple:
        says = "The wallet; may be repeated with --from-verify."
        return click.option("--key-id", "key_ids", multiple=True, metavar="ID", help=says)
    return click.option("--key-id", required=True, metavar="ID", help="The wallet.")


def value_options(command: _Function) -> _Function:
    """The values of a wallet, none of which must be given."""
    for option in reversed(
        (
            click.option("--quorum-id", metavar="ID", help="Its quorum (palisade.quorum_id)."),
            click.option("--algorithm", metavar="SECP256K1|ED25519", help="Of its key."),
            click.option("--address", metavar="ADDRESS", help="One of its addresses, to know it by."),
            click.option("--kit", metavar="NAME", help="The backup kit of its quorum (palisade.kit_name)."),
            click.option(
                "--fingerprint",
                "fingerprints",
                multiple=True,
                metavar="SHA256",
                help="The recovery key that opens it (recovery_key.fingerprint); may be repeated.",
            ),
        )
    ):
        command = option(command)
    return command


def one_wallet(key_ids: Sequence[str]) -> str:
    """The one key ID that was given."""
    if len(key_ids) == 1:
        return key_ids[0]
    raise refuse(
        "usage",
        "Values belong to one wallet, and its key ID says to which.",
        "Give one --key-id; several go with --from-verify.",
        where="--key-id",
    )


def tell_of_copy(program: Program, setup: SetupFile) -> None:
    """Says where the record has no whole copy: whoever changes it must know that there is no second way back."""
    from services.record import book
    from wizard.render.record import copy_warnings

    for sentence in copy_warnings(book.read(book.place(setup, program.state))):
        program.voice.tell(sentence)


def say_changed(program: Program, setup: SetupFile, words: str, wallet: Wallet | None) -> None:
    """Tells of one wallet what was done with it, as JSON or in words."""
    from services.record import book
    from services.record.wallet import as_json
    from wizard.render.jsonl import named
    from wizard.render.record import wallet_lines

    path = book.place(setup, program.state).path
    if program.voice.json:
        document = {**named(setup), "file": str(path), "wallet": as_json(wallet) if wallet else None}
        program.voice.document(document)
    elif wallet is not None:
        program.voice.data("\n".join(wallet_lines(wallet, verbose=program.options.verbose)))
    program.voice.tell(f"{words} {path}.")
    tell_of_copy(program, setup)
    program.voice.tell(
        f"Print it: {on_setup('record export', setup.path, '--format', 'text', '--out', 'RECORD.txt')}"
    )
