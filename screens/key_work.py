"""The job that ends with a recovery key on its medium, recorded in the set-up that it was made for, and its sheet.

A page starts it and the page “making” shows it; the set-up gets its key whichever page or set-up is open by then.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from screens import key_place
from services import files, setup_file
from services.problems import ProblemError, refuse
from services.recovery import check, keyfiles, keypair
from services.recovery.custodians import Custody, as_json
from services.recovery.keyfiles import KeyFiles
from services.recovery.process import Work
from services.recovery.stages import Say

if TYPE_CHECKING:
    from datetime import datetime

    from screens.app import PalisadeWizard
    from screens.hand_out import HandOut
    from screens.work import Job
    from services.answers import Answers


@dataclass(frozen=True)
class Finished:
    """A key that is made and recorded; `mind` are sentences about what did not go as it should."""

    files: KeyFiles
    sheet: Path | None
    custody: Custody | None
    mind: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """A private key of the person's own, to be brought into the right form; `sha256` is empty while it is closed."""

    path: Path
    data: bytes
    sealed: bool
    sha256: str

    def __repr__(self) -> str:
        return f"Source({self.path})"


class Making(Protocol):
    """Work that ends with a key pair."""

    def run(self, say: Say) -> KeyFiles: ...

    def cancel(self) -> None: ...


class Conversion:
    """Seals a private key of any form anew and writes its public half; `old` opens it, if it is closed."""

    def __init__(
        self, source: Source, request: keypair.Request, old: bytearray | None, new: bytearray
    ) -> None:
        """Errors: `bad-password`, `exists`, `invalid-answer`."""
        of = keyfiles.paths(request.folder, request.name)
        keyfiles.refuse_existing(of)
        self._source, self._request, self._new = source, request, new
        self._now: Work[object] | Work[check.Converted] | Work[KeyFiles] = check.converting(
            source.data,
            of.sealed,
            "pke1",
            password=old,
            new_password=bytearray(new),
            iterations=request.iterations,
        )

    def run(self, say: Say) -> KeyFiles:
        """Does both. Errors: those of the two works, and `unacceptable-key` if another key came out than was shown."""
        files.folder(self._request.folder)
        self._now.run(say)
        self._now = work = keypair.completing(self._request, self._new)
        made = work.run(say)
        if self._source.sha256 and made.sha256 != self._source.sha256:
            raise refuse(
                "unacceptable-key",
                f"{self._source.path} is not the key that was shown to you: it changed meanwhile.",
                "Find out who changed it, and do not use the files that were written.",
            )
        return made

    def cancel(self) -> None:
        self._now.cancel()


def start(
    wizard: PalisadeWizard,
    run: Callable[[Say], KeyFiles],
    cancel: Callable[[], None],
    custody: Custody | None = None,
) -> Job:
    """Starts the job “key”; its result is a `Finished`."""
    session = wizard.session
    setup, answers = session.setup, session.answers
    sheet, record = key_place.sheet(session), key_place.record(session)
    moment = session.host.clock.wall()

    def work(_job: Job, tell: Callable[[object], None]) -> Finished:
        made = run(tell)
        mind = list(made.notes)
        if custody is not None:
            _publish(record, json.dumps(as_json(custody), indent=1, ensure_ascii=False) + "\n", made, mind)
        return Finished(
            made, written(sheet, made, answers, moment, mind, custody=custody), custody, tuple(mind)
        )

    def finish(found: Finished) -> None:
        """The key is recorded in the set-up that it was made for, whichever is open by now."""
        values: dict[str, object] = {
            "recovery_key.public_files": [str(found.files.public_der)],
            "recovery_key.fingerprint": found.files.sha256,
            "recovery_key.private_file": str(found.files.private_file),
            "recovery_key.custody": "split" if custody is not None else "file",
        }
        if setup is not None and (session.setup is None or session.setup.path != setup.path):
            setup_file.record(setup, values)
        else:
            session.record(values)

    return wizard.runner.start("key", "Working on the key", work, finish, cancel)


def written(
    path: Path,
    made: KeyFiles,
    answers: Answers,
    moment: datetime,
    mind: list[str],
    *,
    custody: Custody | None = None,
    token: str = "",
) -> Path | None:
    """Writes the sheet of a key; None, and a sentence more in `mind`, where that fails: the key is finished by then."""
    from services.backups.command import recovery_command
    from services.recovery.sheet import render, sheet

    private = made.private_file.name
    command = recovery_command(
        "KEY-ID", "SECP256K1", "recovery_shard-0.txt", private, "QUORUM-ID", output_file="recovered.txt"
    )
    production = answers.text("setup.environment") == "production"
    try:
        text = render(
            sheet(
                made,
                environment="production" if production else "sandbox",
                kit=answers.text("palisade.kit_name"),
                moment=moment,
                recovery=command,
                custody=custody,
                token=token,
            )
        )
    except ProblemError as error:
        mind.append(f"No sheet was written. {error.problem.summary}")
        return None
    return _publish(path, text, made, mind)


def _publish(path: Path, text: str, made: KeyFiles, mind: list[str]) -> Path | None:
    """Writes something that goes with a key, unless an earlier run wrote it for this very key."""
    try:
        if path.exists() and made.sha256.encode() in files.read_small(path):
            return path
        files.publish(path, text.encode(), 0o444)
    except ProblemError as error:
        mind.append(f"{path.name} was not written. {error.problem.summary}")
        return None
    return path


def start_for_shares(wizard: PalisadeWizard, hand_out: HandOut) -> Job:
    """Starts it for shares that were all handed out."""
    request = key_place.request(wizard.session)
    return start(wizard, lambda say: hand_out.finish(request, say), hand_out.dealing.cancel, hand_out.custody)
