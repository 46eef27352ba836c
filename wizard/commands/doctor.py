"""`doctor`: an audit of a set-up, ours or made by hand. It reads only, and tells what weighs how much."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.problems import refuse
from wizard.cli import Subcommand
from wizard.options import PATH

if TYPE_CHECKING:
    from screens.host import Connection
    from services.doctor.facts import Subject
    from wizard.root import Program


@click.command(
    "doctor",
    cls=Subcommand,
    answers="hidden",
    help="Audits a set-up, made with this program or by hand: give its setup file, or the names of its bucket and role. "
    "It reads only. Exit status: 3 if a check fails, else 5 if AWS denied a look, else 7 if AWS was busy, else 0.",
)
@click.option("--config", type=PATH, metavar="S", help="The setup file to audit.")
@click.option("--bucket", metavar="B", help="The backup bucket, where there is no setup file.")
@click.option("--role", metavar="R", help="The name of the role that Palisade assumes, likewise.")
@click.option(
    "--kms-key", metavar="KEY", help="Its KMS key (ARN, ID or alias); else the bucket's default is taken."
)
@click.option(
    "--trail", metavar="TRAIL", help="Its trail (name or ARN); else the one that serves the bucket best."
)
@click.pass_obj
def command(
    program: Program,
    *,
    config: Path | None,
    given: dict[str, object],
    bucket: str | None,
    role: str | None,
    kms_key: str | None,
    trail: str | None,
) -> int:
    """See the help text."""
    from services.doctor.audit import audit
    from services.verify.checks import report_json
    from wizard.render.findings import findings_text
    from wizard.render.jsonl import with_endpoint

    names = {"--bucket": bucket, "--role": role, "--kms-key": kms_key, "--trail": trail}
    _one_way(config, {flag: value for flag, value in names.items() if value}, given)
    if config is not None:
        made, subject = _of_setup(program, config, given)
    else:
        made, subject = _by_hand(program, bucket or "", role or "", kms_key or "", trail or "")
    report = audit(program.patient(made.aws), subject, program.around.clock.wall())
    if program.voice.json:
        program.voice.document(with_endpoint(report_json(report), made.endpoint))
    else:
        text = findings_text(report, made.endpoint, of=_about(subject), verbose=program.options.verbose)
        program.voice.data(text)
    return report.exit_code


def _about(subject: Subject) -> str:
    from wizard.render import heads

    if subject.setup is None:
        return f"Bucket {subject.bucket} and role {subject.role}, account {subject.account}: no set-up says for which environment."
    return heads.set_up(subject.setup.answers, subject.account)


def _one_way(config: Path | None, names: dict[str, str], given: dict[str, object]) -> None:
    """A setup file or names, not both: it would not be clear what counts."""
    if config is not None and names:
        raise refuse(
            "usage",
            f"--config and {', '.join(names)} exclude each other: the setup file says what is audited.",
            "Leave one out; to look at another bucket of the same set-up, use --storage-bucket.",
            where=next(iter(names)),
        )
    if config is None and given:
        raise refuse(
            "usage",
            f"An answer ({next(iter(given))}) goes over a setup file, and none is given.",
            "Give the setup file with --config S, or only names: --bucket B --role R.",
            where=next(iter(given)),
        )
    missing = [flag for flag in ("--bucket", "--role") if flag not in names]
    if config is None and missing:
        raise refuse(
            "usage",
            "What is to be audited is missing.",
            "Give a setup file with --config S, or the names of what was made by hand with --bucket B --role R.",
            where=missing[0],
        )


def _of_setup(program: Program, config: Path, given: dict[str, object]) -> tuple[Connection, Subject]:
    from services.answers import complete
    from services.doctor.audit import of_setup
    from services.identity import identity

    setup = program.setup(config, given)
    answers = complete(setup.answers)
    made = program.connect(answers.text("aws.profile"), answers.text("aws.region"))
    who = identity(program.patient(made.aws))
    return made, of_setup(setup, who, program.state.found())


def _by_hand(program: Program, bucket: str, role: str, key: str, trail: str) -> tuple[Connection, Subject]:
    from services.doctor.audit import by_hand
    from services.doctor.facts import Subject
    from services.identity import identity

    names = Subject("", program.options.region, bucket, role, key, trail)
    made = program.connect()
    return made, by_hand(names, lambda: identity(program.patient(made.aws)), program.state.found())
