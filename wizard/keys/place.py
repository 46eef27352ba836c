"""Where a key is about to go, and for which environment: told before any work, so that a person can still stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from services import seen
from services.papers import Environment, Purpose
from services.problems import refuse

if TYPE_CHECKING:
    from services.recovery.medium import Finding
    from services.setup_file import SetupFile
    from wizard.root import Program


def purpose(setup: SetupFile | None, environment: Environment) -> Purpose:
    """The purpose that the setup file or `--environment` names; both may, if they agree."""
    if setup is None:
        return Purpose(environment)
    own: Environment = "production" if setup.answers.text("setup.environment") == "production" else "sandbox"
    if environment not in {"", own}:
        raise refuse(
            "usage",
            f"The setup file is for {own}, and --environment says {environment}.",
            "Leave --environment out, or give the setup file of the other environment.",
            where="--environment",
        )
    return Purpose(own, setup.answers.text("palisade.kit_name"))


def findings(program: Program, folder: Path, shares: Sequence[Path]) -> tuple[Finding, ...]:
    """What a person should know of the folder for the private file; of those for shares, which ones cannot stay."""
    from services.recovery import medium

    try:
        mounts = program.around.mounts()
        found = list(medium.findings(medium.look(folder, mounts=mounts), credentials(program.around.environ)))
        doubtful = [
            str(share)
            for share in shares
            if any(one.level == "warn" for one in medium.findings(medium.look(share, mounts=mounts)))
        ]
    except OSError:  # not even looked at: the work itself says why
        return ()
    if doubtful:
        found.append(
            medium.Finding(
                "warn",
                f"The shares in {', '.join(doubtful)} do not lie on removable media: bring each to its custodian, "
                "and leave none here.",
            )
        )
    return tuple(found)


def tell(program: Program, found: Sequence[Finding], of: Purpose) -> None:
    """The findings on the standard error; for production with what must follow from them."""
    for finding in found:
        program.voice.tell(f"{'!' if finding.level == 'warn' else '·'} {finding.says}")
    if of.production and any(finding.level == "warn" for finding in found):
        program.voice.tell(
            "! This is a production key: have its secret files on offline media, and nowhere else, before its "
            "public key is entered in Palisade."
        )


def credentials(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """The files of the AWS sign-in on this computer that are there."""
    home = environ.get("HOME", "")
    usual = Path(home) / ".aws" if home else None
    wanted = [
        environ.get("AWS_SHARED_CREDENTIALS_FILE") or (usual and usual / "credentials"),
        environ.get("AWS_CONFIG_FILE") or (usual and usual / "config"),
    ]
    return tuple(path for path in (Path(one) for one in wanted if one) if seen.anything(path))
