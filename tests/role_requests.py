"""What the role may do, and what it may not: the lists that the judges of its policy are asked about."""

from __future__ import annotations

ALLOWED = (
    "s3:PutObject",
    "kms:GenerateDataKey",
)

ON_OBJECTS = (
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutObjectAcl",
    "s3:PutObjectRetention",
    "s3:PutObjectLegalHold",
    "s3:BypassGovernanceRetention",
    "s3:UpdateObjectEncryption",
    "s3:PutObjectTagging",
    "s3:AbortMultipartUpload",
    "s3:RestoreObject",
    "s3:ReplicateObject",
)

ON_BUCKET = (
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:GetBucketPolicy",
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:DeleteBucket",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutObject",
    "s3:GetBucketLocation",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketAcl",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketNotification",
    "s3:PutBucketLogging",
    "s3:PutReplicationConfiguration",
)
"""`s3:PutObject` is among them, because it is for files and not for the bucket itself."""

ON_ANYTHING_ELSE = (
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:ReEncryptFrom",
    "kms:CreateGrant",
    "kms:DescribeKey",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "kms:DisableKey",
    "iam:GetRole",
    "iam:PassRole",
    "iam:PutRolePolicy",
    "sts:AssumeRole",
    "cloudtrail:StopLogging",
    "s3:ListAllMyBuckets",
)
