"""`token list`: which tokens are plugged in."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wizard.cli import Subcommand
from wizard.keys.tokens import driver, module_option

if TYPE_CHECKING:
    from wizard.root import Program


@click.command("list", cls=Subcommand, help="Lists the tokens that are plugged in and set up.")
@module_option
@click.pass_obj
def command(program: Program, *, module: Path | None) -> int:
    """See the help text."""
    from services.recovery import token

    of = driver(program, module)
    found = token.listing(of).run()
    if program.voice.json:
        program.voice.document({"module": str(of.module), "tokens": [asdict(one) for one in found]})
        return 0
    for one in found:
        state = f" {one.note}" if one.note else ""
        program.voice.data(f"{one.label}  (serial {one.serial}, {one.manufacturer} {one.model}){state}")
    if not found:
        program.voice.tell(f"{of.module} sees no token that is set up: plug one in, or set it up first.")
    return 0
