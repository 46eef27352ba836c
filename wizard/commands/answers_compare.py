"""`answers compare`: two set-ups side by side, from their files alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from services import seen
from services.problems import refuse
from wizard.cli import Subcommand
from wizard.options import PATH
from wizard.render.jsonl import named

if TYPE_CHECKING:
    from services.separation.things import Footprint
    from wizard.root import Program


@click.command(
    "compare",
    cls=Subcommand,
    help="Shows two set-ups side by side: what they share, and what differs. It does not ask AWS. Exit status: 3 if they "
    "share something that each must have for itself, else 0.",
)
@click.argument("first", type=PATH, metavar="S1")
@click.argument("second", type=PATH, metavar="S2")
@click.pass_obj
def command(program: Program, *, first: Path, second: Path) -> int:
    """See the help text."""
    from services.separation.compare import as_json, compare
    from services.separation.things import footprint
    from wizard.render.comparison import comparison_text

    if seen.real(first) == seen.real(second):
        raise refuse(
            "usage",
            "Both are the same setup file, so there is nothing to compare.",
            "Give two files: “palisade-wizard answers compare S1 S2”.",
            where=second,
        )
    one, two = program.setup(first), program.setup(second)
    found = compare(footprint(one, program.state), footprint(two, program.state))
    if program.voice.json:
        pair = {"first": _head(found.first), "second": _head(found.second)}
        program.voice.document({**pair, **as_json(found)})
    else:
        program.voice.data(comparison_text(found))
    return 3 if found.refused else 0


def _head(of: Footprint) -> dict[str, object]:
    return {**named(of.setup), "environment": of.environment}
