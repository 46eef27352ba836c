"""From answers to AWS resources: the one place that knows which resources a backup path consists of."""

from __future__ import annotations

from services.answers import Answers, complete, place
from services.model.keys import alias, key
from services.model.resource import Blueprint
from services.model.roles import RoleSpec, role
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
    name = answers.text("setup.name")
    given = answers.text("storage.kms_key")
    named = alias_name(name)
    description = f"Encrypts the Palisade wallet backups of {name} ({answers.text('setup.environment')})"
    own_key = (key(where, named, description), alias(named))
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
        *(own_key if given == "create" else (key(where, named, description, given),)),
        *access_log_buckets(answers, where),
        backup_bucket(answers, where),
        role(where, spec),
    )
