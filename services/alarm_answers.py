"""From answers to alarms: none, or topic, subscription, metric filters and alarms as the answers have them."""

from __future__ import annotations

from collections.abc import Mapping

from services.answers import Answers
from services.model.alarm_patterns import DataEvents
from services.model.alarms import AlarmSpec, alarm_parts
from services.model.metric_filters import GROUP
from services.model.naming import Names
from services.model.resource import Blueprint

_RECORDED: Mapping[str, DataEvents] = {"off": "off", "write": "write", "all": "all"}


def recorded(answers: Answers) -> DataEvents:
    """The data events that the trail is to record."""
    return _RECORDED[answers.text("hardening.data_events")]


def alarms(answers: Answers, names: Names) -> Blueprint:
    """The alarms of a set-up, beside its `key`, `log_key` and `trail`; nothing if it is to have none."""
    if not answers.get("hardening.alarms"):
        return ()
    place, role = names.place, answers.text("role.name")
    trail = answers.text("hardening.trail")
    own = trail == "create"
    spec = AlarmSpec(
        email=answers.text("hardening.alarm_email"),
        role_name=role,
        role_arn=f"arn:{place.partition}:iam::{place.account}:role{answers.text('role.path')}{role}",
        trail_arn=names.trail_arn if own else trail,
        data_events=recorded(answers),
        log_group=names.log_group if own else GROUP,
    )
    return alarm_parts(names, spec)
