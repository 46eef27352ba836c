"""Bringing shares together, one at a time, to complete a key pair that an interrupted run left half-made.

The child process keeps the shares; here there is never more than the one that is being read or typed, and that only
until the child has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from services import files
from services.problems import ProblemError, refuse
from services.recovery import keypair, process, share_files
from services.recovery.keyfiles import KeyFiles
from services.recovery.passwords import ITERATIONS
from services.recovery.stages import Say, silent
from services.recovery.talk import Talk


@dataclass(frozen=True)
class Taken:
    """What may be known of a share that is here: its `index` of its set, and what it is called, a path or so."""

    name: str
    index: int
    threshold: int
    identifier: int


class Gathering:
    """One gathering; from one thread at a time, except for `cancel` and `drop`."""

    def __init__(self, iterations: int = ITERATIONS) -> None:
        self._talk = Talk(process.Order("gather", {"iterations": iterations}, {}), _stopped)
        self._taken: list[Taken] = []

    @property
    def pid(self) -> int | None:
        """The process that keeps the shares, once there is one."""
        return self._talk.pid

    @property
    def taken(self) -> tuple[Taken, ...]:
        """The shares that are here, in the order in which they came."""
        return tuple(self._taken)

    @property
    def missing(self) -> int | None:
        """How many shares are still needed; None while no share has told."""
        return self._taken[0].threshold - len(self._taken) if self._taken else None

    def begin(self) -> None:
        """Start the child. Errors: `interrupted`."""
        self._talk.begin()

    def take(self, name: str, content: bytearray) -> Taken:
        """Give the child one share, which is wiped here; `name` is what a problem calls it.

        Errors: `unreadable-file` for what is no share, `invalid-answer` for one that does not go with the others or is
        not needed; those that are here stay.
        """
        found = self._talk.ask({"ask": "take", "name": name}, share=content)
        taken = Taken(name, found["index"], found["threshold"], found["identifier"])
        self._taken.append(taken)
        return taken

    def read(self, path: Path) -> Taken:
        """The same with the file of a share."""
        return self.take(str(path), files.read_secret(path, share_files.LIMIT))

    def finish(self, request: keypair.Request, say: Say = silent) -> KeyFiles:
        """Complete the key pair with the shares and let the child go; after a problem it can be tried again.

        Errors: `unreadable-file`, `invalid-answer`, `wrong-password`, those of completing a key pair.
        """
        question = {"ask": "finish", "folder": request.folder.absolute(), "name": request.name}
        return keypair.key_files(self._talk.conclude(question, say))

    def cancel(self) -> None:
        """End the child, from any thread; a file that is being written is finished first."""
        self._talk.cancel()

    def drop(self) -> None:
        """Let the child go, with the shares, from any thread; a pair that is being completed is finished first."""
        self._talk.drop()


def _stopped() -> ProblemError:
    return refuse(
        "interrupted",
        "The work with the shares was stopped; they are forgotten, and no file was overwritten.",
        "Bring the shares together again when you are ready.",
    )
