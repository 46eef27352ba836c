"""The demo's journey without a terminal: the ordinary commands one after the other, each told in plain words."""

from __future__ import annotations

import json
import secrets
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from services import files
from services.problems import Problem, ProblemError, refuse
from wizard import PROGRAM, stage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.demo.objects import DemoWallet
    from services.demo.palisade import Kit
    from services.verify.checks import Report
    from wizard.theatre import Theatre

SETUP, KEYS, PASSWORD = "setup.toml", "keys", "password.txt"
VALUES, VALUES_TEXT, REPORT, LOG = "values.json", "values.txt", "verification.json", "demo.log"
RECORD = "record.txt"
SHARED = ("--state-dir", "state", "--log-file", LOG)


@dataclass(frozen=True)
class Begun:
    """A step of the journey begins; `command` is what a person would type, if there is something to type."""

    name: str
    says: str
    command: str = ""


@dataclass(frozen=True)
class Said:
    """What a step printed or did."""

    name: str
    says: str
    held: bool = True


@dataclass(frozen=True)
class Done:
    """A step is done."""

    name: str


Scene: TypeAlias = "Begun | Said | Done"


def journey(theatre: Theatre) -> Iterator[Scene]:
    """All steps; raises the problem that stops the journey."""
    files.publish(theatre.folder / PASSWORD, secrets.token_urlsafe(18).encode(), 0o600)
    yield from _command(theatre, "answers", "Write the answers into a setup file", _answers(theatre))
    yield from _command(theatre, "keygen", "Make the recovery key pair, sealed with a password", _keygen())
    yield from _command(theatre, "keycheck", "Open the sealed key again and prove that it works", _keycheck())
    config = ("--config", SETUP)
    yield from _command(theatre, "plan", "Look at what will be made in AWS", ("plan", *config))
    agreed = ("--yes", "--accept", "cost", "--accept", "irreversible")
    yield from _command(
        theatre, "apply", "Make it, agreeing to what costs and what stays", ("apply", *config, *agreed)
    )
    yield from _command(theatre, "check", "Prove that nothing is left to do", ("plan", *config, "--check"))
    yield from _command(
        theatre, "values", "Get the values for Palisade's form", ("values", *config, "--out", VALUES_TEXT)
    )
    document = ("values", *config, "--format", "json", "--out", VALUES)
    yield from _command(theatre, "values-json", "The same for other programs", document)
    kit, wallets = _kit(theatre.folder / VALUES), stage.wallets()
    yield from _palisade(theatre, kit, wallets)
    yield from _refusals(theatre, kit, wallets)
    yield from _verify(theatre, wallets)
    yield from _record(theatre, wallets)


def _answers(theatre: Theatre) -> tuple[str, ...]:
    from services.questions import find

    flags = [part for key, value in theatre.defaults.items() for part in (find(key).flag, str(value))]
    return ("answers", "new", "--out", SETUP, *flags)


def _keygen() -> tuple[str, ...]:
    return ("keygen", "--config", SETUP, "--out", KEYS, "--password-file", PASSWORD)


def _keycheck() -> tuple[str, ...]:
    public = f"{KEYS}/recovery.pub.der"
    return ("keycheck", f"{KEYS}/recovery.pke1", "--public", public, "--password-file", PASSWORD, "--prove")


def _shown(arguments: Sequence[str], confidential: str) -> str:
    """The command line as a person would type it; the external ID is left to a variable."""
    words = ('"$EXTERNAL_ID"' if word == confidential else shlex.quote(word) for word in arguments)
    return " ".join((PROGRAM, *words))


def _command(theatre: Theatre, name: str, says: str, arguments: Sequence[str]) -> Iterator[Scene]:
    confidential = str(theatre.defaults["palisade.external_id"])
    yield Begun(name, says, _shown(arguments, confidential))
    ended = theatre.run([*SHARED, *arguments])
    if ended.returncode != 0:
        raise _failed(says, ended.returncode, ended.stderr or ended.stdout)
    if ended.stdout.strip():
        yield Said(name, ended.stdout.rstrip("\n"))
    yield Done(name)


def _failed(says: str, status: int, words: str) -> ProblemError:
    told = " ".join(words.split()[:60]) or "it said nothing"
    return refuse(
        "failed-check",
        f"The step “{says}” ended with status {status}: {told}",
        f"Look into {LOG} and the files of the embedded AWS in the demo's folder.",
    )


def _kit(path: Path) -> Kit:
    from services.demo.palisade import read_kit

    return read_kit(json.loads(files.read_small(path)))


def _palisade(theatre: Theatre, kit: Kit, wallets: Sequence[DemoWallet]) -> Iterator[Scene]:
    says = (
        "Palisade's part: create two wallets and write their backups, from another account, with those values"
    )
    yield Begun("palisade", says)
    for deed in stage.perform(theatre.service, kit, wallets):
        yield Said("palisade", deed.says)
    yield Done("palisade")


def _refusals(theatre: Theatre, kit: Kit, wallets: Sequence[DemoWallet]) -> Iterator[Scene]:
    from services.demo.objects import object_key

    yield Begun("refusals", "Try for real what nobody may do")
    held = True
    for deed in stage.attempt(theatre.service, kit, object_key(wallets[0], 0)):
        held = held and deed.held
        yield Said("refusals", deed.says, deed.held)
    if not held:
        raise ProblemError(
            Problem(
                "failed-check", "AWS allowed something that must be refused.", ("Do not use this set-up.",)
            )
        )
    yield Done("refusals")


def _verify(theatre: Theatre, wallets: Sequence[DemoWallet]) -> Iterator[Scene]:
    from wizard.render.plain import report_text

    ids = [part for wallet in wallets for part in ("--key-id", wallet.key_id)]
    quorum = ("--palisade-quorum-id", wallets[0].quorum_id)
    arguments = ("verify", "--config", SETUP, *ids, *quorum, "--json")
    says = "Walk the create-wallet checklist"
    yield Begun("verify", says, f"{_shown(arguments, '')} > {REPORT}")
    ended = theatre.run([*SHARED, *arguments])
    try:
        document = json.loads(ended.stdout)
        report = _report(document)
    except (ValueError, KeyError):
        raise _failed(says, ended.returncode, ended.stderr or ended.stdout) from None
    files.publish(theatre.folder / REPORT, ended.stdout.encode(), 0o600)
    yield Said("verify", report_text(report), report.exit_code == 0)
    if ended.returncode != 0:
        raise _failed(says, ended.returncode, "a check is not green.")
    yield Done("verify")


def _record(theatre: Theatre, wallets: Sequence[DemoWallet]) -> Iterator[Scene]:
    """What no backup holds is written down, and held against the bucket."""
    config = ("--config", SETUP)
    quorum = ("--quorum-id", wallets[0].quorum_id)
    yield from _command(
        theatre,
        "record",
        "Put the wallets on record: quorum ID and key ID are nowhere in a backup",
        ("record", "add", *config, "--from-verify", *quorum),
    )
    sheet = ("record", "export", *config, "--format", "text", "--out", RECORD)
    yield from _command(theatre, "record-sheet", "Write the record out, to be printed", sheet)
    yield from _command(
        theatre, "record-check", "Hold the record against the bucket", ("record", "list", *config, "--check")
    )


def _report(document: Mapping[str, list[dict[str, str]]]) -> Report:
    from services.verify.checks import Check, Report

    return Report(
        tuple(
            Check(row["id"], row["title"], row["status"], row["evidence"], row["remedy"])  # type: ignore[arg-type]
            for row in document["checks"]
        )
    )
