"""`keycheck`: what a key file is, whether recovery can rely on it, and a form that the recovery tool takes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.clock import stamp
from services.problems import refuse
from wizard.cli import Subcommand
from wizard.options import PATH, SECRET

if TYPE_CHECKING:
    from services.recovery.check import CheckResult, Converted
    from services.recovery.keyfiles import Format
    from wizard.root import Program


@click.command(
    "keycheck",
    cls=Subcommand,
    help="Says what a key file is, whether it is RSA-4096 with exponent 65537, whether the vendor's recovery tool "
    "takes it, and whether it belongs to a public key. Exit status 3 if recovery must not rely on it.",
)
@click.argument("file", type=PATH)
@click.option("--public", type=PATH, metavar="PUB", help="The public key that it should belong to.")
@click.option(
    "--password-file",
    type=SECRET,
    metavar="F",
    help="Open it with the password in F (- is the standard input).",
)
@click.option(
    "--keyring",
    is_flag=True,
    help="Open it with the copy of the password in this computer's keyring; needs --public.",
)
@click.option(
    "--prove",
    is_flag=True,
    help="Open the private key, encrypt and decrypt with it: the yearly proof that you still can.",
)
@click.option(
    "--vendor-tool",
    "ask_vendor",
    is_flag=True,
    help="Have the vendor's recovery tool on PATH prove it, after asking; else print the command.",
)
@click.option("--convert-to", type=click.Choice(["pke1", "hex"]), help="Write the private key in this form.")
@click.option("--out", type=PATH, metavar="F", help="The new file for --convert-to; it must not exist.")
@click.option(
    "--new-password-file", type=SECRET, metavar="F",
    help="Seal the converted file with the password in F (the one that opens FILE, if it is sealed).",
)  # fmt: skip
@click.pass_obj
def command(
    program: Program,
    *,
    file: Path,
    public: Path | None,
    password_file: Path | None,
    keyring: bool,
    prove: bool,
    ask_vendor: bool,
    convert_to: Format | None,
    out: Path | None,
    new_password_file: Path | None,
) -> int:
    """See the help text."""
    from services import files
    from services.recovery import check
    from wizard.keys.vendor import proven
    from wizard.keys.words import OPEN

    if (convert_to is None) != (out is None):
        raise refuse(
            "usage", "--convert-to and --out belong together.", "Give both, or neither.", where="--out"
        )
    if new_password_file is not None and convert_to != "pke1":
        raise refuse(
            "usage",
            "--new-password-file seals a converted file, and none is to be sealed.",
            "Leave it out, or add --convert-to pke1 --out NEW-FILE.",
            where="--new-password-file",
        )
    if keyring and (public is None or password_file is not None):
        raise refuse(
            "usage",
            "--keyring finds the password by the public key, and replaces --password-file.",
            "Give --public PUB, and no --password-file.",
            where="--keyring",
        )
    data = files.read_small(file, stream=True)
    other = files.read_small(public, stream=True) if public is not None else None
    if keyring and other is not None:
        password: bytearray | None = _from_keyring(program, other)
    else:
        password = _opening(program, data, password_file, needed=prove or convert_to is not None)
    spare = bytearray(password) if password is not None else None
    result = check.checking(data, other, password, prove=prove, iterations=_rounds(program)).run()
    converted = None
    if convert_to is not None and out is not None and result.acceptable is not False:
        converted = _converted(
            program, data, convert_to, out, result, password=spare, new_password_file=new_password_file
        )
    vendor = ask_vendor and _for_vendor(program, result)
    more = {"vendor_tool": proven(program, file)} if vendor and program.voice.json else {}
    _say(program, file, result, converted, more)
    if converted is not None and converted.format == "hex":
        program.voice.tell(OPEN)
    if out is not None and converted is None:
        program.voice.tell(f"Nothing was written to {out}, because recovery must not rely on this key.")
    if vendor and not program.voice.json:
        proven(program, file)
    problem = check.verdict(result)
    if problem is None or (converted and problem.code == "failed-check"):
        return 0
    if not program.voice.json:
        program.voice.tell(" ".join((problem.summary, *problem.remedy)))
    return problem.exit_code


def _rounds(program: Program) -> int:
    from services.recovery.passwords import ITERATIONS

    return program.around.pbkdf2_iterations or ITERATIONS


def _opening(program: Program, data: bytes, password_file: Path | None, *, needed: bool) -> bytearray | None:
    """The password that opens the file, asked for only where it is sealed and must be opened."""
    from services.recovery import check
    from wizard import passwords

    found = passwords.given(program, password_file)
    if found is not None or not needed:
        return found
    closed = check.checking(data, iterations=_rounds(program)).run()
    return passwords.existing(program, None) if closed.sealed else None


def _from_keyring(program: Program, public: bytes) -> bytearray:
    """The copy of the password that the keyring has for this public key."""
    from services.recovery import check
    from wizard.keys.copies import fetched

    fingerprint = check.checking(public).run().sha256
    if fingerprint is None:
        raise refuse(
            "unreadable-file",
            "The file given with --public does not say which key it is.",
            "Give the public key.",
            where="--public",
        )
    return fetched(program, fingerprint)


def _for_vendor(program: Program, result: CheckResult) -> bool:
    if not (result.is_private and result.recovery_tool_accepts):
        program.voice.tell(
            "! The vendor's tool proves private files alone, in a form that it takes; it was not asked."
        )
        return False
    return True


def _converted(
    program: Program,
    data: bytes,
    to: Format,
    out: Path,
    result: CheckResult,
    *,
    password: bytearray | None,
    new_password_file: Path | None,
) -> Converted:
    from services.recovery import check
    from services.recovery.keyfiles import refuse_written
    from wizard import passwords

    refuse_written(out)
    new: bytearray | None = None
    if to == "pke1":
        if new_password_file is None and password is not None:
            new = bytearray(password)
        else:
            new = passwords.new(program, new_password_file)
    opening = password if result.sealed else None
    return check.converting(
        data, out, to, password=opening, new_password=new, iterations=_rounds(program)
    ).run()


def _say(
    program: Program,
    file: Path,
    result: CheckResult,
    converted: Converted | None,
    more: Mapping[str, object],
) -> None:
    from services.recovery import check

    if program.voice.json:
        document = {**check.as_json(result), **more}
        if converted is not None:
            document["converted"] = {
                "file": str(converted.file),
                "format": converted.format,
                "notes": list(converted.notes),
            }
        program.voice.document(document)
        return
    tool = "takes it" if result.recovery_tool_accepts else "does not take it"
    lines = [f"{file}: {result.kind}"]
    if result.bits is not None:
        lines.append(f"  RSA with {result.bits} bits, exponent {result.exponent}, SHA-256 {result.sha256}")
    lines += [f"  {note}" for note in result.notes]
    if result.is_private and result.acceptable is not None:
        lines.append(f"  The vendor's recovery tool {tool}.")
    if result.proven:
        day = stamp(program.around.clock.wall())[:10]
        lines.append(
            f"  Proven on {day}: it still opens, and what its public key encrypts it decrypts. Note the day; "
            "prove it again within a year."
        )
    if converted is not None:
        lines.append(f"  Written to {converted.file} as {converted.format}, read back and proven.")
        lines += [f"  {note}" for note in converted.notes]
    program.voice.data("\n".join(lines))
