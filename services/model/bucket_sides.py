"""The sides that every bucket of a set-up has, whatever it is for: not public, versioned, encrypted, only over TLS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.model import policies, tags
from services.model.calls import Call
from services.model.place import Place
from services.model.resource import Facet, Origin, Removal, Resource, Withdrawal
from services.model.values import Json, Tree, entries, items
from services.problems import Problem

_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
# A bucket that was just made is not everywhere at once, and S3 refuses two changes at the same time.
_FRESH = frozenset({"NoSuchBucket", "404", "OperationAborted", "ConditionalRequestConflict"})


@dataclass(frozen=True)
class Site:
    """One bucket: `resource` is its name in the blueprint, `answer` the key of the setup file that names it."""

    place: Place
    resource: str
    name: str
    answer: str

    @property
    def named(self) -> Mapping[str, Tree]:
        """What every call on the bucket says: its name, and the account that must own it."""
        return {"Bucket": self.name, "ExpectedBucketOwner": self.place.account}

    @property
    def arn(self) -> str:
        return f"arn:{self.place.partition}:s3:::{self.name}"

    def get(self, op: str, path: str, *absent: str) -> Call:
        """The call that reads a side."""
        return Call("s3", op, self.named, {"have": path}, frozenset(absent), _FRESH)

    def put(self, op: str, **params: Tree) -> Call:
        """The call that writes a side."""
        return Call("s3", op, {**self.named, **params}, transient=_FRESH)


def resource(
    site: Site,
    says: str,
    facets: Callable[[Origin], tuple[Facet, ...]],
    removal: Removal,
    *,
    namespace: str,
) -> Resource:
    """A bucket as a resource. Every call on it names the account that must own it."""
    return Resource(
        name=site.resource,
        kind="S3 bucket",
        title=f"S3 bucket {site.name}",
        says=says,
        lookup=Call(
            "s3",
            "HeadBucket",
            site.named,
            {"arn": f"'{site.arn}'", "id": f"'{site.name}'", "region": "BucketRegion"},
            frozenset({"404", "NoSuchBucket"}),
        ),
        create=_create(site, namespace),
        facets=facets,
        owner=Call(
            "s3", "GetBucketTagging", site.named, tags.owner_outputs("TagSet"), frozenset({"NoSuchTagSet"})
        ),
        listed=Call(
            "s3",
            "ListBuckets",
            {"Prefix": site.name},
            {"created": f"Buckets[?Name=='{site.name}']|[0].CreationDate"},
        ),
        answer=site.answer,
        removal=removal,
    )


def _create(site: Site, namespace: str) -> Call:
    wanted = tags.wanted(site.place.setup, site.resource, "created", site.place.tags)
    configuration: dict[str, Tree] = {"Tags": tags.listed(wanted)}
    if site.place.region != "us-east-1":
        configuration["LocationConstraint"] = site.place.region
    params: dict[str, Tree] = {
        "Bucket": site.name,
        "ObjectOwnership": "BucketOwnerEnforced",
        "CreateBucketConfiguration": configuration,
    }
    if namespace == "account-regional":
        params["BucketNamespace"] = namespace
    return Call("s3", "CreateBucket", params, transient=frozenset({"OperationAborted"}))


def common(site: Site, origin: Origin) -> tuple[Facet, ...]:
    """Tags, region, public access and ownership: the same for every bucket."""
    return (_tags(site, origin), _region(site), _public_access(site), _ownership(site))


def _tags(site: Site, origin: Origin) -> Facet:
    return Facet(
        name="tags",
        says="carries this set-up's tags",
        want=tags.listed(tags.wanted(site.place.setup, site.resource, origin, site.place.tags)),
        read=site.get("GetBucketTagging", "TagSet", "NoSuchTagSet"),
        write=lambda _have, target: site.put("PutBucketTagging", Tagging={"TagSet": target}),
        merge=tags.merging(),
        normal=tags.normal(),
        words=tags.words,
        refuse=tags.other_environment,
        withdraw=Withdrawal(
            tags.without(),
            lambda _have, target: (
                site.put("PutBucketTagging", Tagging={"TagSet": target})
                if items(target)
                else site.put("DeleteBucketTagging")
            ),
        ),
    )


def _region(site: Site) -> Facet:
    region = site.place.region

    def elsewhere(have: Tree, _target: Tree) -> Problem | None:
        if have in {None, region}:
            return None
        return Problem(
            "region",
            f"The bucket {site.name} is in {have}, but this set-up is for {region}.",
            (f"Choose another name under {site.answer}, or set aws.region to the bucket's region.",),
        )

    return Facet(
        name="region",
        says=f"is in {region}",
        want=region,
        read=site.get("HeadBucket", "BucketRegion"),
        write=None,
        born=True,
        optional=frozenset({"*"}),
        refuse=elsewhere,
    )


def _public_access(site: Site) -> Facet:
    return Facet(
        name="public-access",
        says="cannot be made public, in four ways",
        want=dict.fromkeys(_BLOCKS, True),
        read=site.get(
            "GetPublicAccessBlock",
            "PublicAccessBlockConfiguration",
            "NoSuchPublicAccessBlockConfiguration",
        ),
        write=lambda _have, target: site.put("PutPublicAccessBlock", PublicAccessBlockConfiguration=target),
        words=_public_words,
    )


def _public_words(value: Tree) -> str:
    on = [name for name in _BLOCKS if entries(value).get(name) is True]
    if not items(on):
        return "nothing stops it from being made public"
    missing = [name for name in _BLOCKS if name not in on]
    return "cannot be made public" if not missing else f"lacks {', '.join(missing)}"


def _ownership(site: Site) -> Facet:
    return Facet(
        name="ownership",
        says="owns every file in it; access lists are off",
        want="BucketOwnerEnforced",
        read=site.get(
            "GetBucketOwnershipControls",
            "OwnershipControls.Rules[0].ObjectOwnership",
            "OwnershipControlsNotFoundError",
        ),
        write=lambda _have, target: site.put(
            "PutBucketOwnershipControls", OwnershipControls={"Rules": [{"ObjectOwnership": target}]}
        ),
        born=True,
    )


def encryption(site: Site, key: Tree, says: str, *, bucket_key: bool = True) -> Facet:
    """The default encryption: with the KMS key, and perhaps a bucket key, or with S3's own keys if there is none."""
    default: Mapping[str, Tree] = (
        {"SSEAlgorithm": "AES256"} if key is None else {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    )
    want: dict[str, Tree] = {"ApplyServerSideEncryptionByDefault": default}
    return Facet(
        name="encryption",
        says=says,
        want=want if key is None else {**want, "BucketKeyEnabled": bucket_key},
        read=site.get(
            "GetBucketEncryption",
            "ServerSideEncryptionConfiguration.Rules[0]",
            "ServerSideEncryptionConfigurationNotFoundError",
        ),
        write=lambda _have, target: site.put(
            "PutBucketEncryption", ServerSideEncryptionConfiguration={"Rules": [target]}
        ),
        merge=lambda have, want: {**entries(have), **entries(want)},
        normal=_encryption,
        words=_encryption_words,
    )


def _encryption(rule: Tree) -> Tree:
    default = entries(entries(rule).get("ApplyServerSideEncryptionByDefault"))
    algorithm = default.get("SSEAlgorithm")
    return {
        "algorithm": algorithm,
        "key": default.get("KMSMasterKeyID"),
        # S3's own keys need none, whatever the switch says.
        "bucket key": algorithm != "AES256" and entries(rule).get("BucketKeyEnabled", False),
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


def policy(site: Site, want: Json, says: str) -> Facet:
    """The bucket policy: our statements beside the owner's, who must not let anybody else in."""

    def guests(have: Tree, _target: Tree) -> Problem | None:
        found = [s for s in policies.beyond(have, want) if s.get("Effect") == "Allow"] if have else []
        if not found:
            return None
        names = ", ".join(str(s.get("Sid") or "a statement without a Sid") for s in found)
        return Problem(
            "unfit",
            f"The policy of the bucket {site.name} lets others in ({names}), so it cannot be used here.",
            (
                f"Choose another bucket name under {site.answer}: a bucket of its own is the safest.",
                "Or have the owner of the bucket remove these Allow statements: " + policies.line(found),
            ),
        )

    return Facet(
        name="policy",
        says=says,
        want=want,
        read=site.get("GetBucketPolicy", "Policy", "NoSuchBucketPolicy"),
        write=lambda _have, target: site.put("PutBucketPolicy", Policy=target),
        merge=policies.merge,
        normal=policies.normal,
        document=True,
        words=policies.words,
        refuse=guests,
        withdraw=Withdrawal(
            policies.without_ours,
            lambda _have, target: (
                site.put("DeleteBucketPolicy")
                if target is None
                else site.put("PutBucketPolicy", Policy=target)
            ),
        ),
    )
