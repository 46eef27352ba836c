"""`bundle`: a redacted archive for a support engineer; its list is shown before it is written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from services import seen
from services.problems import ProblemError, refuse
from wizard.cli import Subcommand
from wizard.options import PATH
from wizard.terminal import agreed

if TYPE_CHECKING:
    from services.bundle.contents import Case, Piece
    from services.bundle.world import Connected
    from services.setup_file import SetupFile
    from wizard.root import Program


@click.command(
    "bundle",
    cls=Subcommand,
    config=True,
    help=(
        "Writes a redacted support bundle: versions, answers, plan, audit, journal and last errors, without secrets, names of "
        "people, or the whole external ID. Reads only; works without a sign-in and with a broken setup file, too. On a "
        "terminal it shows its list and asks. With --log-file L, the last lines of L come along."
    ),
)
@click.option("--out", type=PATH, required=True, metavar="F.zip", help="The new archive to write.")
@click.option("--mask-accounts", is_flag=True, help="Put account-1, account-2 in the place of account ids.")
@click.option("--yes", is_flag=True, help="Do not ask, only show the list.")
@click.pass_obj
def command(program: Program, *, config: Path, out: Path, mask_accounts: bool, yes: bool) -> int:
    """See the help text."""
    from services import files
    from services.bundle.archive import packed
    from services.bundle.contents import bundle
    from services.recovery.keyfiles import refuse_taken
    from wizard.render import heads

    refuse_taken(out)
    case = _case(program, config)
    if case.setup.answers.text("setup.name"):
        program.voice.tell(heads.set_up(case.setup.answers))
    pieces = bundle(case, mask_accounts=mask_accounts)
    _show(program, pieces)
    if program.around.terminal and not yes:
        _agreed(program)
    content = packed({piece.name: piece.content for piece in pieces}, program.around.clock.wall())
    files.publish(out, content, 0o600)
    if program.voice.json:
        listed = [{"name": p.name, "bytes": p.size, "says": p.says, "found": p.found} for p in pieces]
        program.voice.document(
            {"file": str(out.absolute()), "files": listed, "accounts_masked": mask_accounts}
        )
    else:
        program.voice.data(str(out))
    program.voice.tell(
        f"{out} is written, readable by you alone. Look into it before you send it: it is plain text."
    )
    return 0


def _show(program: Program, pieces: Sequence[Piece]) -> None:
    from services.bundle.contents import listed

    program.voice.tell("This is what the bundle holds:\n")
    for line in listed(pieces):
        program.voice.tell(f"  {line}")
    program.voice.tell()


def _agreed(program: Program) -> None:
    if not agreed(program.around, "Write it? Only 'yes' is taken as consent: "):
        raise refuse(
            "consent", "You did not agree, so no bundle was written.", "Run the command again when you do."
        )


def _case(program: Program, config: Path) -> Case:
    from services import last_errors
    from services.bundle import answers
    from services.bundle.contents import Case
    from wizard import facts
    from wizard.cli import COMMANDS

    setup = answers.read(config, program.answers({}))
    return Case(
        setup=setup,
        state=program.state,
        clock=program.around.clock,
        about=facts.about(program),
        connect=lambda found: _connect(program, found),
        commands=frozenset(COMMANDS) | {"wizard"},
        errors=last_errors.read(program.state),
        log=_log(program),
        private=facts.private(program.around.environ),
    )


def _connect(program: Program, setup: SetupFile) -> Connected:
    from services.bundle.world import Connected

    made = program.connect(setup.answers.text("aws.profile"), setup.answers.text("aws.region"))
    return Connected(program.patient(made.aws), made.endpoint)


def _log(program: Program) -> list[str] | None:
    """The lines that a log file has before this run adds its own; None where none was named or there is none."""
    from services import files

    path = program.options.log_file
    if path is None or not seen.file(path):
        return None
    try:
        return files.read_small(path, 16 << 20).decode("utf-8", "replace").splitlines()
    except ProblemError:
        return None
