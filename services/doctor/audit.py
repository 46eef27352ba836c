"""The audit: what is audited, all checks in the order in which a person reads them, and the report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from services import rules
from services.answers import place
from services.doctor import alarms, apart, bucket, bucket_care, bucket_policy, key, objects, role, trail
from services.doctor.facts import Subject
from services.doctor.gather import gather
from services.doctor.judging import Rule, judged
from services.identity import Identity
from services.model.calls import Aws
from services.model.place import parse_arn
from services.problems import ProblemError, refuse
from services.separation.things import comparable
from services.setup_file import SetupFile
from services.verify.checks import Report

RULES: tuple[Rule, ...] = tuple(
    rule
    for part in (bucket, bucket_policy, bucket_care, objects, key, role, trail, alarms, apart)
    for rule in part.RULES
)
"""Every check of the audit."""


def audit(aws: Aws, subject: Subject, now: datetime) -> Report:
    """Looks, without a way to write, and judges. `now` is what retention is compared with."""
    facts = gather(aws, subject, now)
    return Report(tuple(judged(rule, facts) for rule in RULES))


def of_setup(setup: SetupFile, who: Identity, others: Iterable[SetupFile | ProblemError]) -> Subject:
    """What a set-up says. Its account must be the one signed in to."""
    answers = setup.answers
    where = place(answers, who.account)
    given_key, trail_name = answers.text("storage.kms_key"), answers.text("hardening.trail")
    known, unread = _compared(others, answers.text("setup.environment"))
    return Subject(
        account=where.account,
        region=where.region,
        bucket=answers.text("storage.bucket"),
        role=answers.text("role.name"),
        key="" if given_key == "create" else given_key,
        trail=trail_name if parse_arn(trail_name) is not None else "",
        setup=setup,
        others=known,
        unread=unread,
    )


_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def by_hand(
    names: Subject, sign_in: Callable[[], Identity], others: Iterable[SetupFile | ProblemError]
) -> Subject:
    """What only names say, in the account that is signed in to. Names that AWS could not have are refused."""
    if _BUCKET.fullmatch(names.bucket) is None:
        raise refuse(
            "invalid-answer",
            f"{names.bucket[:80]!a} cannot be the name of a bucket.",
            "Give the bare name, as 'aws s3 ls' shows it: no s3:// and no ARN.",
            where="--bucket",
        )
    name = rules.role_name(names.role.rpartition("/")[2])
    known, unread = _compared(others)
    return replace(names, account=sign_in().account, role=name, others=known, unread=unread)


def _compared(
    others: Iterable[SetupFile | ProblemError], environment: str = ""
) -> tuple[tuple[SetupFile, ...], tuple[str, ...]]:
    """What can be compared, and the paths of what cannot as a whole, but for those of the same `environment`."""
    known, unread = comparable(tuple(others))
    return known, tuple(str(one.path) for one in unread if not one.is_of(environment))
