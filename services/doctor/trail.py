"""Checks of the trail: whether somebody will be able to see who touched the backups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.doctor.bucket_care import closed
from services.doctor.facts import Facts, Moot, Unseen
from services.doctor.judging import Rule, Verdict, bad, doubtful, lacking, left_out, remedy, well
from services.doctor.looker import mapping
from services.doctor.trails import Coverage, Kind, coverage, management


def told(facts: Facts) -> Mapping[str, Any]:
    """The trail; where there is none, its other checks have no subject."""
    found = facts.of("trail")
    if found is None:
        raise Unseen(Moot("There is no trail to look at."))
    return mapping(found)


def _trail(facts: Facts, command: str, *, answer: str = "hardening.trail") -> str:
    return remedy(facts, _line(facts, command), answer=answer)


def _line(facts: Facts, command: str) -> str:
    verb, _, rest = command.partition(" ")
    found = told(facts)
    home = found.get("HomeRegion") or facts.subject.region
    flag = "--trail-name" if verb == "put-event-selectors" else "--name"
    return f"aws cloudtrail {verb} --region {home} {flag} {found.get('Name')} {rest}".rstrip()


def _exists(facts: Facts) -> Verdict:
    found = facts.of("trail")
    if found is None:
        named = (
            f"There is no trail {facts.subject.trail}"
            if facts.subject.trail
            else "No trail records this region"
        )
        how = "aws cloudtrail create-trail --name NAME --s3-bucket-name LOG-BUCKET --is-multi-region-trail"
        return lacking(
            facts,
            f"{named}: nobody will ever know who touched the backups.",
            remedy(facts, how, answer="hardening.trail"),
        )
    kind = ", of the whole organisation" if found.get("IsOrganizationTrail") else ""
    return well(f"{found.get('TrailARN')}{kind}.")


def _logging(facts: Facts) -> Verdict:
    if mapping(facts.of("trail.status")).get("IsLogging"):
        return well(f"The trail {told(facts).get('Name')} logs.")
    return bad(f"The trail {told(facts).get('Name')} is stopped.", _trail(facts, "start-logging"))


def _delivery(facts: Facts) -> Verdict:
    found = mapping(facts.of("trail.status"))
    errors = {
        "its bucket": found.get("LatestDeliveryError"),
        "its log group": found.get("LatestCloudWatchLogsDeliveryError"),
        "its digests": found.get("LatestDigestDeliveryError"),
    }
    said = "; ".join(f"{where}: {error}" for where, error in errors.items() if error)
    if said:
        how = f"Set that policy right, then look again: “{_line(facts, 'get-trail-status')}”"
        return bad(f"The trail cannot deliver to {said}.", remedy(facts, how, answer="hardening.trail"))
    last = found.get("LatestDeliveryTime")
    return well(f"No delivery failed; the last one was at {last}." if last else "No delivery has failed.")


def _multi_region(facts: Facts) -> Verdict:
    found = told(facts)
    if not found.get("IsMultiRegionTrail"):
        return lacking(
            facts,
            "The trail records one region only: changes of the role arrive through us-east-1, and Palisade may call "
            "STS in any region.",
            _trail(facts, "update-trail --is-multi-region-trail"),
        )
    if found.get("IncludeGlobalServiceEvents") is False:
        how = "update-trail --include-global-service-events"
        return lacking(
            facts, "The trail leaves out the events of global services (IAM, STS).", _trail(facts, how)
        )
    return well("The trail records every region and the global services.")


def _validation(facts: Facts) -> Verdict:
    if told(facts).get("LogFileValidationEnabled"):
        return well("Log files carry digests: changing one shows.")
    how = "update-trail --enable-log-file-validation"
    return lacking(facts, "Log files carry no digests: changing one leaves no trace.", _trail(facts, how))


def _encryption(facts: Facts) -> Verdict:
    key = told(facts).get("KmsKeyId")
    if key:
        return well(f"Log files are encrypted with {key}.")
    how = "update-trail --kms-key-id KEY-ARN"
    return lacking(facts, "Log files are not encrypted with a KMS key.", _trail(facts, how))


def _log_group(facts: Facts) -> Verdict:
    arn = told(facts).get("CloudWatchLogsLogGroupArn")
    if not arn:
        how = "update-trail --cloud-watch-logs-log-group-arn ARN --cloud-watch-logs-role-arn ROLE-ARN"
        return lacking(
            facts, "The trail writes into no log group, so nothing can watch it.", _trail(facts, how)
        )
    if log_group_gone(facts):
        name = _group_name(facts)
        how = f"aws logs create-log-group --region {str(arn).split(':')[3]} --log-group-name {name}"
        return bad(
            f"The trail names the log group {name}, which does not exist: nothing arrives there, and no alarm can ring.",
            remedy(facts, how, answer="hardening.trail"),
        )
    return well(f"The trail also writes into {arn}.")


def log_group_gone(facts: Facts) -> bool:
    """Whether the trail names a log group of this account that AWS says is not there."""
    found = facts.of("log_group")
    arn = str(mapping(facts.of("trail")).get("CloudWatchLogsLogGroupArn") or "")
    if found is None or f":{facts.account}:" not in arn:
        return False
    return all(
        group.get("logGroupName") != _group_name(facts) for group in mapping(found).get("logGroups") or []
    )


def _group_name(facts: Facts) -> str:
    return str(told(facts).get("CloudWatchLogsLogGroupArn") or "::::::").split(":")[6]


def _group(facts: Facts) -> Mapping[str, Any]:
    """The trail's log group as CloudWatch Logs describes it."""
    found = mapping(facts.of("log_group")).get("logGroups") or []
    for group in found:
        if group.get("logGroupName") == _group_name(facts):
            return mapping(group)
    raise Unseen(Moot("The trail writes into no log group of this account."))


