"""What an answer must look like: one rule each, raising one sentence when it is broken.

Sources of the limits: AWS's naming rules for S3, IAM and KMS, and what the Palisade form takes.
"""

from __future__ import annotations

import ipaddress
import re
import uuid
from collections.abc import Callable

from services.model.place import parse_arn
from services.problems import ProblemError, refuse

PARTITIONS = ("aws", "aws-us-gov", "aws-cn")

EXTRA_ACTIONS: dict[str, str] = {
    "kms:Decrypt": "lets large uploads (in parts) and bucket keys work; without s3:GetObject it reads nothing",
    "s3:AbortMultipartUpload": "lets the writer clean up an upload in parts that it began",
    "s3:PutObjectTagging": "lets the writer tag the backups it writes",
    "s3:GetBucketLocation": "lets Palisade ask in which region the bucket is",
    "s3:ListBucket": "lets Palisade see the names of the backups, not their content",
    "sts:TagSession": "lets Palisade tag its sessions when it assumes the role",
    "sts:SetSourceIdentity": "lets Palisade name the person or service behind its sessions",
}
"""The only actions beyond the minimal ones, with what each is for."""


def _wrong(summary: str, *remedy: str) -> ProblemError:
    return refuse("invalid-answer", summary, *remedy)


def _matches(pattern: str, summary: str, *remedy: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)

    def rule(text: str) -> str:
        if not compiled.fullmatch(text):
            raise _wrong(summary, *remedy)
        return text

    return rule


def anything(text: str) -> str:
    """Any one line without control characters."""
    if not text.isprintable():
        raise _wrong(
            "The text holds a character that cannot be printed.", "Type it anew, or paste it as one line."
        )
    return text


def setup_id(text: str) -> str:
    """The setup's id: a UUID."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise _wrong(
            "The id of a set-up is a UUID, made by the program.",
            "Remove the line: a new id is made at the next use.",
        ) from None


setup_name = _matches(
    r"[a-z0-9](?:[a-z0-9-]{0,29}[a-z0-9])?",
    "The name of a set-up has 1 to 31 small letters, digits and inner hyphens.",
    "An example is acme-sandbox.",
)

region = _matches(
    r"[a-z]{2}(?:-[a-z]+)+-[1-9][0-9]?",
    "This is no AWS region code.",
    "Use a code such as eu-west-1, us-east-1, us-gov-west-1 or cn-north-1.",
)

_LINE = r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"
"""A character that one line of a UTF-8 file can hold."""

profile = _matches(
    _LINE + r"{1,128}",
    "The name of an AWS profile is one line of at most 128 characters.",
    "List yours with 'aws configure list-profiles'.",
)

account = _matches(
    r"[0-9]{12}",
    "An AWS account id has 12 digits.",
    "'aws sts get-caller-identity' shows the one you are signed in to.",
)

external_id = _matches(
    r"[A-Za-z0-9_+=,.@:/-]{2,1224}",
    "An external ID has 2 to 1224 letters, digits and the characters + = , . @ : / - _ only.",
    "Copy it from Palisade without blanks, or have a new one generated.",
)

kit_name = _matches(
    _LINE + r"{1,100}", "The name of a kit is one line of at most 100 characters.", "Shorten it."
)

fingerprint = _matches(
    r"[0-9a-f]{64}",
    "A recovery key's fingerprint is the SHA-256 of the public key: 64 small hexadecimal digits.",
    "Remove the line: the program writes it again from the public file.",
)

role_path = _matches(
    r"(?=.{1,512}$)(?:/|/[\x21-\x2e\x30-\x7e]+(?:/[\x21-\x2e\x30-\x7e]+)*/)",
    "A role's path begins and ends with a slash, has no blanks and at most 512 characters.",
    "Use / unless your organisation asks for another.",
)

role_name = _matches(
    r"[A-Za-z0-9_+=,.@-]{1,64}",
    "The name of a role has 1 to 64 letters, digits and the characters + = , . @ - _ only.",
    "An example is PalisadeS3BackupRole-sandbox.",
)

_mailbox = _matches(
    r"[^@\s]+@[^@\s]+\.[^@\s]+", "This is no e-mail address.", "It looks like security@example.com."
)


def email(text: str) -> str:
    """A mailbox: nothing in it that cannot be seen."""
    return _mailbox(anything(text))


def uuid_text(text: str) -> str:
    """A UUID as Palisade shows it."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise _wrong(
            "A quorum ID is a UUID.", "Copy it from the quorum's page in the Palisade console."
        ) from None


