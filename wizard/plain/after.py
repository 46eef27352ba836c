"""What is done when a backup was seen: the record of its wallet, a rehearsal, the audit, and the duties that come later."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from screens import record_words
from services.answers import complete
from services.audit.picture import WIDTH
from services.audit.plots import text
from services.audit.running import LOOK, run, seed
from services.backups import rehearsal
from services.doctor.audit import audit, of_setup
from services.problems import ProblemError
from services.record import book
from services.record.proposals import adding, left_out, proposals
from services.record.rehearsing import example
from wizard import PROGRAM
from wizard.plain.guide import tried
from wizard.plain.review import opened
from wizard.render import heads
from wizard.render.coverage import audit_text
from wizard.render.findings import findings_text

if TYPE_CHECKING:
    from services.audit.answer import Audited
    from services.setup_file import SetupFile
    from services.verify.checks import Report
    from wizard.plain.guide import Guide


def _setup(guide: Guide) -> SetupFile:
    setup = guide.session.setup
    assert setup is not None  # noqa: S101 - for the type checker: every stop but the first has a set-up
    return setup


def put_on_record(guide: Guide, report: Report) -> None:
    """Puts the wallets that were just seen on the record, after a question; says how the record is kept."""
    setup, person, clock = _setup(guide), guide.person, guide.host.clock
    place = book.place(setup, guide.host.state)
    try:
        record = book.read(place)
        found = proposals(report, record, setup, clock.wall())
        fresh = record_words.fresh(found, record)
        for sentence in found.against:
            person.say(f"! {sentence}")
        for wallet in found.new:
            person.say(record_words.details(wallet))
        if not found.new and not fresh:
            person.say("Nothing that was seen is new to the record.")
        elif person.confirm(
            f"Put on record what was seen ({len(found.new)} new, {len(fresh)} proven anew)?", default=True
        ):
            book.take_over(place, clock, found.new, fresh)
            person.say("✓ It is on record.")
        if left := left_out(found, adding(setup.path, setup.answers.text("palisade.quorum_id"), "--all")):
            person.say(f"! {left}")
    except ProblemError as refusal:
        person.problem(refusal.problem)
        return
    person.say("Print the record, and keep it outside Palisade:")
    person.command(PROGRAM, "record", "export", "--config", str(setup.path), "--out", "record.txt")


def rehearse(guide: Guide, report: Report) -> None:
    """How to show that the private key opens a backup, with commands to copy."""
    setup, person = _setup(guide), guide.person
    try:
        record = book.read(book.place(setup, guide.host.state))
    except ProblemError as refusal:
        person.problem(refusal.problem)
        return
    for number, step in enumerate(rehearsal.steps(example(setup, record, report.seen))):
        person.say(f"{number}. {step.says}" if number else step.says)
        if step.command:
            person.command(*shlex.split(step.command))


def audited(guide: Guide) -> None:
    """Everything around the backups that could weaken them."""
    session, setup, person = guide.session, _setup(guide), guide.person

    def look() -> Report:
        person.say("Looking at everything around the backups. Nothing is changed by that.")
        complete(setup.answers)
        found = session.signed_in = session.sign_in()
        subject = of_setup(setup, found.identity, guide.host.state.found())
        return audit(found.aws, subject, guide.host.clock.wall())

    of = heads.set_up(setup.answers, setup.answers.text("aws.account"))
    person.say(findings_text(tried(guide, look), session.endpoint, of=of))


def all_wallets(guide: Guide) -> None:
    """Whether each wallet has its backup, as plots and lines."""
    setup, person = _setup(guide), guide.person

    def look() -> Audited:
        person.say("Listing the whole bucket, and reading some wallets. Nothing is changed by that.")
        return run(opened(guide), replace(LOOK, seed=seed()), lambda says: person.say(f"… {says}"))

    found = tried(guide, look)
    of = heads.set_up(setup.answers, setup.answers.text("aws.account"))
    person.say(audit_text(found, guide.session.endpoint, of=of))
    person.say()
    person.say(text(found.document, WIDTH))
    person.say("The same as files:")
    person.command(PROGRAM, "audit", "--config", str(setup.path), "--out", "findings")


def duties(guide: Guide) -> None:
    """Which command tells what to do after the set-up, and when."""
    path, person = str(_setup(guide).path), guide.person
    person.say(
        "What to do on a reshare, a restructure, when somebody leaves, and once a year, and when it is due:"
    )
    person.command(PROGRAM, "lifecycle", "--config", path)
    person.say("Reminders for a calendar:")
    person.command(PROGRAM, "lifecycle", "--config", path, "--ics", "reminders.ics")
