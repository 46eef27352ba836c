"""Paths on their way to the child and back, as the bytes that the system knows them by.

The child takes file names for UTF-8, the parent for what the person's locale says: the same text would be two folders.
So where the parent's is another encoding, each byte of a path beyond ASCII crosses as the sign by which Python marks a
byte that is no text, which means this very byte to the child; and what comes back is put into the parent's text again.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from services.problems import Problem

ENCODING = sys.getfilesystemencoding()

_BYTES = re.compile("[\x00-\x7f\udc80-\udcff]*[\udc80-\udcff][\x00-\x7f\udc80-\udcff]*")
_SPELT = re.compile(r"\\udc([89a-f][0-9a-f])")


def sent(path: Path, encoding: str = ENCODING) -> str:
    """A path as the child is to take it."""
    if encoding == "utf-8":
        return str(path)
    return str(path).encode(encoding, "surrogateescape").decode("ascii", "surrogateescape")


def heard(value: Any, encoding: str = ENCODING) -> Any:
    """What the child answers, with every path in it, or in its sentences, as the parent writes it."""
    if encoding == "utf-8":
        return value
    match value:
        case str():
            return _BYTES.sub(lambda run: _text(run[0], encoding), value)
        case list():
            return [heard(each, encoding) for each in value]
        case dict():
            return {name: heard(each, encoding) for name, each in value.items()}
        case _:
            return value


def heard_of(problem: Problem, encoding: str = ENCODING) -> Problem:
    """A problem that the child tells: in its sentences each sign that cannot be printed is spelled out already."""
    if encoding == "utf-8":
        return problem

    def again(said: str) -> str:
        return str(heard(_SPELT.sub(lambda byte: chr(0xDC00 + int(byte[1], 16)), said), encoding))

    return Problem(
        problem.code, again(problem.summary), tuple(map(again, problem.remedy)), again(problem.where)
    )


def _text(run: str, encoding: str) -> str:
    return run.encode("ascii", "surrogateescape").decode(encoding, "surrogateescape")
