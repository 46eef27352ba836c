"""A reader who follows a page word for word: a shell on a real terminal, the demo's AWS behind it, Palisade at its time.

What the reader has is what `palisade-wizard demo --serve` prints, as docs/demo.md tells. What the reader types when asked
is what the guides say: a password, the word of a risk, `yes`, the name of a set-up. What a reader does in Palisade's console
is done as the guides say for the demo, with `demo --play`, right before the first `verify` that waits for a set-up.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.documents.fences import ROOT, Block, Command, blocks, commands
from tests.planted import PASSWORD
from tests.terminal.pseudo import PATIENCE, Pseudo, pseudo
from tests.wizard.test_endings import serving

_ASKED = re.compile(
    r"(?P<secret>(?:Newpassword(?:,again)?|Password):)$"
    r"|Typetheword(?P<risk>[a-z]+)toagree:$"
    r"|Type(?P<word>[a-z-]+)toagree:$"
    r"|Typethenameoftheset-up,(?P<name>[\w-]+),toagree:$"
    r"|(?P<yes>Only'yes'istakenasconsent:)$"
)
"""What is asked, as it stands on the terminal without white space."""

_IN = "import os, sys; os.chdir(sys.argv[1]); os.execvp('sh', ['sh', '-c', sys.argv[2]])"


@dataclass
class Reader:
    """Where the reader works; `played` are the set-ups for which Palisade has written its backups."""

    folder: Path
    environ: dict[str, str]
    played: set[str] = field(default_factory=set)
    said: str = ""

    def follows(self, page: Path) -> int:
        """Runs a page from top to bottom; gives how many commands there were."""
        done, before = 0, ""
        for block in blocks(page.read_text("utf-8")):
            place = f"{page.name}, line {block.line}"
            if block.language == "sh":
                before = ""
                for command in commands(block):
                    before += self.types(command, page.name)
                    done += 1
            elif block.language == "text":
                printed(block, before, place)
        return done

    def types(self, command: Command, page: str) -> str:
        """One command, on a terminal; gives what it printed."""
        for setup in re.findall(r"verify\b.*--config (\S+).*--wait", command.text):
            for name in self._each(command, setup):
                self._palisade(name)
        program = ("-c", _IN, str(self.folder), command.text)
        with pseudo(program=program, environ=self.environ, size=(200, 60)) as terminal:
            status = _answered(terminal)
            written = terminal.written.decode().replace("\r\n", "\n")
        assert status == command.status, (
            f"{page}, line {command.line}: {command.text}\nended with {status}, not {command.status}:\n{written}"
        )
        return written

    def _each(self, command: Command, setup: str) -> list[str]:
        """The setup files that a command means: in a loop, one for each of its words."""
        loop = re.search(r"for (\w+) in ([^;\n]+)", command.text)
        if loop is None:
            return [setup]
        return [setup.replace(f"${loop[1]}", word) for word in loop[2].split()]

    def _palisade(self, setup: str) -> None:
        """A kit with the values, a new quorum that has it, wallets: what follows of that in the bucket."""
        if setup not in self.played:
            self.played.add(setup)
            command = [sys.executable, "-m", "wizard", "demo", "--play", setup]
            ran = subprocess.run(command, env=self.environ, cwd=self.folder, capture_output=True, check=False)
            assert ran.returncode == 0, ran.stderr.decode()


def _answered(terminal: Pseudo) -> int:
    """Types what is asked for, until the command has ended; its status."""
    end, seen = time.monotonic() + PATIENCE, 0
    while terminal.process.poll() is None:
        assert time.monotonic() < end, f"it does not end:\n{terminal.written.decode()[-2000:]}"
        if not terminal.drain(0.2):
            continue
        asked = _ASKED.search(terminal.drawn(), seen)
        if asked:
            seen = len(terminal.drawn())
            word = asked["risk"] or asked["word"] or asked["name"] or "yes"
            terminal.keys((PASSWORD if asked["secret"] else word) + "\n")
    return terminal.ended()


def printed(block: Block, output: str, place: str) -> None:
    """Every line of a block of output was printed, in this order."""
    at = 0
    for line in block.text.splitlines():
        if line.strip() not in {"", "…"}:
            found = output.find(line.rstrip(), at)
            assert found >= 0, f"{place}: {line!r} is not printed by\n{output}"
            at = found + len(line.rstrip())


def desk(folder: Path) -> tuple[Path, dict[str, str]]:
    """A folder to work in, and the environment of a computer of the reader's own, with the program on its path."""
    home, work, programs = folder / "home", folder / "work", folder / "bin"
    for made in (home, work, programs):
        made.mkdir()
    program = programs / "palisade-wizard"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m wizard "$@"\n')
    program.chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    ours = {"HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "PATH": path, "PYTHONPATH": str(ROOT)}
    return work, ours


@contextmanager
def reading(folder: Path) -> Iterator[Reader]:
    """A reader with the demo's AWS behind the computer."""
    work, ours = desk(folder)
    with serving(folder / "demo", {}, "--json") as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        around = {name: value for name, value in os.environ.items() if name not in told["unset"]}
        yield Reader(work, {**around, **told["environment"], **ours})
