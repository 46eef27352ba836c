"""The alias of a KMS key: a readable name, by which a key that this set-up made is also found again."""

from __future__ import annotations

from collections.abc import Callable

from services.model.calls import Call
from services.model.removals import alias_removal
from services.model.resource import Facet, Resource
from services.model.values import Ref, Tree, bare
from services.problems import Problem

_FRESH = frozenset({"NotFoundException"})


def alias(name: str, *, resource: str = "alias", of: str = "key") -> Resource:
    """The alias `name` of the key that the blueprint calls `of`."""
    at = f"Aliases[?AliasName=='{name}']|[0]"
    return Resource(
        name=resource,
        kind="KMS alias",
        title=f"KMS alias {name}",
        says="names the key in the console",
        lookup=Call("kms", "ListAliases", {}, {"arn": f"{at}.AliasArn", "target": f"{at}.TargetKeyId"}),
        create=Call(
            "kms",
            "CreateAlias",
            {"AliasName": name, "TargetKeyId": Ref(of, "id")},
            transient=_FRESH,
        ),
        facets=lambda _origin: (
            Facet(
                name="target",
                says="names this key",
                want=Ref(of, "id"),
                read=Call("kms", "ListAliases", {}, {"have": f"{at}.TargetKeyId"}),
                write=None,
                born=True,
                refuse=_other_target(name),
            ),
        ),
        removal=alias_removal(name, of),
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
