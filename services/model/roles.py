"""The IAM role that Palisade's MPC service assumes to write backups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.model import policies, tags
from services.model.calls import Call
from services.model.place import Place
from services.model.removals import role_removal
from services.model.resource import Facet, Origin, Resource, Risk, Turn, Withdrawal
from services.model.role_sides import Only, nothing_else
from services.model.values import Ref, Tree, mask
from services.problems import Problem

POLICY_NAME = "PalisadeWizardBackupWriter"
_GONE = frozenset({"NoSuchEntity"})
_FRESH = frozenset({"NoSuchEntity", "ConcurrentModification"})
# A principal that was just made is unknown to IAM for a while.
_NEW_PRINCIPAL = _FRESH | {"MalformedPolicyDocument"}


@dataclass(frozen=True)
class RoleSpec:
    """The answers that shape the role. `bucket_arn` is known beforehand; the key's ARN is not."""

    name: str
    path: str
    principal_arn: str
    external_id: str
    bucket_arn: str
    max_session_seconds: int
    permissions_boundary: str | None
    extra_actions: tuple[str, ...]


def role(place: Place, spec: RoleSpec) -> Resource:
    """The role: who may assume it, and the one inline policy that says what it may do."""
    return Resource(
        name="role",
        kind="IAM role",
        title=f"IAM role {spec.name}",
        says="is what Palisade becomes in this account, to write backups and nothing else",
        lookup=Call(
            "iam", "GetRole", {"RoleName": spec.name}, {"arn": "Role.Arn", "id": "Role.RoleId"}, _GONE
        ),
        create=_create(place, spec),
        facets=lambda origin: _facets(place, spec, origin),
        owner=Call("iam", "GetRole", {"RoleName": spec.name}, tags.owner_outputs("Role.Tags"), _GONE),
        after=("bucket",),
        removal=role_removal(spec.name, POLICY_NAME, Turn.WRITER),
    )


def _create(place: Place, spec: RoleSpec) -> Call:
    wanted = tags.wanted(place.setup, "role", "created", place.tags)
    params: dict[str, Tree] = {
        "RoleName": spec.name,
        "Path": spec.path,
        "Description": "Lets Palisade write encrypted wallet backups. Made by palisade-wizard.",
        "AssumeRolePolicyDocument": policies.trust_policy(
            spec.principal_arn, spec.external_id, spec.extra_actions
        ),
        "MaxSessionDuration": spec.max_session_seconds,
        "Tags": tags.listed(wanted),
    }
    if spec.permissions_boundary:
        params["PermissionsBoundary"] = spec.permissions_boundary
    return Call("iam", "CreateRole", params, transient=frozenset({"MalformedPolicyDocument"}))


def _facets(place: Place, spec: RoleSpec, origin: Origin) -> tuple[Facet, ...]:
    named: Mapping[str, Tree] = {"RoleName": spec.name}

    def get(path: str) -> Call:
        return Call("iam", "GetRole", named, {"have": path}, transient=_FRESH)

    def put(op: str, transient: frozenset[str] = _FRESH, **params: Tree) -> Call:
        return Call("iam", op, {**named, **params}, transient=transient)

    wanted_tags = tags.listed(tags.wanted(place.setup, "role", origin, place.tags))
    facets = [
        Facet(
            name="tags",
            says="carries this set-up's tags",
            want=wanted_tags,
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
            name="path",
            says=f"has the path {spec.path}",
            want=spec.path,
            read=get("Role.Path"),
            write=None,
            born=True,
            refuse=_other_path(spec),
        ),
        _trust(spec, origin, get, put),
        Facet(
            name="session",
            says=f"gives {_sessions(spec.max_session_seconds)}",
            want=spec.max_session_seconds,
            read=get("Role.MaxSessionDuration"),
            write=lambda _have, target: put("UpdateRole", MaxSessionDuration=target),
            born=True,
            words=lambda v: _sessions(v) if isinstance(v, int) else "not set",
        ),
        Facet(
            name="policy",
            says="may put objects into the bucket and use the key for that; nothing else",
            want=policies.role_policy(
                spec.bucket_arn, Ref("key"), place.region, place.partition, spec.extra_actions
            ),
            read=Call(
                "iam",
                "GetRolePolicy",
                {**named, "PolicyName": POLICY_NAME},
                {"have": "PolicyDocument"},
                _GONE,
            ),
            write=lambda _have, target: put("PutRolePolicy", PolicyName=POLICY_NAME, PolicyDocument=target),
            normal=policies.normal,
            document=True,
            words=policies.words,
            withdraw=Withdrawal(
                lambda _have: None, lambda _have, _target: put("DeleteRolePolicy", PolicyName=POLICY_NAME)
            ),
        ),
        *nothing_else(
            Only(
                spec.name,
                POLICY_NAME,
                harm="Palisade could do more than write backups",
                instead="Or choose another name under role.name: a role of its own is made then.",
            )
        ),
    ]
    if spec.permissions_boundary:
        facets.append(
            Facet(
                name="boundary",
                says="is kept within the permissions boundary",
                want=spec.permissions_boundary,
                read=get("Role.PermissionsBoundary.PermissionsBoundaryArn"),
                write=lambda _have, target: put("PutRolePermissionsBoundary", PermissionsBoundary=target),
                born=True,
                words=lambda v: str(v) if v else "no permissions boundary",
            )
        )
    return tuple(facets)


def _other_path(spec: RoleSpec) -> Callable[[Tree, Tree], Problem | None]:
    def refuse(have: Tree, _target: Tree) -> Problem | None:
        if have in {None, spec.path}:
            return None
        return Problem(
            "unfit",
            f"The role {spec.name} has the path {have}, and a role's path can never be changed.",
            (f"Set role.path to {have}, or choose another name under role.name.",),
        )

    return refuse


def _trust(spec: RoleSpec, origin: Origin, get: Callable[[str], Call], put: Callable[..., Call]) -> Facet:
    want = policies.trust_policy(spec.principal_arn, spec.external_id, spec.extra_actions)

    def foreign(have: Tree, _target: Tree) -> Problem | None:
        if not policies.beyond(have, want):
            return None
        return Problem(
            "unfit",
            f"The role {spec.name} can be assumed in other ways than this set-up wants ({_trust_words(have)}), so it "
            "cannot be used for backups.",
            ("Choose another name under role.name: a role of its own is made then.",),
        )

    def risk(have: Tree, target: Tree) -> Risk | None:
        if have is None or _who(have) == _who(target):
            return None
        return "principal"

    return Facet(
        name="trust",
        says=f"can be assumed by {spec.principal_arn}, only with the external ID",
        want=want,
        read=get("Role.AssumeRolePolicyDocument"),
        write=lambda _have, target: put("UpdateAssumeRolePolicy", _NEW_PRINCIPAL, PolicyDocument=target),
        normal=policies.normal,
        born=True,
        document=True,
        words=_trust_words,
        risk=risk,
        refuse=foreign if origin != "created" else lambda _have, _target: None,
    )


def _who(policy: Tree) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who may assume the role, and with which external IDs: changing either locks the other side out."""
    return policies.principals(policy), policies.external_ids(policy)


def _sessions(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"sessions of at most {f'{seconds} seconds' if rest else f'{minutes} minutes'}"


def _trust_words(policy: Tree) -> str:
    found = ", ".join(policies.principals(policy))
    if not found:
        return "can be assumed by nobody"
    ids = policies.external_ids(policy)
    if not ids:
        return f"can be assumed by {found}, WITHOUT an external ID"
    return f"can be assumed by {found}, only with the external ID {' or '.join(map(mask, ids))}"
