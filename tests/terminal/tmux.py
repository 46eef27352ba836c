"""A real terminal for tests: a private tmux server that runs one program, types into it and reads its screen."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.programs import need
from tests.watch import WATCH

PATIENCE = 60.0
_BLINK = 0.05


@dataclass(frozen=True)
class Terminal:
    """One window; `tmux` is the command that reaches its server."""

    tmux: tuple[str, ...]

    def run(self, *words: str) -> str:
        done = subprocess.run([*self.tmux, *words], check=True, capture_output=True, encoding="utf-8")
        return done.stdout

    def screen(self) -> str:
        """What a person sees."""
        return self.run("capture-pane", "-p")

    def keys(self, *keys: str) -> None:
        self.settle()
        self.run("send-keys", *keys)

    def type(self, text: str) -> None:
        self.settle()
        self.run("send-keys", "-l", text)

    def wait(self, pattern: str, patience: float = PATIENCE) -> str:
        """The screen, once it shows the pattern, however its lines are broken."""
        end = time.monotonic() + patience
        while True:
            seen = self.screen()
            if re.search(pattern, " ".join(seen.split())):
                WATCH.screen(seen)
                return seen
            if time.monotonic() > end:
                raise AssertionError(f"{pattern!r} did not appear:\n{seen}")
            time.sleep(_BLINK)

    def tab(self) -> None:
        """Presses Tab, and waits until the focus has moved: what is typed before that goes to the old place."""
        before = self.run("capture-pane", "-pe")
        self.keys("Tab")
        end = time.monotonic() + 2
        while self.run("capture-pane", "-pe") == before and time.monotonic() < end:
            time.sleep(_BLINK)

    def settle(self, quiet: float = 0.3, patience: float = 5.0) -> None:
        """Waits until nothing has moved on the screen for a moment, so that no key is still on its way."""
        end = time.monotonic() + patience
        seen, since = self.run("capture-pane", "-pe"), time.monotonic()
        while time.monotonic() < end and time.monotonic() - since < quiet:
            time.sleep(_BLINK)
            now = self.run("capture-pane", "-pe")
            if now != seen:
                seen, since = now, time.monotonic()

    def focus(self, label: str, steps: int = 20) -> None:
        """Presses Tab until the button with this label is shown in reverse, as a person would look for it."""
        for _ in range(steps):
            self.settle()
            if self._focused(label):
                return
            self.tab()
        raise AssertionError(f"{label!r} never got the focus:\n{self.screen()}")

    def _focused(self, label: str) -> bool:
        styled = self.run("capture-pane", "-pe")
        return any(_reversed(styled[: at.start()]) for at in re.finditer(re.escape(f"[ {label}"), styled))

    def flag(self, name: str) -> str:
        """A flag of the terminal's state, such as `alternate_on` or `mouse_any_flag`."""
        return self.run("display-message", "-p", f"#{{{name}}}").strip()


def _without_a_size() -> dict[str, str]:
    """The environment but for another terminal's size, which programs believe more than their own terminal."""
    return {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}


def _reversed(styled: str) -> bool:
    """Whether reverse is on where the text ends: a style goes on into the next line, as tmux tells it."""
    on = False
    for codes in re.findall(r"\x1b\[([\d;]*)m", styled):
        for code in re.sub(r"[34]8;(2;\d+;\d+;\d+|5;\d+)", "", codes).split(";"):
            if code in {"0", "7", "27"}:
                on = code == "7"
    return on


@contextmanager
def terminal(
    command: Sequence[str],
    folder: Path,
    size: tuple[int, int] = (80, 24),
    environ: dict[str, str] | None = None,
) -> Iterator[Terminal]:
    """A terminal of this size in which the command runs; afterwards a shell stays, so that its state can be read."""
    tmux = (need("tmux"), "-L", f"palisade-{uuid.uuid4().hex[:12]}", "-f", "/dev/null")
    subprocess.run(
        [
            *tmux,
            *("new-session", "-d", "-x", str(size[0]), "-y", str(size[1]), "-c", str(folder)),
            f'{shlex.join(command)}; echo "ended with $?"; exec sh',
        ],
        check=True,
        env={**_without_a_size(), "LC_ALL": "C.UTF-8", "TERM": "screen-256color", **(environ or {})},
    )
    try:
        yield Terminal(tmux)
    finally:
        subprocess.run([*tmux, "kill-server"], check=False, capture_output=True)
