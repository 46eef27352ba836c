"""`answers check`: whether a plan can be made from a setup file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.problems import as_json
from wizard.cli import Subcommand
from wizard.render.jsonl import named

if TYPE_CHECKING:
    from wizard.root import Program


@click.command("check", cls=Subcommand, config=True, help="Checks a setup file without asking AWS.")
@click.pass_obj
def command(program: Program, *, config: Path) -> int:
    """See the help text."""
    from services.answers import problems
    from services.separation.apart import kept_apart, untold
    from services.separation.things import around, footprint
    from wizard.fatal import in_words
    from wizard.render import heads

    setup = program.setup(config)
    others, unread = around(program.state, setup)
    mine = footprint(setup, program.state)
    kept_apart(mine, others)
    found = problems(setup.answers)
    program.voice.tell(heads.set_up(setup.answers))
    for line in heads.warned(untold(mine, others, unread)):
        program.voice.tell(line)
    if program.voice.json:
        document: dict[str, object] = {**named(setup), "problems": [as_json(p) for p in found]}
        if found:
            document["problem"] = as_json(found[0])
        program.voice.document(document)
    elif not found:
        program.voice.data(f"✓ {config} has every answer that a plan needs.")
    else:
        for problem in found:
            program.voice.tell(in_words(problem))
    return max((problem.exit_code for problem in found), default=0)
