"""Who holds the recovery key, as far as this computer knows: fingerprints, files by name, custodians by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from services import kit, papers
from services.export.document.markdown import code, items, table, text
from services.problems import ProblemError
from services.recovery.custodians import Custody
from services.setup_file import SetupFile

_KEPT = {
    "file": "in one sealed file, which opens with its password; the password is kept elsewhere",
    "split": "in a sealed file whose password is split among custodians",
    "hsm": "guarded by an HSM, which holds the sealed file or its password; the sheet beside the file names the token",
}


def told(setup: SetupFile) -> Iterator[str]:
    """The paragraphs about one set-up's recovery key."""
    answers = setup.answers
    if not answers.texts("recovery_key.public_files"):
        yield "**No recovery key is recorded for this set-up yet.** Without one, no backup can ever be opened."
        return
    yield "What follows is written down on the computer of the set-up. Nothing in AWS shows it, and nobody checked it anew."
    yield table(("About the key", "Recorded"), _rows(setup))
    for name, custody in _custodians(setup):
        yield f"Any {custody.threshold} of the {len(custody.custodians)} shares open {name} (set {custody.identifier})."
        holders = [(str(one.share), text(one.name)) for one in custody.custodians]
        yield table(("Share", "Custodian"), holders)
    if answers.text("recovery_key.custody") == "split" and not list(_custodians(setup)):
        yield "**Who holds the shares is not written down here.** Add their names by hand, or keep NAME.custody.json."
    yield items(_duties(answers.text("setup.environment")))


def fingerprints(setup: SetupFile) -> tuple[str, ...]:
    """The fingerprints of the recovery keys: of the files where they can be read, else the recorded one."""
    try:
        return tuple(key.sha256 for key in kit.recovery_keys(setup))
    except ProblemError:
        recorded = setup.answers.text("recovery_key.fingerprint")
        return (recorded,) if recorded else ()


def private_name(setup: SetupFile) -> str:
    """The name of the private file, without where it once was."""
    recorded = setup.answers.text("recovery_key.private_file")
    return Path(recorded).name if recorded else "recovery.pke1"


def _rows(setup: SetupFile) -> Iterator[tuple[str, str]]:
    answers = setup.answers
    try:
        for key in kit.recovery_keys(setup):
            yield "Public key file", code(key.name)
            yield "Fingerprint (SHA-256)", code(key.sha256)
    except ProblemError as error:
        names = ", ".join(code(path.name) for path in setup.public_files())
        yield "Public key file", f"{names}: **not read** ({text(error.problem.code)})"
        yield "Fingerprint (SHA-256)", code(answers.text("recovery_key.fingerprint") or "not recorded")
    if answers.text("recovery_key.private_file"):
        yield "Private key file", code(private_name(setup))
    yield "Kept", text(_kept(setup))


def _kept(setup: SetupFile) -> str:
    if private_name(setup).endswith(".private.hex"):
        return "in a file that is NOT sealed: whoever reads it recovers every wallet"
    return _KEPT[setup.answers.text("recovery_key.custody")]


def _custodians(setup: SetupFile) -> Iterator[tuple[str, Custody]]:
    try:
        keys = kit.recovery_keys(setup)
    except ProblemError:
        return
    for path, key in zip(setup.public_files(), keys, strict=True):
        custody = papers.custodians_of(path, key.sha256)
        if custody is not None:
            yield code(private_name(setup)), custody


def _duties(environment: str) -> Iterator[str]:
    yield "The private key is never kept on a computer or in an account that holds the backups."
    yield "Whoever loses it loses every backup: neither Palisade nor AWS can decrypt them."
    if environment == "production":
        yield "Sandbox has a key pair of its own."
