"""Where a password comes from: a file, the standard input, the keyboard without echo, or the program itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from services import files
from services.problems import refuse
from services.recovery.passwords import check_password, from_file, wipe
from services.recovery.strength import generated, strength
from wizard.options import STDIN
from wizard.terminal import no_terminal

if TYPE_CHECKING:
    from wizard.root import Program

LARGEST = 64 * 1024
TRIES = 3


def given(program: Program, file: Path | None) -> bytearray | None:
    """The password of a file, or of the standard input for `-`; None if no file is named."""
    if file is None:
        return None
    if file != STDIN:
        return from_file(files.read_secret(file, LARGEST, stream=True))
    content = _streamed(program)
    if len(content) > LARGEST:
        wipe(content)
        raise refuse(
            "unreadable-file", "The standard input holds more than a password.", "Check what is sent to it."
        )
    return from_file(content)


def _streamed(program: Program) -> bytearray:
    try:
        return bytearray(program.around.stdin.buffer.read(LARGEST + 1))
    except OSError as error:  # of a descriptor that is open for writing alone, or a terminal that is gone
        raise refuse(
            "unreadable-file",
            f"The standard input cannot be read ({error.strerror}).",
            "Check what is sent to it, or give the password in a file.",
        ) from None


def existing(program: Program, file: Path | None) -> bytearray:
    """The password that opens a file, typed once if no file names it."""
    found = given(program, file)
    if found is not None:
        return found
    _need_terminal(program)
    return program.around.ask_secret("Password: ")


def new(program: Program, file: Path | None, prompt: str = "New password") -> bytearray:
    """A new password, typed twice if no file names it. Errors: `bad-password`, `no-terminal`."""
    found = given(program, file)
    if found is not None:
        check_password(found)
        program.voice.tell(f"Password: {strength(found).says}")
        return found
    _need_terminal(program)
    program.voice.tell(
        "Choose the password that seals the private key. Without it, nobody can open the backups."
    )
    for _ in range(TRIES):
        first = program.around.ask_secret(f"{prompt}: ")
        check_password(first)
        program.voice.tell(strength(first).says)
        second = program.around.ask_secret(f"{prompt}, again: ")
        same = first == second
        wipe(second)
        if same:
            return first
        wipe(first)
        program.voice.tell("The two are not the same.")
    raise refuse("bad-password", "The password was not typed twice in the same way.", "Start again.")


def made(program: Program) -> bytearray:
    """A strong password made here, shown once, and typed back before anything depends on it.

    Errors: `no-terminal`, `bad-password` if it was not typed back.
    """
    if not program.around.terminal:
        raise no_terminal("A generated password is shown once, and there is no terminal to show it on.")
    password = generated()
    voice = program.voice
    voice.tell("Write this password down now; it is shown once and kept nowhere:")
    voice.tell(f"\n    {password.decode('ascii')}\n")
    for _ in range(TRIES):
        typed = program.around.ask_secret("Type it from your paper: ")
        same = typed == password
        wipe(typed)
        if same:
            voice.tell(
                "It is right. Clear this window before you leave it: the password is still to be seen here."
            )
            return password
        voice.tell("That is not the password above.")
    wipe(password)
    raise refuse(
        "bad-password", "The generated password was not typed back, so no key was made.", "Start again."
    )


def pin(program: Program, file: Path | None, token: str) -> bytearray:
    """The PIN of a token, typed if no file names it; never empty, because each wrong one that a token is asked counts.

    Errors: `no-terminal`, `wrong-password`.
    """
    found = given(program, file)
    if found is None:
        if not program.around.terminal:
            raise no_terminal("A PIN is needed and there is no terminal to type it on.", "--pin-file")
        found = program.around.ask_secret(f"PIN of the token {token}: ")
    if not found:
        raise refuse(
            "wrong-password",
            "The PIN is empty, so the token was not asked and none of its tries is used up.",
            "Type the PIN, or give a file that holds it with --pin-file F.",
            where="--pin-file",
        )
    return found


def _need_terminal(program: Program) -> None:
    if not program.around.terminal:
        raise no_terminal("A password is needed and there is no terminal to type it on.")
