"""What somebody may want to do, in an administrator's words: the rows of the matrix, each as the requests it takes.

A row says nothing of who may: it names actions, ARNs and what such a request brings along, and ways to do the same less
well, each of which a policy may refuse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from services.engine.world import Have
from services.model import inventories, policies
from services.model.log_policies import access_log_prefix
from services.model.values import Ref, entries
from services.overview.named import Named
from services.overview.scene import Scene

Change: TypeAlias = Mapping[str, str | None]
"""Condition keys and their values; None where a request surely has none."""

_SSE, _KEY_ID, _SSE_C = (name.lower() for name in (policies.SSE, policies.SSE_KEY, policies.SSE_C))
_HEADERS: Change = {_SSE: None, _KEY_ID: None, _SSE_C: None}
_NOTHING: Change = {}
_VIA, _CONTEXT = "kms:viaservice", "kms:encryptioncontext:aws:s3:arn"
_TLS: Change = {"aws:securetransport": "true", "s3:tlsversion": "1.3"}
_FILE = "key-id/recovery_shard-0.txt"
_READING = ("s3:GetObject", "s3:GetObjectVersion")
BY_SIGNATURE, BY_TOKEN = "sts:AssumeRole", ("sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML")
"""How a role is assumed: by whoever has credentials of AWS, and by whoever has none."""
_NONE = Named()
_ANOTHER_ID = "an-id-that-is-of-nobody"
_ROOT = "Only as the account's root user: S3 lets it change a bucket's policy, whatever the policy says."
"""As the S3 User Guide has it ("Bucket policies"): so that nobody locks themselves out for good."""
_FACTOR = "Only with a code of the root user's MFA device: MFA Delete is on."


@dataclass(frozen=True)
class Need:
    """One request: an action on an ARN, over which the policy of `on` decides. `served`: only of a service's request."""

    on: str
    action: str
    resource: str
    context: Change = field(default_factory=dict)
    served: Change = field(default_factory=dict)


@dataclass(frozen=True)
class Variation:
    """The same in another way, to be said after "never" or "only": what changes in the requests for `service`.

    `free`: condition keys that may then have any value or none. `keyless`: done so, it needs nothing of the set-up's KMS key. `served`: only services can do it so.
    """

    group: str
    how: str
    service: str
    change: Change
    keyless: bool = False
    served: bool = False
    free: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Verb:
    """One row: done by any one of `ways`, each of which takes all of its requests.

    `locked`: why nobody can, whatever policies say; empty where they decide. `unclear`: why they alone tell nothing.
    `root`: what the root user of the account can all the same; empty where policies bind it too.
    `proviso`: what it takes besides, of whoever may.
    """

    says: str
    ways: tuple[tuple[Need, ...], ...]
    variations: tuple[Variation, ...] = ()
    locked: str = ""
    unclear: str = ""
    root: str = ""
    proviso: str = ""


@dataclass(frozen=True)
class Part:
    """Rows that belong together."""

    title: str
    verbs: tuple[Verb, ...]


def parts(scene: Scene, named: Named = _NONE) -> tuple[Part, ...]:
    """All rows of a set-up; none about what it does not have. `named`: what its policies name."""
    found = (
        Part("The backups", tuple(_backups(scene, named))),
        Part("The KMS key and the role", tuple(_key_and_role(scene, named))),
        Part("The records about the backups", tuple(_records(scene, named))),
    )
    return tuple(part for part in found if part.verbs)


_OVER_TLS = (
    Variation("transport", "over plain HTTP", "s3", {"aws:securetransport": "false", "s3:tlsversion": None}),
    Variation("transport", "over a TLS older than 1.2", "s3", {"s3:tlsversion": "1.1"}),
)


def _bucket(
    scene: Scene,
    action: str,
    name: str = "",
    on: str = "bucket",
    *,
    headers: Change = _HEADERS,
    served: Change = _NOTHING,
) -> Need:
    """A request to S3 for a bucket, or for a file in it."""
    known = scene.names
    bucket = {
        "bucket": known.bucket,
        "log_bucket": known.access_log_bucket,
        "trail_bucket": known.trail_bucket,
    }
    arn = known.bucket_arn(bucket[on])
    always: Change = {
        **_TLS,
        **headers,
        _VIA: None,
        "aws:viaawsservice": "false",
        "s3:resourceaccount": scene.account,
    }
    return Need(on, action, f"{arn}/{name}" if name else arn, always, served)


