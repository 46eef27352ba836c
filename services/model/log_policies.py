"""The policies of the buckets that keep records: who may write which record there, and for whom.

Both services write for everybody who names a bucket to them, so each right is bound to the ARN that it is for and to
the account: nobody else can have them fill these buckets.
"""

from __future__ import annotations

from collections.abc import Mapping

from services.model import inventories, policies
from services.model.naming import Names
from services.model.values import Json, Tree
from services.model.watch_policies import CLOUDTRAIL

ACCESS_LOGS = "logging.s3.amazonaws.com"
INVENTORIES = "s3.amazonaws.com"


def access_log_prefix(source: str) -> str:
    """Under which names the access logs of a bucket are kept."""
    return f"{source}/"


def access_log_policy(names: Names, sources: Mapping[str, str], *, inventory: bool = False) -> Json:
    """S3 may write the access logs of the sources (what each is, and its bucket), each under its own prefix.

    With `inventory` also its daily lists of the backup bucket, as the S3 User Guide has it ("Grant permissions for S3
    Inventory and S3 analytics"), but under their own prefix alone.
    """
    target = names.bucket_arn(names.access_log_bucket)

    def write(what: str, source: str) -> Mapping[str, Tree]:
        return {
            "Sid": f"{policies.OURS}AccessLogsOf{what}",
            "Effect": "Allow",
            "Principal": {"Service": ACCESS_LOGS},
            "Action": "s3:PutObject",
            "Resource": f"{target}/{access_log_prefix(source)}*",
            "Condition": {
                "ArnLike": {"aws:SourceArn": names.bucket_arn(source)},
                "StringEquals": {"aws:SourceAccount": names.place.account},
            },
        }

    lists: Mapping[str, Tree] = {
        "Sid": f"{policies.OURS}InventoryOfBackups",
        "Effect": "Allow",
        "Principal": {"Service": INVENTORIES},
        "Action": "s3:PutObject",
        "Resource": f"{target}/{inventories.prefix(names.bucket)}*",
        "Condition": {
            "ArnLike": {"aws:SourceArn": names.bucket_arn(names.bucket)},
            "StringEquals": {
                "aws:SourceAccount": names.place.account,
                "s3:x-amz-acl": "bucket-owner-full-control",
            },
        },
    }
    logs = [write(what, source) for what, source in sources.items()]
    return _policy(target, [*logs, lists] if inventory else logs)


def trail_bucket_policy(names: Names) -> Json:
    """CloudTrail may write this account's log files for this one trail, owned by the bucket's owner."""
    target = names.bucket_arn(names.trail_bucket)
    service: Mapping[str, Tree] = {"Effect": "Allow", "Principal": {"Service": CLOUDTRAIL}}
    trail: Mapping[str, Tree] = {"aws:SourceArn": names.trail_arn}
    return _policy(
        target,
        [
            {
                "Sid": f"{policies.OURS}TrailAclCheck",
                **service,
                "Action": "s3:GetBucketAcl",
                "Resource": target,
                "Condition": {"StringEquals": trail},
            },
            {
                "Sid": f"{policies.OURS}TrailWrite",
                **service,
                "Action": "s3:PutObject",
                "Resource": f"{target}/AWSLogs/{names.place.account}/*",
                "Condition": {"StringEquals": {**trail, "s3:x-amz-acl": "bucket-owner-full-control"}},
            },
        ],
    )


def _policy(bucket_arn: str, allowed: list[Mapping[str, Tree]]) -> Json:
    return Json({"Version": policies.VERSION, "Statement": [*allowed, *policies.tls_only(bucket_arn)]})
