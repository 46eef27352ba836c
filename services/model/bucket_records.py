"""What a bucket tells of itself: access logs into another bucket, and notifications to a topic.

Both are settings that S3 replaces as a whole, so what the owner has is read, kept and written back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from services.model.bucket_sides import Site
from services.model.calls import Call
from services.model.resource import Facet, Remark, Withdrawal
from services.model.values import Tree, bare, entries, items

OURS = "palisade-wizard-"
"""Every notification that this program sets has an Id that begins so."""

EVENTS = (
    "s3:ObjectRemoved:*",
    "s3:LifecycleExpiration:DeleteMarkerCreated",
    "s3:LifecycleTransition",
    "s3:ObjectRestore:Post",
)
"""What must never happen to a backup, so that each message is worth reading: a file or version deleted or hidden, a
current one expired or moved by a rule, or asked back from an archive. Not ObjectCreated, which is every new wallet;
not LifecycleExpiration:Delete, which is old versions expiring as they should. Reads and refused writes S3 does not
tell: those are CloudTrail's."""

_KINDS = ("TopicConfigurations", "QueueConfigurations", "LambdaFunctionConfigurations")
_BRIDGE = "EventBridgeConfiguration"
_ALL = (*_KINDS, _BRIDGE)


def access_logs(site: Site, target: Tree, prefix: str) -> Facet:
    """S3 writes down each request in the target bucket, under the prefix; another target of the owner stays."""
    want: Mapping[str, Tree] = {"TargetBucket": target, "TargetPrefix": prefix}

    def merge(have: Tree, want: Tree) -> Tree:
        there = entries(have).get("TargetBucket")
        # A bucket that logs into itself would fill itself, and one with Object Lock gets no logs at all.
        return want if there in {None, site.name, entries(bare(want))["TargetBucket"]} else have

    def write(_have: Tree, target: Tree) -> Call:
        call = site.put("PutBucketLogging", BucketLoggingStatus={"LoggingEnabled": target})
        # A target that was just made is not known everywhere yet.
        return replace(call, transient=call.transient | {"InvalidTargetBucketForLogging"})

    return Facet(
        name="access-logs",
        says="has every request to it written down in another bucket",
        want=want,
        read=site.get("GetBucketLogging", "LoggingEnabled"),
        write=write,
        merge=merge,
        normal=_target,
        words=_target_words,
        withdraw=Withdrawal(
            lambda _have: None,
            lambda _have, _target: site.put("PutBucketLogging", BucketLoggingStatus={}),
            along="log_bucket",
        ),
    )


def _target(value: Tree) -> Tree:
    there = entries(value)
    return {name: there.get(name) or "" for name in ("TargetBucket", "TargetPrefix")} if there else None


def _target_words(value: Tree) -> str:
    there = entries(value)
    if not there:
        return "writes no access logs"
    return (
        f"writes access logs to {there.get('TargetBucket')}, under {there.get('TargetPrefix') or 'no prefix'}"
    )


def notifications(site: Site, topic: Tree, topic_arn: str = "") -> Facet:
    """The topic is told what must never happen to a backup; the owner's notifications stay.

    S3 takes each event only once, so an event that the owner has sent elsewhere is left to them, and said. One that
    another tool sends to the very topic, whose ARN is known beforehand, is as it should be under any Id.
    """
    ours: Mapping[str, Tree] = {"Id": f"{OURS}unusual", "TopicArn": topic, "Events": EVENTS}

    def remark(have: Tree, _target: Tree) -> Remark | None:
        taken = {event: where for event in EVENTS for where in _elsewhere(have, event, topic_arn)}
        if not taken:
            return None
        told = "; ".join(f"{event} to {where}" for event, where in taken.items())
        return Remark(
            f"Notifications of the bucket {site.name} go where its owner sends them, not to this set-up's topic: {told}. "
            "S3 takes each event once.",
            "See that somebody reads them there, or remove them and apply again.",
        )

    def write(_have: Tree, target: Tree) -> Call:
        call = site.put("PutBucketNotificationConfiguration", NotificationConfiguration=_present(target))
        # S3 tries the topic first, and for a while does not believe that a new one lets it publish.
        return replace(call, transient=call.transient | {"InvalidArgument"})

    return Facet(
        name="notifications",
        says="tells the alarm topic of every deletion, and of what rules do to current backups",
        want={"TopicConfigurations": [ours]},
        read=site.get("GetBucketNotificationConfiguration", f"{{{', '.join(f'{n}: {n}' for n in _ALL)}}}"),
        write=write,
        merge=merge_notifications,
        normal=normal_notifications,
        words=_notification_words,
        remark=remark,
        withdraw=Withdrawal(_without_ours, write),
    )


