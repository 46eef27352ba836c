"""CloudTrail's record of who touched the backups: a trail of the set-up's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from services.model import selectors, tags
from services.model.calls import Call
from services.model.naming import Names
from services.model.resource import Facet, Origin, Removal, Resource, Risk, Turn, Withdrawal
from services.model.selector_merge import Events, Wanted, left_behind, merge, too_many, without_ours
from services.model.values import Ref, Tree, entries
from services.problems import Problem

ABSENT = frozenset({"TrailNotFoundException"})
_FRESH = frozenset({"TrailNotFoundException", "ConflictException"})
# CloudTrail tries bucket, key, log group and role at once, and each of them may be too new to be known everywhere.
_NEW_PARTS = _FRESH | {
    "InsufficientS3BucketPolicyException",
    "InsufficientEncryptionPolicyException",
    "InvalidCloudWatchLogsLogGroupArnException",
    "InvalidCloudWatchLogsRoleArnException",
    "KmsException",
    "KmsKeyNotFoundException",
    "S3BucketDoesNotExistException",
}

_GROUP = "Trail.CloudWatchLogsLogGroupArn"


def lookup(arn: str, home: str, region: str = "") -> Call:
    """Asks for a trail, one's own or a reused one, and for what others need of it.

    `home` is the region that its ARN names, `log_group` a name: AWS tells it inside an ARN that may end in `:*`.
    """
    found = {
        "arn": "Trail.TrailARN",
        "home": f"'{home}'",
        "bucket": "Trail.S3BucketName",
        "log_group": f"split({_GROUP}, ':')[6]",
    }
    return Call("cloudtrail", "GetTrail", {"Name": arn}, found, ABSENT, region=region)


TAGS = "ResourceTagList[0].TagsList"


def own_trail(names: Names, events: Events) -> Resource:
    """A trail of all regions, with log file validation and the second key; its log bucket is `trail_bucket`."""
    return Resource(
        name="trail",
        kind="CloudTrail trail",
        title=f"CloudTrail trail {names.trail}",
        says="records who changes keys, roles and buckets in this account, and who touches the backups",
        lookup=_own_lookup(names),
        create=_create(names),
        facets=lambda origin: _facets(names, origin, events),
        owner=Call(
            "cloudtrail",
            "ListTags",
            {"ResourceIdList": [names.trail_arn]},
            tags.owner_outputs(TAGS),
            ABSENT,
        ),
        after=("trail_bucket", "log_group", "log_role", "bucket"),
        removal=Removal(
            Turn.TRAIL,
            tuple(
                Call(
                    "cloudtrail",
                    op,
                    {"Name": names.trail},
                    absent=ABSENT,
                    transient=frozenset({"ConflictException"}),
                )
                for op in ("StopLogging", "DeleteTrail")
            ),
        ),
    )


def _own_lookup(names: Names) -> Call:
    """The log group of an own trail is known before the trail is connected to it."""
    asked = lookup(names.trail_arn, names.place.region)
    return replace(asked, outputs={**asked.outputs, "log_group": f"'{names.log_group}'"})


def _create(names: Names) -> Call:
    place = names.place
    params: Mapping[str, Tree] = {
        "Name": names.trail,
        "S3BucketName": names.trail_bucket,
        "IncludeGlobalServiceEvents": True,
        "IsMultiRegionTrail": True,
        "EnableLogFileValidation": True,
        "KmsKeyId": Ref("log_key"),
        "TagsList": tags.listed(tags.wanted(place.setup, "trail", "created", place.tags)),
    }
    return Call("cloudtrail", "CreateTrail", params, transient=_NEW_PARTS)


def _log_group(names: Names) -> Mapping[str, Tree]:
    return {
        "CloudWatchLogsLogGroupArn": f"{names.log_group_arn}:*",
        "CloudWatchLogsRoleArn": names.log_role_arn,
    }


def get(name: str, path: str, region: str = "") -> Call:
    """A side of a trail by its ARN."""
    return Call("cloudtrail", "GetTrail", {"Name": name}, {"have": path}, transient=_FRESH, region=region)


def _facets(names: Names, origin: Origin, events: Events) -> tuple[Facet, ...]:
    arn = names.trail_arn

    def update(**params: Tree) -> Call:
        return Call("cloudtrail", "UpdateTrail", {"Name": arn, **params}, transient=_NEW_PARTS)

    return (
        _tags(names, origin),
        Facet(
            name="delivery",
            says=f"writes its log files into the bucket {names.trail_bucket}",
            want=names.trail_bucket,
            read=get(arn, "Trail.S3BucketName"),
            write=lambda _have, target: update(S3BucketName=target),
            born=True,
            words=lambda v: f"writes its log files into the bucket {v}" if v else "writes no log files",
        ),
        Facet(
            name="regions",
            says="covers all regions and the services that have none",
            want={"IsMultiRegionTrail": True, "IncludeGlobalServiceEvents": True},
            read=get(
                arn,
                "Trail.{IsMultiRegionTrail: IsMultiRegionTrail, "
                "IncludeGlobalServiceEvents: IncludeGlobalServiceEvents}",
            ),
            write=lambda _have, target: update(**entries(target)),
            born=True,
            words=region_words,
        ),
        Facet(
            name="validation",
            says="signs its log files, so that a changed or missing one shows",
            want=True,
            read=get(arn, "Trail.LogFileValidationEnabled"),
            write=lambda _have, target: update(EnableLogFileValidation=target),
            born=True,
            words=lambda v: "signs its log files" if v is True else "does not sign its log files",
        ),
        Facet(
            name="encryption",
            says="encrypts its log files with the second KMS key of this set-up",
            want=Ref("log_key"),
            read=get(arn, "Trail.KmsKeyId"),
            write=lambda _have, target: update(KmsKeyId=target),
            born=True,
            words=lambda v: f"encrypts with {v}" if v else "encrypts with keys of S3's own (SSE-S3)",
        ),
        Facet(
            name="log-group",
            says="writes into its CloudWatch log group as well",
            want=_log_group(names),
            read=get(
                arn,
                "Trail.{CloudWatchLogsLogGroupArn: CloudWatchLogsLogGroupArn, "
                "CloudWatchLogsRoleArn: CloudWatchLogsRoleArn}",
            ),
            # In a call of its own: a role that is too new to be known holds up this and nothing else.
            write=lambda _have, target: update(**entries(target)),
            normal=_group_spelt,
            words=_group_words,
        ),
        recording(arn, Wanted(names.bucket_arn(names.bucket), events, own=True)),
        Facet(
            name="logging",
            says="is switched on",
            want=True,
            read=Call("cloudtrail", "GetTrailStatus", {"Name": arn}, {"have": "IsLogging"}, transient=_FRESH),
            write=lambda _have, _target: Call("cloudtrail", "StartLogging", {"Name": arn}, transient=_FRESH),
            words=lambda v: "is switched on" if v is True else "is switched off",
        ),
    )


def _tags(names: Names, origin: Origin) -> Facet:
    place, arn = names.place, names.trail_arn

    def not_ours(have: Tree, target: Tree) -> Problem | None:
        if origin != "foreign":
            return tags.other_environment(have, target)
        return Problem(
            "unfit",
            f"There is a trail named {names.trail} that this set-up did not make, and it is not changed.",
            (
                f"To use it as it is, set hardening.trail to {arn}.",
                "Or give this set-up another name: a trail of its own is made then.",
            ),
        )

    return Facet(
        name="tags",
        says="carries this set-up's tags",
        want=tags.listed(tags.wanted(place.setup, "trail", origin, place.tags)),
        read=Call("cloudtrail", "ListTags", {"ResourceIdList": [arn]}, {"have": TAGS}, transient=_FRESH),
        write=lambda have, target: Call(
            "cloudtrail",
            "AddTags",
            {"ResourceId": arn, "TagsList": tags.changed(have, target)},
            transient=_FRESH,
        ),
        merge=tags.merging(),
        normal=tags.normal(),
        words=tags.words,
        refuse=not_ours,
    )


def recording(arn: str, wanted: Wanted, region: str = "") -> Facet:
    """What the trail records: management events that write, and the data events of the bucket if they are wanted."""

    def write(_have: Tree, target: Tree) -> Call:
        kind = selectors.ADVANCED if selectors.advanced(target) else selectors.BASIC
        params = {"TrailName": arn, kind: entries(target)[kind]}
        return Call("cloudtrail", "PutEventSelectors", params, transient=_FRESH, region=region)

    def risk(have: Tree, target: Tree) -> Risk | None:
        before, after = (selectors.recorded(state, wanted.bucket_arn) for state in (have, target))
        return "cost" if after - before else None

    def refuse(_have: Tree, target: Tree) -> Problem | None:
        return too_many(target)

    return Facet(
        name="selectors",
        says=_records(wanted),
        want=wanted.state,
        read=Call(
            "cloudtrail",
            "GetEventSelectors",
            {"TrailName": arn},
            {"have": selectors.READ},
            transient=_FRESH,
            region=region,
        ),
        write=write,
        merge=lambda have, _want: merge(have, wanted),
        normal=selectors.normal,
        words=lambda state: selectors.words(state, wanted.bucket_arn),
        risk=risk,
        refuse=refuse,
        withdraw=None
        if wanted.own
        else Withdrawal(
            lambda have: without_ours(have, wanted), write, left=lambda have: left_behind(have, wanted)
        ),
    )


def _records(wanted: Wanted) -> str:
    bucket = wanted.bucket_arn.rpartition(":")[2]
    match wanted.events:
        case "off":
            return "records management events that write, but not who reads and writes backups"
        case "write":
            return (
                f"records management events that write, and every write of a file in {bucket}, but no reads"
            )
        case "all":
            return f"records management events that write, and every read and write of a file in {bucket}"


def region_words(value: Tree) -> str:
    """What a trail covers, in one line."""
    state = entries(value)
    where = "all regions" if state.get("IsMultiRegionTrail") is True else "its own region only"
    services = "with" if state.get("IncludeGlobalServiceEvents") is True else "without"
    return f"covers {where}, {services} the services that have none"


def _group_spelt(value: Tree) -> Tree:
    return {name: str(text or "").removesuffix(":*") for name, text in entries(value).items()}


def _group_words(value: Tree) -> str:
    state = [str(text) for text in entries(_group_spelt(value)).values() if text]
    return f"writes into {' as '.join(state)}" if state else "writes into no log group"
