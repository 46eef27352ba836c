"""`policy`: the least-privilege policy for whoever does a job, derived from the calls that the job makes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wizard.cli import Subcommand

if TYPE_CHECKING:
    from services.operator_policy import Job
    from services.setup_file import SetupFile
    from wizard.root import Program

JOBS = ("setup", "verify", "recover", "audit", "coverage", "destroy")


@click.command(
    "policy",
    cls=Subcommand,
    config=True,
    help="Prints the IAM policy that lets a person or machine do a job with this set-up, and nothing else.",
)
@click.option(
    "--for",
    "job",
    type=click.Choice(JOBS),
    default="setup",
    show_default=True,
    help="The job: 'audit' is for doctor, 'coverage' for the command audit.",
)
@click.pass_obj
def command(program: Program, *, config: Path, job: Job) -> int:
    """See the help text."""
    from services.answers import complete, place
    from services.blueprint import blueprint
    from services.operator_policy import calls_for, policy
    from wizard.render import heads

    setup = program.setup(config)
    answers = complete(setup.answers)
    account = answers.text("aws.account") or _account(program, setup)
    calls = calls_for(job, blueprint(answers, account), answers.text("storage.bucket"))
    program.voice.document(policy(calls, place(answers, account)))
    program.voice.tell(heads.set_up(answers, account))
    program.voice.tell(f"Attach it to the role or user that runs the job '{job}' in account {account}.")
    return 0


def _account(program: Program, setup: SetupFile) -> str:
    from services.identity import identity

    made = program.connect(setup.answers.text("aws.profile"), setup.answers.text("aws.region"))
    return identity(program.patient(made.aws)).account
