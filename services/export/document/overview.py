"""Who can do what in one table, and the picture in plain signs: what the wizard explains, for the document."""

from __future__ import annotations

from collections.abc import Iterator

from services.export.document.facts import Findings
from services.export.document.markdown import block, items, table, text
from services.overview import told
from services.overview.drawing import WIDEST, drawn, legend
from services.overview.matrix import Row, matrix
from services.overview.picture import picture
from services.overview.scene import Scene


def who_can(found: Findings) -> Iterator[str]:
    """The matrix, its legend, a sentence for each condition, and who stands behind the columns."""
    scene = _scene(found)
    made = matrix(scene)
    notes = made.notes
    heads = [" ".join(part for part in told.HEADS[column] if part) for column in made.columns]

    def cells(row: Row) -> tuple[str, ...]:
        return (text(row.says), *(text(told.cell_text(row.cells[column], notes)) for column in made.columns))

    yield table(("What", *heads), map(cells, made.rows))
    yield text(", ".join(told.legend(made)))
    if notes:
        yield "\n".join(f"{number}. {text(note)}" for number, note in enumerate(notes, 1))
    yield items(map(text, told.about(scene)))


def picture_text(found: Findings) -> Iterator[str]:
    """The picture as a block of text, and what its signs mean."""
    frames = picture(_scene(found))
    yield block("\n".join(drawn(frames, WIDEST)), "text")
    yield text(", ".join(legend(frames)))


def _scene(found: Findings) -> Scene:
    """As it was seen; what was not seen is as it is planned."""
    subject = found.subject
    return Scene(subject.setup.answers, subject.account, subject.blueprint, subject.world, after=False)
