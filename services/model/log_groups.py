"""Where a set-up's own trail writes for reading: a CloudWatch Logs group, and the role by which CloudTrail reaches it."""

from __future__ import annotations

from collections.abc import Mapping

from services.model import policies, tags, watch_policies
from services.model.calls import Call
from services.model.naming import Names
from services.model.removals import role_removal
from services.model.resource import Facet, Origin, Removal, Resource, Turn, Withdrawal
from services.model.role_sides import Only, nothing_else
from services.model.values import Ref, Tree, entries
from services.problems import Problem

RETENTION_DAYS = 400
"""A year and what an annual review needs beyond it; one of the numbers that CloudWatch Logs takes."""

ROLE_POLICY = "PalisadeWizardTrailLogs"
_ABSENT = frozenset({"ResourceNotFoundException"})
_FRESH = frozenset({"ResourceNotFoundException", "OperationAbortedException"})
# CloudWatch Logs tries the key at once, and a new key's policy is not known everywhere yet.
_NEW_KEY = _FRESH | {"InvalidParameterException"}
# It may also call that a denial. A real one is told by what else it says.
_KEY_DENIED = "The specified KMS key"
_NO_ROLE = frozenset({"NoSuchEntity"})
_FRESH_ROLE = frozenset({"NoSuchEntity", "ConcurrentModification"})


def described(name: str, member: str) -> str:
    """JMESPath over DescribeLogGroups, which knows only beginnings of names: a member of the very group."""
    return f"logGroups[?logGroupName=='{name}']|[0].{member}"


def log_group(names: Names) -> Resource:
    """The log group, encrypted with the second key."""
    place = names.place
    wanted = tags.wanted(place.setup, "log_group", "created", place.tags)
    named: Mapping[str, Tree] = {"logGroupName": names.log_group}
    return Resource(
        name="log_group",
        kind="CloudWatch log group",
        title=f"CloudWatch log group {names.log_group}",
        says="shows within minutes what the trail records, so that alarms and checks can read it",
        lookup=_describe(names, arn="arn"),
        create=Call(
            "logs",
            "CreateLogGroup",
            {**named, "kmsKeyId": Ref("log_key"), "tags": wanted},
            transient=_NEW_KEY,
            passing=_KEY_DENIED,
        ),
        facets=lambda origin: _group_facets(names, origin),
        owner=Call(
            "logs",
            "ListTagsForResource",
            {"resourceArn": names.log_group_arn},
            {"setup": f'tags."{tags.SETUP}"', "origin": f'tags."{tags.ORIGIN}"'},
            _ABSENT,
        ),
        removal=Removal(Turn.LOG_GROUP, (_delete(named),), "is deleted, with all records in it"),
    )


def _delete(named: Mapping[str, Tree]) -> Call:
    passing = frozenset({"OperationAbortedException"})
    return Call("logs", "DeleteLogGroup", named, absent=_ABSENT, transient=passing)


def _describe(names: Names, **outputs: str) -> Call:
    found = {name: described(names.log_group, member) for name, member in outputs.items()}
    return Call("logs", "DescribeLogGroups", {"logGroupNamePrefix": names.log_group}, found)


def _group_facets(names: Names, origin: Origin) -> tuple[Facet, ...]:
    named: Mapping[str, Tree] = {"logGroupName": names.log_group}
    own = origin == "created"
    return (
        _group_tags(names, origin),
        Facet(
            name="encryption",
            says="is encrypted with the second KMS key of this set-up",
            want=Ref("log_key"),
            read=_describe(names, have="kmsKeyId"),
            write=lambda _have, target: Call(
                "logs",
                "AssociateKmsKey",
                {**named, "kmsKeyId": target},
                transient=_NEW_KEY,
                passing=_KEY_DENIED,
            ),
            # Another key is its owner's choice, and what is in the group already stays under it.
            merge=lambda have, want: want if own or have is None else have,
            born=True,
            words=lambda v: f"encrypts with {v}" if v else "encrypts with a key of CloudWatch's own",
        ),
        Facet(
            name="retention",
            says=f"keeps records for at least {RETENTION_DAYS} days",
            want=RETENTION_DAYS,
            read=_describe(names, have="retentionInDays"),
            write=lambda _have, target: Call(
                "logs", "PutRetentionPolicy", {**named, "retentionInDays": target}, transient=_FRESH
            ),
            # A new group keeps everything for ever, which nobody chose.
            merge=lambda have, want: want if own and have is None else _longer(have, want),
            words=lambda v: "keeps records for ever" if v is None else f"keeps records for {v} days",
        ),
    )


def _longer(have: Tree, want: Tree) -> Tree:
    """What somebody has a group keep for longer is not cut short: the records would be gone."""
    return want if isinstance(have, int) and isinstance(want, int) and have < want else have


