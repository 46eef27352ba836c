"""Policies of what watches over the backups: the second KMS key, and the role by which CloudTrail reaches its log group.

Every service that is let in is bound to the one thing that it serves here, so that nobody else's trail, log group,
alarm or bucket can reach the key or the role through the same service.
"""

from __future__ import annotations

from collections.abc import Mapping

from services.model.naming import Names
from services.model.policies import OURS, VERSION, key_policy
from services.model.values import Json, Tree, entries, items

CLOUDTRAIL = "cloudtrail.amazonaws.com"


def logs_service(region: str, partition: str) -> str:
    """What CloudWatch Logs of a region calls itself."""
    return f"logs.{region}.amazonaws.com{'.cn' if partition == 'aws-cn' else ''}"


def log_key_policy(names: Names) -> Json:
    """Who may use the second key: the account's IAM policies, and the services that write down and ring.

    They let in the trail of the set-up's own even where another one is used now: the own one may have been made before,
    and without its key it would silently record no more.
    """
    place = names.place
    account = {"aws:SourceAccount": place.account}
    alarms = {
        "StringEquals": account,
        "ArnLike": {"aws:SourceArn": names.alarm_arn("*")},
    }
    bucket = {"StringEquals": {**account, "aws:SourceArn": names.bucket_arn(names.bucket)}}
    data_keys = ["kms:Decrypt", "kms:GenerateDataKey*"]
    delegation = items(entries(key_policy(place.partition, place.account).tree)["Statement"])
    return Json(
        {
            "Version": VERSION,
            "Statement": [
                *delegation,
                *_trail_statements(names),
                _service("Alarms", "cloudwatch.amazonaws.com", data_keys, alarms),
                _service("BucketEvents", "s3.amazonaws.com", data_keys, bucket),
            ],
        }
    )


def _trail_statements(names: Names) -> tuple[Mapping[str, Tree], ...]:
    place = names.place
    arn = {"aws:SourceArn": names.trail_arn}
    context = {"kms:EncryptionContext:aws:cloudtrail:arn": names.trail_arn}
    group = {"kms:EncryptionContext:aws:logs:arn": names.log_group_arn}
    whole = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
    logs = logs_service(place.region, place.partition)
    return (
        _service("TrailEncrypt", CLOUDTRAIL, "kms:GenerateDataKey*", {"StringEquals": {**arn, **context}}),
        # To make a trail CloudTrail also tries to read, where the bucket has a bucket key.
        _service("TrailCheck", CLOUDTRAIL, ["kms:DescribeKey", "kms:Decrypt"], {"StringEquals": arn}),
        _service("LogGroup", logs, whole, {"ArnEquals": group}),
    )


def _service(name: str, principal: str, actions: Tree, condition: Mapping[str, Tree]) -> Mapping[str, Tree]:
    return {
        "Sid": OURS + name,
        "Effect": "Allow",
        "Principal": {"Service": principal},
        "Action": actions,
        "Resource": "*",
        "Condition": condition,
    }


def log_role_trust(names: Names) -> Json:
    """CloudTrail alone may be the role; where it says for which trail, only for this set-up's.

    AWS's guide says that it does not say so to the roles of log groups, so to insist on it would stop the trail.
    """
    condition = {"aws:SourceArn": names.trail_arn, "aws:SourceAccount": names.place.account}
    return Json(
        {
            "Version": VERSION,
            "Statement": [
                {
                    "Sid": f"{OURS}TrailTrust",
                    "Effect": "Allow",
                    "Principal": {"Service": CLOUDTRAIL},
                    "Action": "sts:AssumeRole",
                    "Condition": {"StringEqualsIfExists": condition},
                }
            ],
        }
    )


def log_role_policy(names: Names) -> Json:
    """The role may make the trail's streams in the trail's log group, and write into them."""
    place = names.place
    streams = f"{names.log_group_arn}:log-stream:{place.account}_CloudTrail_{place.region}*"
    return Json(
        {
            "Version": VERSION,
            "Statement": [
                {
                    "Sid": f"{OURS}TrailLogs",
                    "Effect": "Allow",
                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                    "Resource": streams,
                }
            ],
        }
    )
