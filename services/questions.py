"""Every answer that the program needs, as one table.

The table drives the form field, the command-line flag, the key of the setup file, its comment and the error text:
nothing is described or validated twice.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from services import rules
from services.problems import ProblemError, refuse

Value: TypeAlias = "str | int | bool | tuple[str, ...]"
Environment: TypeAlias = Literal["sandbox", "production"]
Given: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True)
class Question:
    """One answer. `key` is `table.name` in the setup file; the flag is `--table-name`.

    `kind` says how it is asked and stored. `rule` checks and normalises one text. `default` gives the value when
    nothing is given; None means that there is no answer then. `required`: the program cannot plan without it.
    `confidential`: masked in plans, logs and reports. `by_program`: recorded by the program, not asked.
    """

    key: str
    label: str
    help: str
    kind: Literal["text", "choice", "number", "flag", "list"] = "text"
    rule: Callable[[str], str] = rules.anything
    default: Callable[[Given], Value | None] = lambda _given: None
    choices: tuple[str, ...] = ()
    between: tuple[int, int] = (0, 0)
    required: bool = False
    confidential: bool = False
    by_program: bool = False
    later: bool = False
    """Part of the contract, but not available in this version: only the default is taken."""

    @property
    def table(self) -> str:
        return self.key.split(".", 1)[0]

    @property
    def name(self) -> str:
        return self.key.split(".", 1)[1]

    @property
    def flag(self) -> str:
        return "--" + self.key.replace(".", "-").replace("_", "-")


def _fixed(value: Value) -> Callable[[Given], Value | None]:
    return lambda _given: value


def _kit_name(given: Given) -> Value | None:
    return f"{given['setup.name']} kit" if "setup.name" in given else None


def _role_name(given: Given) -> Value | None:
    return f"PalisadeS3BackupRole-{given.get('setup.environment', 'sandbox')}"


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
        "The ARN that Palisade writes from. Palisade names it; it differs for sandbox and production.",
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
    Question(
        "storage.noncurrent_versions",
        "Old versions to keep",
        "How many old versions of a backup stay when old ones expire. Not available yet; nothing expires.",
        kind="number",
        between=(0, 100),
        default=_fixed(0),
        later=True,
    ),
    Question(
        "storage.noncurrent_days",
        "Days to keep old versions",
        "After how many days older versions expire. Not available yet; nothing expires.",
        kind="number",
        between=(0, 36500),
        default=_fixed(0),
        later=True,
    ),
    Question(
        "storage.object_lock",
        "Object Lock",
        "Makes backups undeletable for a time. Not available yet; off.",
        kind="choice",
        choices=("off", "governance", "compliance"),
        default=_fixed("off"),
        later=True,
    ),
    Question(
        "storage.object_lock_days",
        "Object Lock days",
        "For how many days a backup cannot be deleted. Not available yet; off.",
        kind="number",
        between=(0, 36500),
        default=_fixed(0),
        later=True,
    ),
    Question(
        "storage.access_logs",
        "Access logs",
        "Records every request to the bucket. Not available yet; off.",
        kind="flag",
        default=_fixed(value=False),
        later=True,
    ),
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
    Question(
        "hardening.trail",
        "CloudTrail",
        "Records who wrote and read backups. Not available yet; off.",
        default=_fixed("off"),
        later=True,
    ),
    Question(
        "hardening.data_events",
        "Data events",
        "Which accesses to backups CloudTrail records. Not available yet; off.",
        kind="choice",
        choices=("off", "write", "all"),
        default=_fixed("off"),
        later=True,
    ),
    Question(
        "hardening.alarms",
        "Alarms",
        "Sends an e-mail when somebody touches the backups. Not available yet; off.",
        kind="flag",
        default=_fixed(value=False),
        later=True,
    ),
    Question(
        "hardening.alarm_email",
        "Alarm e-mail",
        "Who gets the alarms. Not available yet.",
        rule=rules.email,
        later=True,
    ),
    Question(
        "hardening.mfa_delete",
        "MFA Delete",
        "Whether deleting a version needs a second factor. Not available yet; off.",
        kind="choice",
        choices=("off", "planned"),
        default=_fixed("off"),
        later=True,
    ),
)

BY_KEY: Mapping[str, Question] = {question.key: question for question in QUESTIONS}


def find(key: str) -> Question:
    """The question of a key; an unknown key is refused with the nearest known one."""
    if key in BY_KEY:
        return BY_KEY[key]
    near = difflib.get_close_matches(key, BY_KEY, n=1, cutoff=0.4)
    remedy = f"Did you mean {near[0]}?" if near else "List the keys with 'palisade-wizard answers explain'."
    raise refuse("invalid-answer", f"There is no answer named {key!r}.", remedy, where=key)


def accept(question: Question, value: object) -> Value:
    """The value in its stored form, or a ProblemError that names the key. Texts are stripped and parsed."""
    try:
        stored = _accept(question, value)
        if question.later and stored != question.default({}):
            raise refuse(
                "invalid-answer",
                f"{question.label} ({question.key}) is not available in this version.",
                "Remove the line; it comes with the hardening step.",
            )
    except ProblemError as error:
        raise ProblemError(error.problem.at(question.key)) from None
    return stored


def _accept(question: Question, value: object) -> Value:
    match question.kind, value:
        case "text", str():
            return question.rule(_filled(question, value.strip()))
        case "choice", str() if value.strip() in question.choices:
            return value.strip()
        case "choice", _:
            raise refuse(
                "invalid-answer",
                f"{question.label} is one of {', '.join(question.choices)}.",
                "Choose one of them.",
            )
        case "number", bool():
            pass
        case "number", int():
            return _within(question, value)
        case "number", str() if value.strip().isdecimal() and value.strip().isascii() and len(value) < 20:
            return _within(question, int(value))
        case "flag", bool():
            return value
        case "flag", str() if value.strip().lower() in {"true", "false", "yes", "no"}:
            return value.strip().lower() in {"true", "yes"}
        case "list", str():
            return tuple(question.rule(part.strip()) for part in value.split(",") if part.strip())
        case "list", list() | tuple() if all(isinstance(part, str) for part in value):
            return tuple(question.rule(str(part).strip()) for part in value)
        case _:
            pass
    wanted = {
        "text": "a text",
        "number": "a whole number",
        "flag": "true or false",
        "list": "a list of texts",
    }
    raise refuse("invalid-answer", f"{question.label} must be {wanted[question.kind]}.", "Correct it.")


def _filled(question: Question, text: str) -> str:
    if not text:
        raise refuse("invalid-answer", f"{question.label} is empty.", "Give a value, or leave the key out.")
    return text


def _within(question: Question, number: int) -> int:
    low, high = question.between
    if not low <= number <= high:
        raise refuse(
            "invalid-answer", f"{question.label} is a whole number from {low} to {high}.", "Correct it."
        )
    return number
