"""A KMS key of a set-up: the one that encrypts the backups at rest, and the one for what watches over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.model import policies, tags
from services.model.calls import Call
from services.model.key_search import ABSENT, OUTPUTS, key_search, owner_outputs
from services.model.place import Place
from services.model.removals import key_removal
from services.model.resource import Facet, Origin, Removal, Resource, Turn
from services.model.values import Json, Ref, Tree, document, entries, items
from services.problems import Problem

_FRESH = frozenset({"NotFoundException"})
_KIND = {"KeyManager": "CUSTOMER", "KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT"}
_ORIGIN = "AWS_KMS"
_REGIONS = "MultiRegionConfiguration"
_READ = ", ".join(f"{name}: {name}" for name in (*_KIND, "Origin", _REGIONS))


@dataclass(frozen=True)
class KeySpec:
    """What sets one key of a set-up apart from another.

    `given` is the ARN of a key that exists and must fit; without it one is made under `alias`. `instead` says what
    else to do when the key that is found does not fit. `encrypts` names what stays unreadable without it.
    """

    resource: str
    alias: str
    description: str
    says: str
    policy: Json
    policy_says: str
    instead: str
    given: str | None = None
    encrypts: tuple[str, ...] = ()

    @property
    def by_id(self) -> Mapping[str, Tree]:
        return {"KeyId": Ref(self.resource, "id")}


def key(place: Place, spec: KeySpec) -> Resource:
    """The key: created under its alias, or the given one, which must exist and fit."""
    given = spec.given
    return Resource(
        name=spec.resource,
        kind="KMS key",
        title=f"KMS key {given or spec.alias}",
        says=spec.says,
        lookup=Call("kms", "DescribeKey", {"KeyId": given or spec.alias}, OUTPUTS, ABSENT),
        create=None if given else _create(place, spec),
        # A given key's policy is its owner's, even where this set-up made the key once.
        facets=lambda origin: _facets(
            place, spec, origin, policy_stays=origin != "created" or given is not None
        ),
        owner=Call("kms", "ListResourceTags", spec.by_id, owner_outputs()),
        search=None if given else key_search(place.setup, spec.resource, spec.alias),
        missing=Problem(
            "unfit",
            f"There is no KMS key {given} in this account and region.",
            ("Check the ARN under storage.kms_key, or set it to 'create' to have one made.",),
        ),
        removal=Removal(Turn.KEY, ()) if given else key_removal(spec.resource, spec.encrypts),
    )


def _create(place: Place, spec: KeySpec) -> Call:
    wanted = tags.wanted(place.setup, spec.resource, "created", place.tags)
    params: Mapping[str, Tree] = {
        "Description": spec.description,
        "KeySpec": "SYMMETRIC_DEFAULT",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "Policy": spec.policy,
        "Tags": tags.listed(wanted, "TagKey", "TagValue"),
    }
    return Call("kms", "CreateKey", params, OUTPUTS)


def _facets(place: Place, spec: KeySpec, origin: Origin, *, policy_stays: bool) -> tuple[Facet, ...]:
    by_id = spec.by_id
    wanted = tags.wanted(place.setup, spec.resource, origin, place.tags)

    def describe(path: str) -> Call:
        return Call("kms", "DescribeKey", by_id, {"have": path}, transient=_FRESH)

    return (
        Facet(
            name="tags",
            says="carries this set-up's tags",
            want=tags.listed(wanted, "TagKey", "TagValue"),
            read=Call("kms", "ListResourceTags", by_id, {"have": "Tags"}, transient=_FRESH),
            write=lambda have, target: Call(
                "kms", "TagResource", {**by_id, "Tags": tags.changed(have, target)}, transient=_FRESH
            ),
            merge=tags.merging("TagKey"),
            normal=tags.normal("TagKey", "TagValue"),
            born=True,
            words=tags.words,
            refuse=tags.other_environment,
            withdraw=tags.withdrawing(
                lambda names: Call("kms", "UntagResource", {**by_id, "TagKeys": names}, transient=_FRESH),
                "TagKey",
            ),
        ),
        Facet(
            name="kind",
            says="is customer-managed and symmetric",
            want={**_KIND, "Origin": _ORIGIN},
            read=describe(f"KeyMetadata.{{{_READ}}}"),
            write=None,
            born=True,
            optional=frozenset({"Origin"}),
            normal=_kind,
            refuse=lambda have, _target: _wrong_kind(have, spec.instead),
            words=lambda v: ", ".join(str(entries(v).get(k)) for k in _KIND) if entries(v) else "not set",
        ),
        Facet(
            name="state",
            says="is enabled",
            want="Enabled",
            read=describe("KeyMetadata.KeyState"),
            write=None,
            born=True,
            refuse=lambda have, _target: _not_enabled(have, spec.instead),
        ),
        _policy(place, spec, stays=policy_stays),
        Facet(
            name="rotation",
            says="gets new key material every year",
            want={"KeyRotationEnabled": True, "RotationPeriodInDays": 365},
            optional=frozenset({"RotationPeriodInDays"}),
            read=Call(
                "kms",
                "GetKeyRotationStatus",
                by_id,
                {
                    "have": "{KeyRotationEnabled: KeyRotationEnabled, RotationPeriodInDays: RotationPeriodInDays}"
                },
                transient=_FRESH,
            ),
            write=lambda _have, _target: Call(
                "kms", "EnableKeyRotation", {**by_id, "RotationPeriodInDays": 365}, transient=_FRESH
            ),
            merge=_own_period,
            words=_rotation_words,
        ),
    )


def _own_period(have: Tree, want: Tree) -> Tree:
    """A key that rotates already keeps its own period: what its owner chose is not changed."""
    mine = entries(have)
    if mine.get("KeyRotationEnabled") is True and mine.get("RotationPeriodInDays") is not None:
        return {**entries(want), "RotationPeriodInDays": mine["RotationPeriodInDays"]}
    return want


def _rotation_words(value: Tree) -> str:
    state = entries(value)
    if state.get("KeyRotationEnabled") is not True:
        return "does not rotate"
    days = state.get("RotationPeriodInDays")
    return "rotates" if days is None else f"rotates every {days} days"


def _policy(place: Place, spec: KeySpec, *, stays: bool) -> Facet:
    want = spec.policy

    def keep_if_it_says_all(have: Tree, target: Tree) -> Tree:
        return target if _unsaid(have, want, place.account) else Json(document(have))

    def too_little(have: Tree, _target: Tree) -> Problem | None:
        unsaid = _unsaid(have, want, place.account)
        if have is None or not unsaid:
            return None
        return Problem(
            "unfit",
            f"The KMS key's policy does not say that it {spec.policy_says}.",
            (
                "Have the owner of the key add this to its policy:",
                *map(policies.line, unsaid),
            ),
        )

    def write(_have: Tree, target: Tree) -> Call:
        params: Mapping[str, Tree] = {**spec.by_id, "PolicyName": "default", "Policy": target}
        return Call("kms", "PutKeyPolicy", params, transient=_FRESH)

    return Facet(
        name="policy",
        says=spec.policy_says,
        want=want,
        read=Call(
            "kms",
            "GetKeyPolicy",
            {**spec.by_id, "PolicyName": "default"},
            {"have": "Policy"},
            transient=_FRESH,
        ),
        write=None if stays else write,
        normal=policies.normal,
        born=True,
        document=True,
        words=policies.words,
        merge=keep_if_it_says_all if stays else lambda _have, target: target,
        refuse=too_little if stays else lambda _have, _target: None,
    )


def _unsaid(have: Tree, want: Tree, account: str) -> tuple[Tree, ...]:
    """The wanted statements that a key's policy lacks; what it calls them does not matter."""

    def lacks(statement: Tree) -> bool:
        alone = {"Statement": [{k: v for k, v in entries(statement).items() if k != "Sid"}]}
        if policies.delegates(alone, account):
            return not policies.delegates(have, account)
        return bool(policies.beyond(alone, have))

    return tuple(s for s in items(entries(document(want)).get("Statement")) if lacks(s))


