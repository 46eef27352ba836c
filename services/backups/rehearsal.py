"""How to show that the private key opens a backup, with the vendor's own tool: the one proof that nothing else gives."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from services.backups.command import recovery_command
from services.backups.curves import Algorithm


@dataclass(frozen=True)
class Example:
    """The wallet to rehearse with. `file` is one that was seen; empty texts are not known and leave words to replace.

    `profile` and `region` say how to sign in to AWS for the backup file.
    """

    bucket: str
    key_id: str = ""
    algorithm: Algorithm | None = None
    file: str = ""
    quorum_id: str = ""
    private_file: str = ""
    address: str = ""
    profile: str = ""
    region: str = ""
    production: bool = False


@dataclass(frozen=True)
class Step:
    """One thing to do, and the command that does it, if one does."""

    says: str
    command: str = ""


def steps(of: Example) -> tuple[Step, ...]:
    """What to do, in order, with exact commands."""
    file = of.file or "recovery_shard-N.txt"
    key_id = of.key_id or "KEY-ID"
    fetch = _aws(of, "s3", "cp", f"s3://{of.bucket}/{key_id}/{file}", file)
    seek = _aws(of, "s3", "ls", f"s3://{of.bucket}/{key_id}/")
    recover = recovery_command(
        key_id, of.algorithm or "SECP256K1", file, of.private_file or "PRIVATE-FILE", of.quorum_id
    )
    unsure = "" if of.algorithm else " Put ED25519 for SECP256K1 if the wallet's page in Palisade says so."
    compare = (
        f"Compare what it derives with the wallet's address, {of.address}."
        if of.address
        else "Compare the address that it prints with the wallet's address in Palisade."
    )
    return (
        Step(_WHERE_PRODUCTION if of.production else _WHERE),
        *(() if of.file else (Step("See which backup files the wallet has.", seek),)),
        Step("Fetch the backup.", fetch),
        Step(f"Recover with Palisade's own tool, wallet-recovery-cli.{unsure}", recover),
        Step(compare),
        Step("Delete what was recovered, and take the private file offline again."),
    )


_WHERE = "Use a wallet that holds nothing, in sandbox, on a computer that may see its private key."
_WHERE_PRODUCTION = (
    "This set-up is production: rehearse with your sandbox set-up. The commands below are those of an emergency; they put "
    "the private key of a production wallet on the computer that runs them."
)


def as_text(found: tuple[Step, ...]) -> str:
    """The steps as paragraphs, the numbered ones with their commands below them."""
    first, *others = found
    lines = [f"{n}. {step.says}{_below(step.command)}" for n, step in enumerate(others, 1)]
    return "\n\n".join((first.says, *lines))


def _below(command: str) -> str:
    return f"\n{command}" if command else ""


def _aws(of: Example, *words: str) -> str:
    given = (("--profile", of.profile), ("--region", of.region))
    options = (word for flag, value in given if value for word in (flag, value))
    return shlex.join(("aws", *words, *options))
