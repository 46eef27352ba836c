"""Markdown whose values stay values: whatever a name, a tag or a policy holds, it can become no markup.

Everything here is plain CommonMark with tables. What cannot be printed (escape sequences, signs that turn the
direction of writing) is spelled out, in sentences, in code and in documents alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from services.model.values import Tree

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "@": "&#64;"}
_SLASHED = frozenset("\\`*_{}[])~$^!#+=-.")
_LINKS = re.compile(r"(?i)(?<=www)\.|(?<=:)/(?=/)|(?<=mailto):|(?<=xmpp):")
_RUNS = re.compile(r"`+")


def plain(value: object) -> str:
    """A value as one line of characters that can be printed; all others are spelled out."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(value))


def text(value: object) -> str:
    """A value inside a sentence, a heading or a cell: it reads as it is, and is no markup, link or entity."""
    said = plain(value)
    found = "".join(
        _ENTITIES.get(c, f"\\{c}" if c in _SLASHED and _markup(said, at) else c) for at, c in enumerate(said)
    )
    found = _LINKS.sub(lambda match: f"&#{ord(match.group())};", found)
    # Blanks at either end would be taken off, and more than one in a row is shown as one.
    return re.sub(r"^ +| +$|(?<= ) +", lambda match: "&#32;" * len(match.group()), found)


def _markup(said: str, at: int) -> bool:
    """Whether a sign could be markup here: some are only where nothing stands before them, a dot not after a word."""
    before, after = said[at - 1 : at], said[at + 1 : at + 2]
    match said[at]:
        case ".":  # the number of a list, or a part of a name that some readers take for a link
            return not before.isalpha() or not (after == "" or after.isspace())
        case ")":
            return not before.isalpha()
        case "-" | "!" | "=" | "+" | "#":
            return not before.isalnum()
        case _:
            return True


def code(value: object) -> str:
    """A value as code, for a cell of a table: exact, and never a link."""
    said = plain(value)
    if not said:
        return "(empty)"
    longest = max((len(run) for run in _RUNS.findall(said)), default=0)
    fence = "`" * (longest + 1)
    inner = f" {said} " if said[0] in "` " or said[-1] in "` " else said
    if not said.strip(" "):
        inner = said
    return fence + inner.replace("|", "\\|") + fence


def block(content: str, language: str = "") -> str:
    """A document as it is, line by line."""
    lines = [plain(line) for line in content.split("\n")]
    longest = max((len(run) for line in lines for run in _RUNS.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join((fence + language, *lines, fence))


def document(tree: Tree) -> str:
    """A value as JSON, exact: what cannot be printed is written in JSON's own escapes."""
    written = json.dumps(tree, indent=2, ensure_ascii=False, sort_keys=True, default=str)
    escaped = "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in written)
    return block(escaped, "json")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; its cells are Markdown already."""
    lines = [_row(head), _row(["---"] * len(head))]
    return "\n".join([*lines, *(_row(row) for row in rows)])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def heading(level: int, title: object) -> str:
    """A heading; its title is a value."""
    return f"{'#' * level} {text(title)}"


def items(sentences: Iterable[str]) -> str:
    """A list; its items are Markdown already."""
    return "\n".join(f"- {sentence}" for sentence in sentences)
