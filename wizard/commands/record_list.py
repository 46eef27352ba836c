"""`record list`: what is on record, and whether the bucket knows the same wallets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wizard.cli import Subcommand

if TYPE_CHECKING:
    from services.record.book import Record
    from services.record.comparing import Comparison
    from wizard.root import Program


@click.command(
    "list",
    cls=Subcommand,
    config=True,
    help="Lists the wallets on record. Asks AWS for nothing, unless --check does. Exit status with --check: 3 where record "
    "and bucket differ, else 5 where AWS denied the look.",
)
@click.option("--check", is_flag=True, help="Hold the record against the bucket's folders; only reads.")
@click.option("--removed", is_flag=True, help="Show those that were removed, too.")
@click.pass_obj
def command(program: Program, *, config: Path, check: bool, removed: bool) -> int:
    """See the help text."""
    from services.problems import as_json as as_problem
    from services.record import book, comparing, paper
    from services.record.wallet import as_json
    from wizard.render import heads
    from wizard.render.jsonl import named, with_endpoint
    from wizard.render.record import record_text, warnings

    setup = program.setup(config)
    program.voice.tell(heads.set_up(setup.answers))
    record = book.read(book.place(setup, program.state))
    found, endpoint = _compared(program, config, record) if check else (None, program.endpoint)
    if program.voice.json:
        sheet = paper.sheet(record, setup, program.around.clock.wall())
        document: dict[str, object] = {**named(setup), **paper.document(sheet)}
        document["file"] = str(book.place(setup, program.state).path)
        document["removed"] = [
            {**as_json(one.wallet), "removed_at": one.at} for one in record.removed if removed
        ]
        document["lost"] = list(record.lost)
        document["copy_problem"] = None if record.unread is None else as_problem(record.unread)
        document["check"] = None if found is None else comparing.as_json(found)
        program.voice.document(with_endpoint(document, endpoint))
    else:
        program.voice.data(record_text(record, removed=removed, verbose=program.options.verbose))
        for sentence in warnings(record):
            program.voice.tell(sentence)
    if found is None:
        return 0
    if not program.voice.json:
        _tell(program, found, endpoint)
    return found.exit_code


def _compared(program: Program, config: Path, record: Record) -> tuple[Comparison, str]:
    """The record held against the bucket, and the endpoint if it is not AWS's own."""
    from services.record.comparing import compare

    desk = program.desk(config)
    bucket = desk.setup.answers.text("storage.bucket")
    return compare(desk.aws, bucket, desk.identity.account, record.wallets), desk.endpoint


def _tell(program: Program, found: Comparison, endpoint: str) -> None:
    from services.record.comparing import sentences
    from wizard.render.plain import endpoint_lines

    head = (endpoint_lines(endpoint),) if endpoint else ()
    program.voice.data("\n".join(("", *head, *sentences(found))))
