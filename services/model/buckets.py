"""The bucket that Palisade writes backups to."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from services.model import policies, tags
from services.model.calls import Call
from services.model.place import Place
from services.model.resource import Facet, Origin, Resource
from services.model.values import Json, Ref, Tree, document, entries, items
from services.problems import Problem

_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
# A bucket that was just made is not everywhere at once, and S3 refuses two changes at the same time.
_FRESH = frozenset({"NoSuchBucket", "404", "OperationAborted", "ConditionalRequestConflict"})


def bucket(place: Place, name: str, *, namespace: str, strict: bool) -> Resource:
    """The bucket; every call on it names the account that must own it."""
    named: Mapping[str, Tree] = {"Bucket": name, "ExpectedBucketOwner": place.account}
    arn = f"arn:{place.partition}:s3:::{name}"
    return Resource(
        name="bucket",
        kind="S3 bucket",
        title=f"S3 bucket {name}",
        says="holds the encrypted backups that Palisade writes",
        lookup=Call(
            "s3",
            "HeadBucket",
            named,
            {"arn": f"'{arn}'", "id": f"'{name}'", "region": "BucketRegion"},
            frozenset({"404", "NoSuchBucket"}),
        ),
        create=_create(place, name, namespace),
        facets=lambda origin: _facets(place, named, arn, origin, strict=strict),
        owner=Call(
            "s3", "GetBucketTagging", named, tags.owner_outputs("TagSet"), frozenset({"NoSuchTagSet"})
        ),
        listed=Call(
            "s3",
            "ListBuckets",
            {"Prefix": name},
            {"created": f"Buckets[?Name=='{name}']|[0].CreationDate"},
        ),
    )


def _create(place: Place, name: str, namespace: str) -> Call:
    wanted = tags.wanted(place.setup, "bucket", "created", place.tags)
    configuration: dict[str, Tree] = {"Tags": tags.listed(wanted)}
    if place.region != "us-east-1":
        configuration["LocationConstraint"] = place.region
    params: dict[str, Tree] = {
        "Bucket": name,
        "ObjectOwnership": "BucketOwnerEnforced",
        "CreateBucketConfiguration": configuration,
    }
    if namespace == "account-regional":
        params["BucketNamespace"] = namespace
    return Call("s3", "CreateBucket", params, transient=frozenset({"OperationAborted"}))


def _facets(
    place: Place, named: Mapping[str, Tree], arn: str, origin: Origin, *, strict: bool
) -> tuple[Facet, ...]:
    def get(op: str, path: str, *absent: str) -> Call:
        return Call("s3", op, named, {"have": path}, frozenset(absent), _FRESH)

    def put(op: str, **params: Tree) -> Call:
        return Call("s3", op, {**named, **params}, transient=_FRESH)

    wanted_tags = tags.listed(tags.wanted(place.setup, "bucket", origin, place.tags))
    return (
        Facet(
            name="tags",
            says="carries this set-up's tags",
            want=wanted_tags,
            read=get("GetBucketTagging", "TagSet", "NoSuchTagSet"),
            write=lambda _have, target: put("PutBucketTagging", Tagging={"TagSet": target}),
            merge=tags.merging(),
            normal=tags.normal(),
            words=tags.words,
            refuse=tags.other_environment,
        ),
        Facet(
            name="region",
            says=f"is in {place.region}",
            want=place.region,
            read=get("HeadBucket", "BucketRegion"),
            write=None,
            born=True,
            optional=frozenset({"*"}),
            refuse=_elsewhere(place.region),
        ),
        Facet(
            name="public-access",
            says="cannot be made public, in four ways",
            want=dict.fromkeys(_BLOCKS, True),
            read=get(
                "GetPublicAccessBlock",
                "PublicAccessBlockConfiguration",
                "NoSuchPublicAccessBlockConfiguration",
            ),
            write=lambda _have, target: put("PutPublicAccessBlock", PublicAccessBlockConfiguration=target),
            words=_public_words,
        ),
        Facet(
            name="ownership",
            says="owns every file in it; access lists are off",
            want="BucketOwnerEnforced",
            read=get(
                "GetBucketOwnershipControls",
                "OwnershipControls.Rules[0].ObjectOwnership",
                "OwnershipControlsNotFoundError",
            ),
            write=lambda _have, target: put(
                "PutBucketOwnershipControls", OwnershipControls={"Rules": [{"ObjectOwnership": target}]}
            ),
            born=True,
        ),
        Facet(
            name="versioning",
            says="keeps old versions",
            want="Enabled",
            read=get("GetBucketVersioning", "Status"),
            write=lambda _have, target: put(
                "PutBucketVersioning", VersioningConfiguration={"Status": target}
            ),
            words=lambda v: "keeps old versions" if v == "Enabled" else "does not keep old versions",
        ),
        Facet(
            name="encryption",
            says="encrypts with the KMS key of this set-up",
            want={
                "ApplyServerSideEncryptionByDefault": {
                    "SSEAlgorithm": "aws:kms",
                    "KMSMasterKeyID": Ref("key"),
                },
                "BucketKeyEnabled": True,
            },
            read=get(
                "GetBucketEncryption",
                "ServerSideEncryptionConfiguration.Rules[0]",
                "ServerSideEncryptionConfigurationNotFoundError",
            ),
            write=lambda _have, target: put(
                "PutBucketEncryption", ServerSideEncryptionConfiguration={"Rules": [target]}
            ),
            merge=lambda have, want: {**entries(have), **entries(want)},
            normal=_encryption,
            words=_encryption_words,
        ),
        Facet(
            name="policy",
            says="accepts only TLS 1.2 or newer and only this key",
            want=policies.bucket_policy(arn, Ref("key"), strict=strict),
            read=get("GetBucketPolicy", "Policy", "NoSuchBucketPolicy"),
            write=lambda _have, target: put("PutBucketPolicy", Policy=target),
            merge=policies.merge,
            normal=policies.normal,
            document=True,
            words=policies.words,
            refuse=_foreign_allow,
        ),
    )


def _elsewhere(region: str) -> Callable[[Tree, Tree], Problem | None]:
    def refuse(have: Tree, _target: Tree) -> Problem | None:
        if have in {None, region}:
            return None
        return Problem(
            "region",
            f"The bucket is in {have}, but this set-up is for {region}.",
            ("Choose another bucket name, or set aws.region to the bucket's region.",),
        )

    return refuse


def _foreign_allow(have: Tree, _target: Tree) -> Problem | None:
    found = policies.allows(have)
    if not found:
        return None
    names = ", ".join(str(s.get("Sid") or "a statement without a Sid") for s in found)
    return Problem(
        "unfit",
        f"The bucket's policy lets others in ({names}), so it cannot be used for backups.",
        (
            "Choose another bucket name under storage.bucket: a bucket of its own is the safest.",
            "Or have the owner of the bucket remove these Allow statements: "
            + policies.text(Json([document(s) for s in found])),
        ),
    )


def _encryption(rule: Tree) -> Tree:
    default = entries(entries(rule).get("ApplyServerSideEncryptionByDefault"))
    return {
        "algorithm": default.get("SSEAlgorithm"),
        "key": default.get("KMSMasterKeyID"),
        "bucket key": entries(rule).get("BucketKeyEnabled", False),
    }


def _encryption_words(rule: Tree) -> str:
    state = entries(_encryption(rule))
    match state["algorithm"]:
        case None:
            return "not set"
        case "aws:kms" if state["key"] is None:
            return "encrypts with the AWS-managed key aws/s3"
        case "AES256":
            return "encrypts with keys of S3's own (SSE-S3)"
        case algorithm:
            bucket_key = "with" if state["bucket key"] else "without"
            return f"encrypts with {algorithm!s} and {state['key']!s}, {bucket_key} a bucket key"


def _public_words(value: Tree) -> str:
    on = [name for name in _BLOCKS if entries(value).get(name) is True]
    if not items(on):
        return "nothing stops it from being made public"
    missing = [name for name in _BLOCKS if name not in on]
    return "cannot be made public" if not missing else f"lacks {', '.join(missing)}"
