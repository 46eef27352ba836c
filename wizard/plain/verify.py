"""The create-wallet checklist: looked at once, or watched until the backup is there, whole and readable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens import check_words
from services import progress, work
from services.backups.findings import UNPROVEN
from services.problems import ProblemError
from services.verify.checks import Report
from wizard import PROGRAM
from wizard.plain import after
from wizard.plain.guide import Stop, tried
from wizard.plain.person import Leave
from wizard.plain.review import opened
from wizard.render.plain import brief_text, report_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from wizard.plain.guide import Guide

PAGE = "verify"
PATIENCE = 15 * 60.0
"""Seconds for which the checklist is watched before it is asked again what to do."""


def _verify(guide: Guide) -> None:
    """Looks, then does what the person wants, until they leave or go back."""
    person = guide.person
    person.say(
        "Create a wallet on the new quorum now: its backup must arrive here, whole, and readable by you."
    )
    report = _look(guide)
    while True:
        person.say()
        options = _options(guide)
        match person.choose("What now", options, "leave" if report.exit_code == 0 else "look"):
            case "look":
                report = _stoppable(guide, _look, report)
            case "watch":
                report = _stoppable(guide, _watch, report)
            case "all":
                person.say(report_text(report, verbose=True))
            case "audit":
                after.audited(guide)
            case "wallets":
                after.all_wallets(guide)
            case "rehearse":
                after.rehearse(guide, report)
            case "record":
                after.put_on_record(guide, report)
            case "duties":
                after.duties(guide)
            case "play":
                _play(guide)
                report = _look(guide)
            case _:
                raise Leave


def _options(guide: Guide) -> list[tuple[str, str]]:
    extra = guide.host.extra_action
    return [
        *([("play", f"{extra.label}. {extra.says}")] if extra is not None else []),
        ("look", "Look again, once."),
        ("watch", "Look again every minute, for at most 15 minutes. Ctrl-C stops it and asks again."),
        ("all", "Read every check of the last look, with its evidence."),
        ("audit", "Audit the set-up: everything around the backups that could weaken them."),
        ("wallets", "Look at all wallets: whether each has its backups."),
        ("rehearse", "How to rehearse a recovery with an empty wallet."),
        (
            "record",
            "Put the wallets that were seen on record: without quorum ID and key ID there is no recovery.",
        ),
        ("duties", "What comes after the set-up, and when."),
        ("leave", "Leave; the set-up stays as it is."),
    ]


def _look(guide: Guide) -> Report:
    def look() -> Report:
        guide.person.say("Looking.")
        return work.verify(opened(guide))

    return _judged(guide, tried(guide, look))


def _stoppable(guide: Guide, look: Callable[[Guide], Report], before: Report) -> Report:
    """What is seen; or, where Ctrl-C stopped it, what was seen before: looking changes nothing that could be half done."""
    try:
        return look(guide)
    except KeyboardInterrupt:
        guide.person.say()
        guide.person.say(
            "You stopped looking; nothing was changed. Ctrl-C once more leaves, and so does quit."
        )
        return before


def _watch(guide: Guide) -> Report:
    """Looks until nothing is awaited, each look told."""
    clock, person = guide.host.clock, guide.person

    def watch() -> Report:
        seen = Report(())
        for seen in work.watch(opened(guide), clock.now() + PATIENCE):
            if seen.having("waiting"):
                person.say(f"Still awaited: {check_words.awaited(seen)}. The next look is in a minute.")
        return seen

    return _judged(guide, tried(guide, watch))


def _judged(guide: Guide, report: Report) -> Report:
    """Tells a look, and marks the set-up as verified if all is well."""
    session, person = guide.session, guide.person
    person.say()
    person.say(brief_text(report))
    wallets = check_words.wallets(report)
    if wallets:
        person.say()
        person.say("Write down, outside Palisade; without them there is no recovery:")
        person.value("Quorum ID", guide.answers.text("palisade.quorum_id") or "(not given yet)")
        for key_id in wallets:
            person.value("Key ID", key_id)
    progress.judged(session, report, guide.host.clock.wall())
    if report.exit_code == 0:
        person.say()
        person.say(f"✓ {check_words.VERIFIED}")
        person.say("The same without the wizard:")
        person.command(PROGRAM, "verify", "--config", _path(guide), "--wait", "15m")
    person.say(f"! What this does not prove: {UNPROVEN}")
    return report


def _path(guide: Guide) -> str:
    return str(guide.session.setup.path) if guide.session.setup is not None else "S"


def _play(guide: Guide) -> None:
    """The action that the demo adds."""
    extra, setup = guide.host.extra_action, guide.session.setup
    if extra is None or setup is None:
        return
    try:
        for sentence in extra.run(setup):
            guide.person.say(sentence)
    except ProblemError as refusal:
        guide.person.problem(refusal.problem)


STOPS = (Stop(PAGE, _verify),)
