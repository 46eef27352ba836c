"""Text that a POSIX shell takes over exactly, whatever characters it holds.

Everything fixed stands in single quotes, where the shell changes nothing; what is known only when the script runs is a
variable in double quotes beside it.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from services.model.values import Ref, Tree, bare, encode, fill

WIDTH = 110
_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,-]+")


@dataclass(frozen=True)
class Var:
    """A variable of the shell."""

    name: str


Piece: TypeAlias = "str | Var"
Naming: TypeAlias = "Callable[[Ref], str | Var]"
"""What stands for a reference: its value where it is known, else a variable that holds it."""


def word(*pieces: Piece) -> str:
    """One word of a command: the pieces side by side."""
    said = [f'"${{{p.name}}}"' if isinstance(p, Var) else _fixed(p) for p in pieces if p != ""]
    return "".join(said) or "''"


def _fixed(text: str) -> str:
    if "\0" in text:
        raise ValueError("a shell cannot hold a NUL")
    return text if _PLAIN.fullmatch(text) else "'" + text.replace("'", "'\\''") + "'"


def comment(text: str, indent: str = "") -> str:
    """The text as comment lines; nothing in it can end the comment early."""
    lines = textwrap.wrap(" ".join(_printable(text).split()), WIDTH - len(indent) - 2) or [""]
    return "\n".join(f"{indent}# {line}".rstrip() for line in lines)


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def pieces(tree: Tree, naming: Naming, render: Callable[[Tree], str]) -> list[Piece]:
    """What `render` makes of the tree, cut where a variable belongs.

    Only identifiers and ARNs are ever in variables, so they mean the same at any depth of quoting in JSON.
    """
    mark = _mark(tree)

    def put(ref: Ref) -> str:
        found = naming(ref)
        return f"{mark}{found.name}{mark}" if isinstance(found, Var) else found

    parts = render(encode(fill(tree, put))).split(mark)
    return [Var(part) if at % 2 else part for at, part in enumerate(parts)]


def _mark(tree: Tree) -> str:
    """A text that the tree does not hold."""
    known, number = repr(bare(tree)), 0
    while f"@{number}@" in known:
        number += 1
    return f"@{number}@"
