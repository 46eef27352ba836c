"""`audit`: the coverage of all wallets' backups, from a listing or an inventory. It reads only; Athena writes its answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.audit import SAMPLE
from services.problems import refuse
from wizard.carrying_out import typed
from wizard.cli import Subcommand
from wizard.options import PATH

if TYPE_CHECKING:
    from services.audit.answer import Audited, Engine
    from services.audit.athena_offer import Offer
    from services.audit.sources import Source
    from services.model.calls import Aws
    from services.work import Desk
    from wizard.root import Program

ENGINES = ("list", "inventory", "athena")
ACCEPTED = ("cost", "cost:athena")


@click.command(
    "audit",
    cls=Subcommand,
    config=True,
    answers="hidden",
    help="Tells of every wallet whether its backups are there, whole, encrypted with your key and locked, against the wallets "
    "that there should be. It reads only, and goes on where an earlier run ended; with Athena, which costs and writes its "
    "answers into your bucket for them, it says so and asks before. Exit status: 3 if something is wrong, else 5 if "
    "something could not be seen, else 0.",
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="list",
    show_default=True,
    help="List the bucket now, read its S3 Inventory report here, or have your Athena read it.",
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
@click.option("--workgroup", metavar="NAME", help="Athena's workgroup; it must have a limit of bytes read.")
@click.option(
    "--database", metavar="NAME", help="Where Athena keeps the table of the report (default 'default')."
)
@click.option(
    "--accept", multiple=True, metavar="RISK", help="Agree to what Athena costs and writes: --accept cost."
)
@click.pass_obj
def command(
    program: Program,
    *,
    config: Path,
    given: dict[str, object],
    engine: Engine,
    place: str | None,
    expected: Path | None,
    sample: int | None,
    everything: bool,
    out: Path | None,
    workgroup: str | None,
    database: str | None,
    accept: tuple[str, ...],
) -> int:
    """See the help text."""
    from services.audit.audit import Wanted
    from services.audit.running import run, seed

    number = _number(sample, everything=everything)
    asked = _Athena(workgroup, database, accept)
    _fits(engine, place, number, asked)
    desk = program.desk(config, given)
    source = _source(desk, place)
    wanted = Wanted(
        engine=engine,
        source=source,
        offer=_agreed(program, desk, source, asked) if engine == "athena" else None,
        expected=expected,
        out=out.absolute() if out is not None else None,
        sample=number,
        seed=seed(),
    )
    audited = run(desk, wanted, lambda says: program.voice.tell(f"… {says}"))
    _say(program, desk, audited)
    return audited.report.exit_code


def _number(sample: int | None, *, everything: bool) -> int | None:
    """How many wallets are read; None for all."""
    if everything and sample is not None:
        raise refuse("usage", "--sample and --all exclude each other.", "Leave one out.", where="--sample")
    return None if everything else SAMPLE if sample is None else sample


@dataclass(frozen=True)
class _Athena:
    """What the command line says of Athena."""

    workgroup: str | None
    database: str | None
    accept: tuple[str, ...]


def _fits(engine: Engine, place: str | None, number: int | None, asked: _Athena) -> None:
    if place is not None and engine == "list":
        raise refuse(
            "usage",
            "--inventory says where a report is, and the engine 'list' reads none.",
            "Add --engine inventory, or leave --inventory out.",
            where="--inventory",
        )
    if engine != "athena":
        given = {"--workgroup": asked.workgroup, "--database": asked.database, "--accept": asked.accept}
        for name in (name for name, value in given.items() if value):
            raise refuse(
                "usage",
                f"{name} is about Athena, and the engine {engine!r} does not ask it.",
                f"Add --engine athena, or leave {name} out.",
                where=name,
            )
        return
    if asked.workgroup is None:
        raise refuse(
            "usage",
            "Athena is asked in a workgroup, and none is named.",
            "Add --workgroup NAME; it must limit how much a question may read, and say where answers go.",
            where="--workgroup",
        )
    for each in asked.accept:
        if each not in ACCEPTED:
            raise refuse(
                "usage",
                f"There is no risk named {each!r} here.",
                "What Athena costs is agreed to with --accept cost.",
                where="--accept",
            )
    from services.audit.athena import MOST_READ

    if number is None or number > MOST_READ:
        raise refuse(
            "usage",
            f"With Athena at most {MOST_READ:,} wallets are read.",
            "Read every one with --engine inventory --all, or fewer with --sample N.",
            where="--sample",
        )


def _agreed(program: Program, desk: Desk, source: Callable[[Aws, Path], Source], asked: _Athena) -> Offer:
    """Says what asking Athena takes, and has it agreed to. Errors: `consent`, and those of the offer."""
    from services.audit.athena_offer import dollars, offer

    cache = desk.state.folder / "audits" / desk.setup_id / "athena" / "report"
    bucket, group = desk.setup.answers.text("storage.bucket"), asked.workgroup or ""
    found = offer(desk.aws, source(desk.aws, cache), bucket, group, asked.database or "default")
    for sentence in found.says():
        program.voice.tell(sentence)
    if asked.accept:
        return found
    if not program.around.terminal:
        raise refuse(
            "consent",
            f"Asking Athena costs {dollars(found.usd)} at most and writes its answers into {found.results}, and nobody can be "
            "asked; nothing was begun.",
            "If you agree, add --accept cost.",
            where="--accept",
        )
    typed(program, "Type the word cost to agree: ", "cost")
    return found


def _source(desk: Desk, place: str | None) -> Callable[[Aws, Path], Source]:
    """Where the inventory is, once somebody asks."""
    from services.audit import locating

    bucket, account = desk.setup.answers.text("storage.bucket"), desk.identity.account
    if place is not None:
        return lambda aws, cache: locating.named(place, account, aws, cache)
    return lambda aws, cache: locating.configured(bucket, account, aws, cache)


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
