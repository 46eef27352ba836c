"""`token store`: the sealed file, or where that is too large its password, into a token."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.problems import refuse
from wizard.cli import Subcommand
from wizard.keys.tokens import driver, find, token_options
from wizard.options import PATH, SECRET

if TYPE_CHECKING:
    from services.papers import Paper
    from services.recovery.token import Stored
    from services.setup_file import SetupFile
    from wizard.root import Program


@click.command(
    "store",
    cls=Subcommand,
    help="Stores the sealed private key FILE in a token as a private object, and reads it back. "
    "Where the token is too small for it, --only-password stores its password instead, after it has opened FILE.",
)
@click.argument("file", type=PATH)
@token_options
@click.option("--only-password", is_flag=True, help="Store the password of FILE, not FILE itself.")
@click.option(
    "--password-file",
    type=SECRET,
    metavar="F",
    help="The password for --only-password (- is the standard input).",
)
@click.option(
    "--config", type=PATH, metavar="S", help="Record in this setup file that an HSM guards the key."
)
@click.pass_obj
def command(
    program: Program,
    *,
    file: Path,
    token_label: str,
    serial: str,
    label: str,
    pin_file: Path | None,
    module: Path | None,
    only_password: bool,
    password_file: Path | None,
    config: Path | None,
) -> int:
    """See the help text."""
    from services import papers
    from services.recovery import share_files, token
    from wizard import passwords
    from wizard.keys import place
    from wizard.keys.making import worked

    if password_file is not None and not only_password:
        raise refuse(
            "usage",
            "--password-file is for --only-password.",
            "Give both, or neither.",
            where="--password-file",
        )
    setup = program.setup(config) if config is not None else None
    if setup is not None:
        from wizard.render import heads

        program.voice.tell(heads.set_up(setup.answers))
    sealed = share_files.read_sealed(file)
    of = driver(program, module)
    found = find(program, of, token_label, serial)
    content = _password(program, sealed, password_file) if only_password else bytearray(sealed)
    what: token.What = "password" if only_password else "sealed-file"
    token.check_label(label)
    pin = passwords.pin(program, pin_file, token_label)
    stored = worked(program, token.storing(of, found, label, what, content=content, pin=pin))
    if setup is not None:
        _record(setup)
    of_key = place.purpose(setup, "")
    _say(
        program,
        file,
        stored,
        papers.write_token_sheet(file, of_key, program.around.clock.wall(), stored.token),
    )
    return 0


def _password(program: Program, sealed: bytes, file: Path | None) -> bytearray:
    """The password of the sealed file, which it has just opened."""
    from services.recovery import check
    from services.recovery.encoding import MAGIC
    from services.recovery.passwords import ITERATIONS, wipe
    from wizard import passwords

    if not sealed.startswith(MAGIC):
        raise refuse(
            "unreadable-file",
            "The file is no sealed key, so it has no password to be guarded.",
            "Give the .pke1 file.",
        )
    password = passwords.existing(program, file)
    rounds = program.around.pbkdf2_iterations or ITERATIONS
    try:
        check.checking(sealed, None, bytearray(password), iterations=rounds).run()
    except BaseException:
        wipe(password)
        raise
    return password


def _record(setup: SetupFile) -> None:
    from services import setup_file

    setup_file.record(setup, {"recovery_key.custody": "hsm"})


def _say(program: Program, file: Path, stored: Stored, sheet: Paper) -> None:
    if sheet.says:
        program.voice.tell(f"! {sheet.says}")
    if program.voice.json:
        program.voice.document(
            {
                "token": stored.token,
                "label": stored.label,
                "what": stored.what,
                "size": stored.size,
                "sheet": None if sheet.path is None else str(sheet.path),
            }
        )
        return
    what = f"The password of {file}" if stored.what == "password" else str(file)
    program.voice.data(
        f"✓ {what} is in the token {stored.token} as {stored.label} ({stored.size} bytes), and was read back."
    )
    if sheet.path is not None:
        program.voice.tell(f"Print {sheet.path}: the sheet that names the token.")
    program.voice.tell("Keep another copy of the sealed file: a token can break, too.")