def _group_key(facts: Facts) -> Verdict:
    found = _group(facts)
    if found.get("kmsKeyId"):
        return well(f"The log group is encrypted with {found['kmsKeyId']}.")
    how = f"aws logs associate-kms-key --log-group-name {found.get('logGroupName')} --kms-key-id KEY-ARN"
    return lacking(facts, "The log group is not encrypted with a KMS key of yours.", remedy(facts, how))


def _group_days(facts: Facts) -> Verdict:
    found = _group(facts)
    days = found.get("retentionInDays")
    how = (
        f"aws logs put-retention-policy --log-group-name {found.get('logGroupName')} --retention-in-days 365"
    )
    if days is None:
        return well("The log group keeps its events for ever.")
    if int(days) < 365:
        return doubtful(f"The log group keeps its events {days} days; a year is usual.", remedy(facts, how))
    return well(f"The log group keeps its events {days} days.")


def _data(which: str, part: Callable[[Coverage], Kind]) -> Callable[[Facts], Verdict]:
    def judge(facts: Facts) -> Verdict:
        trail = told(facts).get("Name")
        kind = part(coverage(mapping(facts.of("trail.selectors")), facts.subject.bucket_arn))
        command = (
            "put-event-selectors --advanced-event-selectors file://selectors.json  (the call replaces every selector: write "
            "down the present ones with get-event-selectors first)"
        )
        how = _trail(facts, command, answer="hardening.data_events")
        if not kind:
            return lacking(facts, f"The trail {trail} does not record who {which} the backups.", how)
        if kind == "basic":
            return doubtful(
                f"The trail {trail} records who {which} the backups, by a basic selector for this bucket. Some auditors "
                "accept only an advanced one.",
                how,
            )
        return well(
            f"The trail {trail} records who {which} the backups, by an {kind} selector.".replace(
                "an basic", "a basic"
            )
        )

    return judge


def _management(facts: Facts) -> Verdict:
    found = management(mapping(facts.of("trail.selectors")))
    how = _trail(
        facts, "put-event-selectors --event-selectors 'ReadWriteType=WriteOnly,IncludeManagementEvents=true'"
    )
    if not found.writes:
        return lacking(
            facts,
            "The trail does not record changes of keys, policies, trails and roles (management events).",
            how,
        )
    if any(source.startswith("kms.") for source in found.without):
        return doubtful(
            "The trail records management events, but leaves out KMS: nobody sees a key being disabled.", how
        )
    return well("The trail records changes of keys, policies, trails and roles.")


