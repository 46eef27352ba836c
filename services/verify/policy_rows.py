"""What must and what must not be allowed, as a table of requests: the writer's own, and those that nobody may make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from services.model.policies import SSE, SSE_C, SSE_KEY, via_s3
from services.model.policy_reading import Request
from services.verify.policy_documents import Where

On: TypeAlias = Literal["bucket", "key"]

TLS = "aws:securetransport"
TLS_VERSION = "s3:tlsversion"
VIA = "kms:viaservice"
HEADERS = frozenset(name.lower() for name in (SSE, SSE_KEY, SSE_C))

NO_KEY = "00000000-0000-4000-8000-000000000000"
"""The id of a KMS key that nobody has."""


@dataclass(frozen=True)
class Row:
    """One line of the table: with this context, each of these actions must be allowed, or none of them may be."""

    what: str
    title: str
    allowed: bool
    on: On
    actions: tuple[str, ...]
    resource: str
    context: Mapping[str, str]
    absent: frozenset[str]
    references: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return f"policy.{self.what}"

    def request(self, action: str, where: Where) -> Request:
        """One action of the row, as the role would ask for it."""
        return Request(action, self.resource, where.role_arn, where.account, self.context, self.absent)


def rows(where: Where, *, strict: bool, extra: Sequence[str] = ()) -> tuple[Row, ...]:
    """The whole table. What the answers give the role beyond the least (`extra`) is not held against it."""
    made = (*_uploads(where, strict=strict), *_keys(where), *_negative(where))
    kept = (replace(row, actions=_left(row, extra)) for row in made)
    return tuple(row for row in kept if row.actions)


def _left(row: Row, extra: Sequence[str]) -> tuple[str, ...]:
    return row.actions if row.allowed else tuple(a for a in row.actions if a not in extra)


def _common(where: Where) -> dict[str, str]:
    return {
        "aws:principalarn": where.role_arn,
        "aws:principalaccount": where.account,
        "aws:principalisawsservice": "false",
        "aws:requestedregion": where.region,
        "aws:resourceaccount": where.account,
        "s3:resourceaccount": where.account,
    }


def _row_of_bucket(
    where: Where,
    what: str,
    title: str,
    resource: str,
    actions: tuple[str, ...],
    *,
    allowed: bool = False,
    headers: Mapping[str, str] | None = None,
    tls: str = "1.3",
    references: tuple[str, ...] = (),
) -> Row:
    """A request to S3; `tls` is its version, empty for plain HTTP. Headers that are not given are not sent."""
    given = {name.lower(): value for name, value in (headers or {}).items()}
    context = {**_common(where), **given, TLS: "true" if tls else "false", "aws:viaawsservice": "false"}
    if tls:
        context[TLS_VERSION] = tls
    absent = (HEADERS | {TLS_VERSION, VIA}) - context.keys()
    return Row(what, title, allowed, "bucket", actions, resource, context, absent, references)


def _uploads(where: Where, *, strict: bool) -> Iterator[Row]:
    key, kms = where.key_arn, "aws:kms"
    foreign = f"{key.rsplit('/', 1)[0]}/{NO_KEY}"

    def put(
        what: str, title: str, headers: Mapping[str, str], *, allowed: bool = False, tls: str = "1.3"
    ) -> Row:
        resource, asked = f"{where.bucket_arn}/key-id/recovery_shard-0.txt", ("s3:PutObject",)
        references = ("S3.5",) if tls != "1.3" else ("S3.17",)
        return _row_of_bucket(
            where,
            f"put.{what}",
            title,
            resource,
            asked,
            allowed=allowed,
            headers=headers,
            tls=tls,
            references=references,
        )

    ours = {SSE: kms, SSE_KEY: key}
    word = "refused, because the headers are asked for" if strict else "allowed: it gets your KMS key"
    yield put("our-key", "A backup that names your KMS key, over TLS, is allowed", ours, allowed=True)
    yield put("no-headers", f"A backup without encryption headers is {word}", {}, allowed=not strict)
    yield put("no-tls", "A backup without TLS is refused", ours, tls="")
    yield put("old-tls", "A backup over TLS 1.1 is refused", ours, tls="1.1")
    yield put("aes256", "A backup with another encryption (AES256) is refused", {SSE: "AES256"})
    yield put(
        "dsse", "A backup with double encryption (DSSE) is refused", {SSE: "aws:kms:dsse", SSE_KEY: key}
    )
    yield put("no-key", "A backup that asks for KMS without naming your key is refused", {SSE: kms})
    yield put("foreign-key", "A backup under another KMS key is refused", {SSE: kms, SSE_KEY: foreign})
    yield put("customer-key", "A backup under a key in the request (SSE-C) is refused", {SSE_C: "AES256"})


def _keys(where: Where) -> Iterator[Row]:
    direct = {**_common(where), "kms:calleraccount": where.account}
    through = {
        **direct,
        VIA: via_s3(where.region, where.partition)[0],
        "aws:viaawsservice": "true",
        "kms:encryptioncontext:aws:s3:arn": where.bucket_arn,
    }
    silent = HEADERS | {TLS_VERSION}

    def row(what: str, title: str, context: Mapping[str, str], *actions: str, allowed: bool = False) -> Row:
        absent = silent if VIA in context else silent | {VIA}
        return Row(what, title, allowed, "key", actions, where.key_arn, context, absent)

    data = "kms:GenerateDataKey"
    yield row("key.through-s3", "S3 may use your KMS key for the role", through, data, allowed=True)
    yield row("key.direct", "The role cannot use your KMS key but through S3", direct, data)
    yield row(
        "role.key-admin",
        "The role cannot change, disable or delete your KMS key",
        direct,
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "kms:DisableKey",
        "kms:DisableKeyRotation",
        "kms:CreateGrant",
    )


_ON_OBJECTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "read": ("read a backup", ("s3:GetObject", "s3:GetObjectVersion")),
    "delete": ("delete a backup", ("s3:DeleteObject",)),
    "delete-version": ("delete a version of a backup", ("s3:DeleteObjectVersion",)),
    "retention": ("set or end the retention of a backup", ("s3:PutObjectRetention", "s3:PutObjectLegalHold")),
    "bypass": ("get around the retention of a backup", ("s3:BypassGovernanceRetention",)),
    "re-encryption": ("encrypt a backup anew under another key", ("s3:UpdateObjectEncryption",)),
}

_ON_BUCKET: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "list": ("list the backups", ("s3:ListBucket", "s3:ListBucketVersions")),
    "bucket-policy": ("change the bucket policy", ("s3:PutBucketPolicy", "s3:DeleteBucketPolicy")),
    "lifecycle": ("change the lifecycle rules", ("s3:PutLifecycleConfiguration",)),
    "settings": (
        "change the bucket's other settings",
        (
            "s3:PutBucketVersioning",
            "s3:PutEncryptionConfiguration",
            "s3:PutBucketPublicAccessBlock",
            "s3:PutBucketObjectLockConfiguration",
            "s3:DeleteBucket",
        ),
    ),
}


def _negative(where: Where) -> Iterator[Row]:
    object_arn = f"{where.bucket_arn}/key-id/recovery_shard-0.txt"
    for table, resource in ((_ON_OBJECTS, object_arn), (_ON_BUCKET, where.bucket_arn)):
        for what, (does, actions) in table.items():
            yield _row_of_bucket(where, f"role.{what}", f"The role cannot {does}", resource, actions)
