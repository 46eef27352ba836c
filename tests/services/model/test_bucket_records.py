"""Access logs and notifications: the owner's stay, and S3's own limits are not run into."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

from services.answers import place
from services.model import bucket_records
from services.model.bucket_records import EVENTS, OURS
from services.model.bucket_sides import Site
from services.model.calls import filled, outputs
from services.model.resource import Facet
from services.model.values import Ref, Tree, bare, entries, fill, items
from tests.world import ACCOUNT, BUCKET, LOG_BUCKET, sample

SITE = Site(place(sample(), ACCOUNT), "bucket", BUCKET, "storage.bucket")
TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:palisade-acme-sandbox-alarms"
PREFIX = f"{BUCKET}/"
S3 = get_session().get_service_model("s3")
NOTIFICATIONS = bucket_records.notifications(SITE, Ref("topic"))
LOGS = bucket_records.access_logs(SITE, Ref("log_bucket", "id"), PREFIX)


def lookup(ref: Ref) -> str | None:
    return {Ref("topic"): TOPIC, Ref("log_bucket", "id"): LOG_BUCKET}.get(ref)


def merged(facet: Facet, have: Tree) -> Tree:
    """As the engine does it."""
    return facet.merge(have, fill(facet.want, lookup))


def same(facet: Facet, have: Tree, target: Tree) -> bool:
    return facet.normal(bare(have)) == facet.normal(bare(target))


# Access logs


@given(
    bucket=st.sampled_from(["central-logs", LOG_BUCKET, BUCKET]),
    prefix=st.text("ab/", max_size=3),
    more=st.sampled_from([{}, {"TargetObjectKeyFormat": {"SimplePrefix": {}}}]),
)
def test_another_target_of_the_owner_stays(bucket: str, prefix: str, more: dict[str, Any]) -> None:
    have = {"TargetBucket": bucket, "TargetPrefix": prefix, **more}
    target = merged(LOGS, have)
    if bucket == "central-logs":
        assert target == have
    else:
        assert target == {"TargetBucket": LOG_BUCKET, "TargetPrefix": PREFIX}
    assert same(LOGS, merged(LOGS, target), target)
    assert same(LOGS, have, target) == (bucket == "central-logs" or (bucket, prefix) == (LOG_BUCKET, PREFIX))


def test_without_access_logs_they_are_turned_on() -> None:
    assert merged(LOGS, None) == {"TargetBucket": LOG_BUCKET, "TargetPrefix": PREFIX}
    assert not same(LOGS, None, merged(LOGS, None))
    assert LOGS.words(None) != LOGS.words(merged(LOGS, None))


# Notifications


ARNS = {
    "TopicConfigurations": ("TopicArn", f"arn:aws:sns:eu-west-1:{ACCOUNT}:theirs"),
    "QueueConfigurations": ("QueueArn", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:theirs"),
    "LambdaFunctionConfigurations": (
        "LambdaFunctionArn",
        f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:theirs",
    ),
}
THEIR_EVENTS = st.sampled_from(
    [
        "s3:ObjectCreated:*",
        "s3:ObjectCreated:Put",
        "s3:ObjectRemoved:*",
        "s3:ObjectRemoved:Delete",
        "s3:LifecycleExpiration:*",
        "s3:LifecycleExpiration:Delete",
        "s3:LifecycleTransition",
        "s3:ObjectRestore:*",
        "s3:ObjectRestore:Completed",
    ]
)


@st.composite
def configurations(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = dict.fromkeys((*ARNS, "EventBridgeConfiguration"))
    for kind, (name, arn) in ARNS.items():
        several = draw(
            st.lists(
                st.fixed_dictionaries(
                    {
                        "Events": st.lists(THEIR_EVENTS, min_size=1, max_size=2, unique=True),
                        name: st.just(arn),
                    },
                    optional={
                        "Id": st.text("abc", min_size=1, max_size=2),
                        "Filter": st.just({"Key": {"FilterRules": [{"Name": "prefix", "Value": "x/"}]}}),
                    },
                ),
                max_size=2,
            )
        )
        found[kind] = several or None
    if draw(st.booleans()):
        old = {
            "Id": draw(st.sampled_from([f"{OURS}unusual", f"{OURS}older"])),
            "TopicArn": "old",
            "Events": ["x"],
        }
        topics = [*(found["TopicConfigurations"] or []), old]
        found["TopicConfigurations"] = draw(st.permutations(topics))
    found["EventBridgeConfiguration"] = draw(st.sampled_from([None, {}]))
    return found


def theirs(value: Tree) -> dict[str, list[Tree]]:
    parts = entries(value)
    return {
        kind: [c for c in items(parts.get(kind)) if not str(entries(c).get("Id", "")).startswith(OURS)]
        for kind in ARNS
    }


def our_events(value: Tree) -> list[str]:
    found = [entries(c) for c in items(entries(value).get("TopicConfigurations"))]
    mine = [c for c in found if str(c.get("Id", "")).startswith(OURS)]
    assert all(c["TopicArn"] == TOPIC for c in mine)
    return [str(event) for c in mine for event in items(c["Events"])]


TAKES = {
    "s3:ObjectRemoved:*": "s3:ObjectRemoved:*",
    "s3:ObjectRemoved:Delete": "s3:ObjectRemoved:*",
    "s3:LifecycleExpiration:*": "s3:LifecycleExpiration:DeleteMarkerCreated",
    "s3:LifecycleTransition": "s3:LifecycleTransition",
    "s3:ObjectRestore:*": "s3:ObjectRestore:Post",
}
"""Which event of ours S3 would call asked for twice beside one of theirs."""


def taken(event: str, value: Tree) -> bool:
    others = [str(e) for part in theirs(value).values() for c in part for e in items(entries(c)["Events"])]
    return event in {TAKES.get(other) for other in others}


@given(have=configurations())
def test_notifications_of_others_stay_and_no_event_is_asked_for_twice(have: dict[str, Any]) -> None:
    target = merged(NOTIFICATIONS, have)
    assert theirs(target) == theirs(have)
    bridge = "EventBridgeConfiguration"
    assert (entries(target).get(bridge) is not None) == (have[bridge] is not None)
    assert our_events(target) == [event for event in EVENTS if not taken(event, have)]
    assert same(NOTIFICATIONS, merged(NOTIFICATIONS, target), target)
    left_out = [event for event in EVENTS if taken(event, have)]
    said = NOTIFICATIONS.remark(have, target)
    assert (said is not None) == bool(left_out)
    assert all(event in str(said) for event in left_out)


def told(event: str = EVENTS[0], topic: str = TOPIC, **more: object) -> dict[str, Tree]:
    """One entry as another tool makes it: with one event, under an Id of its own."""
    entry: dict[str, Any] = {"Id": "6f1b", "TopicArn": topic, "Events": [event], **more}
    return {"TopicConfigurations": [entry]}


@pytest.mark.parametrize(
    ("have", "heeded"),
    [
        (told(), False),
        (told(topic="arn:aws:sns:eu-west-1:123456789012:other"), True),
        (told(Filter={"Key": {"FilterRules": [{"Name": "prefix", "Value": "x/"}]}}), True),
        (told("s3:ObjectRemoved:Delete"), True),
    ],
)
def test_what_another_tool_sends_to_the_very_topic_is_as_it_should_be(
    have: dict[str, Tree], heeded: bool
) -> None:
    """CloudFormation gives each notification an Id of its own, and one event."""
    facet = bucket_records.notifications(SITE, Ref("topic"), TOPIC)
    target = merged(facet, have)
    assert (facet.remark(have, target) is not None) == heeded
    assert our_events(target) == list(EVENTS[1:])


@given(have=configurations())
def test_what_is_written_is_what_s3_takes(have: dict[str, Any]) -> None:
    assert NOTIFICATIONS.write is not None
    call = filled(NOTIFICATIONS.write(have, merged(NOTIFICATIONS, have)), lookup)
    shape = S3.operation_model(call.op).input_shape
    assert not ParamValidator().validate(dict(call.params), shape).has_errors()


@given(have=configurations(), data=st.data())
def test_order_means_nothing(have: dict[str, Any], data: st.DataObject) -> None:
    shuffled = {
        kind: part
        and [
            {**c, "Events": data.draw(st.permutations(c["Events"]))} for c in data.draw(st.permutations(part))
        ]
        for kind, part in have.items()
    }
    assert same(NOTIFICATIONS, have, shuffled)


def test_a_bucket_that_tells_nobody_is_read_as_such() -> None:
    have = outputs(NOTIFICATIONS.read, {})["have"]
    assert not same(NOTIFICATIONS, have, merged(NOTIFICATIONS, have))
    assert NOTIFICATIONS.words(have) == NOTIFICATIONS.words(None) == "tells nobody what happens in it"
    told = outputs(NOTIFICATIONS.read, dict(entries(merged(NOTIFICATIONS, have))))["have"]
    assert same(NOTIFICATIONS, told, merged(NOTIFICATIONS, told))
    bridge = outputs(NOTIFICATIONS.read, {"EventBridgeConfiguration": {}})["have"]
    target = merged(NOTIFICATIONS, bridge)
    assert entries(target)["EventBridgeConfiguration"] == {}
    assert not same(NOTIFICATIONS, merged(NOTIFICATIONS, None), target), "a lost EventBridge would be noticed"


@pytest.mark.parametrize("event", ["s3:ObjectCreated:*", "s3:LifecycleExpiration:Delete"])
def test_what_is_daily_business_sends_no_message(event: str) -> None:
    assert event not in EVENTS
