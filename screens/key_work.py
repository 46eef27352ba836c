"""The job that ends with a recovery key on its medium, recorded in the set-up that it was made for, and its sheet.

A page starts it and the page “making” shows it; the set-up gets its key whichever page or set-up is open by then.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from screens import key_place
from services import files, papers, setup_file
from services.problems import refuse
from services.recovery import check, keyfiles, keypair
from services.recovery.custodians import Custody
from services.recovery.keyfiles import KeyFiles
from services.recovery.process import Work
from services.recovery.stages import Say

if TYPE_CHECKING:
    from screens.app import PalisadeWizard
    from screens.hand_out import HandOut
    from screens.work import Job
    from services.recovery.gathering import Gathering


GONE = ("interrupted", "terminated", "our-bug")
"""Problems after which the child that keeps the shares' secret is gone."""


@dataclass(frozen=True)
class Finished:
    """A key that is made; `mind` are sentences about what did not go as it should, `proven` whether it was just now."""

    files: KeyFiles
    sheet: Path | None
    split: bool
    mind: tuple[str, ...]
    proven: bool = True

    @property
    def answers(self) -> dict[str, object]:
        """What the setup file records of it."""
        return {
            **key_place.places(self.files.public_der, self.files.private_file),
            "recovery_key.fingerprint": self.files.sha256,
            "recovery_key.custody": "split" if self.split else "file",
        }


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


def finished(
    made: KeyFiles, of: papers.Purpose, moment: datetime, *, split: bool, custody: Custody | None
) -> Finished:
    """Writes the papers of a key pair that was just made."""
    found = papers.written(made, of, moment, split=split, custody=custody)
    mind = [*made.notes, *found.mind]
    if found.mind:
        mind.append(_mended(made, split))
    return Finished(made, found.sheet.path, split, tuple(mind))


def start(
    wizard: PalisadeWizard,
    run: Callable[[Say], KeyFiles],
    cancel: Callable[[], None],
    *,
    split: bool = False,
    custody: Custody | None = None,
    proven: bool = True,
) -> Job:
    """Starts the job “key”; its result is a `Finished`. `split` says that shares open it, `custody` who holds them."""
    session = wizard.session
    setup = session.setup
    purpose, moment = key_place.purpose(session), session.host.clock.wall()

    def work(_job: Job, tell: Callable[[object], None]) -> Finished:
        made = finished(run(tell), purpose, moment, split=split, custody=custody)
        return replace(made, proven=proven)

    def finish(found: Finished) -> None:
        """The key is recorded in the set-up that it was made for, whichever is open by now."""
        if setup is not None and (session.setup is None or session.setup.path != setup.path):
            setup_file.record(setup, found.answers)
        else:
            session.record(found.answers)

    return wizard.runner.start("key", "Working on the key", work, finish, cancel)


def start_for_shares(wizard: PalisadeWizard, hand_out: HandOut) -> Job:
    """Starts it for shares that were all handed out."""
    request = key_place.request(wizard.session)
    return start(
        wizard,
        lambda say: hand_out.dealing.finish(request, say),
        hand_out.dealing.cancel,
        split=True,
        custody=hand_out.custody,
    )


def start_for_found(wizard: PalisadeWizard, pair: KeyFiles) -> Job:
    """Starts it for a whole pair that only lacks its record: an earlier run was cut off right before that."""
    split = wizard.session.shown_draft(key_place.KIND) == "split"
    return start(wizard, lambda _say: pair, lambda: None, split=split, proven=False)


def start_for_gathered(wizard: PalisadeWizard, gathering: Gathering) -> Job:
    """Starts it for shares that were brought together to complete what an interruption left."""
    session = wizard.session
    request = key_place.request(session)
    return start(
        wizard,
        lambda say: gathering.finish(request, say),
        gathering.cancel,
        split=True,
        custody=key_place.custody(session, gathering.taken),
    )


def _mended(made: KeyFiles, split: bool) -> str:
    """How a paper is written that could not be."""
    name = made.public_der.name.removesuffix(".pub.der")
    command = [
        "palisade-wizard",
        "keygen",
        "--out",
        str(made.public_der.parent),
        "--name",
        name,
        "--complete",
    ]
    shares = (
        ", with --share FILE for each share that is needed and --custodian NAME for each" if split else ""
    )
    return (
        "The key is complete all the same. Once that is mended, this writes what is missing: "
        f"“{shlex.join(command)}”{shares}."
    )
