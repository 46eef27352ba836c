"""The answers of one setup, and what must hold between them.

Answers are a value: `with_` gives new ones. What nobody answered has the question's default.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from services import hardening_checks
from services.model.naming import WITHOUT_REGIONAL_NAMES
from services.model.place import Place, parse_arn, partition_of
from services.problems import Problem, ProblemError, refuse
from services.questions import QUESTIONS, Value, accept, find


@dataclass(frozen=True)
class Answers:
    """`given` maps keys to accepted values; `tags` are the free ones."""

    given: Mapping[str, Value] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)

    def get(self, key: str) -> Value | None:
        """The answer, or its default, or None."""
        question = find(key)
        return self.given[key] if key in self.given else question.default(self.given)

    def text(self, key: str) -> str:
        """A text answer; empty if there is none."""
        value = self.get(key)
        return "" if value is None else str(value)

    def number(self, key: str) -> int:
        value = self.get(key)
        if not isinstance(value, int):
            raise TypeError(key)
        return value

    def flag(self, key: str) -> bool:
        """Whether a yes-or-no answer is yes."""
        return self.get(key) is True

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.get(key)
        return value if isinstance(value, tuple) else ()

    def with_(self, **values: object) -> Answers:
        """New answers; keys are given with two underscores for the dot (`aws__region="eu-west-1"`)."""
        return self.updated({key.replace("__", ".", 1): value for key, value in values.items()})

    def updated(self, values: Mapping[str, object]) -> Answers:
        """New answers, each checked by its question; None takes an answer away."""
        given = dict(self.given)
        for key, value in values.items():
            question = find(key)
            if value is None:
                given.pop(key, None)
            else:
                given[key] = accept(question, value)
        return replace(self, given=given)


def missing(answers: Answers) -> tuple[str, ...]:
    """The keys that a plan needs and nobody has answered."""
    needed = {q.key for q in QUESTIONS if q.required}
    if answers.get("hardening.alarms"):
        needed.add("hardening.alarm_email")
    return tuple(q.key for q in QUESTIONS if q.key in needed and answers.get(q.key) is None)


_INSTEAD = {"hardening.alarm_email": ("Or set hardening.alarms to false.",)}
"""What else helps where an answer is needed only because of another one."""


def problems(answers: Answers) -> tuple[Problem, ...]:
    """What is missing or does not go together, in the order of the questions."""
    found = [
        Problem(
            "missing-answer",
            f"{find(key).label} is not answered.",
            (
                f"Set {key} in the setup file; 'plan', 'apply' and 'verify' also take {find(key).flag}.",
                *_INSTEAD.get(key, ()),
            ),
            key,
        )
        for key in missing(answers)
    ]
    for check in (
        _partition,
        _key_place,
        _bucket_namespace,
        _boundary_place,
        _trail_place,
        _data_events,
        _trail_bucket,
        _alarms_hear,
        *hardening_checks.CHECKS,
    ):
        problem = check(answers)
        if problem is not None:
            found.append(problem)
    return tuple(found)


def complete(answers: Answers) -> Answers:
    """The same answers, if a plan can be made from them; else the first problem is raised."""
    for problem in problems(answers):
        raise ProblemError(problem)
    return answers


def place(answers: Answers, account: str) -> Place:
    """Where the setup lives. The recorded account must be the one signed in to."""
    recorded = answers.text("aws.account")
    if recorded and recorded != account:
        raise refuse(
            "wrong-account",
            f"You are signed in to account {account}, but this set-up lives in account {recorded}.",
            "Sign in to the recorded account, or use a profile that does (aws.profile or --profile).",
            where="aws.account",
        )
    from services.model.tags import ENVIRONMENT

    tags = {**answers.tags, ENVIRONMENT: answers.text("setup.environment")}
    return Place(account, answers.text("aws.region"), answers.text("setup.id"), tags)


def _partition(answers: Answers) -> Problem | None:
    arn = parse_arn(answers.text("palisade.principal_arn"))
    region = answers.text("aws.region")
    if arn is None or not region or arn.partition == partition_of(region):
        return None
    return Problem(
        "invalid-answer",
        f"The principal is in the partition {arn.partition}, and {region} is in {partition_of(region)}: "
        "AWS never lets one trust the other.",
        ("Ask Palisade for the principal of this partition, or choose a region of the principal's.",),
        "palisade.principal_arn",
    )


def _key_place(answers: Answers) -> Problem | None:
    arn = parse_arn(answers.text("storage.kms_key"))
    region, account = answers.text("aws.region"), answers.text("aws.account")
    if arn is None or not region:
        return None
    if (
        arn.partition == partition_of(region)
        and arn.region == region
        and (arn.account == account if account else len(arn.account) == 12)
    ):
        return None
    return Problem(
        "invalid-answer",
        f"The KMS key is in account {arn.account or '(none)'} and region {arn.region or '(none)'} of "
        f"{arn.partition}; it must be in the account and region of the bucket, because a key of another account can be taken away from you.",
        ("Give a key of this account and region, or set storage.kms_key to 'create'.",),
        "storage.kms_key",
    )


def _bucket_namespace(answers: Answers) -> Problem | None:
    """The name says which name space it is of; not every region has the account's own one."""
    name, region, account = (answers.text(k) for k in ("storage.bucket", "aws.region", "aws.account"))
    regional = answers.text("storage.namespace") == "account-regional"
    if regional and region in WITHOUT_REGIONAL_NAMES:
        return Problem(
            "invalid-answer",
            f"AWS has no account-regional bucket names in {region}.",
            ("Set storage.namespace to global, and give the bucket a name that does not end with -an.",),
            "storage.namespace",
        )
    if not name or not region or regional == name.endswith("-an"):
        if regional and account and not name.endswith(f"-{account}-{region}-an"):
            return _regional_name(account, region)
        return None
    if regional:
        return _regional_name(account or "<account>", region)
    if re.search(r"-[0-9]{12}-[a-z0-9-]+-an$", name):
        return Problem(
            "invalid-answer",
            "The bucket's name has the form of an account-regional one, but storage.namespace is global.",
            ("Set storage.namespace to account-regional, or choose another name.",),
            "storage.bucket",
        )
    return None


