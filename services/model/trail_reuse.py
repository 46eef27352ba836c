"""A trail that exists already and is used as it is, if it fits: its owner's settings stay, and only data events are added.

Whatever makes it unfit is said with the remedy; nothing is repaired here, because the trail serves others too. So
that several set-ups can share one trail, each leaves a tag of its own name on it, and no other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from services.model import selectors, tags
from services.model.calls import Call
from services.model.place import Place, parse_arn
from services.model.resource import Facet, Removal, Resource, Turn, Withdrawal
from services.model.selector_merge import Wanted
from services.model.trails import ABSENT, TAGS, get, lookup, recording, region_words
from services.model.values import Ref, Tree, entries, items
from services.problems import Problem

_GLOBAL = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}
"""The region through which the events of IAM and STS arrive, by partition."""

_OWN = "Or set hardening.trail to 'create' to have a trail of its own made."
_FRESH = frozenset({"TrailNotFoundException"})


@dataclass(frozen=True)
class _Reused:
    """The trail by its ARN, for the bucket at `place`. `region` is where to ask for it; empty for the bucket's own."""

    place: Place
    arn: str
    wanted: Wanted

    @property
    def home(self) -> str:
        found = parse_arn(self.arn)
        return found.region if found else self.place.region

    @property
    def region(self) -> str:
        return "" if self.home == self.place.region else self.home

    @property
    def bucket(self) -> str:
        return self.wanted.bucket_arn.rpartition(":")[2]

    @property
    def mark(self) -> str:
        """The tag by which this set-up finds again that it was allowed to use the trail."""
        return f"{tags.PREFIX}used-by:{self.place.setup}"

    def call(self, op: str, params: Mapping[str, Tree], path: str) -> Call:
        return Call("cloudtrail", op, params, {"have": path}, transient=_FRESH, region=self.region)


def reused_trail(place: Place, arn: str, wanted: Wanted) -> Resource:
    """The trail with the ARN, which must be of the set-up's account."""
    trail = _Reused(place, arn, wanted)
    marked = f"{TAGS}[?Key=='{trail.mark}']|[0]"
    return Resource(
        name="trail",
        kind="CloudTrail trail",
        title=f"CloudTrail trail {arn.rpartition('/')[2]}",
        says="records who changes keys, roles and buckets in this account, and who touches the backups",
        lookup=lookup(arn, trail.home, trail.region),
        create=None,
        facets=lambda _origin: _facets(trail),
        owner=Call(
            "cloudtrail",
            "ListTags",
            {"ResourceIdList": [arn]},
            {"setup": f"{marked}.Key && '{place.setup}'", "origin": f"{marked}.Value"},
            ABSENT,
            region=trail.region,
        ),
        after=("bucket",),
        missing=Problem(
            "unfit",
            f"There is no trail {arn} in this account.",
            ("Check the ARN under hardening.trail.", _OWN),
        ),
        removal=Removal(Turn.TRAIL, ()),
    )


def _facets(trail: _Reused) -> tuple[Facet, ...]:
    return (
        _tags(trail),
        _fits(
            "regions",
            "covers the bucket's region and the services that have none",
            get(
                trail.arn,
                "Trail.{IsMultiRegionTrail: IsMultiRegionTrail, "
                "IncludeGlobalServiceEvents: IncludeGlobalServiceEvents}",
                trail.region,
            ),
            want={"IsMultiRegionTrail": True, "IncludeGlobalServiceEvents": True},
            refuse=lambda have: _not_covered(trail, have),
            words=region_words,
        ),
        _fits(
            "delivery",
            "writes its log files into a bucket of its own",
            get(trail.arn, "Trail.S3BucketName", trail.region),
            want="its own",
            refuse=lambda have: _into_backups(trail, have),
            words=lambda v: f"writes its log files into the bucket {v}" if v else "writes no log files",
        ),
        _fits(
            "log-group",
            "writes into a CloudWatch log group as well",
            get(trail.arn, "Trail.CloudWatchLogsLogGroupArn", trail.region),
            want="a log group",
            refuse=lambda have: _no_group(trail, have),
            words=lambda v: f"writes into {v}" if v else "writes into no log group",
        ),
        _readable(trail),
        _fits(
            "logging",
            "is switched on and delivers without error",
            trail.call(
                "GetTrailStatus",
                {"Name": trail.arn},
                "{IsLogging: IsLogging, LatestDeliveryError: LatestDeliveryError, "
                "LatestCloudWatchLogsDeliveryError: LatestCloudWatchLogsDeliveryError}",
            ),
            want={"IsLogging": True},
            refuse=lambda have: _not_logging(trail, have),
            words=_status_words,
        ),
        _selectors(trail),
    )


def _keep(have: Tree, want: Tree) -> Tree:
    return want if have is None else have


def _fits(
    name: str,
    says: str,
    read: Call,
    *,
    want: Tree,
    refuse: Callable[[Tree], Problem | None],
    words: Callable[[Tree], str],
) -> Facet:
    """A side that is its owner's: it fits, or the trail is refused."""
    return Facet(
        name=name,
        says=says,
        want=want,
        read=read,
        write=None,
        merge=_keep,
        words=words,
        refuse=lambda have, _target: refuse(have),
    )


