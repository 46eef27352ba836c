"""What an export describes: the blueprint of one set-up, and what of it is in AWS already.

An export manages only what the set-up creates. What somebody else made is referred to by its name and never written:
an exported list of lifecycle rules or event selectors would replace theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from services.answers import place
from services.engine.world import Absent, Have, Present, Unknown, World
from services.model.place import Place
from services.model.resource import Blueprint, Facet, Resource
from services.model.values import Json, Ref, Tree, bare, document, fill, refs
from services.problems import ProblemError, refuse
from services.setup_file import SetupFile

Standing: TypeAlias = Literal["new", "ours", "theirs"]
"""Not in AWS yet; made by this set-up; made by somebody else, so only referred to."""


@dataclass(frozen=True)
class Subject:
    """A complete set-up, its blueprint in `account`, and the world as it was observed; an empty one for none.

    `seen` is when it was observed, None if AWS was not asked; `endpoint` is empty unless it is not AWS's own.
    """

    setup: SetupFile
    account: str
    blueprint: Blueprint
    world: World
    seen: datetime | None = None
    endpoint: str = ""

    @property
    def place(self) -> Place:
        return place(self.setup.answers, self.account)

    def standing(self, resource: Resource) -> Standing:
        """Whose a resource is. Raises a problem if AWS did not tell, or another set-up has it."""
        match self.world.resources.get(resource.name, Absent()):
            case Unknown(problem):
                raise ProblemError(problem.at(resource.name))
            case Present(_, "created"):
                return "ours"
            case Present(_, "other-setup"):
                raise refuse(
                    "taken",
                    f"The {resource.title} belongs to another set-up of this program (its tags say so).",
                    "Choose another name, so that each set-up has its own.",
                    where=resource.name,
                )
            case Present():
                return "theirs"
            case _:
                return "theirs" if resource.create is None else "new"

    def managed(self) -> Blueprint:
        """What an export makes or keeps as it should be, in the blueprint's order."""
        return tuple(resource for resource in self.blueprint if self.standing(resource) != "theirs")

    def known(self, ref: Ref) -> str | None:
        """The value of a reference to what the export does not manage; None for what it does."""
        owner = next((r for r in self.blueprint if r.name == ref.resource), None)
        if owner is not None and self.standing(owner) != "theirs":
            return None
        return self.world.output(ref)

    def facets(self, resource: Resource) -> tuple[Facet, ...]:
        """The sides of a managed resource."""
        return resource.facets("created")

    def target(self, resource: Resource, facet: Facet) -> Tree:
        """What the facet should be: what is wanted, and everything of the owner's that is there already.

        References to managed resources stay references.
        """
        side = self.world.sides.get(f"{resource.name}.{facet.name}")
        if isinstance(side, Unknown):
            raise ProblemError(side.problem.at(f"{resource.name}.{facet.name}"))
        have = side.value if isinstance(side, Have) else None
        want = fill(facet.want, self.known)
        if have is None:
            return fill(facet.merge(None, want), self.known)
        # What is there holds values, so it is merged with values, and these become references again.
        values = {ref: self.world.output(ref) or f"\0{ref.resource}.{ref.output}\0" for ref in refs(want)}
        plain = fill(want, values.get)
        merged = facet.merge(document(have) if facet.document else have, plain)
        if bare(merged) == bare(plain):
            return want
        return fill(_referring(merged, {value: ref for ref, value in values.items()}), self.known)


def _referring(tree: Tree, known: Mapping[str, Ref]) -> Tree:
    """The tree with references in place of the values that they stand for."""
    match tree:
        case str():
            return known.get(tree, tree)
        case Json():
            return Json(_referring(tree.tree, known))
        case Mapping():
            return {name: _referring(value, known) for name, value in tree.items()}
        case bytes():
            return tree
        case Sequence():
            return [_referring(value, known) for value in tree]
        case _:
            return tree
