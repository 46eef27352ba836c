"""The sheet to print and keep with the key: which key this is, its files and checksums, how to recover. No secret.

Everything that identifies the key is read from its files here, so that nobody can hand a secret in by mistake.
"""

from __future__ import annotations

import hashlib
import shlex
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from services import files
from services.problems import refuse
from services.recovery.custodians import Custody
from services.recovery.keyfiles import KeyFiles
from services.recovery.vendor_tool import validate_command

LINES, COLUMNS = 60, 78
"""One page of paper."""

_LONGEST = 100


@dataclass(frozen=True)
class Sheet:
    """What is on the sheet; made by `sheet` alone. `files` are names with their SHA-256."""

    fingerprint: str
    files: tuple[tuple[str, str], ...]
    private_file: str
    sealed: bool
    environment: str
    kit: str
    day: str
    recovery: str
    custody: Custody | None
    token: str


def sheet(
    key: KeyFiles,
    *,
    environment: Literal["sandbox", "production", ""],
    kit: str,
    moment: datetime,
    recovery: str,
    custody: Custody | None = None,
    token: str = "",
) -> Sheet:
    """Gather the sheet of a key pair from its files.

    `recovery` is the vendor tool's command for a wallet, with placeholders, naming the private file by its name;
    an empty `environment` is left out; `token` is the label of the HSM that holds the file or its password. Errors: `unreadable-file`, `invalid-answer`.
    """
    for name, text in (("kit", kit), ("token", token)):
        if len(text) > _LONGEST or not text.isprintable():
            raise refuse(
                "invalid-answer",
                f"The {name} on the sheet must be one line of at most {_LONGEST} characters.",
                "Shorten it.",
                where=name,
            )
    der = files.read_small(key.public_der)
    return Sheet(
        fingerprint=hashlib.sha256(der).hexdigest(),
        files=tuple((path.name, _sum(path)) for path in (key.private_file, key.public_der, key.public_hex)),
        private_file=key.private_file.name,
        sealed=key.format == "pke1",
        environment=environment,
        kit=kit,
        day=moment.astimezone(UTC).strftime("%Y-%m-%d"),
        recovery=recovery,
        custody=custody,
        token=token,
    )


def render(of: Sheet) -> str:
    """The page: at most 60 lines of 78 columns, ending with a newline."""
    lines = list(_lines(of))
    if len(lines) > LINES:
        raise ValueError(f"the sheet has {len(lines)} lines")
    return "\n".join(lines) + "\n"


def _lines(of: Sheet) -> Iterator[str]:
    yield f"PALISADE RECOVERY KEY · {of.environment.upper()}" if of.environment else "PALISADE RECOVERY KEY"
    yield "=" * COLUMNS
    yield from _wrapped(f"Kit: {of.kit or '(none yet)'}")
    yield f"Made on: {of.day}   RSA-4096, exponent 65537"
    yield "Fingerprint (SHA-256 of the public key as SPKI DER):"
    yield f"  {of.fingerprint}"
    yield ""
    yield "Files and their SHA-256:"
    for name, digest in of.files:
        yield f"  {name}"
        yield f"    {digest}"
    yield ""
    yield from _wrapped(_custody(of))
    if of.custody is not None:
        yield from _holders(of.custody)
    yield ""
    yield "To recover a wallet, on an offline computer:"
    yield from _steps(of)
    yield ""
    yield from _wrapped(
        "Also needed, and not on this sheet: the backup object from S3, and for each wallet its quorum ID, key ID and "
        "key type. Without them this key opens nothing."
    )
    yield "This sheet holds no secret. Keep it with the key, and a copy elsewhere."


def _custody(of: Sheet) -> str:
    if not of.sealed:
        return f"{of.private_file} holds the private key OPEN: whoever reads it recovers every wallet."
    if of.custody is not None:
        return (
            f"{of.private_file} opens with any {of.custody.threshold} of {len(of.custody.custodians)} shares "
            f"(set {of.custody.identifier}); every custodian also holds a copy of it."
        )
    if of.token:
        return f"The token {of.token} guards {of.private_file} or its password, behind its PIN."
    return f"{of.private_file} opens with its password, which is kept elsewhere."


def _holders(custody: Custody) -> Iterator[str]:
    named = "; ".join(f"{one.share} {one.name}" for one in custody.custodians)
    yield from _wrapped(f"Shares: {named}.", "  ")


def _steps(of: Sheet) -> Iterator[str]:
    if of.custody is not None:
        yield f"0. Combine {of.custody.threshold} shares; the 64 hex digits they give are the password:"
        shares = " ".join(f"SHARE-{number}" for number in range(1, of.custody.threshold + 1))
        yield from _command(f"palisade-wizard shares combine {shares} --sealed {of.private_file} --reveal")
        yield "   (or Trezor's “shamir recover”, without a passphrase)"
    yield "1. Prove that the key opens:"
    yield from _command(validate_command(Path(of.private_file)))
    yield "2. Recover, with the values of the wallet (ALGORITHM: SECP256K1 or ED25519):"
    yield from _command(of.recovery)


def _command(command: str) -> Iterator[str]:
    """A shell command over several lines; a word that is too long is cut where the shell joins it again."""
    room = COLUMNS - 6
    line = ""
    for word in (shlex.quote(word) for word in shlex.split(command)):
        if line and len(line) + 1 + len(word) > room:
            yield f"    {line} \\"
            line = ""
        line = f"{line} {word}" if line else word
        while len(line) > room and "'" not in line:
            yield f"    {line[:room]}\\"
            line = line[room:]
    yield f"    {line}"


def _wrapped(text: str, indent: str = "") -> Sequence[str]:
    return textwrap.wrap(text, COLUMNS, initial_indent=indent, subsequent_indent=indent + "  ")


def _sum(path: Path) -> str:
    return hashlib.sha256(files.read_small(path)).hexdigest()
