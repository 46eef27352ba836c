"""Key work in a process of its own, which is gone with its memory when the work is done.

Secrets go in through a pipe, behind one line of JSON; lines of JSON come out: the stages, then a result or a
problem, none of which holds a secret. The child has no environment, no core dumps and no terminal.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from services.problems import KINDS, Problem, ProblemError, refuse
from services.recovery.passwords import wipe
from services.recovery.stages import Say, Stage, silent

Result = TypeVar("Result")

# The folder of this program goes before the installed packages, so that the child runs the same code as its parent,
# and after the standard library, which nothing may shadow.
_START = (
    "import sys\n"
    "at = next((n for n, p in enumerate(sys.path) if p.endswith('-packages')), len(sys.path))\n"
    "sys.path[at:at] = sys.argv[1:]\n"
    "from services.recovery.child import main\n"
    "sys.exit(main())\n"
)


@dataclass(frozen=True)
class Order:
    """One piece of work: its name, its open parameters, and its secrets, which are wiped once they are sent."""

    work: str
    parameters: Mapping[str, object]
    secrets: Mapping[str, bytes | bytearray | None]

    def __repr__(self) -> str:
        return f"Order({self.work})"


class Work(Generic[Result]):
    """A piece of key work that can be run once, and cancelled from another thread."""

    def __init__(self, order: Order, finish: Callable[[Mapping[str, Any]], Result]) -> None:
        self._order = order
        self._finish = finish
        self._lock = threading.Lock()
        self._cancelled = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process that works, once there is one."""
        return self._process.pid if self._process else None

    def run(self, say: Say = silent) -> Result:
        """Do the work; `say` hears of every stage. Errors: the problems of the work, `interrupted`, `terminated`."""
        try:
            process = self._launch()
            answer = self._converse(process, say)
        finally:
            wipe(*(secret for secret in self._order.secrets.values() if isinstance(secret, bytearray)))
        if answer is None:
            raise self._ended_early(process.returncode)
        return self._finish(answer)

    def cancel(self) -> None:
        """Ask the work to stop, which it does at once unless it is writing a file; the second time, kill it."""
        with self._lock:
            self._cancelled += 1
            if self._process is None:
                return
            if self._cancelled == 1:
                self._process.terminate()
            else:
                self._process.kill()

    def _launch(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._cancelled:
                raise _interrupted()
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and program, no words of a user
                [sys.executable, "-I", "-X", "utf8", "-c", _START, *_places()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                start_new_session=True,  # Ctrl-C reaches this process alone, which then ends the other
            )
            return self._process

    def _converse(self, process: subprocess.Popen[bytes], say: Say) -> Mapping[str, Any] | None:
        """The result, or None if the child ended without one; whatever happens here, the child is gone afterwards."""
        try:
            self._send(process)
            return _listen(process, say)
        except BaseException:
            process.terminate()
            raise
        finally:
            if process.stdout is not None:
                process.stdout.close()
            process.wait()

    def _send(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None  # noqa: S101 - for the type checker
        secrets = {name: secret for name, secret in self._order.secrets.items() if secret is not None}
        head = {
            "work": self._order.work,
            "parameters": self._order.parameters,
            "secrets": {name: len(secret) for name, secret in secrets.items()},
        }
        try:
            with process.stdin as pipe:
                pipe.write(json.dumps(head).encode("ascii") + b"\n")
                for secret in secrets.values():
                    pipe.write(secret)
        except BrokenPipeError:
            pass  # it ended early, and its last words or its status say why

    def _ended_early(self, status: int) -> ProblemError:
        if self._cancelled:
            return _interrupted()
        how = f"signal {-status}" if status < 0 else f"status {status}"
        return refuse(
            "terminated" if status < 0 else "our-bug",
            f"The process that works on the key ended before it was done ({how}); no file was overwritten.",
            "Start again; what was already written is found and can be completed.",
        )


def _listen(process: subprocess.Popen[bytes], say: Say) -> Mapping[str, Any] | None:
    for line in _lines(process):
        if "stage" in line:
            say(Stage(str(line["stage"]), bool(line["done"]), float(line["seconds"])))
        elif "problem" in line:
            raise ProblemError(_problem(line["problem"]))
        else:
            return dict(line["result"])
    return None


def _lines(process: subprocess.Popen[bytes]) -> Iterator[Mapping[str, Any]]:
    assert process.stdout is not None  # noqa: S101 - for the type checker
    for line in process.stdout:
        if line.endswith(b"\n"):
            yield json.loads(line)


def _problem(said: Mapping[str, Any]) -> Problem:
    code = str(said["code"])
    remedy = tuple(str(sentence) for sentence in said["remedy"])
    return Problem(code if code in KINDS else "our-bug", str(said["summary"]), remedy, str(said["where"]))


def _interrupted() -> ProblemError:
    return refuse(
        "interrupted",
        "The work on the key was stopped; no file was overwritten.",
        "Start again when you are ready; what was already written is found and can be completed.",
    )


def _places() -> list[str]:
    """The folders from which the child imports: this program's, and the one where `cryptography` is installed."""
    found = [str(Path(__file__).resolve().parents[2])]
    spec = importlib.util.find_spec("cryptography")
    if spec is not None and spec.origin is not None:
        installed = str(Path(spec.origin).resolve().parents[1])
        if installed not in found:
            found.append(installed)
    return found
