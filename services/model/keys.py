"""The KMS key that encrypts the backups at rest, and its alias."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from services.model import policies, tags
from services.model.calls import Call
from services.model.place import Place
from services.model.resource import Facet, Origin, Resource, Search
from services.model.values import Json, Ref, Tree, bare, document, entries, items
from services.problems import Problem

_ABSENT = frozenset({"NotFoundException"})
_FRESH = frozenset({"NotFoundException"})
_KIND = {"KeyManager": "CUSTOMER", "KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT"}
_ORIGIN = "AWS_KMS"
_REGIONS = "MultiRegionConfiguration"
_READ = ", ".join(f"{name}: {name}" for name in (*_KIND, "Origin", _REGIONS))
_OUTPUTS = {"arn": "KeyMetadata.Arn", "id": "KeyMetadata.KeyId"}


def key(place: Place, alias: str, description: str, given: str | None = None) -> Resource:
    """The key: created under `alias`, or the `given` one (an ARN), which must exist and fit."""
    title = f"KMS key {given or alias}"
    return Resource(
        name="key",
        kind="KMS key",
        title=title,
        says="encrypts the backups in the bucket; only this account decides who may use it",
        lookup=Call("kms", "DescribeKey", {"KeyId": given or alias}, _OUTPUTS, _ABSENT),
        create=None if given else _create(place, description),
        # A given key's policy is its owner's, even where this set-up made the key once.
        facets=lambda origin: _facets(place, origin, policy_stays=origin != "created" or given is not None),
        owner=Call("kms", "ListResourceTags", {"KeyId": Ref("key", "id")}, _owner()),
        search=None if given else _search(),
        missing=Problem(
            "unfit",
            f"There is no KMS key {given} in this account and region.",
            ("Check the ARN under storage.kms_key, or set it to 'create' to have one made.",),
        ),
    )


def alias(name: str) -> Resource:
    """The alias: a readable name, by which the key is also found again."""
    at = f"Aliases[?AliasName=='{name}']|[0]"
    return Resource(
        name="alias",
        kind="KMS alias",
        title=f"KMS alias {name}",
        says="names the key in the console",
        lookup=Call("kms", "ListAliases", {}, {"arn": f"{at}.AliasArn", "target": f"{at}.TargetKeyId"}),
        create=Call(
            "kms",
            "CreateAlias",
            {"AliasName": name, "TargetKeyId": Ref("key", "id")},
            transient=_FRESH,
        ),
        facets=lambda _origin: (
            Facet(
                name="target",
                says="names this key",
                want=Ref("key", "id"),
                read=Call("kms", "ListAliases", {}, {"have": f"{at}.TargetKeyId"}),
                write=None,
                born=True,
                refuse=_other_target(name),
            ),
        ),
    )


def _other_target(name: str) -> Callable[[Tree, Tree], Problem | None]:
    def refuse(have: Tree, target: Tree) -> Problem | None:
        if have is None or have == bare(target):
            return None
        return Problem(
            "taken",
            f"The alias {name} names another KMS key ({have}).",
            ("Give this set-up another name, or have the alias removed by its owner.",),
        )

    return refuse


def _owner() -> dict[str, str]:
    return tags.owner_outputs("Tags", "TagKey", "TagValue")


def _create(place: Place, description: str) -> Call:
    wanted = tags.wanted(place.setup, "key", "created", place.tags)
    params: Mapping[str, Tree] = {
        "Description": description,
        "KeySpec": "SYMMETRIC_DEFAULT",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "Policy": policies.key_policy(place.partition, place.account),
        "Tags": tags.listed(wanted, "TagKey", "TagValue"),
    }
    return Call("kms", "CreateKey", params, _OUTPUTS)


def _search() -> Search:
    return Search(
        list=Call("kms", "ListKeys", {}, {"ids": "Keys[].KeyId"}),
        tags=lambda i: Call("kms", "ListResourceTags", {"KeyId": i}, _owner(), _ABSENT),
        look=lambda i: Call(
            "kms", "DescribeKey", {"KeyId": i}, {**_OUTPUTS, "deletion": "KeyMetadata.DeletionDate"}, _ABSENT
        ),
    )


def _facets(place: Place, origin: Origin, *, policy_stays: bool) -> tuple[Facet, ...]:
    by_id: Mapping[str, Tree] = {"KeyId": Ref("key", "id")}
    wanted = tags.wanted(place.setup, "key", origin, place.tags)

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
            refuse=_wrong_kind,
            words=lambda v: ", ".join(str(entries(v).get(k)) for k in _KIND) if entries(v) else "not set",
        ),
        Facet(
            name="state",
            says="is enabled",
            want="Enabled",
            read=describe("KeyMetadata.KeyState"),
            write=None,
            born=True,
            refuse=_not_enabled,
        ),
        _policy(place, stays=policy_stays),
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


def _policy(place: Place, *, stays: bool) -> Facet:
    want = policies.key_policy(place.partition, place.account)

    def keep_if_it_delegates(have: Tree, target: Tree) -> Tree:
        return Json(document(have)) if policies.delegates(have, place.account) else target

    def no_delegation(have: Tree, _target: Tree) -> Problem | None:
        if have is None or policies.delegates(have, place.account):
            return None
        return Problem(
            "unfit",
            "The KMS key's policy does not let this account's IAM policies decide who may use the key.",
            ("Have the owner of the key add this statement to its policy:", _statement(want)),
        )

    def write(_have: Tree, target: Tree) -> Call:
        params: Mapping[str, Tree] = {"KeyId": Ref("key", "id"), "PolicyName": "default", "Policy": target}
        return Call("kms", "PutKeyPolicy", params, transient=_FRESH)

    return Facet(
        name="policy",
        says="leaves it to this account's IAM policies who may use it",
        want=want,
        read=Call(
            "kms",
            "GetKeyPolicy",
            {"KeyId": Ref("key", "id"), "PolicyName": "default"},
            {"have": "Policy"},
            transient=_FRESH,
        ),
        write=None if stays else write,
        normal=policies.normal,
        born=True,
        document=True,
        words=policies.words,
        merge=keep_if_it_delegates if stays else lambda _have, target: target,
        refuse=no_delegation if stays else lambda _have, _target: None,
    )


def _statement(policy: Tree) -> str:
    return policies.text(items(entries(bare(policy))["Statement"])[0])


def _kind(value: Tree) -> Tree:
    """What matters of a key's kind: a multi-Region primary is as good as any, a replica is not."""
    state = entries(value)
    part = entries(state.get(_REGIONS)).get("MultiRegionKeyType")
    return {**{name: state.get(name) for name in (*_KIND, "Origin")}, "replica": part == "REPLICA"}