def _regional_name(account: str, region: str) -> Problem:
    return Problem(
        "invalid-answer",
        f"An account-regional bucket name ends with -{account}-{region}-an.",
        ("Add the ending to storage.bucket, or set storage.namespace to global.",),
        "storage.bucket",
    )


def _boundary_place(answers: Answers) -> Problem | None:
    arn = parse_arn(answers.text("role.permissions_boundary"))
    region, account = answers.text("aws.region"), answers.text("aws.account")
    if arn is None or not region:
        return None
    if arn.partition == partition_of(region) and (
        arn.account in {"aws", ""} or arn.account == (account or arn.account)
    ):
        return None
    return Problem(
        "invalid-answer",
        "The permissions boundary is a policy of another account or partition.",
        ("Give a policy of this account under role.permissions_boundary, or remove it.",),
        "role.permissions_boundary",
    )


def _trail_place(answers: Answers) -> Problem | None:
    arn = parse_arn(answers.text("hardening.trail"))
    region, account = answers.text("aws.region"), answers.text("aws.account")
    if arn is None or not region:
        return None
    create = "Or set hardening.trail to 'create' to have one made."
    if arn.partition != partition_of(region):
        return Problem(
            "invalid-answer",
            f"The trail is in the partition {arn.partition}, and {region} is in {partition_of(region)}.",
            ("Give the ARN of a trail of this partition.", create),
            "hardening.trail",
        )
    if account and arn.account != account:
        return Problem(
            "invalid-answer",
            f"The trail is of account {arn.account}, and this set-up is in {account}. A trail of the whole organisation "
            "cannot be used from a member account: its owner alone decides what it records.",
            ("Give the ARN of a trail of this account.", create),
            "hardening.trail",
        )
    return None


def _data_events(answers: Answers) -> Problem | None:
    events = answers.text("hardening.data_events")
    if events == "off" or answers.text("hardening.trail") != "off":
        return None
    return Problem(
        "invalid-answer",
        f"Data events are to be recorded ({events}), but there is no trail to record them.",
        (
            "Set hardening.trail to 'create', or to the ARN of a trail that exists.",
            "Or set hardening.data_events to 'off'.",
        ),
        "hardening.data_events",
    )


def _trail_bucket(answers: Answers) -> Problem | None:
    if answers.text("hardening.trail") != "create":
        return None
    bucket = answers.text("storage.bucket")
    if not bucket or answers.text("hardening.trail_bucket") != bucket:
        return None
    return Problem(
        "invalid-answer",
        "The trail would write its log files into the bucket of the backups, where each of them would be recorded again.",
        ("Choose another name under hardening.trail_bucket.",),
        "hardening.trail_bucket",
    )


def _alarms_hear(answers: Answers) -> Problem | None:
    """Alarms count events in a trail's log group, and ring where that group is: where the bucket must be too."""
    trail, region = answers.text("hardening.trail"), answers.text("aws.region")
    if not answers.get("hardening.alarms"):
        return None
    if trail == "off":
        return Problem(
            "invalid-answer",
            "The alarms listen to a trail of CloudTrail, and this set-up is to have none.",
            (
                "Set hardening.trail to 'create' or to the ARN of a trail.",
                "Or set hardening.alarms to false.",
            ),
            "hardening.alarms",
        )
    arn = parse_arn(trail)
    if arn is None or not region or arn.region == region:
        return None
    return Problem(
        "invalid-answer",
        f"The trail's home is {arn.region} and the bucket's is {region}: AWS rings alarms only where the trail's "
        "log group is, and lets a bucket tell only a topic of its own region.",
        (
            "Set hardening.trail to 'create', or to a trail of this region.",
            "Or set hardening.alarms to false.",
        ),
        "hardening.alarms",
    )
