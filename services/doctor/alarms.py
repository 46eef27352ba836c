"""Checks of what watches the trail: for each kind of event a metric filter, an alarm, and somebody who is told.

That an alarm rings shows only when it does; here is read what would make it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.doctor.facts import Facts
from services.doctor.filters import Pattern, alarms_of, metrics_of, topics_of
from services.doctor.judging import Rule, Verdict, bad, doubtful, lacking, left_out, remedy, well
from services.doctor.looker import mapping
from services.doctor.trail import log_group_gone
from services.verify.checks import Severity


@dataclass(frozen=True)
class Watch:
    """Something that must not happen unseen. `events` must each be named by a watched pattern that `fits`."""

    name: str
    title: str
    what: str
    severity: Severity
    references: tuple[str, ...]
    events: tuple[str, ...]
    fits: Callable[[Pattern], bool] = lambda _pattern: True


WATCHES: tuple[Watch, ...] = (
    Watch(
        "key", "a KMS key is disabled or its deletion is scheduled", "that the key is disabled or deleted", "high",
        ("CIS 5.7", "cloudwatch_log_metric_filter_disable_or_scheduled_deletion_of_kms_cmk"),
        ("DisableKey", "ScheduleKeyDeletion"),
    ),
    Watch(
        "bucket", "the bucket's policy, lifecycle or Object Lock is changed",
        "that the bucket's policy, lifecycle or Object Lock is changed", "high",
        ("CIS 5.8", "cloudwatch_log_metric_filter_for_s3_bucket_policy_changes"),
        ("PutBucketPolicy", "DeleteBucketPolicy", "PutBucketLifecycle", "PutBucketObjectLockConfiguration"),
    ),
    Watch(
        "trail", "the trail is stopped or changed", "that the trail is stopped", "high",
        ("CIS 5.5", "cloudwatch_log_metric_filter_and_alarm_for_cloudtrail_configuration_changes_enabled"),
        ("StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"),
    ),
    Watch(
        "role", "the role is changed", "that the role is changed", "medium", (),
        ("UpdateAssumeRolePolicy", "PutRolePolicy", "AttachRolePolicy", "DeleteRolePolicy", "DeleteRole"),
    ),
    Watch("denied", "calls are denied or fail", "that calls are denied", "medium", ("CIS 5.1",), (), lambda p: p.errors),
    Watch("deleted", "backups are deleted", "that backups are deleted", "high", (), ("DeleteObject", "DeleteObjects")),
    Watch("read", "backups are read", "that backups are read", "medium", (), ("GetObject",)),
    Watch(
        "foreign-write", "somebody else than Palisade's role writes backups", "that somebody else writes backups", "high", (),
        ("PutObject",), lambda p: p.strangers,
    ),
)  # fmt: skip

# Both names are in use for one operation.
_ALSO = {
    "PutBucketLifecycle": "PutBucketLifecycleConfiguration",
    "PutBucketObjectLockConfiguration": "PutObjectLockConfiguration",
}


def _judge(watch: Watch) -> Callable[[Facts], Verdict]:
    def judge(facts: Facts) -> Verdict:
        how = remedy(
            facts,
            "Use “aws logs put-metric-filter” on the trail's log group, then “aws cloudwatch put-metric-alarm” on its metric, "
            "with an SNS topic as its action",
            answer="hardening.alarms",
        )
        if facts.of("filters") is None:
            if log_group_gone(facts):
                return lacking(facts, f"The trail's log group is gone, so nobody is told {watch.what}.", how)
            return left_out(
                f"No log group is written to, so nobody is told {watch.what}: set the trail right first."
            )
        key = facts.key_arn if watch.name == "key" else None
        fitting = [
            (name, metric, pattern)
            for name, metric, pattern in metrics_of(facts.of("filters"))
            if pattern.is_of(facts.subject.bucket, key) and watch.fits(pattern) and _concerns(watch, pattern)
        ]
        ringing, silent = _ringing(
            facts, [(name, metric) for name, metric, _ in fitting], at_once=bool(watch.events)
        )
        heard = [pattern for name, _, pattern in fitting if name in ringing]
        unheard = [event for event in watch.events if not any(_named(p, event) for p in heard)]
        if heard and not unheard:
            return well(f"Watched by {', '.join(f'{name} (alarm {ringing[name]})' for name in ringing)}.")
        if silent:
            return lacking(facts, f"Nobody is told {watch.what}: {'; '.join(silent)}.", how)
        if heard:
            return doubtful(f"The filters {', '.join(ringing)} leave out {', '.join(unheard)}.", how)
        return lacking(facts, f"No metric filter notices {watch.what}.", how)

    return judge


def _concerns(watch: Watch, pattern: Pattern) -> bool:
    return not watch.events or any(_named(pattern, event) for event in watch.events)


def _named(pattern: Pattern, event: str) -> bool:
    return pattern.names(event) or (event in _ALSO and pattern.names(_ALSO[event]))


def _at_once(alarm: Mapping[str, Any]) -> bool:
    """Whether one event is enough; of an alarm without a threshold of its own that is not read."""
    threshold = alarm.get("Threshold")
    if threshold is None:
        return True
    if int(alarm.get("DatapointsToAlarm") or alarm.get("EvaluationPeriods") or 1) > 1:
        return False
    match alarm.get("ComparisonOperator"):
        case "GreaterThanOrEqualToThreshold":
            return float(threshold) <= 1
        case "GreaterThanThreshold":
            return float(threshold) < 1
        case _:
            return False


def _ringing(
    facts: Facts, filters: list[tuple[str, tuple[str, str]]], *, at_once: bool
) -> tuple[dict[str, str], list[str]]:
    """Filters whose alarm tells somebody, with that alarm; and why the others do not.

    `at_once`: one event must be enough. Denied calls are counted, and how many are too many is the owner's to say.
    """
    ringing: dict[str, str] = {}
    silent: list[str] = []
    for name, metric in filters:
        alarms = alarms_of(facts.of("alarms"), metric)
        loud = [a for a in alarms if a.get("ActionsEnabled") and a.get("AlarmActions")]
        prompt = [a for a in loud if _at_once(a)]
        if prompt or (loud and not at_once):
            ringing[name] = str((prompt or loud)[0].get("AlarmName"))
        elif loud:
            silent.append(f"the alarm {loud[0].get('AlarmName')} does not ring at the first event")
        elif alarms:
            silent.append(f"the alarm {alarms[0].get('AlarmName')} has no action that is on")
        else:
            silent.append(f"no alarm looks at the metric of the filter {name}")
    return ringing, silent


def _subscription(facts: Facts) -> Verdict:
    topics = mapping(facts.of("topics"))
    if not topics:
        return left_out("No alarm tells a topic.")
    deaf = [arn for arn, found in topics.items() if not _confirmed(found)]
    if deaf:
        return bad(
            f"Nobody has confirmed a subscription of {', '.join(deaf)}: its alarms reach nobody.",
            remedy(
                facts,
                "Let the person open the e-mail of AWS and confirm it, or subscribe somebody: “aws sns subscribe "
                f"--topic-arn {deaf[0]} --protocol email --notification-endpoint ADDRESS”",
            ),
        )
    return well(f"Somebody has confirmed a subscription of {', '.join(topics)}.")


def _confirmed(found: Any) -> bool:
    """A subscription that waits for its confirmation has no ARN yet."""
    subscriptions = mapping(mapping(found).get("subscriptions")).get("Subscriptions") or []
    return any(str(s.get("SubscriptionArn")).startswith("arn:") for s in subscriptions)


def _topic_key(facts: Facts) -> Verdict:
    topics = mapping(facts.of("topics"))
    if not topics:
        return left_out("No alarm tells a topic.")
    for arn, found in topics.items():
        key = mapping(mapping(mapping(found).get("topic")).get("Attributes")).get("KmsMasterKeyId")
        if str(key or "").endswith("alias/aws/sns"):
            return bad(
                f"The topic {arn} is encrypted with {key}, which CloudWatch may not use: its alarms reach nobody.",
                remedy(facts, f"aws sns set-topic-attributes --topic-arn {arn} --attribute-name KmsMasterKeyId --attribute-value KEY-ARN"),
            )  # fmt: skip
    return well("No topic is encrypted with alias/aws/sns, which would silence its alarms.")


def _gone(facts: Facts) -> Verdict:
    """An alarm may name a topic that was deleted."""
    wanted = topics_of(facts.of("alarms"), facts.of("filters"))
    gone = [arn for arn in wanted if "topic" not in mapping(mapping(facts.of("topics")).get(arn))]
    if not wanted:
        return left_out("No alarm tells a topic.")
    if gone:
        return bad(
            f"The topic {', '.join(gone)} is not there.", remedy(facts, "aws sns create-topic --name NAME")
        )
    return well(f"The alarms tell {', '.join(wanted)}.")


RULES: tuple[Rule, ...] = (
    *(
        Rule(f"config.alarms.{w.name}", f"Alarms: somebody is told when {w.title}", w.severity, (*w.references, "cloudwatch_alarm_actions_enabled"), _judge(w))
        for w in WATCHES
    ),
    Rule("config.topic.exists", "Alarms: the topic that they tell is there", "high", (), _gone),
    Rule("config.topic.subscription", "Alarms: somebody has confirmed to get them", "high", (), _subscription),
    Rule("config.topic.encryption", "Alarms: encryption does not silence them", "high", (), _topic_key),
)  # fmt: skip
