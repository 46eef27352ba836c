"""Two set-ups side by side as lines of text: first what they must not share, then what differs, then what is the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING

from wizard.render import heads

if TYPE_CHECKING:
    from services.separation.compare import Comparison, Row, Shared

SIGNS = {"refused": "✗", "warning": "!"}
WIDTH = 80
"""Characters of a line of the table."""


def comparison_text(found: Comparison) -> str:
    """The whole comparison."""
    lines = [
        f"First   {_one(found, 0)}",
        f"Second  {_one(found, 1)}",
        "",
    ]
    for shared in found.shared:
        lines += _shared(shared)
    if not found.shared:
        lines.append("✓ They share nothing that each must have for itself.")
    lines += ["", "What differs", *_table(found.differs)] if found.differs else []
    if found.same:
        lines += ["", "The same in both"]
        lines += [f"  {row.label}: {row.first}" for row in found.same]
    return "\n".join([*lines, "", verdict(found)])


def _one(found: Comparison, number: int) -> str:
    of = (found.first, found.second)[number]
    return f"{of.name} ({heads.environment_of(of.answers)}), {of.setup.path}"


def _shared(shared: Shared) -> Iterator[str]:
    yield f"{SIGNS[shared.weight]} {shared.says}"
    yield f"    → {shared.remedy}"


def _table(rows: tuple[Row, ...]) -> Iterator[str]:
    """Label, first and second; long values are wrapped in their column and never cut."""
    width = max(len(row.label) for row in rows)
    column = (WIDTH - width - 6) // 2
    for row in rows:
        lines = zip_longest(folded(row.first, column), folded(row.second, column), fillvalue="")
        for at, (first, second) in enumerate(lines):
            yield f"  {'' if at else row.label:<{width}}  {first:<{column}}  {second}".rstrip()


def folded(text: str, width: int) -> list[str]:
    """The text in pieces of at most `width` characters, parted behind a sign where there is one."""
    pieces = []
    while len(text) > width:
        at = max(text.rfind(sign, 0, width) for sign in " -/:,@") + 1 or width
        pieces.append(text[:at].rstrip())
        text = text[at:]
    return [*pieces, text]


def verdict(found: Comparison) -> str:
    """What it adds up to, in one sentence."""
    if found.refused:
        count = len(found.refused)
        things = "One thing is" if count == 1 else f"{count} things are"
        return f"✗ {things} shared that each must have for itself: do what the lines with ✗ say."
    if found.warned:
        return "! Nothing is refused. Look at the lines with !: each environment should have its own."
    return "✓ The two are kept apart."
