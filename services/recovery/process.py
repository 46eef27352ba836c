"""Key work in a process of its own, which is gone with its memory when the work is done.

Secrets go in through a pipe, behind one line of JSON; lines of JSON come out: the stages, then a result or a
problem. A secret comes out only where an order asks for it, raw behind the line of the result. The child has no
environment but what an order names, no core dumps and no terminal.
"""

from __future__ import annotations

import importlib.util
import io
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from services.problems import KINDS, Problem, ProblemError, refuse
from services.recovery import crossing
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
    """One piece of work: its name, its open parameters, and its secrets, which are wiped once they are sent.

    A path among the parameters is a `Path`, so that it crosses as its bytes (`crossing`).
    `environment` is all that the child sees of one: what the driver of a token wants.
    """

    work: str
    parameters: Mapping[str, object]
    secrets: Mapping[str, bytes | bytearray | None]
    environment: Mapping[str, str] = field(default_factory=dict)

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
            wipe_order(self._order)
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
            self._process = launch(self._order.environment)
            return self._process

    def _converse(self, process: subprocess.Popen[bytes], say: Say) -> Mapping[str, Any] | None:
        """The result, or None if the child ended without one; whatever happens here, the child is gone afterwards."""
        try:
            send(process, self._order)
            if process.stdin is not None:
                process.stdin.close()
            return listen(process, say)
        except BaseException:
            process.terminate()
            raise
        finally:
            if process.stdout is not None:
                process.stdout.close()
            process.wait()

    def _ended_early(self, status: int) -> ProblemError:
        return _interrupted() if self._cancelled else ended_early(status)


def launch(environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a child that waits for its order. Its pipes have no buffer, which would keep copies of secrets."""
    return subprocess.Popen(  # noqa: S603 - our own interpreter and program, no words of a user
        [sys.executable, "-I", "-X", "utf8", "-c", _START, *_places()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=dict(environment),
        cwd="/",
        bufsize=0,
        start_new_session=True,  # Ctrl-C reaches this process alone, which then ends the other
    )


def send(process: subprocess.Popen[bytes], order: Order) -> None:
    """Give a child its order; one that ended early is not complained about here."""
    secrets = {name: secret for name, secret in order.secrets.items() if secret is not None}
    head = {
        "work": order.work,
        "parameters": order.parameters,
        "secrets": {name: len(secret) for name, secret in secrets.items()},
    }
    tell(process, head, *secrets.values())


def tell(process: subprocess.Popen[bytes], line: Mapping[str, object], *secrets: bytes | bytearray) -> None:
    """Write one line and the secrets that it announces; the status of a child that ended early says why."""
    pipe = cast(io.FileIO, process.stdin)
    try:
        for piece in (json.dumps(line, default=_path).encode("ascii") + b"\n", *secrets):
            rest = memoryview(piece)
            while rest:
                rest = rest[pipe.write(rest) or 0 :]
    except BrokenPipeError:
        pass


def listen(process: subprocess.Popen[bytes], say: Say) -> Mapping[str, Any] | None:
    """The next result, whose secrets are buffers; None if the child ended. Errors: the problem that it tells."""
    for line in _lines(process):
        if "stage" in line:
            say(Stage(str(line["stage"]), bool(line["done"]), float(line["seconds"])))
        elif "problem" in line:
            raise ProblemError(crossing.heard_of(_problem(line["problem"])))
        else:
            answer = dict(crossing.heard(line["result"]))
            for name, size in line.get("secrets", {}).items():
                answer[name] = _secret(process, int(size))
            return answer
    return None


def wipe_order(order: Order) -> None:
    """Overwrite the secrets of an order that was sent, or never will be."""
    wipe(*(secret for secret in order.secrets.values() if isinstance(secret, bytearray)))


def ended_early(status: int) -> ProblemError:
    """What a person is told of a child that ended without an answer."""
    how = f"signal {-status}" if status < 0 else f"status {status}"
    return refuse(
        "terminated" if status < 0 else "our-bug",
        f"The process that works on the key ended before it was done ({how}); no file was overwritten.",
        "Start again; what was already written is found and can be completed.",
    )


def _secret(process: subprocess.Popen[bytes], size: int) -> bytearray:
    pipe = cast(io.FileIO, process.stdout)
    secret = bytearray(size)
    rest = memoryview(secret)
    while rest:
        read = pipe.readinto(rest)
        if not read:
            raise ended_early(process.wait())
        rest = rest[read:]
    return secret


def _lines(process: subprocess.Popen[bytes]) -> Iterator[Mapping[str, Any]]:
    assert process.stdout is not None  # noqa: S101 - for the type checker
    while (line := process.stdout.readline()).endswith(b"\n"):
        yield json.loads(line)


def _path(value: object) -> str:
    if isinstance(value, Path):
        return crossing.sent(value)
    raise TypeError(f"{type(value).__name__} does not cross")


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
    """The folders from which the child imports: this program's, and those where its packages are installed."""
    found = [str(Path(__file__).resolve().parents[2])]
    for package in ("cryptography", "shamir_mnemonic", "pkcs11"):
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.origin is not None:
            installed = str(Path(spec.origin).resolve().parents[1])
            if installed not in found:
                found.append(installed)
    return found
