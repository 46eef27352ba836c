"""An AWS of plain replies: a hardened set-up made by hand, in which any answer can be changed or refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from services.doctor.audit import audit
from services.doctor.facts import Subject
from services.model import policies, tags
from services.model.calls import Call, Refused, Reply
from services.model.operations import OPERATIONS
from services.model.values import Tree, bare
from services.verify.checks import Check
from tests.world import ACCOUNT, BUCKET, EXTERNAL_ID, KEY_ARN, PRINCIPAL, ROLE, SETUP

NOW = datetime(2026, 11, 22, 14, 3, 12, tzinfo=UTC)
REGION = "eu-west-1"
BUCKET_ARN = f"arn:aws:s3:::{BUCKET}"
LOGS, TRAIL_LOGS = "acme-access-logs", "acme-trail"
TRAIL_ARN = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/acme"
GROUP = "acme/cloudtrail"
GROUP_ARN = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:acme-alarms"
LOG_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/99999999-12ab-34cd-56ef-1234567890ab"
FILE = "c4b083d4-0000-4000-8000-00000000000a/recovery_shard-0.txt"
POLICY = "BackupWriter"
MANAGED = f"arn:aws:iam::{ACCOUNT}:policy/Writer"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/Bound"
KEY_ID = KEY_ARN.rpartition("/")[2]
OUR_TAGS = tags.listed(tags.wanted(SETUP, "key", "created", {}), "TagKey", "TagValue")
STRANGER = "arn:aws:iam::999988887777:root"

SUBJECT = Subject(ACCOUNT, REGION, BUCKET, ROLE)


def text(policy: Tree) -> str:
    return json.dumps(bare(policy))


def statement(**parts: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "*", "Resource": "*", **parts}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


PATTERNS = {
    "key": "{ ($.eventSource = kms.amazonaws.com) && (($.eventName = DisableKey) || ($.eventName = ScheduleKeyDeletion)) }",
    "bucket": "{ ($.eventSource = s3.amazonaws.com) && (($.eventName = PutBucketPolicy) || ($.eventName = DeleteBucketPolicy) "
    "|| ($.eventName = PutBucketLifecycle) || ($.eventName = PutBucketObjectLockConfiguration)) }",
    "trail": (
        "{ ($.eventName = StopLogging) || ($.eventName = DeleteTrail) || ($.eventName = UpdateTrail) || "
        "($.eventName = PutEventSelectors) }"
    ),
    "role": (
        "{ ($.eventName = UpdateAssumeRolePolicy) || ($.eventName = PutRolePolicy) || ($.eventName = AttachRolePolicy) "
        '|| ($.eventName = "DeleteRole*") }'
    ),
    "denied": '{ ($.errorCode = "AccessDenied*") || ($.errorCode = "*UnauthorizedOperation") }',
    "deleted": f'{{ ($.requestParameters.bucketName = "{BUCKET}") && ($.eventName = "DeleteObject*") }}',
    "read": f'{{ ($.requestParameters.bucketName = "{BUCKET}") && ($.eventName = "GetObject") }}',
    "foreign-write": (
        f'{{ ($.requestParameters.bucketName = "{BUCKET}") && ($.eventName = "PutObject") && '
        f'($.userIdentity.sessionContext.sessionIssuer.userName != "{ROLE}") }}'
    ),
}  # fmt: skip


def _encryption(algorithm: str, key: str = "") -> dict[str, Any]:
    default = {"SSEAlgorithm": algorithm, **({"KMSMasterKeyID": key} if key else {})}
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": bool(key)}
    blocked = {"BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}}
    return {"ServerSideEncryptionConfiguration": {"Rules": [{**rule, **blocked}]}}


_BLOCK = {
    "PublicAccessBlockConfiguration": dict.fromkeys(
        ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
    )
}
_LOGS_POLICY = document(
    statement(
        Principal={"Service": "logging.s3.amazonaws.com"},
        Action="s3:PutObject",
        Resource=f"arn:aws:s3:::{LOGS}/*",
        Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    )
)
_LIFECYCLE = {
    "ID": "old-versions",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "NoncurrentVersionExpiration": {"NoncurrentDays": 90, "NewerNoncurrentVersions": 10},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
}
_KEPT = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 365}}
_LOCK = {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": _KEPT}}
_AT_ONCE = {"ComparisonOperator": "GreaterThanOrEqualToThreshold", "Threshold": 1.0, "EvaluationPeriods": 1}
_GROUP = {"logGroupName": GROUP, "kmsKeyId": LOG_KEY, "retentionInDays": 365}
_ROLE = {
    "Role": {
        "Path": "/",
        "RoleName": ROLE,
        "RoleId": "AROAEXAMPLE",
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
        "CreateDate": "2026-01-01T00:00:00+00:00",
        "MaxSessionDuration": 3600,
        "AssumeRolePolicyDocument": json.loads(text(policies.trust_policy(PRINCIPAL, EXTERNAL_ID))),
        "PermissionsBoundary": {
            "PermissionsBoundaryType": "PermissionsBoundaryPolicy",
            "PermissionsBoundaryArn": BOUNDARY,
        },
    }
}
_TRAIL = {
    "Name": "acme",
    "TrailARN": TRAIL_ARN,
    "HomeRegion": REGION,
    "S3BucketName": TRAIL_LOGS,
    "IsMultiRegionTrail": True,
    "IncludeGlobalServiceEvents": True,
    "LogFileValidationEnabled": True,
    "KmsKeyId": LOG_KEY,
    "CloudWatchLogsLogGroupArn": f"{GROUP_ARN}:*",
    "IsOrganizationTrail": False,
}


def data_selector(*starts: str, **more: Any) -> dict[str, Any]:
    """An advanced selector of data events."""
    fields = [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
    ]
    fields += [{"Field": "resources.ARN", "StartsWith": list(starts)}] if starts else []
    return {"FieldSelectors": [*fields, *({"Field": f, **how} for f, how in more.items())]}


MANAGEMENT = {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
RETAINED = "2027-11-20T00:00:00+00:00"


def _replies() -> dict[str, Any]:
    bucket_policy = text(policies.bucket_policy(BUCKET_ARN, KEY_ARN, strict=False))
    role_policy = json.loads(text(policies.role_policy(BUCKET_ARN, KEY_ARN, REGION, "aws")))
    owner = {"ID": "owner"}
    filters = [
        {
            "filterName": f"filter-{what}",
            "filterPattern": pattern,
            "metricTransformations": [
                {"metricName": f"m-{what}", "metricNamespace": "Acme", "metricValue": "1"}
            ],
            "logGroupName": GROUP,
        }
        for what, pattern in PATTERNS.items()
    ]
    alarms = [
        {
            "AlarmName": f"alarm-{what}",
            "MetricName": f"m-{what}",
            "Namespace": "Acme",
            "ActionsEnabled": True,
            "AlarmActions": [TOPIC],
            **_AT_ONCE,
        }
        for what in PATTERNS
    ]
    return {
        "s3:HeadBucket": {"BucketRegion": REGION},
        "s3:ListBuckets": {"Buckets": [{"Name": BUCKET, "CreationDate": "2026-01-01T00:00:00+00:00"}]},
        "s3:GetPublicAccessBlock": _BLOCK,
        "s3:GetBucketPolicy": {"Policy": bucket_policy},
        f"s3:GetBucketPolicy {LOGS}": {"Policy": _LOGS_POLICY},
        "s3:GetBucketPolicyStatus": {"PolicyStatus": {"IsPublic": False}},
        "s3:GetBucketOwnershipControls": {
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        },
        "s3:GetBucketAcl": {
            "Owner": owner,
            "Grants": [{"Grantee": {"Type": "CanonicalUser", **owner}, "Permission": "FULL_CONTROL"}],
        },
        "s3:GetBucketEncryption": _encryption("aws:kms", KEY_ARN),
        f"s3:GetBucketEncryption {LOGS}": _encryption("AES256"),
        "s3:GetBucketVersioning": {"Status": "Enabled"},
        "s3:GetObjectLockConfiguration": _LOCK,
        f"s3:GetObjectLockConfiguration {LOGS}": "ObjectLockConfigurationNotFoundError",
        "s3:GetBucketLifecycleConfiguration": {"Rules": [_LIFECYCLE]},
        "s3:GetBucketLogging": {"LoggingEnabled": {"TargetBucket": LOGS, "TargetPrefix": "backups/"}},
        "s3:GetBucketNotificationConfiguration": {
            "TopicConfigurations": [{"TopicArn": TOPIC, "Events": ["s3:ObjectRemoved:*"]}]
        },
        "s3:GetBucketReplication": "ReplicationConfigurationNotFoundError",
        "s3:ListBucketInventoryConfigurations": {"IsTruncated": False},
        "s3:ListObjectVersions": {"Versions": [version(FILE)], "IsTruncated": False},
        "s3:HeadObject": {
            "ServerSideEncryption": "aws:kms",
            "SSEKMSKeyId": KEY_ARN,
            "VersionId": "v1",
            "ObjectLockRetainUntilDate": RETAINED,
        },
        "s3:GetObjectRetention": {"Retention": {"Mode": "COMPLIANCE", "RetainUntilDate": RETAINED}},
        "kms:DescribeKey": {
            "KeyMetadata": {
                "KeyId": KEY_ARN.rpartition("/")[2],
                "Arn": KEY_ARN,
                "AWSAccountId": ACCOUNT,
                "KeyManager": "CUSTOMER",
                "KeySpec": "SYMMETRIC_DEFAULT",
                "KeyUsage": "ENCRYPT_DECRYPT",
                "KeyState": "Enabled",
                "Origin": "AWS_KMS",
            }
        },
        "kms:GetKeyRotationStatus": {"KeyRotationEnabled": True, "RotationPeriodInDays": 365},
        "kms:GetKeyPolicy": {"Policy": text(policies.key_policy("aws", ACCOUNT))},
        "kms:ListAliases": {"Aliases": [{"AliasName": "alias/acme-backup", "TargetKeyId": KEY_ID}]},
        "kms:ListKeys": {"Keys": [{"KeyId": each} for each in (KEY_ID, "y")]},
        "kms:ListResourceTags": {"Tags": []},
        f"kms:ListResourceTags {KEY_ARN}": {"Tags": OUR_TAGS},
        "iam:GetRole": _ROLE,
        "iam:ListRolePolicies": {"PolicyNames": [POLICY]},
        "iam:GetRolePolicy": {"RoleName": ROLE, "PolicyName": POLICY, "PolicyDocument": role_policy},
        "iam:ListAttachedRolePolicies": {"AttachedPolicies": []},
        "iam:GetPolicy": {"Policy": {"DefaultVersionId": "v3"}},
        "iam:GetPolicyVersion": {
            "PolicyVersion": {
                "VersionId": "v3",
                "Document": json.loads(document(statement(Action=["s3:*", "kms:*"]))),
            }
        },
        "cloudtrail:DescribeTrails": {"trailList": [_TRAIL]},
        "cloudtrail:GetTrailStatus": {"IsLogging": True, "LatestDeliveryTime": "2026-11-22T14:00:00+00:00"},
        "cloudtrail:GetEventSelectors": {
            "TrailARN": TRAIL_ARN,
            "AdvancedEventSelectors": [MANAGEMENT, data_selector(f"{BUCKET_ARN}/")],
        },
        "logs:DescribeLogGroups": {"logGroups": [_GROUP]},
        "logs:DescribeMetricFilters": {"metricFilters": filters},
        "cloudwatch:DescribeAlarms": {"MetricAlarms": alarms, "CompositeAlarms": []},
        "sns:GetTopicAttributes": {"Attributes": {"TopicArn": TOPIC, "KmsMasterKeyId": LOG_KEY}},
        "sns:ListSubscriptionsByTopic": {
            "Subscriptions": [{"SubscriptionArn": f"{TOPIC}:1", "Protocol": "email", "TopicArn": TOPIC}]
        },
    }


def version(key: str, **more: Any) -> dict[str, Any]:
    return {
        "Key": key,
        "VersionId": "v1",
        "IsLatest": True,
        "LastModified": "2026-11-20T00:00:00+00:00",
        **more,
    }


_WHICH = ("Bucket", "KeyId", "RoleName", "PolicyArn", "TrailName", "Name", "TopicArn", "logGroupName")


@dataclass
class Cloud:
    """Answers by the call's name, or by its name and what it is about; a text is an error code."""

    replies: dict[str, Any] = field(default_factory=_replies)
    denied: frozenset[str] = frozenset()
    calls: list[Call] = field(default_factory=list)

    def __call__(self, call: Call) -> Reply:
        self.calls.append(call)
        assert OPERATIONS[call.name].reads
        if call.name in self.denied:
            raise Refused(call, "AccessDenied", "You are not authorized to perform this.", 403)
        which = next((str(call.params[name]) for name in _WHICH if name in call.params), "")
        found = self.replies.get(f"{call.name} {which}", self.replies[call.name])
        if isinstance(found, str):
            raise Refused(call, found, "no", 404)
        reply: Reply = deepcopy(found)
        return reply


def look(cloud: Cloud, subject: Subject = SUBJECT) -> dict[str, Check]:
    return {check.id: check for check in audit(cloud, subject, NOW).checks}


Break = Callable[[dict[str, Any]], Any]


def broken(change: Break) -> Cloud:
    """The hardened set-up with one thing changed."""
    cloud = Cloud()
    cloud.replies = deepcopy(cloud.replies)
    change(cloud.replies)
    return cloud
