"""`verify`: the create-wallet checklist, with evidence; it can wait for the first backup."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.problems import refuse
from wizard.cli import Subcommand

if TYPE_CHECKING:
    from services.verify.checks import Report
    from services.work import Desk, Question
    from wizard.root import Program

_UNITS = {"s": 1, "m": 60, "h": 3600}


@click.command(
    "verify",
    cls=Subcommand,
    config=True,
    answers="hidden",
    help="Walks the create-wallet checklist. It reads only, but for --probe. Exit status: 3 if a check fails, else 5 if one is "
    "unknown, as where AWS denied a look, else 7 if something is still awaited, else 0.",
)
@click.option(
    "--wait", metavar="DURATION", help="Look again for up to 90s, 15m or 2h while something is awaited."
)
@click.option(
    "--since", metavar="TIME", help="Only backups written since then (ISO 8601; UTC unless it says)."
)
@click.option("--key-id", "key_ids", multiple=True, metavar="ID", help="Only this wallet; may be repeated.")
@click.option(
    "--address",
    metavar="ADDRESS",
    help="Compare the wallet of the one --key-id with this address (ED25519: base58 or hex).",
)
@click.option(
    "--probe",
    is_flag=True,
    help="Also try, as you, uploads that the bucket policy must refuse; each is announced before.",
)
@click.pass_obj
def command(
    program: Program,
    *,
    config: Path,
    given: dict[str, object],
    wait: str | None,
    since: str | None,
    key_ids: tuple[str, ...],
    address: str | None,
    probe: bool,
) -> int:
    """See the help text."""
    from services import kit
    from services.verify.checks import report_json
    from services.work import Question
    from wizard.render import heads
    from wizard.render.jsonl import with_endpoint
    from wizard.render.plain import endpoint_lines, report_text

    key_ids = tuple(dict.fromkeys(key_ids))
    seconds, moment = duration(wait) if wait is not None else 0.0, None if since is None else time(since)
    question = Question(key_ids, moment, _address(address, key_ids))
    kit.recovery_keys(program.setup(config, given))
    desk = program.desk(config, given)
    report = _last(program, desk, seconds, question)
    if probe:
        report = _probed(program, desk, report)
    if program.voice.json:
        program.voice.document(with_endpoint(report_json(report), desk.endpoint))
    else:
        head = f"{endpoint_lines(desk.endpoint)}\n" if desk.endpoint else ""
        of = heads.set_up(desk.setup.answers, desk.identity.account, desk.identity.short)
        program.voice.data(f"{head}{of}\n\n" + report_text(report, verbose=program.options.verbose))
        _mind_the_record(program, desk, report, config, key_ids)
    return report.exit_code


def _mind_the_record(
    program: Program, desk: Desk, report: Report, config: Path, key_ids: tuple[str, ...]
) -> None:
    """Says which wallets that were seen are not on record; a record that cannot be read fails no verification."""
    from services.problems import ProblemError
    from services.record import book
    from services.record.proposals import adding

    try:
        record = book.read(book.place(desk.setup, desk.state))
        answered = program.setup(config).answers.text("palisade.quorum_id")
    except ProblemError as error:
        program.voice.tell(f"! {error.problem.summary}")
        return
    new = [one for one in report.seen if one.whole and record.find(one.key_id) is None]
    if new:
        what = f"{new[0].key_id} is" if len(new) == 1 else f"{len(new)} of these wallets are"
        named = [word for one in new if key_ids for word in ("--key-id", one.key_id)]
        command = adding(
            config,
            answered,
            *named,
            quorum_id=next((one.quorum_id for one in new if one.quorum_id), ""),
        )
        program.voice.tell(
            f"! {what} not on record, and the quorum ID is nowhere in a backup. Put it down now: {command}"
        )


def _address(given: str | None, key_ids: tuple[str, ...]) -> str:
    """An address belongs to one wallet, and only its key ID says to which."""
    if given is None:
        return ""
    if len(key_ids) != 1:
        raise refuse(
            "usage",
            "An address can be compared with one wallet only.",
            "Name that wallet with one --key-id.",
            where="--address",
        )
    return given.strip()


def _last(program: Program, desk: Desk, seconds: float, question: Question) -> Report:
    """The last look; each earlier one is a line of talk, so that waiting is never silent."""
    from services.work import pace, watch

    clock = program.around.clock
    end = clock.now() + seconds
    seen: Report | None = None
    for report in watch(desk, end, question):
        seen = report
        left = end - clock.now()
        if report.having("waiting") and left > 0:
            awaited = report.having("waiting")[0]
            program.voice.tell(
                f"… Still awaited: {awaited.title}. {awaited.evidence} The next look is in {min(pace(question), left):.0f} s; "
                f"the wait ends in {left:.0f} s."
            )
    assert seen is not None  # noqa: S101 - the first look is always made
    return seen


def _probed(program: Program, desk: Desk, report: Report) -> Report:
    """The report with the probes' lines among the policies; what is tried is said before."""
    from services.work import probe_words, with_probes

    words = probe_words(desk)
    if not words:
        program.voice.tell("Nothing is tried, because the role, the bucket or the key is not there.")
    for sentence in words:
        program.voice.tell(sentence)
    return with_probes(desk, report)


def duration(text: str) -> float:
    """Seconds of `90s`, `15m` or `2h`."""
    found = re.fullmatch(r"([0-9]{1,6})([smh])", text.strip())
    if found is None:
        raise refuse("usage", f"{text!r} is no duration.", "Write 90s, 15m or 2h.", where="--wait")
    return float(int(found[1]) * _UNITS[found[2]])


def time(text: str) -> datetime:
    """A moment in ISO 8601, in UTC; without a zone it is that already."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise refuse(
            "usage",
            f"{text!r} is no time in ISO 8601.",
            "Write it like 2026-11-03T14:30:00Z.",
            where="--since",
        ) from None
