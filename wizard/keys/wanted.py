"""The options of `keygen` as one value, and which of them go together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from services.problems import ProblemError, refuse

if TYPE_CHECKING:
    from services.papers import Environment
    from services.recovery.keyfiles import Format


@dataclass(frozen=True)
class Wanted:
    """The options of `keygen`, as given."""

    out: Path
    config: Path | None
    name: str
    style: Format
    environment: Environment | None
    password_file: Path | None
    generate_password: bool
    shares: int | None
    threshold: int | None
    share_dirs: tuple[Path, ...]
    share_files: tuple[Path, ...]
    custodians: tuple[str, ...]
    complete: bool
    sheet: bool
    keyring: bool

    @property
    def split(self) -> bool:
        """Whether the password of a new key is to be split."""
        return self.shares is not None or self.threshold is not None or bool(self.share_dirs)


def refuse_mixtures(wanted: Wanted) -> None:
    """Refuse options that contradict each other, and half a split."""
    hex_ = wanted.style == "hex"
    file, generate = wanted.password_file is not None, wanted.generate_password
    mixtures = (
        (wanted.split, "--shares", (file, "--password-file"), (generate, "--generate-password")),
        (wanted.split, "--shares", (hex_, "--format hex"), (wanted.complete, "--complete")),
        (wanted.split, "--shares", (wanted.keyring, "--keyring"), (bool(wanted.share_files), "--share")),
        (generate, "--generate-password", (file, "--password-file"), (hex_, "--format hex")),
        (wanted.complete, "--complete", (generate, "--generate-password"), (wanted.keyring, "--keyring")),
        (hex_, "--format hex", (wanted.keyring, "--keyring")),
        (bool(wanted.share_files), "--share", (file, "--password-file")),
    )
    for given, option, *others in mixtures:
        for also, other in others:
            if given and also:
                raise _usage(f"{option} and {other} exclude each other.", "Leave one of them out.", other)
    if wanted.share_files and not wanted.complete:
        raise _usage(
            "--share is for --complete.",
            "To split a new key, use --shares, --threshold and --share-dir.",
            "--share",
        )
    if wanted.custodians and not (wanted.split or wanted.share_files):
        raise _usage(
            "--custodian names who holds a share, and no shares are made.",
            "Leave it out, or add --shares.",
            "--custodian",
        )
    if wanted.split:
        _refuse_half_a_split(wanted)


def _refuse_half_a_split(wanted: Wanted) -> None:
    if wanted.shares is None or wanted.threshold is None or not wanted.share_dirs:
        raise _usage(
            "--shares, --threshold and --share-dir belong together.", "Give all of them.", "--shares"
        )
    from services.recovery.share_files import check_numbers

    check_numbers(wanted.threshold, wanted.shares)
    for option, given in (("--share-dir", wanted.share_dirs), ("--custodian", wanted.custodians)):
        if len(given) != wanted.shares and (given or option == "--share-dir"):
            raise _usage(
                f"{wanted.shares} shares need {option} {wanted.shares} times, and it was given {len(given)} times.",
                f"Give {option} once for each share.",
                option,
            )


def _usage(summary: str, remedy: str, where: str) -> ProblemError:
    return refuse("usage", summary, remedy, where=where)
