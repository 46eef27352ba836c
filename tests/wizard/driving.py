"""Runs the program: inside the test, with AWS and the person as arguments, or as a process of its own."""

from __future__ import annotations

import atexit
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from screens.host import Connection
from services.aws.port import Settings
from services.clock import Clock
from services.model.calls import Aws, Call, Reply
from services.problems import KINDS
from services.recovery.keyring_copy import Backend
from tests.planted import PASSWORD
from tests.ports import FakeClock
from tests.watch import WATCH
from wizard.cli import run
from wizard.patience import Later
from wizard.root import Surroundings, disk

ROOT = Path(__file__).parents[2]
EXTERNAL_ID = "acme-4f1c2d3e-external"
PRINCIPAL = "arn:aws:iam::444455556666:role/palisade-mpc"
BUCKET = "acme-palisade-backup-sandbox"
ANSWERS = (
    "--setup-name", "acme-sandbox", "--region", "eu-west-1", "--storage-bucket", BUCKET,
    "--palisade-principal-arn", PRINCIPAL, "--palisade-external-id", EXTERNAL_ID,
)  # fmt: skip


@dataclass(frozen=True)
class Ran:
    """How a run ended."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on the standard output."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON values, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def problem(self) -> dict[str, Any]:
        found: dict[str, Any] = self.document["problem"]
        return found


class Failing(io.BytesIO):
    """A place that cannot be written after its first writes, for a reason of the system."""

    def __init__(self, number: int, after: int = 0) -> None:
        super().__init__()
        self._number, self._left = number, after

    def write(self, data: object, /) -> int:
        self._left -= 1
        if self._left < 0:
            raise OSError(self._number, os.strerror(self._number))
        assert isinstance(data, bytes)
        return super().write(data)


class Stream(io.TextIOWrapper):
    """A stream that says whether it is a terminal."""

    def __init__(
        self,
        content: bytes = b"",
        *,
        terminal: bool = False,
        encoding: str = "utf-8",
        raw: io.BytesIO | None = None,
    ) -> None:
        super().__init__(raw or io.BytesIO(content), encoding=encoding, write_through=True)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    @property
    def written(self) -> str:
        raw = self.buffer
        assert isinstance(raw, io.BytesIO)
        return raw.getvalue().decode(self.encoding)


def nowhere(call: Call) -> Reply:
    """AWS where a test must not need it."""
    raise AssertionError(f"{call.name} was called")


def at_once(_seconds: float, _work: Callable[[], None]) -> Callable[[], None]:
    """Time where everything is answered at once."""
    return lambda: None


def no_keyring() -> Backend:
    """A keyring where a test must not need it."""
    raise AssertionError("the keyring was asked for")


@dataclass
class Terminal:
    """A person's machine: its AWS, its folder, its disks, and what is typed. `settings` keeps how AWS was asked for."""

    folder: Path
    aws: Aws = nowhere
    endpoint: str = ""
    environ: dict[str, str] = field(default_factory=dict)
    clock: Clock = field(default_factory=FakeClock)
    settings: list[Settings] = field(default_factory=list)
    disk: Callable[[Path], Hashable] = disk
    keyring: Callable[[], Backend] = no_keyring
    later: Later = at_once

    def __call__(
        self,
        *arguments: str | Path,
        typed: str | None = None,
        stdin: bytes = b"",
        secrets: Sequence[str] = (),
        encoding: str = "utf-8",
        stdout: Stream | None = None,
        stderr: Stream | None = None,
    ) -> Ran:
        """One run; `typed` makes it a terminal with those lines, `secrets` are typed without echo."""
        terminal = typed is not None or bool(secrets)
        out = stdout or Stream(encoding=encoding)
        err = stderr or Stream(terminal=terminal, encoding=encoding)
        answers: Iterator[str] = iter(secrets)
        around = Surroundings(
            environ=self.environ,
            stdin=Stream((typed or "").encode() + stdin, terminal=terminal),
            stdout=out,
            stderr=err,
            clock=self.clock,
            reach=self._reach,
            ask_secret=lambda _prompt: bytearray(next(answers).encode()),
            disk=self.disk,
            mounts=lambda: "",
            keyring=self.keyring,
            later=self.later,
            pbkdf2_iterations=2,
        )
        status = run(["--state-dir", str(self.folder / "state"), *map(str, arguments)], around)
        # What was asked for with --reveal is what the person wanted to see.
        WATCH.printed(err.written if "--reveal" in arguments else out.written + err.written)
        return Ran(status, out.written, err.written)

    def _reach(self, settings: Settings) -> Connection:
        self.settings.append(settings)
        return Connection(self.aws, self.endpoint)

    @property
    def setup(self) -> Path:
        return self.folder / "setup.toml"

    @property
    def password_file(self) -> Path:
        path = self.folder / "password.txt"
        if not path.exists():
            path.write_text(PASSWORD + "\n")
        return path

    def answered(self, *flags: str) -> Path:
        """A complete setup file."""
        ran = self("answers", "new", "--out", self.setup, *ANSWERS, *flags)
        assert ran.status == 0, ran.err
        return self.setup

    def with_key(self, *flags: str) -> Path:
        """A complete setup file with its recovery key, one that was made before: making one takes a second."""
        setup, keys = self.answered(*flags), self.folder / "keys"
        shutil.copytree(_pair(), keys)
        ran = self("keygen", "--config", setup, "--out", keys, "--complete")
        assert ran.status == 0, ran.err
        assert self.password_file.exists()
        return setup


@cache
def _pair() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="palisade-test-"))
    atexit.register(shutil.rmtree, folder)
    maker = Terminal(folder)
    ran = maker("keygen", "--out", folder / "keys", "--password-file", maker.password_file)
    assert ran.status == 0, ran.err
    return folder / "keys"


def refused(ran: Ran, code: str) -> dict[str, Any]:
    """The one clear sentence of a refusal in JSON: whole, with a remedy, and the right exit status."""
    problem = ran.problem
    assert problem["code"] == code, problem
    assert ran.status == problem["exit_code"] == KINDS[code]
    first = problem["summary"][0]
    assert first.isupper() or first.isdigit() or first in "'/“-"
    assert problem["summary"].endswith((".", "?", ")"))
    assert "\n" not in problem["summary"]
    assert problem["remedy"]
    assert all(sentence.endswith((".", "?", "F", "S", "DIR", "’")) for sentence in problem["remedy"]), problem
    assert "Traceback" not in ran.out + ran.err
    return problem


def contents(folder: Path) -> dict[str, str]:
    """Every file below a folder with the hash of its content; locks and notes (where setups are, last errors) left out."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in {".lock", ".path"} and path.name != "errors.jsonl"
    }


def loses_nothing(folder: Path, work: Callable[[], Ran]) -> Ran:
    before = contents(folder)
    ran = work()
    assert contents(folder) == before
    return ran


def process(
    *arguments: str | Path, environ: Mapping[str, str] | None = None, cwd: Path = ROOT, stdin: bytes = b""
) -> Ran:
    """The program as a process of its own."""
    ended = subprocess.run(
        [sys.executable, "-m", "wizard", *map(str, arguments)],
        env={**(os.environ if environ is None else environ), "PYTHONPATH": str(ROOT)},
        cwd=cwd,
        input=stdin,
        capture_output=True,
        timeout=100,
        check=False,
    )
    WATCH.printed(ended.stdout + ended.stderr)
    return Ran(ended.returncode, ended.stdout.decode(), ended.stderr.decode())