def _wrong_kind(have: Tree, _target: Tree) -> Problem | None:
    if have is None:
        return None
    state = entries(_kind(have))
    kind = {name: state[name] for name in _KIND}
    if kind != _KIND:
        return _unfit(
            "The KMS key is not a customer-managed, symmetric encryption key, so S3 cannot use it for the backups "
            f"({', '.join(str(v) for v in kind.values())})."
        )
    if state["Origin"] not in {None, _ORIGIN}:
        return _unfit(
            f"The material of the KMS key was not made by KMS (its origin is {state['Origin']}), so AWS cannot "
            "renew it every year."
        )
    if state["replica"]:
        return _unfit(
            "The KMS key is the replica of a key in another region, and only there can its yearly rotation be set."
        )
    return None


def _unfit(summary: str) -> Problem:
    remedy = "Give the ARN of another key under storage.kms_key, or set it to 'create' to have one made."
    return Problem("unfit", summary, (remedy,))


def _not_enabled(have: Tree, _target: Tree) -> Problem | None:
    if have in {None, "Enabled", "Creating"}:
        return None
    return Problem(
        "unfit",
        f"The KMS key is not enabled (its state is {have}); nothing can be written or read with it.",
        (
            "If its deletion is pending, cancel it with 'aws kms cancel-key-deletion'.",
            "Then enable the key with 'aws kms enable-key'.",
            "Or give another key under storage.kms_key.",
        ),
    )
