"""Handing the shares of a new secret out, one at a time, before any file exists.

The child process keeps the secret; here there is never more than the one share that is on the screen. The key is made
and sealed only after every custodian has shown that the share was written down, so stopping earlier leaves nothing
but words on paper that open nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from services.problems import ProblemError, refuse
from services.recovery import keyfiles, keypair, process, share_files
from services.recovery.keyfiles import KeyFiles
from services.recovery.passwords import ITERATIONS
from services.recovery.stages import Say, silent
from services.recovery.talk import Talk
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
        order = process.Order("deal", {"threshold": threshold, "count": count, "iterations": iterations}, {})
        self._talk = Talk(order, _stopped)
        self._count = count
        self._confirmed: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process that keeps the secret, once there is one."""
        return self._talk.pid

    @property
    def missing(self) -> tuple[int, ...]:
        """The numbers of the shares that nobody has confirmed yet."""
        return tuple(number for number in range(1, self._count + 1) if number not in self._confirmed)

    def begin(self, say: Say = silent) -> Deal:
        """Make the secret, split it and recombine it in every way."""
        answer = self._talk.begin(say)
        return Deal(answer["threshold"], answer["count"], answer["identifier"], answer["groups"])

    def share(self, number: int) -> ShownShare:
        """One share, counted from 1; wipe it before asking for the next. It can be asked for again."""
        answer = self._talk.ask({"ask": "share", "number": number})
        return ShownShare(number, self._count, answer["words"])

    def confirm(self, share: ShownShare, typed: Mapping[int, str]) -> tuple[int, ...]:
        """Take a custodian's answers by word number; the numbers that are wrong. None of them: the share is confirmed."""
        mistaken = wrong(share, typed)
        if not mistaken and len(typed) >= ASKED:
            self._confirmed.add(share.number)
        return mistaken

    def finish(self, request: keypair.Request, say: Say = silent) -> KeyFiles:
        """Make the key, seal it, prove it, publish it, and let the child go; after a problem it can be tried again.

        Errors: `failed-check` while a share is not confirmed; those of making a key pair.
        """
        if self.missing:
            raise refuse(
                "failed-check",
                f"Share {self.missing[0]} has not been confirmed yet, so no key is sealed.",
                "Let its custodian write it down and answer the questions about it.",
            )
        keyfiles.refuse_existing(keyfiles.paths(request.folder, request.name))
        question = {"ask": "finish", "folder": request.folder.absolute(), "name": request.name}
        return keypair.key_files(self._talk.conclude(question, say))

    def cancel(self) -> None:
        """End the child, from any thread; a file that is being written is finished first."""
        self._talk.cancel()

    def drop(self) -> None:
        """Let the child go, with the secret, from any thread; a key that is being made is finished first."""
        self._talk.drop()

    def close(self) -> None:
        """Let the child go, with its memory."""
        self._talk.close()


def _stopped() -> ProblemError:
    return refuse(
        "interrupted",
        "The hand-out of the shares was stopped.",
        "Destroy what was written down if no sealed file was made: those shares open nothing. Then begin again.",
    )
