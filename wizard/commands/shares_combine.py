"""`shares combine`: custodians together find out that their shares open the sealed file, or open it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.problems import refuse
from wizard.cli import Subcommand
from wizard.options import PATH

if TYPE_CHECKING:
    from services.recovery.split import Combined
    from wizard.root import Program

MOST = 16


@click.command(
    "combine",
    cls=Subcommand,
    help="Combines exactly as many shares as are needed and tests what they give against the sealed file. "
    "Without a FILE, the words are typed. The password is shown with --reveal alone.",
)
@click.argument("files", type=PATH, nargs=-1, metavar="FILE...")
@click.option("--sealed", type=PATH, required=True, metavar="PKE1", help="The sealed private key.")
@click.option(
    "--reveal",
    is_flag=True,
    help="Print the password on the standard output, for the vendor's recovery tool.",
)
@click.pass_obj
def command(program: Program, *, files: tuple[Path, ...], sealed: Path, reveal: bool) -> int:
    """See the help text."""
    from services.recovery import share_files, split
    from services.recovery.passwords import ITERATIONS, wipe
    from wizard.keys.making import given, worked

    content = share_files.read_sealed(sealed)
    shares = given(files) if files else _typed(program)
    rounds = program.around.pbkdf2_iterations or ITERATIONS
    found = worked(program, split.combining(shares, content, reveal=reveal, iterations=rounds))
    try:
        _say(program, sealed, found)
    finally:
        wipe(found.password)
    if not found.acceptable:
        program.voice.tell("! The key is not RSA-4096 with exponent 65537: make a new recovery key pair.")
        return 3
    return 0


def _typed(program: Program) -> list[tuple[str, bytearray]]:
    """Shares typed from paper, without being shown, until an empty line."""
    if not program.around.terminal:
        raise refuse(
            "usage",
            "No share was given, and there is no terminal to type one on.",
            "Name the share files after 'shares combine'.",
            where="FILE",
        )
    program.voice.tell(
        "Each custodian types a share, its words on one line. It is not shown. An empty line ends."
    )
    shares: list[tuple[str, bytearray]] = []
    while len(shares) < MOST:
        words = program.around.ask_secret(f"Share {len(shares) + 1}: ")
        if not words.strip():
            break
        shares.append((f"typed share {len(shares) + 1}", words))
    return shares


def _say(program: Program, sealed: Path, found: Combined) -> None:
    from services.recovery.split import combined_as_json

    voice = program.voice
    password = found.password.decode("ascii") if found.password is not None else None
    if voice.json:
        revealed = {"password": password} if password is not None else {}
        voice.document({**combined_as_json(found), **revealed})
        return
    says = (
        f"✓ {found.threshold} shares of set {found.identifier} open {sealed}.\n"
        f"  SHA-256 of its public key: {found.sha256}"
    )
    if password is None:
        voice.data(says)
        voice.tell("The password was not shown; --reveal prints it.")
    else:
        voice.tell(says)
        voice.data(password)
        voice.tell("! Whoever has this password and the sealed file has the key: leave it nowhere.")