def _key(scene: Scene, action: str, on: str = "key") -> Need:
    """A request to KMS as S3 makes it for somebody who writes or reads a file."""
    place = scene.place
    context: dict[str, str | None] = {
        **_HEADERS,
        **_TLS,
        _VIA: policies.via_s3(place.region, place.partition)[0],
        "aws:viaawsservice": "true",
    }
    if on == "key":
        context[_CONTEXT] = scene.names.bucket_arn(scene.names.bucket)
    return Need(on, action, scene.known(Ref(on)), context)


_DIRECT: Change = {_VIA: None, "aws:viaawsservice": "false"}


def _directly(need: Need) -> Need:
    return replace(need, context={**need.context, **_DIRECT, _CONTEXT: None})


def _not_through_s3(scene: Scene, named: Named) -> Iterator[Variation]:
    """Past S3 of the region: directly, or through another service that a policy names."""
    free, region = frozenset({_CONTEXT}), scene.place.region
    yield Variation("through", f"directly, past S3 of {region}", "kms", _DIRECT, free=free)
    for name in named.services:
        if name not in policies.via_s3(region, scene.place.partition):
            yield Variation("through", f"through {name}", "kms", {_VIA: name}, free=free)


def _uploads(scene: Scene) -> tuple[Variation, ...]:
    """Uploads that a backup must not be; see docs/policies.md."""
    ours = scene.known(Ref("key"))
    foreign = f"{ours.rsplit('/', 1)[0]}/ffffffff-ffff-4fff-bfff-ffffffffffff"

    def put(how: str, *, keyless: bool = False, **headers: str | None) -> Variation:
        named = {_SSE: headers.get("sse"), _KEY_ID: headers.get("key"), _SSE_C: headers.get("own")}
        return Variation("upload", how, "s3", named, keyless)

    return (
        put("without encryption headers"),
        put("with S3's own encryption (AES256)", keyless=True, sse="AES256"),
        put("with KMS and no key named", keyless=True, sse="aws:kms"),
        put("with another KMS key", keyless=True, sse="aws:kms", key=foreign),
        put("with double encryption (DSSE)", sse="aws:kms:dsse", key=ours),
        put("with a key in the request (SSE-C)", keyless=True, own="AES256"),
    )


def _backups(scene: Scene, named: Named) -> Iterator[Verb]:
    headers: Change = {_SSE: "aws:kms", _KEY_ID: scene.known(Ref("key")), _SSE_C: None}
    files = (_FILE, *named.files_of(scene.names.bucket_arn(scene.names.bucket)))
    made = _key(scene, "kms:GenerateDataKey")
    write = tuple((_bucket(scene, "s3:PutObject", name, headers=headers), made) for name in files)
    yield Verb("Write a backup", write, (*_OVER_TLS, *_uploads(scene)))
    decrypt = _key(scene, "kms:Decrypt")
    read = tuple((_bucket(scene, action, name), decrypt) for name in files for action in _READING)
    yield Verb("Read a backup", read, _OVER_TLS)
    kept = " (recoverable)" if entries(scene.side("bucket.versioning")).get("Status") == "Enabled" else ""
    gone = tuple((_bucket(scene, "s3:DeleteObject", name),) for name in files)
    yield Verb(f"Delete a backup{kept}", gone, _OVER_TLS)
    yield from _versions(scene, files)
    listing = tuple((_bucket(scene, action),) for action in ("s3:ListBucket", "s3:ListBucketVersions"))
    yield Verb("List the bucket", listing, _OVER_TLS)
    change = tuple((_bucket(scene, action),) for action in ("s3:PutBucketPolicy", "s3:DeleteBucketPolicy"))
    yield Verb("Change the bucket's policy", change, _OVER_TLS, root=_ROOT)


def _versions(scene: Scene, files: Sequence[str]) -> Iterator[Verb]:
    factor = _FACTOR if _asks_for_a_factor(scene) else ""
    gone = tuple((_bucket(scene, "s3:DeleteObjectVersion", name),) for name in files)
    if scene.hidden("bucket.object-lock"):
        unclear = "AWS did not tell whether the bucket has Object Lock, which would keep everybody from it."
        yield Verb("Delete a version for good", gone, _OVER_TLS, unclear=unclear)
        return
    retention = entries(
        entries(entries(scene.side("bucket.object-lock")).get("Rule")).get("DefaultRetention")
    )
    if not retention:
        yield Verb("Delete a version for good", gone, _OVER_TLS, proviso=factor)
        return
    past = (_bucket(scene, "s3:BypassGovernanceRetention", name) for name in files)
    both = tuple((*way, need) for way, need in zip(gone, past, strict=True))
    mode, days = str(retention.get("Mode", "")), retention.get("Days") or retention.get("Years")
    unit = "day" if retention.get("Days") else "year"
    locked = (
        f"Object Lock in compliance mode: nobody can, root included, for {days} {unit}{'' if days == 1 else 's'} after "
        "the version was written."
        if mode == "COMPLIANCE"
        else ""
    )
    yield Verb("Delete a locked version", both, _OVER_TLS, locked, proviso=factor)
    yield Verb("Delete one after its lock ended", gone, _OVER_TLS, proviso=factor)


