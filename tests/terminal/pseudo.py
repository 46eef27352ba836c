"""One program on a pseudo-terminal of its own: every byte that it writes, its terminal's settings, and all its processes."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from services.demo.profile import leads_elsewhere
from tests.programs import need
from tests.tally import count
from tests.watch import WATCH

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
SIZE = (80, 24)


@dataclass
class Pseudo:
    """The test's two ends: it reads and types at `master`, and looks at the settings through `slave`."""

    master: int
    slave: int
    process: subprocess.Popen[bytes]
    mark: str
    before: list[object] = field(default_factory=list)
    written: bytearray = field(default_factory=bytearray)

    def drain(self, seconds: float = 0.05) -> bool:
        """Takes what was written; whether there was something within this time."""
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        self.written += os.read(self.master, 1 << 16)
        return True

    def until(self, words: str) -> None:
        """Reads until the words were drawn, wherever the cursor went between them."""
        wanted, end = re.sub(r"\s", "", words), time.monotonic() + PATIENCE
        while wanted not in self.drawn():
            self.drain(0.2)
            assert time.monotonic() < end, f"{words!r} did not appear:\n{self.drawn()[-2000:]}"
            assert self.process.poll() is None or self.drain(0), self.drawn()[-2000:]

    def drawn(self) -> str:
        """Everything that was ever drawn, one behind the other, without any white space."""
        text = re.sub(
            rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)|\x1b[=>()][0-9A-B]?",
            b"",
            bytes(self.written),
        )
        return re.sub(r"\s", "", text.decode(errors="replace"))

    def until_quiet(self) -> None:
        """Until nothing has been written for a moment."""
        while self.drain(0.3):
            continue

    def keys(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Another size; the kernel tells the program with SIGWINCH."""
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def signal(self, number: signal.Signals) -> None:
        count("signals sent")
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, number)

    def stopped(self) -> None:
        """Reads until the program stands still."""
        end = time.monotonic() + PATIENCE
        while _standing(self.process.pid) != "T":
            self.drain()
            assert time.monotonic() < end, "it goes on"
        self.until_quiet()

    def ended(self) -> int:
        """Reads to the end; the status as a shell has it."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            self.drain()
            assert time.monotonic() < end, f"it does not end:\n{self.drawn()[-2000:]}"
        while self.drain(0):
            continue
        WATCH.printed(bytes(self.written))
        status = self.process.returncode
        return 128 - status if status < 0 else status

    def settings_changed(self) -> bool:
        """Whether the terminal echoes, edits lines or takes signals in another way than before."""
        return termios.tcgetattr(self.slave) != self.before

    def left_running(self) -> str:
        """The processes that carry the mark of this run in their environment and live on."""
        found = []
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                ours = folder.name.isdecimal() and self.mark.encode() in (folder / "environ").read_bytes()
                if ours and _standing(int(folder.name)) not in "ZX":
                    found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        return "\n".join(found)


def _standing(pid: int) -> str:
    """The letter of a process's state."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


@contextmanager
def pseudo(
    *words: str | Path,
    environ: Mapping[str, str] | None = None,
    program: Sequence[str] = ("-m", "wizard"),
    size: tuple[int, int] = SIZE,
) -> Iterator[Pseudo]:
    """The program in the foreground of a terminal, alone in its session."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    mark = f"PALISADE_TEST_RUN={os.urandom(8).hex()}"
    around = {name: value for name, value in os.environ.items() if not leads_elsewhere(name)}
    around |= {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "AWS_EC2_METADATA_DISABLED": "true"}
    around |= {**(environ or {}), **dict([mark.split("=")])}
    before = termios.tcgetattr(slave)
    process = subprocess.Popen(
        [need("setsid"), "--ctty", sys.executable, *program, *map(str, words)],
        stdin=slave, stdout=slave, stderr=slave, env=around, cwd=ROOT,
    )  # fmt: skip
    opened = Pseudo(master, slave, process, mark, before)
    try:
        yield opened
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(master)
        os.close(slave)
