"""The texts of the program as its source has them, to look for the commands in them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import click

from wizard.cli import main_group

ROOT = Path(__file__).resolve().parent.parent
VALUE, COMMAND = "\x00", "\x01"
"""What stands for a value that is put into a text, and for one that is a whole command."""

_MAKERS = re.compile(r"^(?:own_command|on_setup|shlex\.join|download|_command|_line|_kms)\(|^command$")


@dataclass(frozen=True)
class Text:
    """One text, with its place."""

    place: str
    text: str


@cache
def texts() -> tuple[Text, ...]:
    """Every text of the program but for those that only readers of its source see."""
    found: list[Text] = []
    for folder in ("services", "screens", "wizard"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            found += (Text(f"{name}:{line}", text) for line, text in _of(ast.parse(path.read_text("utf-8"))))
    return tuple(found)


def _of(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.JoinedStr):
        yield node.lineno, "".join(map(_spelt, node.values))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value
    else:
        for child in ast.iter_child_nodes(node):
            yield from _of(child)


def _spelt(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    value = ast.unparse(part.value) if isinstance(part, ast.FormattedValue) else ""
    if value == "PROGRAM":
        return "palisade-wizard"
    return COMMAND if _MAKERS.search(value) else VALUE


@cache
def begins() -> re.Pattern[str]:
    """Where a command begins in a text: one of ours, of AWS, or of those that move files and install parts."""
    group = main_group()
    ours = "|".join(group.list_commands(click.Context(group)))
    return re.compile(
        rf"{COMMAND}|\bpalisade-wizard (?:(?:{ours})\b|--)|(?<![./~\w-])aws (?:[a-z0-9-]+|{VALUE}) [a-z{VALUE}-]"
        rf"|(?<![\w-])(?:cp|mv) (?=[{VALUE}~/])|\buv tool|\bopenssl [a-z0-9]+ -|-m pip "
    )
