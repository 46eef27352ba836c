"""`token read`: what a token guards, taken out again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.problems import refuse
from wizard.cli import Subcommand
from wizard.keys.tokens import driver, find, token_options
from wizard.options import PATH

if TYPE_CHECKING:
    from services.recovery.token import Held
    from wizard.root import Program


@click.command(
    "read",
    cls=Subcommand,
    help="Takes out what 'token store' put into a token: a sealed file goes to the new file --out, "
    "a password is printed with --reveal alone.",
)
@token_options
@click.option("--out", type=PATH, metavar="F", help="The new file for the sealed key; it must not exist.")
@click.option("--reveal", is_flag=True, help="Print the password on the standard output, if it is one.")
@click.pass_obj
def command(
    program: Program,
    *,
    token_label: str,
    serial: str,
    label: str,
    pin_file: Path | None,
    module: Path | None,
    out: Path | None,
    reveal: bool,
) -> int:
    """See the help text."""
    from services.recovery import token
    from services.recovery.keyfiles import refuse_written
    from services.recovery.passwords import wipe
    from wizard import passwords
    from wizard.keys.making import worked

    if out is not None:
        refuse_written(out)
    of = driver(program, module)
    found = find(program, of, token_label, serial)
    token.check_label(label)
    pin = passwords.pin(program, pin_file, token_label)
    held = worked(program, token.reading(of, found, label, pin))
    document: dict[str, object] = {"token": token_label, "label": label, "what": held.what}
    try:
        document |= _given_out(program, held, out, reveal=reveal)
    finally:
        wipe(held.content)
    if program.voice.json:
        program.voice.document(document)
    return 0


def _given_out(program: Program, held: Held, out: Path | None, *, reveal: bool) -> dict[str, object]:
    """The sealed file goes into its file, the password onto the standard output; neither goes where it was not sent."""
    from services import files
    from services.recovery import keyfiles

    if held.what == "sealed-file":
        if out is None:
            raise refuse(
                "usage", "The token holds a sealed file, which needs a place.", "Add --out F.", where="--out"
            )
        published = files.publish(out.absolute(), held.content)
        keyfiles.clear(published.path)
        for note in published.notes:
            program.voice.tell(f"! {note}")
        if not program.voice.json:
            program.voice.data(f"✓ The sealed key is in {published.path}.")
        return {"file": str(published.path), "notes": list(published.notes)}
    if not reveal:
        raise refuse(
            "usage",
            "The token holds a password, which is not shown and not written to a file.",
            "Add --reveal to print it, where nobody else looks on.",
            where="--reveal",
        )
    password = held.content.decode("utf-8", "replace")
    if program.voice.json:
        return {"password": password}
    program.voice.data(password)
    return {}
