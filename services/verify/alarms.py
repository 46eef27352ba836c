"""Alarms that a set-up cannot have, said as such: a line that is missing would look like one that is well."""

from __future__ import annotations

from services.alarm_answers import recorded
from services.answers import Answers
from services.model.alarm_patterns import unwatched
from services.verify.checks import Check

_WHY = {
    "off": "hardening.data_events is off, so nothing records who reads, writes or deletes files.",
    "write": "hardening.data_events is write, so nothing records who reads files.",
}


def left_out(answers: Answers) -> tuple[Check, ...]:
    """A skipped check for each alarm that could never ring with the data events that the trail records."""
    if not answers.get("hardening.alarms"):
        return ()
    events = recorded(answers)
    return tuple(
        Check(
            f"config.alarm-{watch.what}.exists",
            f"Alarm {watch.what}: it is there",
            "skipped",
            f"There is no alarm that rings when {watch.says}: {_WHY[events]}",
            "Set hardening.data_events to 'all', then run 'palisade-wizard apply'.",
        )
        for watch in unwatched(events)
    )
