"""Gathers what is known of the trail that covers the bucket, and of what watches over it."""

from __future__ import annotations

from services.doctor.facts import Fact, Moot
from services.doctor.filters import topics_of
from services.doctor.looker import Looker, mapping, whole
from services.doctor.trails import best, home_of, log_group_of
from services.engine.world import Absent, Have, Unknown
from services.model import audit_reads as reads

_WATCHED = ("log_group", "filters", "alarms", "topics")


def trail(looker: Looker) -> None:
    """The trail that was named, or the one among all that serves the bucket best."""
    subject = looker.subject
    listed = looker.ask(reads.trails(subject.trail, subject.region))
    found = (
        [mapping(t) for t in mapping(listed.value).get("trailList", [])] if isinstance(listed, Have) else []
    )
    calls = [reads.trail_reads(str(t["TrailARN"]), home_of(t))["selectors"] for t in found]
    chosen = best(list(zip(found, looker.ask_all(calls), strict=True)), subject)
    if chosen is None:
        fact: Fact = listed if isinstance(listed, Unknown) else Absent()
        moot = listed if isinstance(listed, Unknown) else Moot("There is no trail to look at.")
        looker.seen["trail"] = fact
        looker.none(("trail.selectors", "trail.status"), moot)
        looker.none(_WATCHED, fact)
        looker.log_bucket("trail_bucket", "", moot)
        return
    told, looker.seen["trail.selectors"] = chosen
    looker.seen["trail"] = Have(told)
    looker.seen["trail.status"] = looker.ask(
        reads.trail_reads(str(told["TrailARN"]), home_of(told))["status"]
    )
    looker.log_bucket("trail_bucket", str(told.get("S3BucketName") or ""), Moot("The trail names no bucket."))


def watchers(looker: Looker) -> None:
    """The trail's log group, its filters, the alarms beside it, and whom they tell."""
    if not isinstance(looker.seen["trail"], Have):
        return
    group = log_group_of(looker.told("trail"))
    if group is None:
        looker.none(_WATCHED, Absent())
        return
    name, region = group
    calls = reads.watching_reads(name, region)
    looker.keep("", calls)
    unknown = next(
        (f for f in (looker.seen["alarms"], looker.seen["filters"]) if isinstance(f, Unknown)), None
    )
    looker.seen["topics"] = unknown or _topics(looker, region)


def _topics(looker: Looker, region: str) -> Fact:
    """The topics that the alarms of the trail's filters tell, each with its attributes and its subscriptions."""
    topics: dict[str, Fact] = {}
    for arn in topics_of(looker.told("alarms"), looker.told("filters")):
        asked = reads.topic_reads(arn, region)
        topics[arn] = whole(dict(zip(asked, looker.ask_all(asked.values()), strict=True)))
    return whole(topics)
