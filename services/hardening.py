"""From answers to what watches over the backups: a trail of one's own with all it needs, or one that exists already."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from services import storage
from services.alarm_answers import alarms
from services.answers import Answers
from services.model.aliases import alias
from services.model.buckets import trail_bucket
from services.model.keys import KeySpec, key
from services.model.log_groups import log_group, log_role
from services.model.naming import Names
from services.model.place import Place, parse_arn
from services.model.resource import Blueprint
from services.model.selector_merge import Events, Wanted
from services.model.trail_reuse import reused_trail
from services.model.trails import own_trail
from services.model.watch_policies import log_key_policy


def hardening(where: Place, answers: Answers) -> Blueprint:
    """The resources that the hardening answers ask for; none if they are all off."""
    trail = answers.text("hardening.trail")
    events = cast("Events", answers.text("hardening.data_events"))
    found = names(where, answers)
    if trail == "create":
        return (
            *second_key(found),
            trail_bucket(
                found,
                namespace=storage.namespace_of(found.trail_bucket),
                logged=answers.flag("storage.access_logs"),
            ),
            log_group(found),
            log_role(found),
            own_trail(found, events),
            *alarms(answers, found),
        )
    if trail == "off":  # and then there are no alarms: they need one
        return ()
    wanted = Wanted(found.bucket_arn(found.bucket), events, own=False)
    ringing = alarms(answers, found)
    return (*(second_key(found) if ringing else ()), reused_trail(where, trail, wanted), *ringing)


def answered(answers: Answers) -> bool:
    """Whether anything is to watch over the backups, so that the set-up costs more than its key and its files."""
    return answers.text("hardening.trail") != "off" or bool(answers.get("hardening.alarms"))


def names(where: Place, answers: Answers) -> Names:
    """The names of what watches, in the region where it is: a reused trail's home, else the bucket's own region."""
    home = parse_arn(answers.text("hardening.trail"))
    return storage.names(answers, replace(where, region=home.region) if home else where)


def second_key(found: Names) -> Blueprint:
    """The key of the trail, its log group and the topic, and its alias."""
    spec = KeySpec(
        resource="log_key",
        alias=found.log_key_alias,
        description=f"Encrypts what watches over the Palisade wallet backups of {found.setup}",
        says="encrypts the records and the alarms about the backups, so that the backups' key serves the backups alone",
        policy=log_key_policy(found),
        policy_says="lets this account, and the services that record and ring, use it for this set-up alone",
        encrypts=("trail_bucket", "log_group", "topic"),
        instead=f"Have the alias {found.log_key_alias} removed by its owner, so that a key of its own is made.",
    )
    return (
        key(found.place, spec),
        alias(found.log_key_alias, resource="log_alias", of="log_key"),
    )
