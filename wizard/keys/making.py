"""Making a key pair with a password or with shares, and completing what an interrupted run left."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from services import seen
from services.problems import ProblemError, refuse
from wizard import PROGRAM

if TYPE_CHECKING:
    from services.recovery.custodians import Custody
    from services.recovery.keyfiles import KeyFiles
    from services.recovery.keypair import Request
    from services.recovery.process import Work
    from services.recovery.stages import Say, Stage
    from wizard.root import Program

Result = TypeVar("Result")


@dataclass(frozen=True)
class Made:
    """A finished key pair; `shares` and `custody` where its password is split, `password` only for the keyring."""

    files: KeyFiles
    shares: tuple[Path, ...] = ()
    custody: Custody | None = None
    password: bytearray | None = field(default=None, repr=False)


def with_password(program: Program, request: Request, password: bytearray, *, keep: bool = False) -> Made:
    """A pair that one password opens, or that lies open; with `keep` the answer holds the password, to wipe."""
    from services.recovery.keypair import generating
    from services.recovery.passwords import wipe

    kept = bytearray(password) if keep else None
    try:
        return Made(worked(program, generating(request, password)), password=kept)
    except BaseException:
        wipe(password, kept)
        raise


def with_shares(
    program: Program,
    request: Request,
    folders: Sequence[Path],
    threshold: int,
    names: Sequence[str],
    *,
    production: bool,
) -> Made:
    """A pair that any `threshold` of the shares open, one in each folder."""
    from services.file_problems import unwritten
    from services.recovery import custodians, share_files
    from services.recovery.split import SplitRequest, splitting

    share_files.check_numbers(threshold, len(folders))
    if names:
        custodians.custody(0, threshold, names)
    wanted = SplitRequest(
        request.folder,
        threshold,
        tuple(folder.absolute() for folder in folders),
        production,
        request.name,
        request.iterations,
    )
    try:
        work = splitting(wanted, program.around.disk)
    except OSError as error:  # a folder that may not even be looked into
        raise unwritten(error, Path(error.filename or request.folder)) from None
    made = worked(program, work)
    program.voice.tell(f"✓ All {made.groups} smallest groups of shares give the password back")
    custody = (
        custodians.custody(made.identifier, threshold, names)
        if names
        else custodians.unnamed(made.identifier, threshold, len(folders))
    )
    return Made(made.files, made.shares, custody)


def refuse_leftovers(request: Request, config: Path | None, *, split: bool) -> None:
    """Refuse a name under which there is something; an unfinished pair is to be completed, a whole one recorded."""
    from services import papers
    from services.recovery import keyfiles

    left = keyfiles.leftover(request.folder, request.name)
    if left is not None:
        how = "--share FILE for each share that is needed" if split else "its password"
        raise refuse(
            "exists",
            f"An earlier run left {left.private_file} without its public files.",
            f"Finish it with --complete and {how}.",
            "Or choose another name with --name.",
            where=left.private_file,
        )
    try:
        keyfiles.refuse_existing(keyfiles.paths(request.folder, request.name))
    except ProblemError as error:
        pair = papers.whole_pair(request.folder, request.name)
        raise error if pair is None else _whole(pair, request, config, split=split) from None


def _whole(pair: KeyFiles, request: Request, config: Path | None, *, split: bool) -> ProblemError:
    """For a pair that lacks nothing, most often because a run was cut off before it could write the pair down."""
    words = [PROGRAM, "keygen", *(("--config", str(config)) if config else ())]
    words += ["--out", str(request.folder), "--name", request.name, "--complete"]
    shares = ", and --share FILE for each share that is needed" if split else ""
    missing = "the setup file and the sheet do" if config else "its sheet does"
    return refuse(
        "exists",
        f"A whole key pair is there already: {pair.private_file}, {pair.public_der.name} and {pair.public_hex.name}. "
        "It is never overwritten.",
        "For a new key, choose another name with --name.",
        f"If an earlier run made it and was cut off, only {missing} not have it yet. This mends that: "
        f"“{shlex.join(words)}”{shares}.",
        where=pair.public_der,
    )


def completed(
    program: Program,
    request: Request,
    password_file: Path | None,
    shares: Sequence[Path],
    names: Sequence[str],
) -> Made:
    """What an interrupted run left, opened with its password or its shares, proven, and made complete."""
    from services.recovery import keyfiles
    from services.recovery.keypair import completing
    from wizard import passwords

    left = keyfiles.leftover(request.folder, request.name)
    if shares and (left is None or left.format == "pke1"):
        return _completed_with_shares(program, request, shares, names, unfinished=left is not None)
    if left is None:
        return Made(_found(request))
    password = passwords.existing(program, password_file) if left.format == "pke1" else bytearray()
    return Made(worked(program, completing(request, password)))


def _completed_with_shares(
    program: Program, request: Request, shares: Sequence[Path], names: Sequence[str], *, unfinished: bool
) -> Made:
    """The same with shares, which must open the sealed file even where nothing else is missing."""
    from services.recovery import custodians, keyfiles, share_files, split
    from services.recovery.keypair import completing
    from services.recovery.passwords import wipe

    holders = [custodians.check_custodian(name) for name in names]
    sealed = share_files.read_sealed(keyfiles.paths(request.folder, request.name).sealed)
    work = split.combining(given(shares), sealed, reveal=unfinished, iterations=request.iterations)
    combined = worked(program, work)
    password = combined.password or bytearray()
    try:
        custody = custodians.custody(combined.identifier, combined.threshold, holders) if holders else None
        made = worked(program, completing(request, password)) if unfinished else _found(request)
    finally:
        wipe(password)
    return Made(made, tuple(path.absolute() for path in shares), custody)


def given(shares: Sequence[Path]) -> list[tuple[str, bytearray]]:
    """The share files with their names. Errors: `unreadable-file`, with nothing of the others left in memory."""
    from services import files
    from services.recovery import share_files
    from services.recovery.passwords import wipe

    found: list[tuple[str, bytearray]] = []
    try:
        for path in shares:
            found.append((str(path), files.read_secret(path, share_files.LIMIT, stream=True)))  # noqa: PERF401 - wiped on failure
    except ProblemError:
        wipe(*(content for _, content in found))
        raise
    return found


def worked(program: Program, work: Work[Result]) -> Result:
    """The work done, each of its stages told when it has succeeded."""
    return work.run(teller(program))


def teller(program: Program) -> Say:
    """Tells a stage when it has succeeded."""

    def say(stage: Stage) -> None:
        if stage.done:
            program.voice.tell(f"✓ {stage.says} ({stage.seconds:.1f} s)")

    return say


def _found(request: Request) -> KeyFiles:
    """A pair that is complete on the disk: only the setup file, or a paper of it, is missing."""
    from services import papers
    from services.recovery import keyfiles

    of = keyfiles.paths(request.folder, request.name)
    style = next((f for f in keyfiles.FORMATS if seen.anything(of.private(f))), request.format)
    return papers.on_disk(of.private(style))