def _kind(value: Tree) -> Tree:
    """What matters of a key's kind: a multi-Region primary is as good as any, a replica is not."""
    state = entries(value)
    part = entries(state.get(_REGIONS)).get("MultiRegionKeyType")
    return {**{name: state.get(name) for name in (*_KIND, "Origin")}, "replica": part == "REPLICA"}


def _wrong_kind(have: Tree, instead: str) -> Problem | None:
    if have is None:
        return None
    state = entries(_kind(have))
    kind = {name: state[name] for name in _KIND}
    if kind != _KIND:
        return _unfit(
            "The KMS key is not a customer-managed, symmetric encryption key, so it cannot be used for this set-up "
            f"({', '.join(str(v) for v in kind.values())}).",
            instead,
        )
    if state["Origin"] not in {None, _ORIGIN}:
        return _unfit(
            f"The material of the KMS key was not made by KMS (its origin is {state['Origin']}), so AWS cannot "
            "renew it every year.",
            instead,
        )
    if state["replica"]:
        return _unfit(
            "The KMS key is the replica of a key in another region, and only there can its yearly rotation be set.",
            instead,
        )
    return None


def _unfit(summary: str, instead: str) -> Problem:
    return Problem("unfit", summary, (instead,))


def _not_enabled(have: Tree, instead: str) -> Problem | None:
    if have in {None, "Enabled", "Creating"}:
        return None
    return Problem(
        "unfit",
        f"The KMS key is not enabled (its state is {have}); nothing can be written or read with it.",
        (
            "If its deletion is pending, cancel it with 'aws kms cancel-key-deletion'.",
            "Then enable the key with 'aws kms enable-key'.",
            f"If it is to stay so: {instead[:1].lower()}{instead[1:]}",
        ),
    )
