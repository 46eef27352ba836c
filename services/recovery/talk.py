"""A child process that answers questions for as long as somebody asks, and keeps the secrets meanwhile."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Mapping
from typing import Any

from services.problems import ProblemError
from services.recovery import process
from services.recovery.passwords import wipe
from services.recovery.stages import Say, silent


class Talk:
    """One talk; from one thread at a time, except for `cancel` and `drop`. `stopped` is what a cancelled one tells."""

    def __init__(self, order: process.Order, stopped: Callable[[], ProblemError]) -> None:
        self._order = order
        self._stopped = stopped
        self._lock = threading.Lock()
        self._cancelled = False
        self._concluding = False
        self._dropped = False
        self._process: subprocess.Popen[bytes] | None = None

    def __repr__(self) -> str:
        return f"Talk({self._order})"

    @property
    def pid(self) -> int | None:
        """The process that keeps the secrets, once there is one."""
        return self._process.pid if self._process else None

    def begin(self, say: Say = silent) -> Mapping[str, Any]:
        """Start the child; its first answer."""
        with self._lock:
            if self._cancelled:
                raise self._stopped()
            self._process = process.launch(self._order.environment)
        try:
            process.send(self._process, self._order)
        finally:
            process.wipe_order(self._order)
        return self._answer(say)

    def ask(
        self, question: Mapping[str, object], say: Say = silent, **secrets: bytearray
    ) -> Mapping[str, Any]:
        """Ask something; the secrets go behind the line of the question and are wiped here."""
        if self._process is None:
            raise ValueError("the talk has not begun")
        sizes = {name: len(secret) for name, secret in secrets.items()}
        try:
            process.tell(self._process, {**question, "secrets": sizes}, *secrets.values())
        finally:
            wipe(*secrets.values())
        return self._answer(say)

    def conclude(self, question: Mapping[str, object], say: Say = silent) -> Mapping[str, Any]:
        """Ask for the last thing: when it is done the child goes; after a problem it can be asked again."""
        self._concluding = True
        try:
            answer = self.ask(question, say)
            self._dropped = True
            return answer
        finally:
            self._concluding = False
            if self._dropped:
                self._end()

    def cancel(self) -> None:
        """End the child, from any thread; a file that is being written is finished first."""
        with self._lock:
            self._cancelled = True
            if self._process is not None:
                self._process.terminate()

    def drop(self) -> None:
        """Let the child go with what it knows, from any thread; what it concludes is finished first."""
        self._dropped = True
        if not self._concluding:
            self._end()

    def close(self) -> None:
        """Let the child go, with its memory."""
        if self._process is None:
            return
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()

    def _end(self) -> None:
        self.cancel()
        self.close()

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
            raise self._stopped() if self._cancelled else process.ended_early(status)
        return answer