def principal_arn(text: str) -> str:
    """Whom the role trusts: an account's root, a role or a user; never everybody."""
    if "*" in text:
        raise _wrong(
            "The principal must not be or hold '*': then anybody could try to write backups.",
            "Use the exact ARN that Palisade names for this environment.",
        )
    arn = parse_arn(text)
    good = arn is not None and arn.service == "iam" and len(arn.account) == 12 and arn.region == ""
    kind = re.fullmatch(r"root|(?:role|user)/[\x21-\x7e]{1,600}", arn.name) if arn and good else None
    if arn is None or kind is None or arn.partition not in PARTITIONS:
        raise _wrong(
            "The principal is not the ARN of an account's root, an IAM role or an IAM user.",
            "It looks like arn:aws:iam::111122223333:role/Name, and Palisade names it for this environment.",
        )
    return text


def bucket_name(text: str) -> str:
    """S3's naming rules, and no dots: they break TLS certificates."""
    rules = (
        (3 <= len(text) <= 63, "A bucket name has 3 to 63 characters."),
        ("." not in text, "A bucket name with a dot breaks the TLS certificate, so it is refused here."),
        (
            bool(re.fullmatch(r"[a-z0-9-]*", text)),
            "A bucket name has small letters, digits and hyphens only.",
        ),
        (
            not text.startswith("-") and not text.endswith("-"),
            "A bucket name begins and ends with a letter or digit.",
        ),
        (
            not text.startswith(("xn--", "sthree-", "amzn-s3-demo-")),
            "S3 keeps bucket names that begin with xn--, sthree- or amzn-s3-demo- for itself.",
        ),
        (
            not text.endswith(("-s3alias", "--ol-s3", "--x-s3", "--table-s3")),
            "S3 keeps bucket names that end with -s3alias, --ol-s3, --x-s3 or --table-s3 for itself.",
        ),
        (not _is_ip(text), "A bucket name must not look like an IP address."),
    )
    for holds, sentence in rules:
        if not holds:
            raise _wrong(sentence, "An example is acme-palisade-backup-sandbox.")
    return text


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def kms_key(text: str) -> str:
    """`create`, or the ARN of a key (not of an alias: uploads that name an alias would be denied)."""
    if text == "create":
        return text
    arn = parse_arn(text)
    if arn is None or arn.service != "kms" or not re.fullmatch(r"key/[A-Za-z0-9-]{1,64}", arn.name):
        raise _wrong(
            "The KMS key is neither 'create' nor the ARN of a key.",
            "It looks like arn:aws:kms:eu-west-1:111122223333:key/… ; an alias or a bare id will not do.",
        )
    return text


def boundary(text: str) -> str:
    """The ARN of a managed policy."""
    arn = parse_arn(text)
    if arn is None or arn.service != "iam" or not arn.name.startswith("policy/"):
        raise _wrong(
            "The permissions boundary is not the ARN of an IAM policy.",
            "It looks like arn:aws:iam::111122223333:policy/Name.",
        )
    return text


def trail(text: str) -> str:
    """`off`, `create`, or the ARN of a trail."""
    if text in {"off", "create"}:
        return text
    arn = parse_arn(text)
    # CloudTrail's own rule: 3 to 128 characters, a letter or digit at both ends.
    name = r"trail/[A-Za-z0-9][A-Za-z0-9._-]{1,126}[A-Za-z0-9]"
    good = arn is not None and arn.service == "cloudtrail" and re.fullmatch(name, arn.name)
    if arn is None or not good or not re.fullmatch(r"[0-9]{12}", arn.account) or not arn.region:
        raise _wrong(
            "The trail is neither 'off' nor 'create' nor the ARN of a trail.",
            "An ARN looks like arn:aws:cloudtrail:eu-west-1:111122223333:trail/name; "
            "'aws cloudtrail describe-trails' shows yours.",
        )
    return text


def extra_action(text: str) -> str:
    """An action from the short list of those that can be useful and can do no harm."""
    if text not in EXTRA_ACTIONS:
        raise _wrong(
            f"The role must not get {text!r}.",
            "Allowed beyond the minimal actions are " + ", ".join(EXTRA_ACTIONS) + ".",
        )
    return text


def tag(key: str, value: str) -> None:
    """A free tag: AWS's limits, and not one of ours or AWS's own names."""
    if not re.fullmatch(r"[\w .:/=+@-]{1,128}", key) or key.lower().startswith(("aws:", "palisade-wizard:")):
        raise _wrong(
            f"{key!r} cannot be the name of a tag.",
            "Use at most 128 letters, digits and . : / = + @ - _ ; not beginning with aws: or palisade-wizard:.",
        )
    if not re.fullmatch(r"[\w .:/=+@-]{0,256}", value):
        raise _wrong(
            f"The value of the tag {key!r} is not one that AWS takes.",
            "Use at most 256 letters, digits, blanks and . : / = + @ - _ .",
        )
