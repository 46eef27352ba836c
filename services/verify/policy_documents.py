"""Every policy that bears on what the role may do, as AWS has it now: read back, never taken from the plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from services.model.calls import Aws, Call, Refused
from services.model.policy_reading import Document
from services.model.values import Tree, entries, items

_NO_POLICY = frozenset({"NoSuchBucketPolicy"})


@dataclass(frozen=True)
class Where:
    """What is looked at: the role, the bucket and the key, and the account and region that they are in."""

    role: str
    role_arn: str
    bucket: str
    key_arn: str
    account: str
    region: str
    partition: str

    @property
    def bucket_arn(self) -> str:
        return f"arn:{self.partition}:s3:::{self.bucket}"


@dataclass(frozen=True)
class Documents:
    """The role's inline and managed policies, its boundary, the bucket's policy and the key's."""

    role: tuple[Document, ...]
    boundary: Document | None
    bucket: Document | None
    key: Document


def documents(aws: Aws, where: Where) -> Documents:
    """Reads them all. Raises `Refused` if AWS keeps one of them back: then nothing about them is sure."""
    named = {"RoleName": where.role}
    role = entries(aws(Call("iam", "GetRole", named)).get("Role"))
    boundary = entries(role.get("PermissionsBoundary")).get("PermissionsBoundaryArn")
    return Documents(
        role=(*_inline(aws, where.role), *_attached(aws, where.role)),
        boundary=None if boundary is None else _managed(aws, str(boundary), "the permissions boundary"),
        bucket=_of_bucket(aws, where),
        key=_of_key(aws, where.key_arn),
    )


def _inline(aws: Aws, role: str) -> Iterator[Document]:
    for name in items(aws(Call("iam", "ListRolePolicies", {"RoleName": role})).get("PolicyNames")):
        found = aws(Call("iam", "GetRolePolicy", {"RoleName": role, "PolicyName": str(name)}))
        yield Document(f"the inline policy {name!s}", found.get("PolicyDocument"))


def _attached(aws: Aws, role: str) -> Iterator[Document]:
    listed = aws(Call("iam", "ListAttachedRolePolicies", {"RoleName": role}))
    for attached in items(listed.get("AttachedPolicies")):
        arn = str(entries(attached)["PolicyArn"])
        yield _managed(aws, arn, "the attached policy")


def _managed(aws: Aws, arn: str, what: str) -> Document:
    version = entries(aws(Call("iam", "GetPolicy", {"PolicyArn": arn})).get("Policy"))["DefaultVersionId"]
    found = aws(Call("iam", "GetPolicyVersion", {"PolicyArn": arn, "VersionId": version}))
    content: Tree = entries(found.get("PolicyVersion")).get("Document")
    return Document(f"{what} {arn.rsplit('/', 1)[-1]}", content)


def _of_bucket(aws: Aws, where: Where) -> Document | None:
    call = Call("s3", "GetBucketPolicy", {"Bucket": where.bucket, "ExpectedBucketOwner": where.account})
    try:
        return Document("the bucket policy", aws(call).get("Policy"))
    except Refused as refused:
        if refused.code in _NO_POLICY:
            return None
        raise


def _of_key(aws: Aws, arn: str) -> Document:
    found = aws(Call("kms", "GetKeyPolicy", {"KeyId": arn, "PolicyName": "default"}))
    return Document("the key's policy", found.get("Policy"))
