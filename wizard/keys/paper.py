"""The sheet to print, in a file of its own beside the key: `NAME.txt`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from services import files
from services.problems import ProblemError

if TYPE_CHECKING:
    from wizard.keys.making import Made
    from wizard.keys.place import Purpose
    from wizard.root import Program


def path(folder: Path, name: str) -> Path:
    """Where the sheet of a key pair goes."""
    return folder.absolute() / f"{name}.txt"


def refuse_taken(folder: Path, name: str) -> None:
    """Refuse a name whose sheet would overwrite something, before any work."""
    from services.recovery import keyfiles

    try:
        keyfiles.refuse_taken(path(folder, keyfiles.check_name(name)))
    except ProblemError as error:
        if error.problem.code != "exists":
            raise
        hint = "Or make no sheet, with --no-sheet."
        raise ProblemError(replace(error.problem, remedy=(*error.problem.remedy, hint))) from None


def written(program: Program, made: Made, name: str, of: Purpose, *, split: bool) -> Path | None:
    """Write the sheet, unless it is there already; None, with a sentence why, where it could not be made.

    `split` says that the password is known to be split, be it by an earlier run.

    The key is finished by then, so a sheet that fails is no failure of the command.
    """
    place = path(made.files.public_der.parent, name)
    try:
        if place.exists():
            return _same(program, place, made)
        if split and made.custody is None:
            program.voice.tell(
                "· No sheet was written, for it names who holds the shares: give --custodian NAME for each."
            )
            return None
        files.publish(place, _text(program, made, of).encode(), 0o444)
    except ProblemError as error:
        program.voice.tell(f"! No sheet was written. {error.problem.summary}")
        program.voice.tell(
            "  The key is complete. Once that is mended, --complete without --config writes the sheet; "
            "of a split key, with --share and --custodian."
        )
        return None
    return place


def _same(program: Program, place: Path, made: Made) -> Path | None:
    if made.files.sha256.encode() in files.read_small(place):
        return place
    program.voice.tell(f"! {place} exists and is not the sheet of this key; it was left as it is.")
    return None


def _text(program: Program, made: Made, of: Purpose) -> str:
    from services.backups.command import recovery_command
    from services.recovery import sheet

    private = made.files.private_file.name
    command = recovery_command(
        "KEY-ID", "SECP256K1", "recovery_shard-0.txt", private, "QUORUM-ID", output_file="recovered.txt"
    )
    return sheet.render(
        sheet.sheet(
            made.files,
            environment=of.environment,
            kit=of.kit,
            moment=program.around.clock.wall(),
            recovery=command,
            custody=made.custody,
        )
    )
