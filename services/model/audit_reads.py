"""The calls of an audit, as data: what is asked about a bucket, a key, a role and a trail, made by whomever.

They ask for what AWS has, not for what a set-up wants, so they need no answers. `absent` holds the codes by which AWS
says that there is no such setting; the policy for auditors comes from the same list.
"""

from __future__ import annotations

from collections.abc import Mapping

from services.model.calls import Call
from services.model.key_search import key_search

NO_SUCH_ENTITY = frozenset({"NoSuchEntity"})


def bucket_reads(name: str, account: str) -> Mapping[str, Call]:
    """What is asked about the backup bucket, by what it is about."""

    def get(op: str, *absent: str) -> Call:
        return Call("s3", op, {"Bucket": name, "ExpectedBucketOwner": account}, absent=frozenset(absent))

    return {
        "public-access": get("GetPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration"),
        "policy": get("GetBucketPolicy", "NoSuchBucketPolicy"),
        "policy-status": get("GetBucketPolicyStatus", "NoSuchBucketPolicy"),
        "ownership": get("GetBucketOwnershipControls", "OwnershipControlsNotFoundError"),
        "acl": get("GetBucketAcl"),
        "encryption": get("GetBucketEncryption", "ServerSideEncryptionConfigurationNotFoundError"),
        "versioning": get("GetBucketVersioning"),
        "object-lock": get("GetObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"),
        "lifecycle": get("GetBucketLifecycleConfiguration", "NoSuchLifecycleConfiguration"),
        "access-logs": get("GetBucketLogging"),
        "notifications": get("GetBucketNotificationConfiguration"),
        "replication": get("GetBucketReplication", "ReplicationConfigurationNotFoundError"),
        "inventory": get("ListBucketInventoryConfigurations", "NoSuchConfiguration"),
    }


def log_bucket_reads(name: str, account: str) -> Mapping[str, Call]:
    """What is asked about a bucket that takes logs."""
    kept = ("public-access", "policy", "policy-status", "encryption", "object-lock", "access-logs")
    every = bucket_reads(name, account)
    # Here a bucket that is gone is a finding of its own, not something that passes by itself.
    gone = frozenset({"NoSuchBucket"})
    head = Call("s3", "HeadBucket", every["policy"].params, absent=gone | {"404"})
    return {"exists": head} | {what: every[what] for what in kept}


def find_bucket(name: str, account: str) -> tuple[Call, Call]:
    """The bucket itself, and the account's own list, which tells a denied bucket from somebody else's."""
    named = {"Bucket": name, "ExpectedBucketOwner": account}
    return (
        Call("s3", "HeadBucket", named, {"name": f"'{name}'", "region": "BucketRegion"}, frozenset({"404", "NoSuchBucket"})),
        Call("s3", "ListBuckets", {"Prefix": name}, {"created": f"Buckets[?Name=='{name}']|[0].CreationDate"}),
    )  # fmt: skip


def versions(name: str, account: str) -> Call:
    """The first page of the bucket's versions."""
    return Call("s3", "ListObjectVersions", {"Bucket": name, "ExpectedBucketOwner": account, "MaxKeys": 1000})


def object_reads(name: str, account: str, key: str) -> tuple[Call, Call]:
    """One file's encryption, and its retention: HeadObject leaves that out for whoever may not know it."""
    params = {"Bucket": name, "ExpectedBucketOwner": account, "Key": key}
    return (
        Call("s3", "HeadObject", params, absent=frozenset({"404", "NoSuchKey"})),
        Call("s3", "GetObjectRetention", params, absent=frozenset({"NoSuchObjectLockConfiguration"})),
    )


