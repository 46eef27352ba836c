"""Alarms: each rings when its metric filter counted an event, and tells the topic.

`alarm_parts` gives all of it: topic, subscription, and a filter and an alarm for each row of the table of patterns.
One call sets all of an alarm, so what its owner added to one side is kept when another side is set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from services.model import tags
from services.model.alarm_patterns import WATCHES, DataEvents, Scene, Watch
from services.model.calls import Call
from services.model.metric_filters import GROUP, metric_filter
from services.model.naming import Names
from services.model.resource import Blueprint, Facet, Origin, Remark, Removal, Resource, Turn, watched
from services.model.topics import subscription, topic
from services.model.values import Ref, Tree, entries, items

_NEW = frozenset({"ResourceNotFound", "ResourceNotFoundException"})
_FRESH = _NEW | {"ConcurrentModificationException"}


@dataclass(frozen=True)
class AlarmSpec:
    """The answers that shape the alarms. The trail's ARN is known beforehand: it is to be made, or was given.

    `log_group` is the trail's: what the trail says, or the name of a set-up's own, whose filters are found by it though
    the trail is gone.
    """

    email: str
    role_name: str
    role_arn: str
    trail_arn: str
    data_events: DataEvents
    log_group: Tree = GROUP


def alarm_parts(names: Names, spec: AlarmSpec) -> Blueprint:
    """Topic, subscription, filters and alarms. They refer to `key`, `log_key` and `trail`."""
    scene = Scene(
        account=names.place.account,
        bucket=names.bucket,
        role_name=spec.role_name,
        role_arn=spec.role_arn,
        trail_name=spec.trail_arn.rsplit("/", 1)[-1],
    )
    watches = [watch for watch in WATCHES if watch.works_with(spec.data_events)]
    return (
        topic(names),
        subscription(names, spec.email),
        *(metric_filter(names, watch, scene, spec.log_group) for watch in watches),
        *(alarm(names, watch, spec.data_events) for watch in watches),
    )


_OPTIONS = (
    "AlarmDescription",
    "ActionsEnabled",
    "OKActions",
    "AlarmActions",
    "InsufficientDataActions",
    "MetricName",
    "Namespace",
    "Statistic",
    "Dimensions",
    "Period",
    "EvaluationPeriods",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
)
"""What an alarm keeps when another side of it is set: one call sets all of it."""

_OF_OTHER_KINDS = ("ExtendedStatistic", "Metrics", "ThresholdMetricId", "Unit")
"""What an alarm of ours never has; each would make it blind or deaf, and goes when the metric is set right."""

_RULE: Mapping[str, Tree] = MappingProxyType(
    {
        "Statistic": "Sum",
        "Dimensions": (),
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
    }
)
"""It rings at the first event within five minutes, and is quiet while nothing is counted."""


def alarm(names: Names, watch: Watch, recorded: DataEvents) -> Resource:
    """The alarm that rings when its filter counted an event, and tells the topic."""
    name, arn = names.alarm(watch.what), names.alarm_arn(watch.what)
    address, kind = f"alarm-{watch.what}", f"Alarm {watch.what}"
    wanted = tags.wanted(names.place.setup, address, "created", names.place.tags)
    rule: Mapping[str, Tree] = {
        "AlarmDescription": description(watch, recorded),
        "Namespace": names.metric_namespace,
        "MetricName": name,
        **_RULE,
    }
    actions: Mapping[str, Tree] = {"ActionsEnabled": True, "AlarmActions": [Ref("topic")]}
    named: Mapping[str, Tree] = {"AlarmName": name}
    whole = {**named, **actions, **rule}
    return Resource(
        name=address,
        kind=kind,
        title=f"{kind} ({name})",
        says=f"rings when {watch.says}",
        lookup=_describe(name, {"arn": "MetricAlarms[0].AlarmArn"}),
        create=Call("cloudwatch", "PutMetricAlarm", {**whole, "Tags": tags.listed(wanted)}),
        facets=lambda origin: (
            _tags(names, address, arn, origin),
            _side(
                "rule",
                "rings at the first event and says what to do",
                rule,
                whole=whole,
                words=_rule_words,
                normal=_rule_of,
            ),
            _side(
                "actions", "tells the topic", actions, whole=whole, words=_action_words, normal=_actions_of
            ),
            watched("state", "is quiet", _describe(name, {"have": _STATE}), _state_words, _ringing(watch)),
        ),
        owner=Call(
            "cloudwatch",
            "ListTagsForResource",
            {"ResourceARN": arn},
            tags.owner_outputs("Tags"),
            _NEW,
        ),
        removal=Removal(
            Turn.ALARM,
            (
                Call(
                    "cloudwatch",
                    "DeleteAlarms",
                    {"AlarmNames": [name]},
                    absent=_NEW,
                    transient=frozenset({"ConcurrentModificationException"}),
                ),
            ),
        ),
    )


_STATE = "MetricAlarms[0].{value: StateValue, since: StateUpdatedTimestamp}"


def _describe(name: str, outputs: Mapping[str, str]) -> Call:
    params: Mapping[str, Tree] = {"AlarmNames": [name], "AlarmTypes": ["MetricAlarm"]}
    return Call("cloudwatch", "DescribeAlarms", params, outputs)


def description(watch: Watch, recorded: DataEvents) -> str:
    """What stands in the e-mail of an alarm: what happened, what to do, what the alarm cannot see."""
    blind = watch.blind.get(recorded, "")
    return " ".join(part for part in (f"Rings when {watch.says}.", watch.then, blind) if part)


_HAVE = "MetricAlarms[0].{" + ", ".join(f"{name}: {name}" for name in (*_OPTIONS, *_OF_OTHER_KINDS)) + "}"


def _side(
    name: str,
    says: str,
    want: Mapping[str, Tree],
    *,
    whole: Mapping[str, Tree],
    words: Callable[[Tree], str],
    normal: Callable[[Tree], Tree],
) -> Facet:
    """A part of what `PutMetricAlarm` sets. `whole` is the alarm as it is made."""
    alarm_name = str(whole["AlarmName"])

    def merge(have: Tree, target: Tree) -> Tree:
        state = entries(have)
        kept = {option: state[option] for option in _OPTIONS if state.get(option) is not None}
        merged = {**(kept or whole), **entries(target), "AlarmName": alarm_name}
        if "AlarmActions" in want:
            theirs = items(state.get("AlarmActions"))
            ours = [action for action in items(entries(target)["AlarmActions"]) if action not in theirs]
            merged["AlarmActions"] = [*theirs, *ours]
        return merged

    return Facet(
        name=name,
        says=says,
        want=want,
        read=replace(_describe(alarm_name, {"have": _HAVE}), transient=_FRESH),
        write=lambda _have, target: Call("cloudwatch", "PutMetricAlarm", entries(target)),
        merge=merge,
        normal=normal,
        born=True,
        words=words,
    )


def _rule_of(value: Tree) -> Tree:
    state = entries(value)
    other = {name: state.get(name) or None for name in _OF_OTHER_KINDS}
    names = ("AlarmDescription", "Namespace", "MetricName", *_RULE)
    return {
        **{name: state.get(name) for name in names},
        "Dimensions": list(items(state.get("Dimensions"))),
        **other,
    }


def _rule_words(value: Tree) -> str:
    state = entries(value)
    if not state.get("MetricName"):
        return "reads another kind of metric"
    return (
        f"looks at {state.get('Statistic')} of {state.get('Namespace')}/{state['MetricName']!s} in "
        f"{state.get('Period')} seconds: {state.get('ComparisonOperator')} {state.get('Threshold')}, no data is "
        f"{state.get('TreatMissingData') or 'missing'}; says: "
        f"{str(state.get('AlarmDescription') or 'nothing').removesuffix('.')}"
    )


def _actions_of(value: Tree) -> Tree:
    state = entries(value)
    actions = sorted(str(action) for action in items(state.get("AlarmActions")))
    return {"on": state.get("ActionsEnabled"), "tells": actions}


def _action_words(value: Tree) -> str:
    state = entries(value)
    told = ", ".join(str(action) for action in items(state.get("AlarmActions"))) or "nobody"
    return f"tells {told}" if state.get("ActionsEnabled") else f"would tell {told}, but its actions are off"


def _state_words(value: Tree) -> str:
    match entries(value).get("value"):
        case "OK":
            return "is quiet"
        case "INSUFFICIENT_DATA":
            return "has counted nothing yet"
        case other:
            return f"is in the state {other!s}"


def _ringing(watch: Watch) -> Callable[[Tree], Remark | None]:
    def remark(have: Tree) -> Remark | None:
        state = entries(have)
        if state.get("value") != "ALARM":
            return None
        return Remark(f"It rings since {state.get('since')}: {watch.says}.", watch.then)

    return remark


def _tags(names: Names, address: str, arn: str, origin: Origin) -> Facet:
    named: Mapping[str, Tree] = {"ResourceARN": arn}
    return Facet(
        name="tags",
        says="carries this set-up's tags",
        want=tags.listed(tags.wanted(names.place.setup, address, origin, names.place.tags)),
        read=Call("cloudwatch", "ListTagsForResource", named, {"have": "Tags"}, transient=_FRESH),
        write=lambda have, target: Call(
            "cloudwatch",
            "TagResource",
            {**named, "Tags": tags.changed(have, target)},
            transient=_FRESH,
        ),
        merge=tags.merging(),
        normal=tags.normal(),
        born=True,
        words=tags.words,
        refuse=tags.other_environment,
        withdraw=tags.withdrawing(
            lambda keys: Call("cloudwatch", "UntagResource", {**named, "TagKeys": keys}, transient=_FRESH)
        ),
    )
