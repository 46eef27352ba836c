"""Where words go: data to the standard output, talk to the standard error, and nothing that could play tricks there.

Text from outside (names, AWS's messages) may hold control characters: they are shown, never sent to the terminal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

_PLAIN_SIGNS = {
    "✓": "ok", "✗": "x", "…": "...", "→": "->", "–": "-", "—": "-", "·": "-", "“": '"', "”": '"', "’": "'", "▸": ">",
}  # fmt: skip


@dataclass(frozen=True)
class Voice:
    """The two streams of the program. With `json`, the standard output holds JSON and nothing else."""

    out: TextIO
    err: TextIO
    json: bool = False

    def data(self, text: str) -> None:
        """Lines of a result, for a person."""
        _write(self.out, text)

    def tell(self, text: str = "") -> None:
        """Lines about what happens."""
        _write(self.err, text)

    def document(self, value: Mapping[str, object]) -> None:
        """The one JSON document of a command."""
        print(json.dumps(value, indent=2), file=self.out, flush=True)

    def line(self, value: Mapping[str, object]) -> None:
        """One JSON value on one line, at once."""
        print(json.dumps(value), file=self.out, flush=True)


def _write(stream: TextIO, text: str) -> None:
    print(fit(text, stream.encoding), file=stream, flush=True)


def fit(text: str, encoding: str | None) -> str:
    """The text without control characters, in signs that the encoding has."""
    safe = "".join(c if c == "\n" or c.isprintable() else ascii(c)[1:-1] for c in text)
    try:
        safe.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        plain = "".join(_PLAIN_SIGNS.get(c, c) for c in safe)
        return plain.encode("ascii", "backslashreplace").decode("ascii")
    return safe
