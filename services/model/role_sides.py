"""What every role of a set-up has in common: one inline policy of ours, and nothing else that gives rights."""

from __future__ import annotations

from dataclasses import dataclass

from services.model.calls import Call
from services.model.resource import Facet
from services.model.values import Tree, items
from services.problems import Problem

_FRESH = frozenset({"NoSuchEntity", "ConcurrentModification"})


@dataclass(frozen=True)
class Only:
    """The one inline policy that a role may have; `harm` and `instead` say what another would mean, and what to do."""

    role: str
    policy: str
    harm: str
    instead: str


def nothing_else(only: Only) -> tuple[Facet, Facet]:
    """That the role has no other inline policy, and no attached one."""
    attached = "AttachedPolicies[].PolicyName"
    return (
        _no_others(only, "other-policies", "inline policies", "ListRolePolicies", "PolicyNames"),
        _no_others(only, "attached-policies", "attached policies", "ListAttachedRolePolicies", attached),
    )


def _no_others(only: Only, name: str, what: str, op: str, path: str) -> Facet:
    def others(value: Tree) -> Tree:
        return sorted(str(v) for v in items(value) if v != only.policy)

    def refuse(have: Tree, _target: Tree) -> Problem | None:
        found = items(others(have))
        if not found:
            return None
        return Problem(
            "unfit",
            f"The role {only.role} has {what} that are not of this set-up ({', '.join(map(str, found))}), "
            f"so {only.harm}.",
            ("Remove them from the role if nothing needs them.", only.instead),
        )

    return Facet(
        name=name,
        says=f"has no other {what}",
        want=[],
        read=Call("iam", op, {"RoleName": only.role}, {"have": path}, transient=_FRESH),
        write=None,
        normal=others,
        born=True,
        words=lambda v: ", ".join(map(str, items(others(v)))) or "nothing else",
        refuse=refuse,
    )
