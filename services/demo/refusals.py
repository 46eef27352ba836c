"""What a foreigner, or Palisade itself, cannot do with the finished set-up: shown by trying.

Every attempt is made for real against the embedded AWS, whose policy engine decides. An attempt holds only if AWS
denied it for want of permission: any other failure, and any success, is reported as it was observed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.demo.palisade import as_itself, as_role, assume
from services.model.calls import Call, Refused

if TYPE_CHECKING:
    from services.demo.accounts import Connect
    from services.demo.palisade import Kit, Service
    from services.model.calls import Aws
    from services.model.values import Tree

# The codes that mean "not allowed"; an answer without a body has only its HTTP status.
DENIED = frozenset({"AccessDenied", "AccessDeniedException", "403"})
PROBE = "refused/recovery_shard-0.txt"
FOREIGN_KEY = "arn:aws:kms:{region}:{account}:key/00000000-0000-4000-8000-000000000000"
STRANGER = "000000000000"


@dataclass(frozen=True)
class Refusal:
    """One attempt: what was tried, what should stop it, what AWS answered, and whether it was stopped by that."""

    title: str
    expected: str
    observed: str
    held: bool


@dataclass(frozen=True)
class _Attempt:
    title: str
    expected: str
    act: Callable[[], object]


def refusals(service: Service, connect: Connect, kit: Kit, written_key: str) -> Iterator[Refusal]:
    """Try everything that must be refused, one a step; `written_key` is the name of an existing backup object.

    Raises `Refused` if Palisade cannot assume the role with the right external ID: then nothing can be shown.
    """
    for attempt in (*_at_the_door(service, connect, kit), *_inside(service, connect, kit, written_key)):
        yield _tried(attempt)


def _at_the_door(service: Service, connect: Connect, kit: Kit) -> Iterator[_Attempt]:
    trust = "The role's trust policy asks for the external ID."
    yield _Attempt(
        "Assume the role with a wrong external ID",
        trust,
        lambda: assume(service, connect, kit, f"{kit.external_id}x"),
    )
    yield _Attempt(
        "Assume the role without an external ID", trust, lambda: assume(service, connect, kit, None)
    )
    yield _Attempt(
        "Upload as Palisade's own principal, without the role",
        "Nobody outside your account has any right to the bucket.",
        lambda: as_itself(service, connect, kit)(_put(kit)),
    )


def _inside(service: Service, connect: Connect, kit: Kit, written_key: str) -> Iterator[_Attempt]:
    role = as_role(service, connect, kit)
    plain = as_role(service, connect, kit, tls=False)
    encryption = "The bucket policy takes no other encryption than your own KMS key."
    rights = "The role may write, and nothing else."

    def attempt(title: str, expected: str, aws: Aws, call: Call) -> _Attempt:
        return _Attempt(title, expected, lambda: aws(call))

    yield attempt("Upload without TLS", "The bucket policy asks for TLS.", plain, _put(kit))
    yield attempt(
        "Upload under a foreign encryption key",
        encryption,
        role,
        _put(kit, ServerSideEncryption="aws:kms", SSEKMSKeyId=_foreign_key(kit)),
    )
    yield attempt(
        "Upload under the key of S3 itself", encryption, role, _put(kit, ServerSideEncryption="AES256")
    )
    yield attempt("Read a backup back", rights, role, _object("GetObject", kit, written_key))
    yield attempt("Delete a backup", rights, role, _object("DeleteObject", kit, written_key))
    yield attempt("List the bucket", rights, role, Call("s3", "ListObjectsV2", {"Bucket": kit.bucket}))


def _put(kit: Kit, **headers: Tree) -> Call:
    return Call("s3", "PutObject", {"Bucket": kit.bucket, "Key": PROBE, "Body": b"refuse me", **headers})


def _object(op: str, kit: Kit, key: str) -> Call:
    return Call("s3", op, {"Bucket": kit.bucket, "Key": key})


def _foreign_key(kit: Kit) -> str:
    return FOREIGN_KEY.format(region=kit.region, account=STRANGER)


def _tried(attempt: _Attempt) -> Refusal:
    try:
        attempt.act()
    except Refused as refused:
        observed = f"{refused.code}: {refused.message}" if refused.message else refused.code
        return Refusal(attempt.title, attempt.expected, observed, refused.code in DENIED)
    return Refusal(attempt.title, attempt.expected, "AWS allowed it.", held=False)