def _tags(trail: _Reused) -> Facet:
    want: Tree = [{"Key": trail.mark, "Value": "adopted"}]

    def write(have: Tree, target: Tree) -> Call:
        params: Mapping[str, Tree] = {"ResourceId": trail.arn, "TagsList": tags.changed(have, target)}
        return Call("cloudtrail", "AddTags", params, transient=_FRESH, region=trail.region)

    def unmark(_have: Tree, _target: Tree) -> Call:
        params: Mapping[str, Tree] = {"ResourceId": trail.arn, "TagsList": want}
        return Call("cloudtrail", "RemoveTags", params, transient=_FRESH, region=trail.region)

    def others(have: Tree) -> Tree:
        return [tag for tag in items(have) if entries(tag).get("Key") != trail.mark]

    return Facet(
        name="tags",
        says="is marked as used by this set-up",
        want=want,
        read=trail.call("ListTags", {"ResourceIdList": [trail.arn]}, TAGS),
        write=write,
        merge=tags.merging(),
        normal=tags.normal(),
        words=tags.words,
        withdraw=Withdrawal(others, unmark),
    )


def _readable(trail: _Reused) -> Facet:
    """That the log group is there and this sign-in may look into it: a trail can name one that was deleted."""
    params: Mapping[str, Tree] = {"logGroupName": Ref("trail", "log_group"), "limit": 1}
    there = "type(logStreams)"
    read = Call(
        "logs",
        "DescribeLogStreams",
        params,
        {"have": there},
        frozenset({"ResourceNotFoundException"}),
        region=trail.region,
    )
    return _fits(
        "readable",
        "has a log group that this account can read",
        read,
        want="array",
        refuse=lambda have: None if have is not None else _no_group(trail, None),
        words=lambda v: "the log group is not there" if v is None else "the log group can be read",
    )


def _selectors(trail: _Reused) -> Facet:
    facet = recording(trail.arn, trail.wanted, trail.region)

    def refuse(have: Tree, target: Tree) -> Problem | None:
        if not selectors.management_writes(have):
            return _unfit(
                trail,
                "does not record every management event that writes, so a disabled key or a changed policy would not show",
                "Have the trail's owner switch on its management events that write, those of KMS included.",
            )
        return facet.refuse(have, target)

    return replace(facet, refuse=refuse)


def _unfit(trail: _Reused, why: str, *remedy: str) -> Problem:
    return Problem("unfit", f"The trail {trail.arn} cannot be used: it {why}.", (*remedy, _OWN))


def _not_covered(trail: _Reused, have: Tree) -> Problem | None:
    state = entries(have)
    roles_arrive_in = _GLOBAL[trail.place.partition]
    if state.get("IsMultiRegionTrail") is not True and trail.home != trail.place.region:
        why = f"covers only {trail.home}, and the bucket is in {trail.place.region}"
    elif state.get("IsMultiRegionTrail") is not True and trail.home != roles_arrive_in:
        why = f"covers only {trail.home}, and changes of roles arrive in {roles_arrive_in}"
    elif state.get("IncludeGlobalServiceEvents") is not True:
        why = "leaves out the services that have no region, so a changed role would not show"
    else:
        return None
    remedy = "Have the trail's owner make it a trail of all regions, with the global services included."
    return _unfit(trail, why, remedy)


def _into_backups(trail: _Reused, have: Tree) -> Problem | None:
    if have != trail.bucket:
        return None
    return _unfit(
        trail,
        "writes its log files into the bucket of the backups, where each of them would be recorded again",
        "Have the trail's owner give it a bucket of its own.",
    )


def _no_group(trail: _Reused, have: Tree) -> Problem | None:
    group = parse_arn(str(have)) if have else None
    if group is not None and group.account == trail.place.account:
        return None
    where = "no CloudWatch log group that is there" if group is None else "a log group of another account"
    return _unfit(
        trail,
        f"writes into {where}, so nobody could be told within minutes",
        "Have the trail's owner give it a CloudWatch log group of this account.",
    )


def _not_logging(trail: _Reused, have: Tree) -> Problem | None:
    state = entries(have)
    if state.get("IsLogging") is not True:
        return _unfit(
            trail,
            "is switched off",
            f"Have its owner start it: “aws cloudtrail start-logging --name {trail.arn}”.",
        )
    errors = _errors(have)
    if not errors:
        return None
    return _unfit(
        trail,
        f"cannot deliver what it records ({', '.join(errors)})",
        "Have the trail's owner look at the policies of its bucket, its key and its log group's role.",
    )


def _errors(have: Tree) -> list[str]:
    names = ("LatestDeliveryError", "LatestCloudWatchLogsDeliveryError")
    return [str(error) for name in names if (error := entries(have).get(name))]


def _status_words(have: Tree) -> str:
    if entries(have).get("IsLogging") is not True:
        return "is switched off"
    errors = _errors(have)
    return f"is switched on, but cannot deliver: {', '.join(errors)}" if errors else "is switched on"