def _group_tags(names: Names, origin: Origin) -> Facet:
    place = names.place

    def listed(value: Tree) -> list[dict[str, str]]:
        return tags.listed({name: str(text) for name, text in entries(value).items()})

    def write(have: Tree, target: Tree) -> Call:
        there = entries(have)
        changed = {name: text for name, text in entries(target).items() if there.get(name) != text}
        return Call(
            "logs",
            "TagResource",
            {"resourceArn": names.log_group_arn, "tags": changed},
            transient=_FRESH,
        )

    return Facet(
        name="tags",
        says="carries this set-up's tags",
        want=tags.wanted(place.setup, "log_group", origin, place.tags),
        read=Call(
            "logs",
            "ListTagsForResource",
            {"resourceArn": names.log_group_arn},
            {"have": "tags"},
            transient=_FRESH,
        ),
        write=write,
        merge=lambda have, want: {**entries(have), **entries(want)},
        normal=lambda value: dict(sorted(entries(value).items())),
        born=True,
        words=lambda value: tags.words(listed(value)),
        refuse=lambda have, target: tags.other_environment(listed(have), listed(target)),
        withdraw=Withdrawal(
            lambda have: {
                name: text for name, text in entries(have).items() if not name.startswith(tags.PREFIX)
            },
            lambda have, target: Call(
                "logs",
                "UntagResource",
                {
                    "resourceArn": names.log_group_arn,
                    "tagKeys": [name for name in entries(have) if name not in entries(target)],
                },
                transient=_FRESH,
            ),
        ),
    )


def log_role(names: Names) -> Resource:
    """The role that CloudTrail becomes, to write into the log group and do nothing else."""
    place = names.place
    named: Mapping[str, Tree] = {"RoleName": names.log_role}
    return Resource(
        name="log_role",
        kind="IAM role",
        title=f"IAM role {names.log_role}",
        says="is what CloudTrail becomes in this account, to write into the log group and nothing else",
        lookup=Call("iam", "GetRole", named, {"arn": "Role.Arn", "id": "Role.RoleId"}, _NO_ROLE),
        create=Call(
            "iam",
            "CreateRole",
            {
                **named,
                "Path": "/",
                "Description": "Lets CloudTrail write into its log group. Made by palisade-wizard.",
                "AssumeRolePolicyDocument": watch_policies.log_role_trust(names),
                "Tags": tags.listed(tags.wanted(place.setup, "log_role", "created", place.tags)),
            },
        ),
        facets=lambda origin: _role_facets(names, origin),
        owner=Call("iam", "GetRole", named, tags.owner_outputs("Role.Tags"), _NO_ROLE),
        after=("log_group",),
        removal=role_removal(names.log_role, ROLE_POLICY, Turn.LOG_ROLE),
    )


def _role_facets(names: Names, origin: Origin) -> tuple[Facet, ...]:
    place = names.place
    named: Mapping[str, Tree] = {"RoleName": names.log_role}
    trust = watch_policies.log_role_trust(names)
    instead = "Or give this set-up another name: a role of its own is made then."

    def get(path: str) -> Call:
        return Call("iam", "GetRole", named, {"have": path}, transient=_FRESH_ROLE)

    def put(op: str, **params: Tree) -> Call:
        return Call("iam", op, {**named, **params}, transient=_FRESH_ROLE)

    def used_otherwise(have: Tree, _target: Tree) -> Problem | None:
        if origin == "created" or not policies.beyond(have, trust):
            return None
        who = ", ".join(policies.principals(have)) or "others"
        return Problem(
            "unfit",
            f"The role {names.log_role} can be assumed in other ways than this set-up wants ({who}), so it "
            "cannot be used for the trail.",
            ("Remove these from the role's trust policy if nothing needs them.", instead),
        )

    return (
        Facet(
            name="tags",
            says="carries this set-up's tags",
            want=tags.listed(tags.wanted(place.setup, "log_role", origin, place.tags)),
            read=get("Role.Tags"),
            write=lambda have, target: put("TagRole", Tags=tags.changed(have, target)),
            merge=tags.merging(),
            normal=tags.normal(),
            born=True,
            words=tags.words,
            refuse=tags.other_environment,
            withdraw=tags.withdrawing(lambda names: put("UntagRole", TagKeys=names)),
        ),
        Facet(
            name="trust",
            says="can be assumed by CloudTrail alone, only for this set-up's trail",
            want=trust,
            read=get("Role.AssumeRolePolicyDocument"),
            write=lambda _have, target: put("UpdateAssumeRolePolicy", PolicyDocument=target),
            normal=policies.normal,
            born=True,
            document=True,
            words=policies.words,
            refuse=used_otherwise,
        ),
        Facet(
            name="policy",
            says="may write into the trail's log group; nothing else",
            want=watch_policies.log_role_policy(names),
            read=Call(
                "iam",
                "GetRolePolicy",
                {**named, "PolicyName": ROLE_POLICY},
                {"have": "PolicyDocument"},
                _NO_ROLE,
            ),
            write=lambda _have, target: put("PutRolePolicy", PolicyName=ROLE_POLICY, PolicyDocument=target),
            normal=policies.normal,
            document=True,
            words=policies.words,
            withdraw=Withdrawal(
                lambda _have: None, lambda _have, _target: put("DeleteRolePolicy", PolicyName=ROLE_POLICY)
            ),
        ),
        *nothing_else(
            Only(names.log_role, ROLE_POLICY, "whoever is CloudTrail's role could do more than log", instead)
        ),
    )
