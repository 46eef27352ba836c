"""How Terraform says the sides of a bucket: what S3 takes as one document is a resource of its own there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.export.hcl import Attribute, Block, Body
from services.model.values import Tree, entries, items


def said(state: Tree, names: Mapping[str, str]) -> tuple[Attribute, ...]:
    """Arguments by the members of the state that hold them; what the state does not hold is not said."""
    found = entries(state)
    return tuple(
        Attribute(argument, found[member])
        for argument, member in names.items()
        if found.get(member) not in (None, [], ())
    )


def public_access(target: Tree) -> Body:
    """The four switches."""
    return said(
        target,
        {
            "block_public_acls": "BlockPublicAcls",
            "block_public_policy": "BlockPublicPolicy",
            "ignore_public_acls": "IgnorePublicAcls",
            "restrict_public_buckets": "RestrictPublicBuckets",
        },
    )


def ownership(target: Tree) -> Body:
    """Who owns the files."""
    return (Block("rule", (), (Attribute("object_ownership", target),)),)


def versioning(target: Tree) -> Body:
    """Whether old versions are kept. MFA Delete is left as it is: Terraform could not turn it anyway."""
    return (Block("versioning_configuration", (), said(target, {"status": "Status"})),)


def encryption(target: Tree) -> Body:
    """The default encryption, and the ways of encrypting that S3 says are blocked."""
    rule = entries(target)
    names = {"sse_algorithm": "SSEAlgorithm", "kms_master_key_id": "KMSMasterKeyID"}
    default = said(rule.get("ApplyServerSideEncryptionByDefault"), names)
    blocked = items(entries(rule.get("BlockedEncryptionTypes")).get("EncryptionType"))
    return (
        Block(
            "rule",
            (),
            (
                *said(rule, {"bucket_key_enabled": "BucketKeyEnabled"}),
                *((Attribute("blocked_encryption_types", blocked),) if blocked else ()),
                Block("apply_server_side_encryption_by_default", (), default),
            ),
        ),
    )


def lifecycle(target: Tree) -> Body:
    """All rules, the owner's among them: Terraform replaces the whole list as well."""
    size = {"transition_default_minimum_object_size": "TransitionDefaultMinimumObjectSize"}
    rules = tuple(
        Block("rule", (), tuple(_rule(entries(rule)))) for rule in items(entries(target).get("Rules"))
    )
    return (*said(target, size), *rules) if rules else ()


def _rule(rule: Mapping[str, Tree]) -> Iterator[Attribute | Block]:
    yield from said(rule, {"id": "ID", "status": "Status"})
    scope = {"Prefix": rule["Prefix"] or ""} if "Prefix" in rule else entries(rule.get("Filter"))
    yield Block("filter", (), tuple(_filter(scope)))
    expiration = _dated(rule.get("Expiration"))
    if expiration:
        names = {"date": "Date", "days": "Days", "expired_object_delete_marker": "ExpiredObjectDeleteMarker"}
        yield Block("expiration", (), said(expiration, names))
    for move in items(rule.get("Transitions")):
        yield Block("transition", (), said(_dated(move), {"date": "Date", "days": "Days", **_CLASS}))
    for move in items(rule.get("NoncurrentVersionTransitions")):
        yield Block("noncurrent_version_transition", (), said(move, {**_OLD, **_CLASS}))
    if rule.get("NoncurrentVersionExpiration"):
        yield Block("noncurrent_version_expiration", (), said(rule["NoncurrentVersionExpiration"], _OLD))
    if rule.get("AbortIncompleteMultipartUpload"):
        days = said(rule["AbortIncompleteMultipartUpload"], {"days_after_initiation": "DaysAfterInitiation"})
        yield Block("abort_incomplete_multipart_upload", (), days)


