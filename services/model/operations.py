"""Every AWS operation that the program uses: whether it reads, which IAM actions it needs, what it does in words.

One explicit table, because names mislead: `HeadBucket` needs `s3:ListBucket`, `GetBucketEncryption` needs
`s3:GetEncryptionConfiguration`, and `LookupEvents` and `SimulatePrincipalPolicy` only read. The read-only guard,
the operator's policy, the log and the error texts all come from here. Source of the actions: AWS's Service
Authorization Reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from services.model.calls import Call


@dataclass(frozen=True)
class Operation:
    """`does` completes "The program could not …" and "AWS did not allow this sign-in to …". `paged`: the port joins the pages of its reply.

    `once`: the call is never repeated when its answer is lost, because that could make a second one.
    """

    reads: bool
    actions: tuple[str, ...]
    does: str
    paged: bool = False
    once: bool = False


def _read(does: str, *actions: str, paged: bool = False) -> Operation:
    return Operation(True, actions, does, paged)


def _write(does: str, *actions: str) -> Operation:
    return Operation(False, actions, does)


def _make(does: str, *actions: str) -> Operation:
    return Operation(False, actions, does, once=True)


OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {
        "sts:GetCallerIdentity": _read("ask who is signed in", "sts:GetCallerIdentity"),
        "sts:AssumeRole": _write("assume the role", "sts:AssumeRole"),
        "iam:SimulateCustomPolicy": _read(
            "ask IAM what the role may do", "iam:SimulateCustomPolicy", paged=True
        ),
        "iam:SimulatePrincipalPolicy": _read(
            "ask which rights the sign-in has", "iam:SimulatePrincipalPolicy", paged=True
        ),
        # KMS
        "kms:DescribeKey": _read("look at the KMS key", "kms:DescribeKey"),
        "kms:ListKeys": _read("list the KMS keys", "kms:ListKeys", paged=True),
        "kms:ListAliases": _read("list the KMS aliases", "kms:ListAliases", paged=True),
        "kms:ListResourceTags": _read("read a KMS key's tags", "kms:ListResourceTags", paged=True),
        "kms:GetKeyPolicy": _read("read the KMS key's policy", "kms:GetKeyPolicy"),
        "kms:GetKeyRotationStatus": _read("see whether the KMS key rotates", "kms:GetKeyRotationStatus"),
        "kms:CreateKey": _make("create the KMS key", "kms:CreateKey", "kms:TagResource"),
        "kms:CreateAlias": _make("create the KMS key's alias", "kms:CreateAlias"),
        "kms:TagResource": _write("tag the KMS key", "kms:TagResource"),
        "kms:EnableKeyRotation": _write("turn on rotation of the KMS key", "kms:EnableKeyRotation"),
        "kms:PutKeyPolicy": _write("set the KMS key's policy", "kms:PutKeyPolicy"),
        "kms:UntagResource": _write("take tags off the KMS key", "kms:UntagResource"),
        "kms:DeleteAlias": _write("delete the KMS key's alias", "kms:DeleteAlias"),
        "kms:ScheduleKeyDeletion": _write("have the KMS key deleted", "kms:ScheduleKeyDeletion"),
        # S3
        "s3:HeadBucket": _read("look at the bucket", "s3:ListBucket"),
        "s3:ListBuckets": _read("list the account's buckets", "s3:ListAllMyBuckets", paged=True),
        "s3:GetBucketTagging": _read("read the bucket's tags", "s3:GetBucketTagging"),
        "s3:GetPublicAccessBlock": _read(
            "see whether the bucket blocks public access", "s3:GetBucketPublicAccessBlock"
        ),
        "s3:GetBucketOwnershipControls": _read(
            "see who owns the bucket's objects", "s3:GetBucketOwnershipControls"
        ),
        "s3:GetBucketVersioning": _read("see whether the bucket keeps versions", "s3:GetBucketVersioning"),
        "s3:GetBucketEncryption": _read("read the bucket's encryption", "s3:GetEncryptionConfiguration"),
        "s3:GetObjectLockConfiguration": _read(
            "read the Object Lock setting of the bucket", "s3:GetBucketObjectLockConfiguration"
        ),
        "s3:GetBucketPolicy": _read("read the bucket's policy", "s3:GetBucketPolicy"),
        "s3:GetBucketPolicyStatus": _read(
            "see whether a policy makes the bucket public", "s3:GetBucketPolicyStatus"
        ),
        "s3:GetBucketAcl": _read("read the bucket's access list", "s3:GetBucketAcl"),
        "s3:GetBucketLifecycleConfiguration": _read(
            "read the bucket's lifecycle rules", "s3:GetLifecycleConfiguration"
        ),
        "s3:GetBucketLogging": _read("see whether the bucket has access logs", "s3:GetBucketLogging"),
        "s3:GetBucketNotificationConfiguration": _read(
            "see whether the bucket sends notifications", "s3:GetBucketNotification"
        ),
        "s3:GetBucketReplication": _read(
            "see whether the bucket is replicated", "s3:GetReplicationConfiguration"
        ),
        "s3:ListBucketInventoryConfigurations": _read(
            "see whether the bucket has an inventory", "s3:GetInventoryConfiguration"
        ),
        "s3:GetBucketInventoryConfiguration": _read(
            "see whether S3 lists the bucket daily", "s3:GetInventoryConfiguration"
        ),
        "s3:ListObjectVersions": _read("list the versions of the bucket's files", "s3:ListBucketVersions"),
        "s3:HeadObject": _read("look at a backup file", "s3:GetObject"),
        "s3:GetObjectRetention": _read("see until when a backup file is kept", "s3:GetObjectRetention"),
        "s3:GetObjectLegalHold": _read("see whether a file has a legal hold", "s3:GetObjectLegalHold"),
        "s3:ListMultipartUploads": _read(
            "list the bucket's unfinished uploads", "s3:ListBucketMultipartUploads"
        ),
        "s3:ListObjectsV2": _read("list the bucket's files", "s3:ListBucket"),
        "s3:GetObject": _read("read a backup file", "s3:GetObject", "kms:Decrypt"),
        "s3:CreateBucket": _make(
            "create the bucket", "s3:CreateBucket", "s3:PutBucketOwnershipControls", "s3:TagResource"
        ),
        "s3:PutBucketTagging": _write("tag the bucket", "s3:PutBucketTagging"),
        "s3:PutPublicAccessBlock": _write(
            "block public access to the bucket", "s3:PutBucketPublicAccessBlock"
        ),
        "s3:PutBucketOwnershipControls": _write(
            "turn off the bucket's access lists", "s3:PutBucketOwnershipControls"
        ),
        "s3:PutBucketVersioning": _write("turn on versioning of the bucket", "s3:PutBucketVersioning"),
        "s3:PutBucketEncryption": _write("set the bucket's encryption", "s3:PutEncryptionConfiguration"),
        "s3:PutBucketPolicy": _write("set the bucket's policy", "s3:PutBucketPolicy"),
        "s3:PutObjectLockConfiguration": _write(
            "set the bucket's Object Lock", "s3:PutBucketObjectLockConfiguration"
        ),
        "s3:PutBucketLifecycleConfiguration": _write(
            "set the bucket's lifecycle rules", "s3:PutLifecycleConfiguration"
        ),
        "s3:PutBucketLogging": _write("set where the bucket's access logs go", "s3:PutBucketLogging"),
        "s3:PutBucketNotificationConfiguration": _write(
            "set the bucket's notifications", "s3:PutBucketNotification"
        ),
        "s3:PutBucketInventoryConfiguration": _write(
            "have S3 list the bucket daily", "s3:PutInventoryConfiguration"
        ),
        "s3:DeleteBucketInventoryConfiguration": _write(
            "end S3's daily list of the bucket", "s3:PutInventoryConfiguration"
        ),
        "s3:PutObject": _write("write a file", "s3:PutObject", "kms:GenerateDataKey"),
        "s3:DeleteObject": _write("delete a file", "s3:DeleteObject"),
        # Each version and each delete marker is named, so nothing is ever only hidden.
        "s3:DeleteObjects": _write("delete versions of files", "s3:DeleteObjectVersion"),
        "s3:AbortMultipartUpload": _write("end an unfinished upload", "s3:AbortMultipartUpload"),
        "s3:DeleteBucket": _write("delete the bucket", "s3:DeleteBucket"),
        "s3:DeleteBucketTagging": _write("take the tags off the bucket", "s3:PutBucketTagging"),
        "s3:DeleteBucketPolicy": _write("delete the bucket's policy", "s3:DeleteBucketPolicy"),
        "s3:DeleteBucketLifecycle": _write(
            "delete the bucket's lifecycle rules", "s3:PutLifecycleConfiguration"
        ),
        # What verification reads of a trail's records
        "cloudtrail:LookupEvents": _read("look into CloudTrail's event history", "cloudtrail:LookupEvents"),
        "logs:FilterLogEvents": _read("look into the log group of the trail", "logs:FilterLogEvents"),
        # What an audit may ask Athena. A query begins only once for a token, so its call may be repeated.
        "athena:GetWorkGroup": _read("look at the Athena workgroup", "athena:GetWorkGroup"),
        "athena:GetQueryExecution": _read("see how far a query in Athena is", "athena:GetQueryExecution"),
        "athena:StartQueryExecution": _write("have a query run in Athena", "athena:StartQueryExecution"),
        "athena:StopQueryExecution": _write("end a query in Athena", "athena:StopQueryExecution"),
        # IAM
        "iam:GetRole": _read("look at the role", "iam:GetRole"),
        "iam:GetRolePolicy": _read("read the role's policy", "iam:GetRolePolicy"),
        "iam:ListRolePolicies": _read("list the role's inline policies", "iam:ListRolePolicies", paged=True),
        "iam:ListAttachedRolePolicies": _read(
            "list the policies attached to the role", "iam:ListAttachedRolePolicies", paged=True
        ),
        "iam:GetPolicy": _read("look at a managed policy", "iam:GetPolicy"),
        "iam:GetPolicyVersion": _read("read a managed policy", "iam:GetPolicyVersion"),
        "iam:CreateRole": _make("create the role", "iam:CreateRole", "iam:TagRole"),
        "iam:TagRole": _write("tag the role", "iam:TagRole"),
        "iam:UpdateAssumeRolePolicy": _write("set who may assume the role", "iam:UpdateAssumeRolePolicy"),
        "iam:UpdateRole": _write("set how long the role's sessions last", "iam:UpdateRole"),
        "iam:PutRolePolicy": _write("set what the role may do", "iam:PutRolePolicy"),
        "iam:PutRolePermissionsBoundary": _write(
            "set the role's permissions boundary", "iam:PutRolePermissionsBoundary"
        ),
        "iam:ListInstanceProfilesForRole": _read(
            "see whether machines use the role", "iam:ListInstanceProfilesForRole", paged=True
        ),
        "iam:UntagRole": _write("take tags off the role", "iam:UntagRole"),
        "iam:DeleteRolePolicy": _write("delete the role's policy", "iam:DeleteRolePolicy"),
        "iam:DeleteRole": _write("delete the role", "iam:DeleteRole"),
        # CloudTrail
        "cloudtrail:DescribeTrails": _read("list the trails of the account", "cloudtrail:DescribeTrails"),
        "cloudtrail:GetTrail": _read("look at the trail", "cloudtrail:GetTrail"),
        "cloudtrail:GetTrailStatus": _read("see whether the trail is on", "cloudtrail:GetTrailStatus"),
        "cloudtrail:GetEventSelectors": _read("see what the trail records", "cloudtrail:GetEventSelectors"),
        "cloudtrail:ListTags": _read("read the trail's tags", "cloudtrail:ListTags", paged=True),
        "cloudtrail:CreateTrail": _make("create the trail", "cloudtrail:CreateTrail", "cloudtrail:AddTags"),
        # CloudTrail is handed the role that it then becomes, which is a right of its own.
        "cloudtrail:UpdateTrail": _write(
            "set the trail's bucket, key, regions and log group", "cloudtrail:UpdateTrail", "iam:PassRole"
        ),
        "cloudtrail:StartLogging": _write("turn on the trail", "cloudtrail:StartLogging"),
        "cloudtrail:PutEventSelectors": _write("set what the trail records", "cloudtrail:PutEventSelectors"),
        "cloudtrail:AddTags": _write("tag the trail", "cloudtrail:AddTags"),
        "cloudtrail:RemoveTags": _write("take tags off the trail", "cloudtrail:RemoveTags"),
        "cloudtrail:StopLogging": _write("turn off the trail", "cloudtrail:StopLogging"),
        "cloudtrail:DeleteTrail": _write("delete the trail", "cloudtrail:DeleteTrail"),
        # CloudWatch Logs
        "logs:DescribeLogGroups": _read("look at the log group", "logs:DescribeLogGroups", paged=True),
        "logs:DescribeLogStreams": _read("look into the log group", "logs:DescribeLogStreams"),
        "logs:ListTagsForResource": _read("read the log group's tags", "logs:ListTagsForResource"),
        "logs:CreateLogGroup": _make(
            "create the log group", "logs:CreateLogGroup", "logs:AssociateKmsKey", "logs:TagResource"
        ),
        "logs:TagResource": _write("tag the log group", "logs:TagResource"),
        "logs:AssociateKmsKey": _write("set the log group's KMS key", "logs:AssociateKmsKey"),
        "logs:PutRetentionPolicy": _write(
            "set how long the log group keeps records", "logs:PutRetentionPolicy"
        ),
        "logs:UntagResource": _write("take tags off the log group", "logs:UntagResource"),
        "logs:DeleteLogGroup": _write("delete the log group", "logs:DeleteLogGroup"),
        # CloudWatch, CloudWatch Logs and SNS: making one of these a second time changes nothing
        "cloudwatch:DescribeAlarms": _read("look at the alarm", "cloudwatch:DescribeAlarms", paged=True),
        "cloudwatch:ListTagsForResource": _read("read the alarm's tags", "cloudwatch:ListTagsForResource"),
        "cloudwatch:PutMetricAlarm": _write(
            "set the alarm", "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource"
        ),
        "cloudwatch:TagResource": _write("tag the alarm", "cloudwatch:TagResource"),
        "cloudwatch:UntagResource": _write("take tags off the alarm", "cloudwatch:UntagResource"),
        "cloudwatch:DeleteAlarms": _write("delete the alarm", "cloudwatch:DeleteAlarms"),
        "logs:DescribeMetricFilters": _read(
            "read the log group's metric filters", "logs:DescribeMetricFilters", paged=True
        ),
        "logs:PutMetricFilter": _write("set the metric filter", "logs:PutMetricFilter"),
        "logs:DeleteMetricFilter": _write("delete the metric filter", "logs:DeleteMetricFilter"),
        "sns:GetTopicAttributes": _read("look at the topic", "sns:GetTopicAttributes"),
        "sns:ListTagsForResource": _read("read the topic's tags", "sns:ListTagsForResource"),
        "sns:ListSubscriptionsByTopic": _read(
            "see who gets the alarms", "sns:ListSubscriptionsByTopic", paged=True
        ),
        "sns:CreateTopic": _write("create the topic", "sns:CreateTopic", "sns:TagResource"),
        "sns:SetTopicAttributes": _write("set the topic's attributes", "sns:SetTopicAttributes"),
        "sns:TagResource": _write("tag the topic", "sns:TagResource"),
        "sns:Subscribe": _write("ask for the alarms by e-mail", "sns:Subscribe"),
        "sns:UntagResource": _write("take tags off the topic", "sns:UntagResource"),
        "sns:Unsubscribe": _write("end the subscription", "sns:Unsubscribe"),
        "sns:DeleteTopic": _write("delete the topic", "sns:DeleteTopic"),
    }
)


def reads(call: Call) -> bool:
    """Whether the call only reads; unknown operations count as writes."""
    found = OPERATIONS.get(call.name)
    return found is not None and found.reads