def _without_ours(have: Tree) -> Tree:
    topics = [
        each
        for each in items(entries(have).get("TopicConfigurations"))
        if not _ours("TopicConfigurations", each)
    ]
    others = {name: part for name, part in _present(have).items() if name != "TopicConfigurations"}
    return {**others, "TopicConfigurations": topics} if topics else (others or None)


def _present(value: Tree) -> Mapping[str, Tree]:
    """The parts that there are. EventBridge is on where its part is there, empty as it always is."""
    return {name: part for name in _ALL if (part := entries(value).get(name)) is not None}


def merge_notifications(have: Tree, want: Tree) -> Tree:
    """Ours in place of older ones of ours, without the events that others have; all others stay."""
    (mine,) = (entries(each) for each in items(entries(want)["TopicConfigurations"]))
    events = [event for event in items(mine["Events"]) if not list(_elsewhere(have, str(event)))]
    wanted: list[Tree] = [{**mine, "Events": events}] if events else []
    topics: list[Tree] = []
    for each in items(entries(have).get("TopicConfigurations")):
        if not _ours("TopicConfigurations", each):
            topics.append(each)
        elif wanted and entries(each).get("Id") == mine["Id"]:
            topics.append(wanted.pop())
    topics += wanted
    others = {name: part for name, part in _present(have).items() if name != "TopicConfigurations"}
    return {**others, "TopicConfigurations": topics} if topics else (others or None)


def _ours(kind: str, configuration: Tree) -> bool:
    return kind == "TopicConfigurations" and str(entries(configuration).get("Id", "")).startswith(OURS)


def _others(have: Tree) -> Iterator[Mapping[str, Tree]]:
    for kind in _KINDS:
        yield from (entries(each) for each in items(entries(have).get(kind)) if not _ours(kind, each))


def _elsewhere(have: Tree, event: str, but: str = "") -> Iterator[str]:
    """Where others have an event sent to, whatever files they ask for: S3 refuses even what overlaps in part. Where all
    of it goes to the topic `but`, it goes nowhere else.
    """
    for each in _others(have):
        whole = event in items(each.get("Events")) and not each.get("Filter")
        if whole and _destination(each) == but:
            continue
        if any(_overlap(event, str(theirs)) for theirs in items(each.get("Events"))):
            yield _destination(each)


def _overlap(one: str, other: str) -> bool:
    if one.endswith("*") or other.endswith("*"):
        left, right = one.rstrip("*"), other.rstrip("*")
        return left.startswith(right) or right.startswith(left)
    return one == other


def normal_notifications(value: Tree) -> Tree:
    """One spelling: order means nothing, in lists of notifications or of events."""
    parts = {
        kind: sorted(
            (
                {**entries(each), "Events": sorted(map(str, items(entries(each).get("Events"))))}
                for each in items(part)
            ),
            key=lambda each: json.dumps(each, sort_keys=True),
        )
        for kind in _KINDS
        if (part := entries(bare(value)).get(kind))
    }
    return {**parts, _BRIDGE: entries(value).get(_BRIDGE) is not None}


def _notification_words(value: Tree) -> str:
    parts = _present(value)
    said = [
        f"{', '.join(map(str, items(each.get('Events'))))} to {_destination(each)}"
        for kind in _KINDS
        for each in map(entries, items(parts.get(kind)))
    ]
    said += ["everything to EventBridge"] if _BRIDGE in parts else []
    return f"tells {'; '.join(said)}" if said else "tells nobody what happens in it"


def _destination(configuration: Mapping[str, Tree]) -> str:
    """Whom a notification goes to."""
    names = ("TopicArn", "QueueArn", "LambdaFunctionArn")
    return next((str(configuration[name]) for name in names if name in configuration), "?")
