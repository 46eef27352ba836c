"""`answers new`: a commented setup file with defaults, from nothing or after the pattern of another one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.problems import ProblemError
from wizard.cli import Subcommand
from wizard.options import PATH
from wizard.render.jsonl import named

if TYPE_CHECKING:
    from services.answers import Answers
    from services.setup_file import SetupFile
    from wizard.root import Program

# Belongs to the one setup that it was recorded for.
ITS_OWN = ("setup.id", "setup.name", "aws.account", "recovery_key.fingerprint", "palisade.quorum_id")
# What sandbox and production must not share.
APART = (
    "palisade.principal_arn",
    "palisade.external_id",
    "palisade.kit_name",
    "recovery_key.public_files",
    "recovery_key.private_file",
    "storage.bucket",
    "storage.access_log_bucket",
    "storage.kms_key",
    "role.name",
    "hardening.trail_bucket",
)


@click.command(
    "new",
    cls=Subcommand,
    answers="shown",
    help="Writes a commented setup file with defaults. Give answers with flags, or edit the file afterwards.",
)
@click.option("--out", type=PATH, required=True, metavar="S", help="The file to write; it must not exist.")
@click.option(
    "--environment", metavar="sandbox|production", help="The same as --setup-environment (sandbox)."
)
@click.option(
    "--from", "pattern", type=PATH, metavar="S0", help="Take over the answers of S0, except what is its own."
)
@click.pass_obj
def command(
    program: Program, *, given: dict[str, object], out: Path, environment: str | None, pattern: Path | None
) -> int:
    """See the help text."""
    from services import setup_file
    from services.answers import Answers, missing
    from services.questions import find
    from services.recovery.keyfiles import refuse_taken

    refuse_taken(out)
    wanted = program.answers(given)
    if environment is not None:
        wanted["setup.environment"] = environment
    base = Answers()
    if pattern is not None:
        base = taken_over(setup_file.read(pattern), out, str(wanted.get("setup.environment", "")))
    answers = _named(_placed(base, wanted), out)
    setup = setup_file.create(out, answers)
    left = missing(answers)
    if program.voice.json:
        program.voice.document({**named(setup), "missing": list(left)})
    else:
        program.voice.data(str(out))
    program.voice.tell(f"{out} is written, for the environment {answers.text('setup.environment')}.")
    for key in left:
        program.voice.tell(f"  Still to answer: {key} ({find(key).label})")
    program.voice.tell(f"Next: palisade-wizard keygen --config {out} --out DIR")
    return 0


def taken_over(pattern: SetupFile, out: Path, environment: str) -> Answers:
    """The answers of another setup that a new one at `out` may have; defaults are left to be made anew."""
    theirs = pattern.answers
    other = environment not in {"", theirs.text("setup.environment")}
    leave = {*ITS_OWN, *(APART if other else ()), *(("setup.environment",) if other else ())}
    leave |= {key for key, value in theirs.given.items() if value == _default_of(theirs, key)}
    given = {key: value for key, value in theirs.given.items() if key not in leave}
    for key in ("recovery_key.public_files", "recovery_key.private_file"):
        if key in given:
            old = given[key]
            paths = (
                [old]
                if isinstance(old, str)
                else [str(part) for part in old]
                if isinstance(old, tuple)
                else []
            )
            moved = tuple(as_seen_from(out, pattern.path.parent / path) for path in paths)
            given[key] = moved[0] if isinstance(old, str) else moved
    return type(theirs)(given, theirs.tags)


def _default_of(answers: Answers, key: str) -> object:
    from services.questions import find

    return find(key).default(answers.given)


def as_seen_from(setup: Path, file: Path) -> str:
    """A file's path for the setup file: relative where it lies beside or below it, else absolute."""
    target, folder = file.resolve(), setup.resolve().parent
    return str(target.relative_to(folder)) if target.is_relative_to(folder) else str(target)


def _placed(base: Answers, wanted: dict[str, object]) -> Answers:
    answers = base.updated(wanted)
    return answers if answers.get("setup.environment") else answers.updated({"setup.environment": "sandbox"})


def _named(answers: Answers, out: Path) -> Answers:
    """The file's own name names the setup, if it can and nobody gave another one."""
    if answers.get("setup.name"):
        return answers
    try:
        return answers.updated({"setup.name": out.stem.lower()})
    except ProblemError:
        return answers
