"""From answers to AWS resources: the one place that knows which resources a backup path consists of."""

from __future__ import annotations

from services.answers import Answers, complete, place
from services.hardening import hardening
from services.model import policies
from services.model.aliases import alias
from services.model.keys import KeySpec, key
from services.model.place import Place
from services.model.resource import Blueprint
from services.model.roles import RoleSpec, role
from services.problems import ProblemError
from services.storage import access_log_buckets, backup_bucket


def alias_name(setup_name: str) -> str:
    """The alias of a setup's KMS key."""
    return f"alias/palisade-backup-{setup_name}"


def blueprint(answers: Answers, account: str) -> Blueprint:
    """The resources of a complete set of answers, in the account that is signed in to.

    Raises a problem if the account is not the recorded one, or the answers do not go together with it.
    """
    where = place(answers, account)
    complete(answers.updated({"aws.account": account}))
    own_key = answers.text("storage.kms_key") == "create"
    spec = RoleSpec(
        name=answers.text("role.name"),
        path=answers.text("role.path"),
        principal_arn=answers.text("palisade.principal_arn"),
        external_id=answers.text("palisade.external_id"),
        bucket_arn=f"arn:{where.partition}:s3:::{answers.text('storage.bucket')}",
        max_session_seconds=answers.number("role.max_session_seconds"),
        permissions_boundary=answers.text("role.permissions_boundary") or None,
        extra_actions=answers.texts("role.extra_actions"),
    )
    return (
        key(where, _backup_key(where, answers)),
        *((alias(alias_name(answers.text("setup.name"))),) if own_key else ()),
        *access_log_buckets(answers, where),
        backup_bucket(answers, where),
        role(where, spec),
        *hardening(where, answers),
    )


def made_before(answers: Answers, account: str) -> Blueprint:
    """What other answers about hardening would have added: such answers may have been carried out and changed since."""
    there = {resource.name for resource in blueprint(answers, account)}
    trail = answers.text("hardening.trail")
    hard = {
        "storage.access_logs": True,
        "hardening.trail": "create" if trail == "off" else trail,
        "hardening.data_events": "all",
        "hardening.alarms": True,
        "hardening.alarm_email": answers.text("hardening.alarm_email") or "nobody@example.com",
    }
    try:
        wide = blueprint(answers.updated(hard), account)
    except ProblemError:  # such answers do not go together with the others, so they never were
        return ()
    return tuple(resource for resource in wide if resource.name not in there)


def _backup_key(where: Place, answers: Answers) -> KeySpec:
    """The key of the backups: the account's IAM policies alone decide who may use it."""
    name, given = answers.text("setup.name"), answers.text("storage.kms_key")
    return KeySpec(
        resource="key",
        alias=alias_name(name),
        description=f"Encrypts the Palisade wallet backups of {name} ({answers.text('setup.environment')})",
        says="encrypts the backups in the bucket; only this account decides who may use it",
        policy=policies.key_policy(where.partition, where.account),
        policy_says="leaves it to this account's IAM policies who may use it",
        instead="Give the ARN of another key under storage.kms_key, or set it to 'create' to have one made.",
        given=None if given == "create" else given,
        encrypts=("bucket",),
    )
