"""`keygen`: the recovery key pair in its files, and its place in the setup file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.problems import ProblemError, refuse
from wizard.cli import Subcommand
from wizard.commands.answers_new import as_seen_from
from wizard.options import PATH

if TYPE_CHECKING:
    from services.recovery.keyfiles import Format, KeyFiles
    from services.recovery.keypair import Request
    from services.recovery.process import Work
    from services.setup_file import SetupFile
    from wizard.root import Program


@click.command(
    "keygen",
    cls=Subcommand,
    help="Makes the recovery key pair: NAME.pub.der and NAME.pub.hex for Palisade, and the sealed private key, "
    "which stays with you. Nothing is ever overwritten.",
)
@click.option("--out", type=PATH, required=True, metavar="DIR", help="The folder for the files.")
@click.option("--config", type=PATH, metavar="S", help="Record the public key in this setup file.")
@click.option("--name", default="recovery", show_default=True, help="How the files are called.")
@click.option(
    "--format", "style", type=click.Choice(["pke1", "hex"]), default="pke1", show_default=True,
    help="pke1: sealed with a password. hex: open text.",
)  # fmt: skip
@click.option(
    "--password-file", type=PATH, metavar="F", help="Take the password from F (- is the standard input)."
)
@click.option("--complete", is_flag=True, help="Finish what an interrupted run left.")
@click.option("--shares", hidden=True)
@click.option("--threshold", hidden=True)
@click.option("--share-dir", "share_dirs", multiple=True, hidden=True)
@click.pass_obj
def command(
    program: Program,
    *,
    out: Path,
    config: Path | None,
    name: str,
    style: Format,
    password_file: Path | None,
    complete: bool,
    shares: str | None,
    threshold: str | None,
    share_dirs: tuple[str, ...],
) -> int:
    """See the help text."""
    from services.recovery import keyfiles

    if shares or threshold or share_dirs:
        raise refuse(
            "usage",
            "Splitting the secret into shares (--shares, --threshold, --share-dir) is not in this version.",
            "Seal the key with a password instead.",
            where="--shares",
        )
    setup = _keyless(program, config)
    request = _request(program, out, name, style)
    made = _completed(program, request, password_file) if complete else _made(program, request, password_file)
    if setup is not None:
        _record(setup, made)
    _say(program, made, config)
    if program.voice.json:
        program.voice.document(keyfiles.as_json(made))
    return 0


def _request(program: Program, out: Path, name: str, style: Format) -> Request:
    from services.recovery.keypair import Request

    request = Request(out.absolute(), name, style)
    rounds = program.around.pbkdf2_iterations
    return replace(request, iterations=rounds) if rounds else request


def _keyless(program: Program, config: Path | None) -> SetupFile | None:
    """The setup file, refused if it has a recovery key: a kit and its quorums keep their key."""
    if config is None:
        return None
    setup = program.setup(config)
    for key in ("recovery_key.public_files", "recovery_key.fingerprint"):
        if setup.answers.get(key):
            raise refuse(
                "exists",
                f"The set-up in {config} has a recovery key already, so no other one is made for it.",
                "Make a new setup file for a new kit ('palisade-wizard answers new --from S0').",
                f"If that key was never entered in Palisade, remove {key} from the file first.",
                where=key,
            )
    return setup


def _made(program: Program, request: Request, password_file: Path | None) -> KeyFiles:
    from services.recovery import keyfiles
    from services.recovery.keypair import generating
    from wizard import passwords

    left = keyfiles.leftover(request.folder, request.name)
    if left is not None:
        raise refuse(
            "exists",
            f"An earlier run left {left.private_file} without its public files.",
            "Finish it with the same command and --complete, which needs its password.",
            "Or choose another name with --name.",
            where=str(left.private_file),
        )
    try:
        keyfiles.refuse_existing(keyfiles.paths(request.folder, request.name))
    except ProblemError as error:
        hint = "If an earlier run made them and only the setup file lacks them, add --complete."
        raise ProblemError(replace(error.problem, remedy=(*error.problem.remedy, hint))) from None
    password = passwords.new(program, password_file) if request.format == "pke1" else bytearray()
    return _worked(program, generating(request, password))


def _completed(program: Program, request: Request, password_file: Path | None) -> KeyFiles:
    from services.recovery import keyfiles
    from services.recovery.keypair import completing
    from wizard import passwords

    left = keyfiles.leftover(request.folder, request.name)
    if left is None:
        return _found(request)
    password = passwords.existing(program, password_file) if left.format == "pke1" else bytearray()
    return _worked(program, completing(request, password))


def _found(request: Request) -> KeyFiles:
    """A pair that is complete on the disk: only the setup file does not know it yet."""
    from services import files
    from services.recovery import keyfiles
    from services.recovery.formats import public_key

    of = keyfiles.paths(request.folder, request.name)
    key = public_key(files.read_small(of.public_der))
    style = next((f for f in keyfiles.FORMATS if of.private(f).exists()), request.format)
    return keyfiles.KeyFiles(of.public_der, of.public_hex, of.private(style), style, key.sha256, 4096, 65537)


def _worked(program: Program, work: Work[KeyFiles]) -> KeyFiles:
    def say(stage: object) -> None:
        from services.recovery.stages import Stage

        if isinstance(stage, Stage) and stage.done:
            program.voice.tell(f"✓ {stage.says} ({stage.seconds:.1f} s)")

    return work.run(say)


def _record(setup: SetupFile, made: KeyFiles) -> None:
    from services import setup_file

    setup_file.record(
        setup,
        {
            "recovery_key.public_files": [as_seen_from(setup.path, made.public_der)],
            "recovery_key.fingerprint": made.sha256,
            "recovery_key.private_file": as_seen_from(setup.path, made.private_file),
        },
    )


def _say(program: Program, made: KeyFiles, config: Path | None) -> None:
    voice = program.voice
    if not voice.json:
        voice.data(
            f"Public key   {made.public_der}\nAs hex text  {made.public_hex}\n"
            f"Private key  {made.private_file}\nSHA-256      {made.sha256}"
        )
    for note in made.notes:
        voice.tell(f"! {note}")
    if made.format == "hex":
        voice.tell("! The private key is open text: whoever reads the file has it.")
    voice.tell("Keep the private file and its password apart from each other, and away from this computer.")
    if config is not None:
        voice.tell(f"Next: palisade-wizard plan --config {config}")
