"""Every answer that the program needs, as one table.

The table drives the form field, the command-line flag, the key of the setup file, its comment and the error text:
nothing is described or validated twice.
"""

from __future__ import annotations

from collections.abc import Callable

from services import rules
from services.question import Given, Question, Value
from services.storage_questions import INVENTORY, STORAGE_HARDENING
from services.trail_questions import TRAIL_QUESTIONS, trail_default


def _fixed(value: Value) -> Callable[[Given], Value | None]:
    return lambda _given: value


def _kit_name(given: Given) -> Value | None:
    return f"{given['setup.name']} kit" if "setup.name" in given else None


def _role_name(given: Given) -> Value | None:
    return f"PalisadeS3BackupRole-{given.get('setup.environment', 'sandbox')}"


def _alarms(given: Given) -> Value | None:
    """On in production. Alarms listen to a trail, so where there is to be none, none are proposed."""
    return (
        given.get("setup.environment") == "production"
        and given.get("hardening.trail", trail_default(given)) != "off"
    )


QUESTIONS: tuple[Question, ...] = (
    Question(
        "setup.id",
        "Id of the set-up",
        "Marks in AWS what belongs to this set-up. Made by the program; never copy it into another file.",
        rule=rules.setup_id,
        by_program=True,
    ),
    Question(
        "setup.name",
        "Name of the set-up",
        "Names this set-up on your computer and the KMS key's alias in AWS.",
        rule=rules.setup_name,
        required=True,
    ),
    Question(
        "setup.environment",
        "Environment",
        "The Palisade environment that these backups belong to. Sandbox and production share nothing.",
        kind="choice",
        choices=("sandbox", "production"),
        required=True,
    ),
    Question(
        "aws.region",
        "Region",
        "The AWS region where the backups are kept.",
        rule=rules.region,
        required=True,
    ),
    Question(
        "aws.profile",
        "AWS profile",
        "The profile of your AWS configuration to sign in with. Without one, the usual AWS rules apply.",
        rule=rules.profile,
    ),
    Question(
        "aws.account",
        "AWS account",
        "Recorded at first use and checked ever after, so that nothing is made in the wrong account.",
        rule=rules.account,
        by_program=True,
    ),
    Question(
        "palisade.principal_arn",
        "Palisade's writer",
        "The ARN that Palisade writes from. Palisade names it for each environment.",
        rule=rules.principal_arn,
        required=True,
    ),
    Question(
        "palisade.external_id",
        "External ID",
        "A shared word that Palisade must say when it assumes the role. Use the one that Palisade gave you (AWS "
        "advises that they issue it), or generate one and enter it in Palisade.",
        rule=rules.external_id,
        required=True,
        confidential=True,
    ),
    Question(
        "palisade.kit_name",
        "Kit name",
        "The name of the backup kit in Palisade.",
        rule=rules.kit_name,
        default=_kit_name,
    ),
    Question(
        "palisade.quorum_id",
        "Quorum ID",
        "The quorum that the kit is assigned to. Needed for every recovery; write it down as well.",
        rule=rules.uuid_text,
    ),
    Question(
        "recovery_key.public_files",
        "Public key files",
        "The recovery public keys for Palisade (DER, hex or PEM), relative to the setup file.",
        kind="list",
        default=_fixed(()),
    ),
    Question(
        "recovery_key.fingerprint",
        "Fingerprint",
        "SHA-256 of the recovery public key. Recorded by the program and checked ever after.",
        rule=rules.fingerprint,
        by_program=True,
    ),
    Question(
        "recovery_key.private_file",
        "Private key file",
        "Where the sealed private key was written. It may be gone from there: it belongs offline.",
    ),
    Question(
        "recovery_key.custody",
        "Custody",
        "How the private key is kept: a sealed file, split among custodians, or guarded by an HSM.",
        kind="choice",
        choices=("file", "split", "hsm"),
        default=_fixed("file"),
    ),
    Question(
        "storage.bucket",
        "Bucket",
        "The S3 bucket for the backups. The name must be free in all of AWS, and can never be changed.",
        rule=rules.bucket_name,
        required=True,
    ),
    Question(
        "storage.namespace",
        "Name space",
        "account-regional keeps the name for your account alone; it ends with -<account>-<region>-an.",
        kind="choice",
        choices=("global", "account-regional"),
        default=_fixed("global"),
    ),
    Question(
        "storage.kms_key",
        "KMS key",
        "'create' makes a KMS key for this set-up; or give the ARN of one that exists in this account.",
        rule=rules.kms_key,
        default=_fixed("create"),
    ),
    Question(
        "storage.encryption_headers",
        "Uploads without headers",
        "tolerant takes uploads that leave encryption to the bucket; strict denies them. Try strict in sandbox first.",
        kind="choice",
        choices=("tolerant", "strict"),
        default=_fixed("tolerant"),
    ),
    *STORAGE_HARDENING,
    Question(
        "role.name",
        "Role name",
        "The IAM role that Palisade assumes to write backups.",
        rule=rules.role_name,
        default=_role_name,
    ),
    Question(
        "role.path", "Role path", "The IAM path of the role.", rule=rules.role_path, default=_fixed("/")
    ),
    Question(
        "role.permissions_boundary",
        "Permissions boundary",
        "The ARN of a managed policy that bounds the role, if your organisation asks for one.",
        rule=rules.boundary,
    ),
    Question(
        "role.max_session_seconds",
        "Longest session",
        "For how many seconds a session of Palisade with this role may last (3600 to 43200).",
        kind="number",
        between=(3600, 43200),
        default=_fixed(3600),
    ),
    Question(
        "role.extra_actions",
        "Extra actions",
        "Actions beyond the minimal ones, if Palisade asks for them. kms:Decrypt is the first to try when a "
        "write is denied.",
        kind="list",
        rule=rules.extra_action,
        default=_fixed(()),
    ),
    *TRAIL_QUESTIONS,
    Question(
        "hardening.alarms",
        "Alarms",
        "Sends an e-mail when a write fails, when the key, bucket, role or trail is touched, and when backups are "
        "read, deleted or written by others. Needs a trail; costs about 3 US dollars a month.",
        kind="flag",
        default=_alarms,
    ),
    Question(
        "hardening.alarm_email",
        "Alarm e-mail",
        "Who gets the alarms; a mailbox that several people read is best. AWS asks its reader to confirm.",
        rule=rules.email,
    ),
    Question(
        "hardening.mfa_delete",
        "MFA Delete",
        "Whether deleting a version for good takes the root user's second factor. Only root can turn it on, so "
        "planned prints the command. It excludes lifecycle rules: storage.noncurrent_versions must be 0.",
        kind="choice",
        choices=("off", "planned"),
        default=_fixed("off"),
    ),
    *INVENTORY,
)
