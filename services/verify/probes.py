"""`verify --probe`: uploads that a right bucket policy refuses, tried with the sign-in's own rights.

Nothing else in a verification writes. A probe goes over TLS only, says before what it will do, and is not made where
its file could not be removed again. What a probe leaves behind is its own file under its own name, and only that very
version is ever deleted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.aws.guards import OwnUploads, ReadOnly
from services.aws.translate import one_line, problem_of
from services.model.calls import Aws, Call, Refused
from services.model.values import Tree, entries
from services.verify.checks import Check, check_of
from services.verify.policy_documents import Where
from services.verify.policy_rows import NO_KEY

FOLDER = "palisade-wizard-probe/"
_SET_RIGHT = "Set the bucket policy right with 'palisade-wizard apply --config S', then probe again."
_NO_LOCK = frozenset({"ObjectLockConfigurationNotFoundError", "ObjectLockConfigurationNotFound"})
_DENIED = frozenset({"AccessDenied", "403"})
_BY_BUCKET = "explicit deny in a resource-based policy"
_BY_ANOTHER = re.compile(r"because no [a-z -]+ allows|explicit deny in an? ", re.IGNORECASE)
"""How AWS says that it was another policy than the bucket's."""


@dataclass(frozen=True)
class Probe:
    """One upload that must be refused: what it is, and the encryption that it asks for."""

    what: str
    says: str
    headers: Mapping[str, Tree]

    @property
    def id(self) -> str:
        return f"policy.probe.{self.what}"

    @property
    def title(self) -> str:
        return f"Tried for real: {self.says} is refused"


def probes(where: Where, *, strict: bool) -> tuple[Probe, ...]:
    """Every probe of a set-up. The key in the SSE-C one guards nothing: the file holds one word."""
    foreign = f"{where.key_arn.rsplit('/', 1)[0]}/{NO_KEY}"
    customer: dict[str, Tree] = {
        "SSECustomerAlgorithm": "AES256",
        "SSECustomerKey": b"palisade-wizard-probe-not-secret",
    }
    kms: dict[str, Tree] = {"ServerSideEncryption": "aws:kms"}
    found = (
        Probe("customer-key", "an upload under a key in the request (SSE-C)", customer),
        Probe("aes256", "an upload with another encryption (AES256)", {"ServerSideEncryption": "AES256"}),
        Probe("no-key", "an upload that asks for KMS without naming your key", kms),
        Probe("foreign-key", "an upload under another KMS key", {**kms, "SSEKMSKeyId": foreign}),
    )
    bare = Probe("no-headers", "an upload without encryption headers", {})
    return (*found, bare) if strict else found


def announced(where: Where, *, strict: bool) -> tuple[str, ...]:
    """What will be tried, a sentence a probe: to be said before."""
    return tuple(
        f"To be tried in bucket {where.bucket}, as you: {probe.says}. It must be refused."
        for probe in probes(where, strict=strict)
    )


def probe_all(aws: Aws, where: Where, *, strict: bool, name: str, endpoint: str) -> Iterator[Check]:
    """Tries them. `name` is a new unguessable name for the files; `aws` may write, and is used for these files alone."""
    table = probes(where, strict=strict)
    hindered = _hindrance(ReadOnly(aws), where, endpoint)
    if hindered is not None:
        yield from (_instead(probe, hindered) for probe in table)
        return
    own = OwnUploads(aws, where.bucket, FOLDER)
    for probe in table:
        yield _tried(own, probe, where, f"{FOLDER}{name}-{probe.what}")


def _hindrance(aws: Aws, where: Where, endpoint: str) -> Check | None:
    """Why no probe is made, as a check without a name of its own; None if nothing is in the way."""
    if endpoint.startswith("http:"):
        said = f"Not tried, because {endpoint} speaks no TLS: a request would carry the sign-in in clear."
        return Check("", "", "skipped", said, "Use an https:// endpoint.")
    named = {"Bucket": where.bucket, "ExpectedBucketOwner": where.account}
    try:
        found = entries(aws(Call("s3", "GetObjectLockConfiguration", named)).get("ObjectLockConfiguration"))
    except Refused as refused:
        if refused.code in _NO_LOCK:
            return None
        return check_of("", "", problem_of(refused))
    if entries(found.get("Rule")).get("DefaultRetention") is None:
        return None
    said = "Not tried, because the bucket keeps every new file for a time (Object Lock): a file could not be removed."
    return Check("", "", "skipped", said)


def _instead(probe: Probe, why: Check) -> Check:
    return Check(probe.id, probe.title, why.status, why.evidence, why.remedy)


def _tried(aws: Aws, probe: Probe, where: Where, key: str) -> Check:
    named: dict[str, Tree] = {"Bucket": where.bucket, "ExpectedBucketOwner": where.account, "Key": key}
    try:
        reply = aws(Call("s3", "PutObject", {**named, "Body": b"probe", **probe.headers}))
    except Refused as refused:
        return _refused(probe, refused)
    version = reply.get("VersionId")
    left = (
        _removed(aws, {**named, "VersionId": version}, key) if version else f"The file {key} is left there."
    )
    return Check(
        probe.id,
        probe.title,
        "fail",
        f"AWS took it: the bucket policy does not refuse {probe.says}. {left}",
        _SET_RIGHT,
    )


def _refused(probe: Probe, refused: Refused) -> Check:
    problem, said = problem_of(refused), one_line(refused.message or refused.code)
    if refused.code in _DENIED:
        return _denied(probe, refused, said)
    if problem.code not in {"refused", "not-ready"}:
        return check_of(probe.id, probe.title, problem)
    evidence = f"No policy refused it; it failed for another reason: {refused.code}: {said}"
    return Check(probe.id, probe.title, "fail", evidence, _SET_RIGHT)


def _denied(probe: Probe, refused: Refused, said: str) -> Check:
    if _BY_BUCKET in refused.message:
        return Check(probe.id, probe.title, "pass", f"Refused by the bucket policy: {said}")
    if _BY_ANOTHER.search(refused.message):
        # A refusal for want of a right would make this line green with no policy on the bucket at all.
        evidence = f"It was refused, but not by the bucket policy, so it shows nothing of that: {said}"
        remedy = "Probe as somebody who may otherwise write files into the bucket (s3:PutObject)."
        return Check(probe.id, probe.title, "unknown", evidence, remedy)
    # Green would say that the bucket's policy did it, and nothing here shows that.
    evidence = f"Refused ({refused.code}), but AWS does not say which policy did it: {said}"
    remedy = "What the bucket policy refuses, the lines policy.put.… show without an upload."
    return Check(probe.id, probe.title, "warn", evidence, remedy)


def _removed(aws: Aws, named: Mapping[str, Tree], key: str) -> str:
    file = f"{key}, version {named['VersionId']!s}"
    try:
        aws(Call("s3", "DeleteObject", named))
    except Refused as refused:
        return f"Its file could not be deleted again and is left there: {file} ({refused.code})."
    return f"Its file was deleted again: {file}."
