"""What happens around a set-up, and which alarms it must ring: one row an event, an empty text for none."""

from __future__ import annotations

from tests.alarmed import KEY_ID, LOG_KEY, LOG_KEY_ID, NAMES
from tests.cloudtrail_events import (
    ADMIN,
    KIM,
    NAMELESS,
    OTHER_ACCOUNT,
    PALISADE,
    ROOT,
    SAME_NAME,
    SERVICE,
    Event,
    cloudtrail,
    event,
    file,
    iam,
    kms,
    s3,
)
from tests.world import BUCKET, KEY_ARN

COPY = "x-amz-copy-source"

ROWS: tuple[tuple[str, Event, str], ...] = (
    # Palisade at work, and this program
    ("Palisade writes", file("PutObject", PALISADE), ""),
    ("Palisade writes in parts", file("CompleteMultipartUpload", PALISADE), ""),
    ("the program looks at the bucket", s3("GetBucketPolicy"), ""),
    ("somebody lists the bucket", s3("ListObjects"), ""),
    ("the program looks at the key", kms("DescribeKey", KEY_ID), ""),
    ("Palisade uses the key", kms("GenerateDataKey", KEY_ARN, PALISADE), ""),
    ("the program looks at the trail", cloudtrail("GetTrailStatus", name=NAMES.trail_arn), ""),
    ("the program looks at the role", iam("GetRolePolicy"), ""),
    # denied
    ("Palisade's write is denied", file("PutObject", PALISADE, error="AccessDenied"), "denied"),
    ("Palisade's key is off", file("PutObject", PALISADE, error="KMS.DisabledException"), "denied"),
    ("an upload in parts fails", file("UploadPart", PALISADE, error="KMS.NotFoundException"), "denied"),
    ("a copy into it fails", file("CopyObject", KIM, error="NoSuchKey"), "denied"),
    ("reading is denied", file("GetObject", KIM, error="AccessDenied"), "denied"),
    ("deleting is denied", file("DeleteObject", KIM, error="AccessDenied"), "denied"),
    ("nobody in particular is denied", file("GetObject", NAMELESS, error="AccessDenied"), "denied"),
    ("looking at the bucket is denied", s3("GetBucketAcl", KIM, error="AccessDenied"), "denied"),
    ("a file is not there", file("GetObject", KIM, error="NoSuchKey"), ""),
    ("a setting is not there", s3("GetBucketLifecycle", error="NoSuchLifecycleConfiguration"), ""),
    *(
        (f"{name} fails", file(name, PALISADE, error="KMS.NotFoundException"), "denied")
        for name in ("PostObject", "CreateMultipartUpload", "UploadPartCopy", "CompleteMultipartUpload")
    ),
    # key
    ("the key is disabled", kms("DisableKey", KEY_ID), "key"),
    ("the key is disabled by ARN", kms("DisableKey", KEY_ARN), "key"),
    ("the key is to be deleted", kms("ScheduleKeyDeletion", KEY_ARN, ROOT), "key"),
    ("the key for records is to be deleted", kms("ScheduleKeyDeletion", LOG_KEY), "key"),
    ("the key for records is disabled", kms("DisableKey", LOG_KEY_ID), "key"),
    ("the key's policy is changed", kms("PutKeyPolicy", KEY_ID), "key"),
    ("disabling the key is denied", kms("DisableKey", KEY_ID, KIM, error="AccessDenied"), "key"),
    ("another key is disabled", kms("DisableKey", "11112222-3333-4444-5555-666677778888"), ""),
    ("the deletion is cancelled", kms("CancelKeyDeletion", KEY_ID), ""),
    # bucket
    ("the policy is changed", s3("PutBucketPolicy", KIM), "bucket"),
    ("the policy is deleted", s3("DeleteBucketPolicy"), "bucket"),
    ("access is opened", s3("PutBucketPublicAccessBlock"), "bucket"),
    ("the block of public access is deleted", s3("DeleteBucketPublicAccessBlock"), "bucket"),
    ("access lists are on again", s3("DeleteBucketOwnershipControls"), "bucket"),
    ("an access list is set", s3("PutBucketAcl"), "bucket"),
    ("the lifecycle is changed", s3("PutBucketLifecycle"), "bucket"),
    ("Object Lock is changed", s3("PutBucketObjectLockConfiguration", ROOT), "bucket"),
    ("versioning is changed", s3("PutBucketVersioning"), "bucket"),
    ("encryption is changed", s3("PutBucketEncryption"), "bucket"),
    ("encryption is deleted", s3("DeleteBucketEncryption"), "bucket"),
    ("a replication is set", s3("PutBucketReplication"), "bucket"),
    ("access logs are changed", s3("PutBucketLogging"), "bucket"),
    ("notifications are changed", s3("PutBucketNotification"), "bucket"),
    *(
        (f"{name} is called", s3(name), "bucket")
        for name in (
            "PutBucketCors",
            "DeleteBucketCors",
            "DeleteBucketLifecycle",
            "DeleteBucketReplication",
            "PutBucketOwnershipControls",
        )
    ),
    ("the bucket is deleted", s3("DeleteBucket"), "bucket"),
    ("changing the policy is denied", s3("PutBucketPolicy", KIM, error="AccessDenied"), "bucket denied"),
    ("the policy of another bucket is changed", s3("PutBucketPolicy", bucket="other"), ""),
    ("that of one with a longer name is", s3("PutBucketPolicy", bucket=f"{BUCKET}-trail"), ""),
    ("that of one with a shorter name is", s3("PutBucketPolicy", bucket=BUCKET[:-1]), ""),
    # trail
    ("the trail is stopped", cloudtrail("StopLogging", name=NAMES.trail_arn), "trail"),
    ("the trail is stopped by name", cloudtrail("StopLogging", name=NAMES.trail), "trail"),
    ("the trail is started", cloudtrail("StartLogging", name=NAMES.trail), "trail"),
    ("the trail is deleted", cloudtrail("DeleteTrail", name=NAMES.trail_arn), "trail"),
    ("the trail is changed", cloudtrail("UpdateTrail", name=NAMES.trail, isMultiRegionTrail=False), "trail"),
    ("the trail is made anew", cloudtrail("CreateTrail", name=NAMES.trail), "trail"),
    ("it records something else", cloudtrail("PutEventSelectors", trailName=NAMES.trail_arn), "trail"),
    ("it analyses something else", cloudtrail("PutInsightSelectors", trailName=NAMES.trail), "trail"),
    ("another trail is stopped", cloudtrail("StopLogging", name="management"), ""),
    ("another trail's selectors", cloudtrail("PutEventSelectors", trailName="management"), ""),
    ("a trail with a longer name is stopped", cloudtrail("StopLogging", name=f"my-{NAMES.trail}"), ""),
    (
        "one of the same name elsewhere",
        cloudtrail("StopLogging", name=NAMES.trail, account=OTHER_ACCOUNT),
        "",
    ),
    # role
    ("another may assume the role", iam("UpdateAssumeRolePolicy"), "role"),
    ("the role may do more", iam("PutRolePolicy", request={"policyName": "More"}), "role"),
    ("a policy is taken from it", iam("DeleteRolePolicy"), "role"),
    ("a policy is attached", iam("AttachRolePolicy"), "role"),
    ("a policy is detached", iam("DetachRolePolicy"), "role"),
    ("its sessions last longer", iam("UpdateRole"), "role"),
    ("the boundary is changed", iam("PutRolePermissionsBoundary"), "role"),
    ("the boundary is taken away", iam("DeleteRolePermissionsBoundary"), "role"),
    ("the role is deleted", iam("DeleteRole", by=ROOT), "role"),
    ("the role is made anew", iam("CreateRole"), "role"),
    ("another role may do more", iam("PutRolePolicy", "Admin"), ""),
    ("one of the same name elsewhere may", iam("PutRolePolicy", account=OTHER_ACCOUNT), ""),
    # deleted
    ("a file is deleted", file("DeleteObject", KIM), "deleted"),
    ("a version is deleted", file("DeleteObject", ROOT, request={"versionId": "v1"}), "deleted"),
    ("files are deleted", s3("DeleteObjects", KIM, request={"delete": ""}), "deleted"),
    (
        "a version is deleted past its retention",
        file("DeleteObject", ROOT, request={"x-amz-bypass-governance-retention": "true"}),
        "deleted",
    ),
    ("the retention is changed", file("PutObjectRetention", KIM), "deleted"),
    ("a legal hold is changed", file("PutObjectLegalHold", KIM), "deleted"),
    ("a file is encrypted anew", file("UpdateObjectEncryption", KIM), "deleted"),
    ("Palisade deletes", file("DeleteObject", PALISADE), "deleted"),
    ("a file elsewhere is deleted", s3("DeleteObject", bucket="other", key="x"), ""),
    # read
    ("a file is read", file("GetObject", KIM), "read"),
    ("Palisade reads", file("GetObject", PALISADE), "read"),
    ("a file is read as a torrent", file("GetObjectTorrent", KIM), "read"),
    ("a file is read in part", file("SelectObjectContent", KIM), "read"),
    (
        "a file is copied away",
        s3("CopyObject", KIM, bucket="other", key="x", request={COPY: f"{BUCKET}/a"}),
        "read",
    ),
    (
        "and with a slash before its name",
        s3("UploadPartCopy", bucket="other", key="x", request={COPY: f"/{BUCKET}/a"}),
        "read",
    ),
    ("another's file is copied", s3("CopyObject", bucket="other", key="x", request={COPY: "mine/a"}), ""),
    (
        "one of a longer name is copied",
        s3("CopyObject", bucket="other", key="x", request={COPY: f"{BUCKET}-trail/a"}),
        "",
    ),
    ("a file elsewhere is read", s3("GetObject", bucket="other", key="x"), ""),
    ("only its size is asked for", file("HeadObject", KIM), ""),
    # foreign-write
    ("an administrator writes", file("PutObject", ADMIN), "foreign-write"),
    ("a user writes", file("PutObject", KIM), "foreign-write"),
    ("root writes", file("PutObject", ROOT), "foreign-write"),
    ("a service writes", file("PutObject", SERVICE), "foreign-write"),
    ("somebody without a name writes", file("PostObject", NAMELESS), "foreign-write"),
    ("a role of that name elsewhere writes", file("PutObject", SAME_NAME), "foreign-write"),
    ("a user writes in parts", file("CompleteMultipartUpload", KIM), "foreign-write"),
    (
        "a file is copied within the bucket",
        file("CopyObject", KIM, request={COPY: f"{BUCKET}/a"}),
        "foreign-write read",
    ),
    ("an administrator writes elsewhere", s3("PutObject", bucket="other", key="x"), ""),
    # what has other shapes
    ("somebody signs in", event("signin.amazonaws.com", "ConsoleLogin", KIM, None), ""),
    ("another service has such a call", event("s3tables.amazonaws.com", "PutBucketPolicy", KIM, {}), ""),
)