def _apart(facts: Facts) -> Verdict:
    name = told(facts).get("S3BucketName")
    if name == facts.subject.bucket:
        how = _trail(facts, "update-trail --s3-bucket-name LOG-BUCKET")
        return bad("The trail writes its logs into the backup bucket.", how)
    return well(f"The trail writes its logs into {name}.")


def _bucket_closed(facts: Facts) -> Verdict:
    if facts.of("trail_bucket.exists") is None:
        return bad(
            "The trail's bucket does not exist.", _trail(facts, "update-trail --s3-bucket-name LOG-BUCKET")
        )
    return closed(facts, "trail_bucket", str(told(facts).get("S3BucketName")))


def _bucket_logged(facts: Facts) -> Verdict:
    if facts.of("trail_bucket.exists") is None:
        return left_out("The trail's bucket does not exist.")
    found = mapping(mapping(facts.of("trail_bucket.access-logs")).get("LoggingEnabled"))
    if found.get("TargetBucket"):
        return well(f"Requests to the trail's bucket are logged into {found['TargetBucket']}.")
    how = f"aws s3api put-bucket-logging --bucket {told(facts).get('S3BucketName')} --bucket-logging-status file://logging.json"
    return lacking(facts, "Requests to the trail's bucket are not logged.", remedy(facts, how))


RULES: tuple[Rule, ...] = (
    Rule("config.trail.exists", "CloudTrail: a trail records this region", "high", ("CloudTrail.1",), _exists),
    Rule("config.trail.logging", "CloudTrail: the trail logs", "critical", ("CloudTrail.1",), _logging),
    Rule("config.trail.delivery", "CloudTrail: its logs arrive", "high", (), _delivery),
    Rule("config.trail.multi-region", "CloudTrail: records every region", "medium", ("CloudTrail.1", "cloudtrail_multi_region_enabled"), _multi_region),
    Rule("config.trail.management-events", "CloudTrail: records changes of keys, policies, trails and roles", "high", ("CloudTrail.1",), _management),
    Rule(
        "config.trail.data-writes", "CloudTrail: records who writes and deletes backups", "high",
        ("S3.22", "CIS 4.8", "cloudtrail_s3_dataevents_write_enabled"), _data("writes and deletes", lambda c: c.writes),
    ),
    Rule(
        "config.trail.data-reads", "CloudTrail: records who reads backups", "medium",
        ("S3.23", "CIS 4.9", "cloudtrail_s3_dataevents_read_enabled"), _data("reads", lambda c: c.reads),
    ),
    Rule("config.trail.validation", "CloudTrail: log files cannot be changed unseen", "medium", ("CloudTrail.4", "cloudtrail_log_file_validation_enabled"), _validation),
    Rule("config.trail.encryption", "CloudTrail: log files are encrypted with a KMS key", "medium", ("CloudTrail.2", "cloudtrail_kms_encryption_enabled"), _encryption),
    Rule("config.trail.log-group", "CloudTrail: writes into a log group as well", "medium", ("CloudTrail.5", "cloudtrail_cloudwatch_logging_enabled"), _log_group),
    Rule("config.log_group.encryption", "Log group: is encrypted with a KMS key", "low", ("cloudwatch_log_group_kms_encryption_enabled",), _group_key),
    Rule("config.log_group.retention", "Log group: keeps its events long enough", "low", ("cloudwatch_log_group_retention_policy_specific_days_enabled",), _group_days),
    Rule("config.trail_bucket.apart", "CloudTrail: its logs are not in the backup bucket", "high", (), _apart),
    Rule(
        "config.trail_bucket.public-access", "CloudTrail: the bucket of its logs is not public", "critical",
        ("CloudTrail.6", "cloudtrail_logs_s3_bucket_is_not_publicly_accessible"), _bucket_closed,
    ),
    Rule(
        "config.trail_bucket.access-logs", "CloudTrail: requests to the bucket of its logs are logged", "low",
        ("CloudTrail.7", "cloudtrail_logs_s3_bucket_access_logging_enabled"), _bucket_logged,
    ),
)  # fmt: skip
