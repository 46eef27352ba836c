"""`values`: what to enter in Palisade's Create kit form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.own_command import on_setup
from wizard.cli import Subcommand
from wizard.options import PATH

if TYPE_CHECKING:
    from services.kit import Kit
    from wizard.root import Program


@click.command(
    "values",
    cls=Subcommand,
    config=True,
    answers="hidden",
    help="Prints the values for Palisade's Create kit form. They hold the external ID, which is confidential.",
)
@click.option(
    "--format", "style", type=click.Choice(["text", "json", "markdown"]), help="Of the output (text)."
)
@click.option("--out", type=PATH, metavar="F", help="Write to the new file F, for your eyes only.")
@click.pass_obj
def command(
    program: Program, *, config: Path, given: dict[str, object], style: str | None, out: Path | None
) -> int:
    """See the help text."""
    from services import files, kit
    from services.recovery.keyfiles import refuse_taken
    from services.work import kit_values
    from wizard.render.jsonl import with_endpoint

    if out is not None:
        refuse_taken(out)
    kit.recovery_keys(program.setup(config, given))
    desk = program.desk(config, given)
    found = kit_values(desk)
    document = with_endpoint(kit.as_json(found), desk.endpoint)
    chosen = style or ("json" if program.voice.json else "text")
    if out is not None:
        files.publish(out, _text(found, document, chosen).encode(), 0o600)
        program.voice.tell(f"The values are in {out}, readable by you alone.")
        if not program.voice.json:
            program.voice.data(str(out))
    if program.voice.json or (chosen == "json" and out is None):
        program.voice.document(document)
    elif out is None:
        program.voice.data(_text(found, document, chosen).rstrip("\n"))
    program.voice.tell(f"Then: {on_setup('verify', config, '--wait', '15m')}")
    return 0


def _text(found: Kit, document: dict[str, object], style: str) -> str:
    from services import kit
    from wizard.render.plain import endpoint_lines

    if style == "json":
        return json.dumps(document, indent=2) + "\n"
    head = f"{endpoint_lines(str(document['endpoint']))}\n" if document["endpoint"] else ""
    return head + (kit.as_markdown(found) if style == "markdown" else kit.as_text(found))