_CLASS = {"storage_class": "StorageClass"}
_OLD = {"noncurrent_days": "NoncurrentDays", "newer_noncurrent_versions": "NewerNoncurrentVersions"}
_SIZES = {"object_size_greater_than": "ObjectSizeGreaterThan", "object_size_less_than": "ObjectSizeLessThan"}


def _filter(scope: Mapping[str, Tree]) -> Iterator[Attribute | Block]:
    """What a rule is about. S3 has three ways to say "every file"; an empty prefix is the one that stays."""
    every = not any(value is not None for value in scope.values())
    yield from said({"Prefix": ""} if every else scope, {"prefix": "Prefix", **_SIZES})
    if scope.get("Tag"):
        yield Block("tag", (), said(scope["Tag"], {"key": "Key", "value": "Value"}))
    both = entries(scope.get("And"))
    if both:
        tags = {str(entries(tag)["Key"]): entries(tag)["Value"] for tag in items(both.get("Tags"))}
        more = (Attribute("tags", tags),) if tags else ()
        yield Block("and", (), (*said(both, {"prefix": "Prefix", **_SIZES}), *more))


def _dated(action: Tree) -> Mapping[str, Tree]:
    """An action with its date as Terraform takes it, which is midnight in UTC, called Z."""
    found = entries(action)
    date = found.get("Date")
    return {**found, "Date": date.replace("+00:00", "Z")} if isinstance(date, str) else found


def access_logs(target: Tree) -> Body:
    """Where access logs go; Terraform insists on a prefix, if only an empty one."""
    if not entries(target):
        return ()
    where = {"TargetPrefix": "", **entries(target)}
    return said(where, {"target_bucket": "TargetBucket", "target_prefix": "TargetPrefix"})


def inventory(target: Tree) -> Body:
    """The daily list; nothing for one that is turned off."""
    found = entries(target)
    if found.get("IsEnabled") is not True:
        return ()
    to = entries(found.get("Destination")).get("S3BucketDestination")
    names = {"account_id": "AccountId", "bucket_arn": "Bucket", "format": "Format", "prefix": "Prefix"}
    return (
        *said(found, {"name": "Id", "included_object_versions": "IncludedObjectVersions"}),
        *said(found, {"optional_fields": "OptionalFields"}),
        Block("schedule", (), said(found.get("Schedule"), {"frequency": "Frequency"})),
        Block("destination", (), (Block("bucket", (), said(to, names)),)),
    )


_KINDS = {
    "topic": ("TopicConfigurations", "TopicArn", "topic_arn"),
    "queue": ("QueueConfigurations", "QueueArn", "queue_arn"),
    "lambda_function": ("LambdaFunctionConfigurations", "LambdaFunctionArn", "lambda_function_arn"),
}


def notifications(target: Tree) -> Body:
    """Whom the bucket tells, the owner's ways among them: S3 replaces the whole list."""
    state = entries(target)
    bridge = (Attribute("eventbridge", True),) if state.get("EventBridgeConfiguration") is not None else ()
    return (
        *bridge,
        *(
            Block(block, (), tuple(_notification(entries(each), member, argument)))
            for block, (kind, member, argument) in _KINDS.items()
            for each in items(state.get(kind))
        ),
    )


def _notification(each: Mapping[str, Tree], member: str, argument: str) -> Iterator[Attribute]:
    yield from said(each, {"id": "Id", argument: member, "events": "Events"})
    for rule in map(entries, items(entries(entries(each.get("Filter")).get("Key")).get("FilterRules"))):
        yield Attribute(f"filter_{str(rule['Name']).lower()}", rule["Value"])


def object_lock(target: Tree) -> Body:
    """The default retention of new versions."""
    retention = entries(entries(entries(target).get("Rule")).get("DefaultRetention"))
    names = {"mode": "Mode", "days": "Days", "years": "Years"}
    # A server that tells both counts one of them as nothing.
    kept = {name: value for name, value in retention.items() if value != 0}
    return (Block("rule", (), (Block("default_retention", (), said(kept, names)),)),)
