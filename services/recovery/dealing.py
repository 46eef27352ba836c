"""Handing the shares of a new secret out, one at a time, before any file exists.

The child process keeps the secret; here there is never more than the one share that is on the screen. The key is made
and sealed only after every custodian has shown that the share was written down, so stopping earlier leaves nothing
but words on paper that open nothing.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from services.problems import ProblemError, refuse
from services.recovery import keyfiles, keypair, process, share_files
from services.recovery.keyfiles import KeyFiles
from services.recovery.passwords import ITERATIONS
from services.recovery.stages import Say, silent
from services.recovery.wordcheck import ASKED, ShownShare, wrong


@dataclass(frozen=True)
class Deal:
    """What may be known of a set of shares: any `threshold` of `count`; all `groups` of that size were recombined."""

    threshold: int
    count: int
    identifier: int
    groups: int


class Dealing:
    """One hand-out. Use it as a context manager; from one thread at a time, except for `cancel`."""

    def __init__(self, threshold: int, count: int, iterations: int = ITERATIONS) -> None:
        """Errors: `invalid-answer`."""
        share_files.check_numbers(threshold, count)
        self._order = process.Order(
            "deal", {"threshold": threshold, "count": count, "iterations": iterations}, {}
        )
        self._count = count
        self._confirmed: set[int] = set()
        self._lock = threading.Lock()
        self._cancelled = False
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process that keeps the secret, once there is one."""
        return self._process.pid if self._process else None

    @property
    def missing(self) -> tuple[int, ...]:
        """The numbers of the shares that nobody has confirmed yet."""
        return tuple(number for number in range(1, self._count + 1) if number not in self._confirmed)

    def begin(self, say: Say = silent) -> Deal:
        """Make the secret, split it and recombine it in every way."""
        with self._lock:
            if self._cancelled:
                raise _stopped()
            self._process = process.launch(self._order.environment)
        process.send(self._process, self._order)
        answer = self._answer(say)
        return Deal(answer["threshold"], answer["count"], answer["identifier"], answer["groups"])

    def share(self, number: int) -> ShownShare:
        """One share, counted from 1; wipe it before asking for the next. It can be asked for again."""
        answer = self._ask({"ask": "share", "number": number}, silent)
        return ShownShare(number, self._count, answer["words"])

    def confirm(self, share: ShownShare, typed: Mapping[int, str]) -> tuple[int, ...]:
        """Take a custodian's answers by word number; the numbers that are wrong. None of them: the share is confirmed."""
        mistaken = wrong(share, typed)
        if not mistaken and len(typed) >= ASKED:
            self._confirmed.add(share.number)
        return mistaken

    def finish(self, request: keypair.Request, say: Say = silent) -> KeyFiles:
        """Make the key, seal it, prove it, publish it; after a problem it can be tried again, elsewhere.

        Errors: `failed-check` while a share is not confirmed; those of making a key pair.
        """
        if self.missing:
            raise refuse(
                "failed-check",
                f"Share {self.missing[0]} has not been confirmed yet, so no key is sealed.",
                "Let its custodian write it down and answer the questions about it.",
            )
        keyfiles.refuse_existing(keyfiles.paths(request.folder, request.name))
        folder = str(request.folder.absolute())
        return keypair.key_files(self._ask({"ask": "finish", "folder": folder, "name": request.name}, say))

    def cancel(self) -> None:
        """End the child, from any thread; a file that is being written is finished first."""
        with self._lock:
            self._cancelled = True
            if self._process is not None:
                self._process.terminate()

    def close(self) -> None:
        """Let the child go, with its memory."""
        if self._process is None:
            return
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()

    def _ask(self, question: Mapping[str, object], say: Say) -> Mapping[str, Any]:
        if self._process is None:
            raise ValueError("the hand-out has not begun")
        process.tell(self._process, question)
        return self._answer(say)

    def _answer(self, say: Say) -> Mapping[str, Any]:
        assert self._process is not None  # noqa: S101 - for the type checker
        try:
            answer = process.listen(self._process, say)
        except ProblemError:
            raise  # the child has told it, and goes on listening
        except BaseException:
            self._process.terminate()
            raise
        if answer is None:
            status = self._process.wait()
            raise _stopped() if self._cancelled else process.ended_early(status)
        return answer


def _stopped() -> ProblemError:
    return refuse(
        "interrupted",
        "The hand-out of the shares was stopped.",
        "Destroy what was written down if no sealed file was made: those shares open nothing. Then begin again.",
    )