def key_reads(key: str, region: str) -> Mapping[str, Call]:
    """What is asked about a KMS key, by its ARN, ID or alias; the alias is not enough for all but the first."""

    def ask(op: str, **more: str) -> Call:
        params = {"KeyId": key, **more}
        return Call("kms", op, params, absent=frozenset({"NotFoundException"}), region=region)

    return {
        "": ask("DescribeKey"),
        "rotation": ask("GetKeyRotationStatus"),
        "policy": ask("GetKeyPolicy", PolicyName="default"),
        "aliases": ask("ListAliases"),
    }


def role_reads(name: str) -> Mapping[str, Call]:
    """What is asked about the role before the names of its policies are known."""

    def ask(op: str) -> Call:
        return Call("iam", op, {"RoleName": name}, absent=NO_SUCH_ENTITY)

    return {
        "": ask("GetRole"),
        "inline": ask("ListRolePolicies"),
        "attached": ask("ListAttachedRolePolicies"),
    }


def inline_policy(role: str, name: str) -> Call:
    """An inline policy of the role."""
    return Call("iam", "GetRolePolicy", {"RoleName": role, "PolicyName": name}, absent=NO_SUCH_ENTITY)


def managed_policy(arn: str) -> Call:
    """A managed policy, which says what its version in force is."""
    return Call("iam", "GetPolicy", {"PolicyArn": arn}, absent=NO_SUCH_ENTITY)


def policy_version(arn: str, version: str) -> Call:
    """A version of a managed policy."""
    return Call("iam", "GetPolicyVersion", {"PolicyArn": arn, "VersionId": version}, absent=NO_SUCH_ENTITY)


def trails(named: str, region: str) -> Call:
    """The trails that record in a region; only the one named, if one is."""
    only = {"trailNameList": [named]} if named else {}
    return Call("cloudtrail", "DescribeTrails", {**only, "includeShadowTrails": True}, region=region)


def trail_reads(arn: str, home: str) -> Mapping[str, Call]:
    """What is asked about one trail, in its home region."""
    gone = frozenset({"TrailNotFoundException"})
    return {
        "selectors": Call("cloudtrail", "GetEventSelectors", {"TrailName": arn}, absent=gone, region=home),
        "status": Call("cloudtrail", "GetTrailStatus", {"Name": arn}, absent=gone, region=home),
    }


def watching_reads(log_group: str, region: str) -> Mapping[str, Call]:
    """What is asked about a trail's log group and about all alarms beside it."""
    gone = frozenset({"ResourceNotFoundException"})
    return {
        "log_group": Call("logs", "DescribeLogGroups", {"logGroupNamePrefix": log_group}, region=region),
        "filters": Call("logs", "DescribeMetricFilters", {"logGroupName": log_group}, absent=gone, region=region),
        "alarms": Call("cloudwatch", "DescribeAlarms", {}, region=region),
    }  # fmt: skip


def topic_reads(arn: str, region: str) -> Mapping[str, Call]:
    """What is asked about a topic that alarms go to."""
    gone = frozenset({"NotFoundException", "NotFound"})
    return {
        "topic": Call("sns", "GetTopicAttributes", {"TopicArn": arn}, absent=gone, region=region),
        "subscriptions": Call("sns", "ListSubscriptionsByTopic", {"TopicArn": arn}, absent=gone, region=region),
    }  # fmt: skip


def audit_calls(bucket: str, role: str, account: str) -> tuple[Call, ...]:
    """Every call that an audit can make, with `*` for what is known only on the way."""
    one = "*"
    spare = key_search("", "", "")
    return (
        *find_bucket(bucket, account),
        *bucket_reads(bucket, account).values(),
        *log_bucket_reads(one, account).values(),
        versions(bucket, account),
        *object_reads(bucket, account, one),
        *key_reads(one, "").values(),
        *(spare.list, spare.named, spare.tags(one), spare.look(one)),
        *role_reads(role).values(),
        inline_policy(role, one),
        managed_policy(one),
        policy_version(one, one),
        trails("", ""),
        *trail_reads(one, "").values(),
        *watching_reads(one, "").values(),
        *topic_reads(one, "").values(),
    )
