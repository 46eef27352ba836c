"""The matrix in words: as a table where there is room for one, as a list where there is not, and what it means."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from services.model.policy_reading import Document
from services.model.values import Tree, entries
from services.overview.askers import (
    Column,
    let_in_accounts,
    let_in_providers,
    let_in_services,
    lets_in_any_service,
)
from services.overview.matrix import Cell, Matrix, Row, Verdict
from services.overview.scene import Scene
from services.printable import one_line

HEADS: Mapping[Column, tuple[str, str]] = {
    "palisade": ("Palisade", ""),
    "administrators": ("Admins", ""),
    "others": ("Everybody", "else"),
    "services": ("AWS", "services"),
}
WORDS: Mapping[Verdict, str] = {"yes": "✓ yes", "no": "✗ no", "if": "! if", "unclear": "? see"}
_MEANING: Mapping[Verdict, str] = {
    "yes": "✓ yes",
    "no": "✗ no",
    "if": "! if: with conditions, numbered below",
    "unclear": "? see: cannot be told here",
}
_BETWEEN = 2
_TIED = "\0"
"""Stands for a blank at which no line is broken."""


def cell_text(cell: Cell, notes: Sequence[str]) -> str:
    """A cell in a sign and words, with the numbers of its notes."""
    return " ".join([WORDS[cell.verdict], *(str(notes.index(note) + 1) for note in cell.notes)])


def legend(found: Matrix) -> tuple[str, ...]:
    """What each sign means, as far as there are any."""
    there = {cell.verdict for row in found.rows for cell in row.cells.values()}
    return tuple(words for verdict, words in _MEANING.items() if verdict in there)


def lines(found: Matrix, width: int) -> tuple[str, ...]:
    """The matrix in lines of this width: a table, or the list where a table has no room."""
    made = tuple(_table(found))
    return made if max(map(len, made)) <= width else listed(found, width)


def _table(found: Matrix) -> Iterator[str]:
    notes = found.notes
    cells = [[cell_text(row.cells[column], notes) for column in found.columns] for row in found.rows]
    heads = [HEADS[column] for column in found.columns]
    first = _BETWEEN + max(len(row.says) for row in found.rows)
    wide = [
        max(*map(len, head), *(len(row[at]) for row in cells)) + _BETWEEN for at, head in enumerate(heads)
    ]

    def line(start: str, parts: Sequence[str]) -> str:
        said = "".join(
            f"{' ' * _BETWEEN}{part:<{room - _BETWEEN}}" for part, room in zip(parts, wide, strict=True)
        )
        return f"{start:<{first}}{said}".rstrip()

    for number in (0, 1):
        yield line("", [head[number] for head in heads])
    rest = iter(cells)
    for title, rows in found.parts:
        yield title
        for row in rows:
            yield line(f"{' ' * _BETWEEN}{row.says}", next(rest))


def listed(found: Matrix, width: int) -> tuple[str, ...]:
    """The matrix row by row, each with its columns in words: for narrow terminals, and to be read aloud."""
    return tuple(line for title, rows in found.parts for line in (title, *_rows(found, rows, width)))


def _rows(found: Matrix, rows: Sequence[Row], width: int) -> Iterator[str]:
    notes = found.notes
    for row in rows:
        said = [
            f"{' '.join(part for part in HEADS[column] if part)} {cell_text(row.cells[column], notes)}"
            for column in found.columns
        ]
        text = f"{row.says}: {', '.join(each.replace(' ', _TIED) for each in said)}."
        wrapped = textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="    ")
        yield from (line.replace(_TIED, " ") for line in wrapped)


def numbered(found: Matrix) -> tuple[str, ...]:
    """A sentence for each condition, with its number."""
    return tuple(f"{number}. {one_line(note)}" for number, note in enumerate(found.notes, 1))


def about(scene: Scene) -> tuple[str, ...]:
    """Who stands behind the columns, and what nobody can know here. Raises a problem if a policy cannot be read."""
    return tuple(map(one_line, _about(scene, scene.policies())))


def _about(scene: Scene, policies: Mapping[str, Document]) -> Iterator[str]:
    told = scene.answers
    yield (
        f"Palisade is its writer {told.text('palisade.principal_arn')}, and the role {told.text('role.name')} that it "
        "becomes here, and whoever else of its AWS account a policy names."
    )
    yield (
        f"Admins are all who have IAM rights in account {scene.account}. Which each of them has, the set-up does not know: "
        "the column is the most that its policies leave any of them. Whoever may change a policy or the role can give more."
    )
    named = let_in_accounts(scene, policies)
    others = f", also those that a policy names: {', '.join(named)}" if named else ""
    providers = let_in_providers(policies)
    users = f"; and whoever signs in through {', '.join(providers)}" if providers else ""
    yield f"Everybody else is whoever has not signed in, and every other AWS account{others}{users}."
    services = let_in_services(policies)
    if services:
        yield f"AWS services are those that a policy names: {', '.join(services)}."
    if lets_in_any_service(policies):
        yield "A policy lets in AWS services without naming them: each may be one of them."
    if _blocked(scene.side("bucket.public-access")):
        yield "The bucket also blocks public access: what its policy would open to everybody stays closed."
    if scene.side("bucket.ownership") != "BucketOwnerEnforced":
        yield "Whom the bucket's access lists (ACLs) let in is not known here: they are not known to be switched off."
    yield "Grants of the KMS keys are not known here: whoever has one can do with the key what the grant says."
    yield (
        "Not known here: policies of your AWS organisation, and of VPC endpoints. They can only take away, never give."
    )
    when = "will be once all is carried out" if scene.after else "are, or as they are planned"
    yield (
        f"This is the program's own reading of the policies as they {when}. Afterwards 'verify' asks AWS's own simulator."
    )


def _blocked(value: Tree) -> bool:
    blocks = entries(value)
    return bool(blocks) and all(blocks.values())
