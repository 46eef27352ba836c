"""`keygen`: the recovery key pair in its files, and its place in the setup file."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from services.problems import refuse
from wizard import signals
from wizard.cli import Subcommand
from wizard.keys.wanted import Wanted, refuse_mixtures
from wizard.options import PATH, SECRET

if TYPE_CHECKING:
    from services.papers import Purpose
    from services.recovery.keypair import Request
    from services.setup_file import SetupFile
    from wizard.keys.making import Made
    from wizard.root import Program

CUSTODY = "recovery_key.custody"


@click.command(
    "keygen",
    cls=Subcommand,
    help="Makes the recovery key pair: NAME.pub.der and NAME.pub.hex for Palisade, and the sealed private key, "
    "which stays with you: behind a password, or behind shares that custodians hold. Nothing is ever overwritten.",
)
@click.option("--out", type=PATH, required=True, metavar="DIR", help="The folder for the files.")
@click.option("--config", type=PATH, metavar="S", help="Record the public key in this setup file.")
@click.option(
    "--environment", type=click.Choice(["sandbox", "production"]), default=None,
    help="What the key is for, where no setup file says it; production is stricter.",
)  # fmt: skip
@click.option("--name", default="recovery", show_default=True, help="How the files are called.")
@click.option(
    "--format", "style", type=click.Choice(["pke1", "hex"]), default="pke1", show_default=True,
    help="pke1: sealed with a password. hex: open text.",
)  # fmt: skip
@click.option(
    "--password-file", type=SECRET, metavar="F", help="Take the password from F (- is the standard input)."
)
@click.option(
    "--generate-password", is_flag=True, help="Make a strong password, and show it once on the terminal."
)
@click.option("--shares", type=int, metavar="N", help="Split the password into N shares (2 to 16).")
@click.option("--threshold", type=int, metavar="M", help="How many shares open the key (2 to N).")
@click.option(
    "--share-dir",
    "share_dirs",
    type=PATH,
    multiple=True,
    metavar="D",
    help="A folder for one share; N times.",
)
@click.option(
    "--custodian",
    "custodians",
    multiple=True,
    metavar="NAME",
    help="Who holds a share, for the sheet and for NAME.custody.json; N times.",
)
@click.option("--complete", is_flag=True, help="Finish what an interrupted run left.")
@click.option(
    "--share",
    "share_files",
    type=PATH,
    multiple=True,
    metavar="FILE",
    help="A share, for --complete; M times.",
)
@click.option(
    "--sheet/--no-sheet",
    default=True,
    show_default=True,
    help="Write NAME.txt, a sheet to print, without secrets.",
)
@click.option(
    "--keyring", is_flag=True, help="Sandbox only: keep a copy of the password in this computer's keyring."
)
@click.pass_obj
def command(program: Program, /, **options: Any) -> int:
    """See the help text."""
    wanted = Wanted(**options)
    refuse_mixtures(wanted)
    with signals.told_with(
        "If there are files in the folder already, finish them with 'palisade-wizard keygen --complete'.",
        "If there are none, run the same command again.",
    ):
        return _keygen(program, wanted)


def _keygen(program: Program, wanted: Wanted) -> int:
    from wizard.keys import copies, making, paper, place, words
    from wizard.render import heads

    setup = _keyless(program, wanted)
    of = place.purpose(setup, wanted.environment or "")
    request = _request(program, wanted)
    unrecorded = setup is not None and not setup.answers.get("recovery_key.fingerprint")
    if setup is not None and unrecorded:
        _refuse_unrecordable(setup, request)
    if wanted.keyring:
        copies.refuse_unfit(program, of)
    if not wanted.complete:
        _refuse_other_custody(setup, wanted)
        making.refuse_leftovers(request, wanted.config, split=wanted.split)
        paper.refuse_taken(request, wanted)
    if setup is not None:
        program.voice.tell(heads.set_up(setup.answers))
    found = place.findings(program, request.folder, wanted.share_dirs)
    place.tell(program, found, of)
    made = _made(program, request, wanted, of)
    if setup is not None and unrecorded:
        _record(setup, made)
    extra: dict[str, object] = {"medium": [asdict(finding) for finding in found]}
    if made.password is not None:
        extra["keyring"] = copies.kept(program, made.files.sha256, made.password)
    split = bool(made.shares) or (setup is not None and setup.answers.text(CUSTODY) == "split")
    papers = paper.written(program, made, of, split=split, with_sheet=wanted.sheet)
    if wanted.sheet:
        extra["sheet"] = _text(papers.sheet.path)
    if made.shares:
        extra["custodians_file"] = _text(papers.custodians.path)
    if program.voice.json:
        program.voice.document({**words.as_json(made), **extra})
    words.say(program, made, wanted.config, papers)
    if made.files.format == "hex" and wanted.password_file is not None and not wanted.complete:
        program.voice.tell("! The password was not used: --format hex writes the private key as open text.")
    return 0


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _request(program: Program, wanted: Wanted) -> Request:
    from services.recovery.keypair import Request

    request = Request(wanted.out.absolute(), wanted.name, wanted.style)
    rounds = program.around.pbkdf2_iterations
    return replace(request, iterations=rounds) if rounds else request


def _keyless(program: Program, wanted: Wanted) -> SetupFile | None:
    """The setup file, refused if it has a recovery key: a kit and its quorums keep their key.

    The very key that is being completed is no other one: a run can be cut off between the setup file and the sheet.
    """
    config = wanted.config
    if config is None:
        return None
    setup = program.setup(config)
    if wanted.complete and _is_recorded(setup, wanted):
        return setup
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


def _is_recorded(setup: SetupFile, wanted: Wanted) -> bool:
    from services import papers

    pair = papers.whole_pair(wanted.out, wanted.name)
    return pair is not None and pair.sha256 == setup.answers.text("recovery_key.fingerprint")


def _refuse_other_custody(setup: SetupFile | None, wanted: Wanted) -> None:
    """Refuse one password for a key that the setup file wants split."""
    if setup is not None and setup.answers.text(CUSTODY) == "split" and not wanted.split:
        raise refuse(
            "invalid-answer",
            "The setup file says that the key is split among custodians, and this would be one password.",
            "Add --shares N, --threshold M and --share-dir once for each share.",
            f"Or set {CUSTODY} to file in the setup file.",
            where=CUSTODY,
        )


def _made(program: Program, request: Request, wanted: Wanted, of: Purpose) -> Made:
    from wizard import passwords
    from wizard.keys import making

    if wanted.complete:
        return making.completed(program, request, wanted.password_file, wanted.share_files, wanted.custodians)
    if wanted.threshold is not None:
        return making.with_shares(
            program, request, wanted.share_dirs, wanted.threshold, wanted.custodians,
            production=of.production,
        )  # fmt: skip
    if request.format == "hex":
        return making.with_password(program, request, bytearray())
    made = wanted.generate_password
    password = passwords.made(program) if made else passwords.new(program, wanted.password_file)
    return making.with_password(program, request, password, keep=wanted.keyring)


def _refuse_unrecordable(setup: SetupFile, request: Request) -> None:
    """Refuse a folder that the setup file cannot name, before there is a key in it."""
    from services.questions import refuse_unrecordable
    from services.recovery import keyfiles

    of = keyfiles.paths(request.folder, request.name)
    refuse_unrecordable(_places(setup, of.public_der, of.private(request.format)))


def _places(setup: SetupFile, public: Path, private: Path) -> dict[str, str | list[str]]:
    from services.repeat.pattern import as_seen_from

    return {
        "recovery_key.public_files": [as_seen_from(setup.path, public)],
        "recovery_key.private_file": as_seen_from(setup.path, private),
    }


def _record(setup: SetupFile, made: Made) -> None:
    from services import setup_file

    values: dict[str, object] = {
        **_places(setup, made.files.public_der, made.files.private_file),
        "recovery_key.fingerprint": made.files.sha256,
    }
    if made.shares:
        values[CUSTODY] = "split"
    setup_file.record(setup, values)
