"""Where words go: data to the standard output, talk to the standard error, and nothing that could play tricks there.

Text from outside (names, AWS's messages) may hold control characters: they are shown, never sent to the terminal.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import TextIO

from services.own_command import with_setup
from services.printable import lines
from services.problems import ProblemError, refuse

_PLAIN_SIGNS = {
    "✓": "ok", "✗": "x", "…": "...", "→": "->", "–": "-", "—": "-", "·": "-", "“": '"', "”": '"', "’": "'", "▸": ">",
    "▇": "#",
}  # fmt: skip


@dataclass(frozen=True)
class Voice:
    """The two streams of the program. With `json`, the standard output holds JSON and nothing else.

    A reader who leaves changes nothing: the work goes on and ends with its own status. What the standard output
    cannot take otherwise is a `folder` problem; what the standard error cannot take is lost.
    """

    out: TextIO
    err: TextIO
    json: bool = False
    begun: Event = field(default_factory=Event, compare=False)
    """Set as soon as JSON goes to the standard output: after that, a problem must not add a document."""
    setup: Callable[[], Path | None] = field(default=lambda: None, compare=False)
    """The setup file that is worked on: commands in sentences name it. JSON keeps the placeholder, which is the same
    for every set-up."""

    def data(self, text: str) -> None:
        """Lines of a result, for a person. Errors: `folder`."""
        self._write(fit(self.named(text), self.out.encoding))

    def program(self, text: str) -> None:
        """Lines that another program reads, in which tabs part what belongs apart. Errors: `folder`."""
        self._write("\t".join(fit(part, self.out.encoding) for part in text.split("\t")))

    def tell(self, text: str = "") -> None:
        """Lines about what happens."""
        try:
            # One write, because several threads talk: print writes the end of a line by itself.
            self.err.write(f"{fit(self.named(text), self.err.encoding)}\n")
            self.err.flush()
        except OSError:
            silence(self.err)

    def named(self, text: str) -> str:
        """The text with the set-up's path in its commands."""
        return with_setup(text, self.setup())

    def document(self, value: Mapping[str, object]) -> None:
        """The one JSON document of a command. Errors: `folder`."""
        self.begun.set()
        self._write(json.dumps(value, indent=2))

    def line(self, value: Mapping[str, object]) -> None:
        """One JSON value on one line, at once. Errors: `folder`."""
        self.begun.set()
        self._write(json.dumps(value))

    def _write(self, text: str) -> None:
        try:
            self.out.write(f"{text}\n")
            self.out.flush()
        except BrokenPipeError:
            silence(self.out)
        except OSError as error:
            raise _unwritten(error) from None


def _unwritten(error: OSError) -> ProblemError:
    why = os.strerror(error.errno) if error.errno else type(error).__name__
    return refuse(
        "folder",
        f"The standard output cannot be written ({why}).",
        "Send it to another place, then run the command again.",
        where="standard output",
    )


def silence(*streams: TextIO) -> None:
    """Leads streams nowhere, so that what they still hold disturbs nobody when the interpreter ends."""
    with contextlib.suppress(OSError, ValueError):
        sink = os.open(os.devnull, os.O_WRONLY)
        for stream in streams:
            os.dup2(sink, stream.fileno())
        os.close(sink)


def fit(text: str, encoding: str | None) -> str:
    """The text without control characters, in signs that the encoding has."""
    safe = lines(text)
    try:
        safe.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        plain = "".join(_PLAIN_SIGNS.get(c, c) for c in safe)
        return plain.encode("ascii", "backslashreplace").decode("ascii")
    return safe