def _asks_for_a_factor(scene: Scene) -> bool:
    """Whether MFA Delete was seen to be on; this program never turns it."""
    seen = scene.world.sides.get("bucket.versioning")
    return isinstance(seen, Have) and entries(seen.value).get("MFADelete") == "Enabled"


def _key_and_role(scene: Scene, named: Named) -> Iterator[Verb]:
    through = tuple(_not_through_s3(scene, named))
    making = ("kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:Encrypt")
    yield Verb("Encrypt with the KMS key", tuple((_key(scene, action),) for action in making), through)
    yield Verb("Decrypt with the KMS key", ((_key(scene, "kms:Decrypt"),),), through)
    changes = ("kms:PutKeyPolicy", "kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:CreateGrant")
    yield Verb("Change or delete the KMS key", tuple((_directly(_key(scene, action)),) for action in changes))
    external_id = scene.answers.text("palisade.external_id")
    yield Verb("Assume role with external ID", ((_role(scene, external_id),),))
    others = dict.fromkeys((None, _ANOTHER_ID, *named.external_ids))
    others.pop(external_id, None)
    ways = (
        *((_role(scene, each),) for each in others),
        *((_role(scene, None, action),) for action in BY_TOKEN),
    )
    yield Verb("Assume role with other or no ID", ways)


def _role(scene: Scene, external_id: str | None, action: str = BY_SIGNATURE) -> Need:
    return Need(
        "role",
        action,
        scene.role_arn,
        {"sts:externalid": external_id, "aws:securetransport": "true", "aws:viaawsservice": "false"},
    )


def _records(scene: Scene, named: Named) -> Iterator[Verb]:
    known, whole = scene.names, "bucket-owner-full-control"
    source = {"aws:sourcearn": known.bucket_arn(known.bucket), "aws:sourceaccount": scene.account}
    if scene.part("log_bucket") is not None:
        prefix = access_log_prefix(known.bucket)
        yield _add(scene, "Add an access log", "log_bucket", f"{prefix}2026", source)
        if scene.answers.flag("hardening.inventory"):
            listed = f"{inventories.prefix(known.bucket)}list"
            yield _add(scene, "Add a daily list", "log_bucket", listed, {**source, "s3:x-amz-acl": whole})
        yield from _kept(scene, named, "the access logs", "log_bucket", f"{prefix}2026")
    if scene.part("trail_bucket") is not None:
        name = f"AWSLogs/{scene.account}/CloudTrail/{scene.place.region}/record"
        of = {"aws:sourcearn": known.trail_arn, "aws:sourceaccount": scene.account, "s3:x-amz-acl": whole}
        yield _add(scene, "Add a CloudTrail record", "trail_bucket", name, of)
        decrypt = _key(scene, "kms:Decrypt", "log_key")
        yield from _kept(scene, named, "CloudTrail's records", "trail_bucket", name, decrypt)


def _add(scene: Scene, says: str, on: str, name: str, served: Change) -> Verb:
    elsewhere = Variation(
        "source",
        "on behalf of another bucket, trail or account",
        "s3",
        {"aws:sourcearn": "arn:aws:s3:::somebody-else", "aws:sourceaccount": "999999999999"},
        served=True,
    )
    need = _bucket(scene, "s3:PutObject", name, on, served=served)
    return Verb(says, ((need,),), (*_OVER_TLS, elsewhere))


def _kept(scene: Scene, named: Named, what: str, on: str, name: str, *more: Need) -> Iterator[Verb]:
    files = (name, *named.files_of(_bucket(scene, "", "", on).resource))
    reading = ((_bucket(scene, action, each, on), *more) for each in files for action in _READING)
    yield Verb(f"Read {what}", tuple(reading), _OVER_TLS)
    deleting = ("s3:DeleteObject", "s3:DeleteObjectVersion")
    gone = ((_bucket(scene, action, each, on),) for each in files for action in deleting)
    yield Verb(f"Delete {what}", tuple(gone), _OVER_TLS)
