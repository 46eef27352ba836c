"""`policy`: the least-privilege policy for whoever does a job, derived from the calls that the job makes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.problems import refuse
from wizard.cli import Subcommand

if TYPE_CHECKING:
    from services.model.athena_calls import Where
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
@click.option(
    "--engine",
    type=click.Choice(("list", "inventory", "athena")),
    help="For 'coverage': how the audit looks; athena needs the four options that follow.",
)
@click.option("--workgroup", metavar="NAME", help="Athena's workgroup.")
@click.option("--database", metavar="NAME", default="default", help="Where Athena keeps the table.")
@click.option("--inventory", metavar="PLACE", help="s3://BUCKET/PREFIX of the reports.")
@click.option("--results", metavar="PLACE", help="s3://BUCKET/PREFIX of the workgroup's answers.")
@click.pass_obj
def command(
    program: Program,
    *,
    config: Path,
    job: Job,
    engine: str | None,
    workgroup: str | None,
    database: str,
    inventory: str | None,
    results: str | None,
) -> int:
    """See the help text."""
    from services.answers import complete, place
    from services.blueprint import blueprint
    from services.operator_policy import calls_for, policy
    from wizard.render import heads

    where = _athena(job, engine, database=database, workgroup=workgroup, inventory=inventory, results=results)
    setup = program.setup(config)
    answers = complete(setup.answers)
    account = answers.text("aws.account") or _account(program, setup)
    calls = calls_for(job, blueprint(answers, account), answers.text("storage.bucket"))
    here = place(answers, account)
    program.voice.document(policy(calls, here, where.grants(here) if where is not None else {}))
    program.voice.tell(heads.set_up(answers, account))
    program.voice.tell(f"Attach it to the role or user that runs the job '{job}' in account {account}.")
    return 0


def _athena(
    job: Job,
    engine: str | None,
    *,
    database: str,
    workgroup: str | None,
    inventory: str | None,
    results: str | None,
) -> Where | None:
    """Where Athena is asked, if it is."""
    from services.model.athena_calls import Where

    if engine is not None and job != "coverage":
        raise refuse(
            "usage", "--engine is about the job 'coverage'.", "Add --for coverage.", where="--engine"
        )
    given = {"--workgroup": workgroup, "--inventory": inventory, "--results": results}
    if engine != "athena":
        for name in (name for name, value in given.items() if value):
            raise refuse("usage", f"{name} is about Athena.", "Add --engine athena.", where=name)
        return None
    for name, value in given.items():
        fits = (value or "").startswith("s3://") or name == "--workgroup"
        if not value or not fits:
            raise refuse(
                "usage",
                f"The rights for Athena are those on certain things, and {name} does not name one.",
                "Give --workgroup NAME --inventory s3://BUCKET/PREFIX --results s3://BUCKET/PREFIX.",
                where=name,
            )
    places = [str(each).removeprefix("s3://") for each in (inventory, results)]
    return Where(str(workgroup), database, *places)


def _account(program: Program, setup: SetupFile) -> str:
    from services.identity import identity

    made = program.connect(setup.answers.text("aws.profile"), setup.answers.text("aws.region"))
    return identity(program.patient(made.aws)).account
