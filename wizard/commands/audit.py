"""`audit`: the coverage of all wallets' backups, from a listing or an inventory. It reads only."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.problems import refuse
from wizard.cli import Subcommand
from wizard.options import PATH

if TYPE_CHECKING:
    from services.audit.answer import Audited
    from services.audit.audit import Wanted
    from services.audit.sources import Source
    from services.model.calls import Aws
    from services.work import Desk
    from wizard.root import Program

ENGINES = ("list", "inventory", "athena")
SAMPLE = 20


@click.command(
    "audit",
    cls=Subcommand,
    config=True,
    answers="hidden",
    help="Tells of every wallet whether its backups are there, whole, encrypted with your key and locked, against the wallets "
    "that there should be. It reads only, and goes on where an earlier run ended. Exit status: 3 if something is wrong, else "
    "5 if something could not be seen, else 0.",
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="list",
    show_default=True,
    help="List the bucket now, or read its S3 Inventory report.",
)
@click.option(
    "--inventory",
    "place",
    metavar="PLACE",
    help="A folder with the report, or s3://BUCKET/PREFIX; else where the bucket's configuration says.",
)
@click.option(
    "--expected",
    type=PATH,
    metavar="FILE",
    help="The wallets that there should be: a CSV of key IDs, or a record; else the offline record.",
)
@click.option(
    "--sample",
    type=click.IntRange(min=0),
    metavar="N",
    help=f"Read and check the files of N wallets by chance (default {SAMPLE}; about 1 MB each).",
)
@click.option("--all", "everything", is_flag=True, help="Read and check the files of every wallet.")
@click.option(
    "--out", type=PATH, metavar="DIR", help="Write findings and coverage there as JSON, CSV and Parquet."
)
@click.pass_obj
def command(
    program: Program,
    *,
    config: Path,
    given: dict[str, object],
    engine: str,
    place: str | None,
    expected: Path | None,
    sample: int | None,
    everything: bool,
    out: Path | None,
) -> int:
    """See the help text."""
    from services.audit.audit import Wanted

    _fits(engine, place)
    number = _number(sample, everything=everything)
    desk = program.desk(config, given)
    wanted = Wanted(
        engine="inventory" if engine == "inventory" else "list",
        source=_source(desk, place),
        expected=expected,
        out=out.absolute() if out is not None else None,
        sample=number,
        seed=secrets.token_hex(8),
    )
    audited = _audited(program, desk, wanted)
    _say(program, desk, audited)
    return audited.report.exit_code


def _number(sample: int | None, *, everything: bool) -> int | None:
    """How many wallets are read; None for all."""
    if everything and sample is not None:
        raise refuse("usage", "--sample and --all exclude each other.", "Leave one out.", where="--sample")
    return None if everything else SAMPLE if sample is None else sample


def _fits(engine: str, place: str | None) -> None:
    if engine == "athena":
        raise refuse(
            "usage",
            "The engine 'athena' is not in this version.",
            "Read the inventory on this computer with --engine inventory, or list the bucket with --engine list.",
            where="--engine",
        )
    if place is not None and engine != "inventory":
        raise refuse(
            "usage",
            "--inventory says where a report is, and the engine 'list' reads none.",
            "Add --engine inventory, or leave --inventory out.",
            where="--inventory",
        )


def _source(desk: Desk, place: str | None) -> Callable[[Aws, Path], Source]:
    """Where the inventory is, once somebody asks."""
    from services.audit import locating

    bucket, account = desk.setup.answers.text("storage.bucket"), desk.identity.account
    if place is not None:
        return lambda aws, cache: locating.named(place, account, aws, cache)
    return lambda aws, cache: locating.configured(bucket, account, aws, cache)


def _audited(program: Program, desk: Desk, wanted: Wanted) -> Audited:
    """The answer; what happens on the way is talk."""
    from services.audit.answer import Audited
    from services.audit.audit import audit
    from services.audit.subject import of_desk

    subject = of_desk(desk, reading=wanted.sample != 0)
    folder = desk.state.folder / "audits" / desk.setup_id / wanted.engine
    for event in audit(desk.aws, subject, wanted, folder, desk.clock):
        if isinstance(event, Audited):
            return event
        program.voice.tell(f"… {event.says}")
    raise AssertionError("an audit ends with its answer")


def _say(program: Program, desk: Desk, audited: Audited) -> None:
    from services.verify.checks import report_json
    from wizard.render import heads
    from wizard.render.coverage import audit_text
    from wizard.render.jsonl import named, with_endpoint

    if program.voice.json:
        document = {
            **named(desk.setup),
            **audited.document,
            "files": [str(path) for path in audited.files],
            **report_json(audited.report),
        }
        program.voice.document(with_endpoint(document, desk.endpoint))
        return
    of = heads.set_up(desk.setup.answers, desk.identity.account, desk.identity.short)
    program.voice.data(audit_text(audited, desk.endpoint, of=of, verbose=program.options.verbose))
    for path in audited.files:
        program.voice.tell(f"{path} is written.")
