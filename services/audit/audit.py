"""The audit of a set-up: one engine fills the list, some wallets are read, and the one question is asked."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from services.audit import athena, contents, expected, question, writers, writing
from services.audit.answer import Asked, Audited, Engine, Looked
from services.audit.athena_offer import Offer
from services.audit.athena_query import Asking
from services.audit.database import WHILE_LISTING, make, one, opened, within
from services.audit.expected import Expected
from services.audit.inventory import STRANGER, Report, gather, manifest_of, relation, stranger
from services.audit.listing import Listing
from services.audit.pages import Pages
from services.audit.parts import beginnings
from services.audit.polite import Polite
from services.audit.question import Terms
from services.audit.reading import Reach, Reader, Wallet
from services.audit.report import answered
from services.audit.sources import Source
from services.audit.subject import Subject
from services.audit.writers import Told
from services.aws.guards import OwnQueries, ReadOnly
from services.clock import Clock
from services.events import Progressed
from services.model.calls import Aws
from services.own_files import Held
from services.problems import ProblemError, refuse

if TYPE_CHECKING:
    from services.audit.database import Database


@dataclass(frozen=True)
class Wanted:
    """What somebody asked for. `sample` is how many wallets are read, None for all (not with Athena); `seed` decides which.

    `source` is where the inventory is; `expected` a file of key IDs in place of the record; `out` the folder for the findings;
    `offer` is what was agreed to for Athena.
    """

    engine: Engine
    source: Callable[[Aws, Path], Source] | None = None
    expected: Path | None = None
    out: Path | None = None
    sample: int | None = 0
    seed: str = ""
    offer: Offer | None = None


@dataclass(frozen=True)
class _Run:
    """One run: with what it works, beside what is asked."""

    aws: Aws
    subject: Subject
    wanted: Wanted
    folder: Path
    clock: Clock
    database: Database


def audit(
    aws: Aws, subject: Subject, wanted: Wanted, own: Held, clock: Clock
) -> Iterator[Progressed | Audited]:
    """Asks the question; the last value is the answer.

    What it needs on the way stays in a folder of its `own` if it ends early, and is gone when it is done.
    Errors: those of the engines, `missing-extra`, `locked`, `exists`, `folder`.
    """
    if wanted.out is not None:
        writing.check(wanted.out)
    folder = own.path
    with closing(opened(folder / "audit.duckdb")) as database:
        try:
            guarded = OwnQueries(aws, wanted.offer.workgroup) if wanted.offer is not None else ReadOnly(aws)
            answer = yield from _asked(_Run(Polite(guarded, clock), subject, wanted, folder, clock, database))
        except Exception as error:
            problem = _problem(error, folder)
            if problem is None:
                raise
            raise problem from None
    # Before the answer is given: whoever has it asks for nothing more.
    own.remove()
    yield answer


def _asked(run: _Run) -> Generator[Progressed, None, Audited]:
    given = _expected(run)
    contents.prepare(run.database)
    terms = replace(run.subject.terms, expects=given is not None)
    match run.wanted.engine:
        case "list":
            looked = yield from _listed(run)
            reach = yield from _read(run)
        case "inventory":
            looked = yield from _inventory(run)
            reach = yield from _read(run)
        case "athena":
            looked, reach = yield from _athena(run, terms)
    told_of_writers = _writers(run) if reach.read else None
    terms = replace(terms, unseen=looked.unseen)
    objects = contents.JOINED if reach.read else "SELECT * FROM raw"
    run.database.execute(f"CREATE OR REPLACE VIEW objects AS {objects}")
    if run.wanted.engine == "athena":
        athena.merge(run.database, terms)
    else:
        make(run.database, f"CREATE OR REPLACE TABLE coverage AS {question.coverage(terms)}")
    make(run.database, f"CREATE OR REPLACE TABLE findings AS {question.findings(terms)}")
    totals = one(run.database, question.totals())
    asked = Asked(run.database, terms, looked, given, reach, totals, run.subject.key, told_of_writers)
    told = answered(asked)
    written = writing.write(asked, told, run.wanted.out, run.folder) if run.wanted.out is not None else ()
    return replace(told, files=written)


def _expected(run: _Run) -> Expected | None:
    scratch, wallets = run.folder / "expected.txt", run.subject.wallets
    if run.wanted.expected is not None:
        given = expected.read(run.wanted.expected)
        return expected.take(run.database, run.wanted.expected, given, scratch)
    if wallets is None:
        run.database.execute("CREATE OR REPLACE TABLE expected (key_id VARCHAR)")
        return None
    return expected.take(run.database, "the offline record", enumerate(wallets, 1), scratch)


def _listed(run: _Run) -> Generator[Progressed, None, Looked]:
    pages, now, bucket = Pages(run.database), run.clock.wall(), run.subject.terms.bucket
    begun = pages.begin(bucket, run.subject.account, now)
    if begun != now:
        yield Progressed("list", f"Going on with the listing that was begun at {begun:%Y-%m-%d %H:%M} UTC.")
    listing = Listing(run.aws, bucket, run.subject.account, run.clock)
    with within(run.database, WHILE_LISTING):
        yield from listing.run(pages)
    run.database.execute("CREATE OR REPLACE VIEW raw AS SELECT * FROM listed")
    denied = tuple(dict.fromkeys(listing.denied.values()))
    unseen = tuple(letter for part in listing.denied for letter in beginnings(part))
    return Looked("list", now, f"s3://{bucket}", begun, denied, unseen)


def _inventory(run: _Run) -> Generator[Progressed, None, Looked]:
    assert run.wanted.source is not None  # noqa: S101 - whoever asks for this engine says where the report is
    source = run.wanted.source(run.aws, run.folder / "report")
    report = Report(manifest_of(source, run.subject.terms.bucket))
    yield from gather(source, report, run.clock)
    rows = relation(report)
    if report.manifest.format == "CSV":
        # Text is unpacked and read once, however often it is asked about; Parquet is as quick as what is kept of it.
        make(run.database, f"CREATE OR REPLACE TEMP TABLE parsed AS {rows}")
        rows = "SELECT * FROM parsed"
    run.database.execute(f"CREATE OR REPLACE VIEW raw AS {rows}")
    return Looked(
        "inventory",
        report.manifest.created,
        source.where,
        unseen=() if report.whole else ("",),
        absent=tuple(report.absent),
        damaged=tuple(report.damaged),
        lacking=report.manifest.missing,
    )


def _athena(run: _Run, terms: Terms) -> Generator[Progressed, None, tuple[Looked, Reach]]:
    """What could be seen, and how far reading came."""
    offer, subject, number = run.wanted.offer, run.subject, run.wanted.sample
    assert offer is not None  # noqa: S101 - whoever asks for this engine says what was agreed to
    assert number is not None  # noqa: S101 - the same, for how many are read
    account = subject.account
    asking = Asking(run.aws, run.clock, offer.workgroup, offer.database, account, run.wanted.seed)
    engine = athena.Athena(asking, offer, run.database, run.folder)
    counted = yield from engine.counted(terms)
    chosen = athena.chosen(run.database, number, run.wanted.seed)
    rows = yield from engine.rows(chosen)
    reach = Reach()
    if chosen:
        wallets = contents.among(run.database, chosen)
        reach = yield from contents.read_into(run.database, _reader(run), wallets, len(wallets), run.clock)
    return engine.looked((counted, rows)), reach


def _read(run: _Run) -> Generator[Progressed, None, Reach]:
    """Reads the wallets that are to be read."""
    if run.wanted.sample is None:
        wallets: Iterable[Wallet] = contents.every(run.database)
        number = contents.wallets(run.database)
    else:
        chosen = contents.sampled(run.database, run.wanted.sample, run.wanted.seed)
        wallets, number = chosen, len(chosen)
    if not number:
        return Reach()
    return (yield from contents.read_into(run.database, _reader(run), wallets, number, run.clock))


def _writers(run: _Run) -> Told | None:
    """What the trail tells of who wrote the files that were read."""
    if run.subject.writers is None:
        return None
    told, found = writers.look(run.database, run.aws, run.subject.writers, run.clock)
    contents.keep(run.database, found)
    return told


def _reader(run: _Run) -> Reader:
    subject = run.subject
    return Reader(
        run.aws,
        subject.terms.bucket,
        subject.account,
        subject.recovery_keys,
        subject.terms.lock,
        lambda key_id: subject.quorums.get(key_id, ""),
    )


def _problem(error: Exception, folder: Path) -> ProblemError | None:
    """A failure of the database in words; None for what is none."""
    import duckdb

    if not isinstance(error, duckdb.Error):
        return None
    said = str(error)
    if STRANGER in said:
        return stranger()
    if isinstance(error, duckdb.OutOfMemoryException) or "No space" in said:
        return refuse(
            "folder",
            "The audit's database has no room left, in memory or on the disk.",
            f"Make room on the disk of {folder}, or give the program more memory, then run the audit again.",
            where=str(folder),
        )
    if isinstance(error, duckdb.InvalidInputException | duckdb.ConversionException | duckdb.IOException):
        return refuse(
            "unreadable-file",
            "The inventory's files cannot be read: they are not what their manifest says.",
            "Take another report, or list the bucket: --engine list.",
            where=said.splitlines()[0][:200],
        )
    return None
