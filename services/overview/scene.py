"""What is explained: a set-up's blueprint in its account, as AWS has it or as it will be, and every policy in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from services.answers import Answers, place
from services.engine.observe import facets_of
from services.engine.world import Have, Unknown, World
from services.model.naming import Names
from services.model.place import Place
from services.model.policy_reading import Document
from services.model.resource import Blueprint, Facet, Resource
from services.model.values import Ref, Tree, bare, document, entries, fill, items
from services.storage import names

UNREAD = "whatever stands"
"""The Sid of the one statement of a policy that nobody has read: it may allow and deny anything."""

_ANYTHING: Tree = {
    "Statement": [
        {"Sid": UNREAD, "Effect": "Unknown", "Principal": "*", "Action": "*", "Resource": "*"},
    ]
}
_STANDS_IN = "00000000-0000-4000-8000-000000000000"
_NOTHING = Document("no policy", {"Statement": []})


@dataclass(frozen=True)
class Scene:
    """One set-up. `after`: as it will be when everything is carried out, and what others have in it stays; otherwise as
    it was seen, and what is not there yet as it is planned.
    """

    answers: Answers
    account: str
    blueprint: Blueprint
    world: World = field(default_factory=World)
    after: bool = True

    @property
    def place(self) -> Place:
        return place(self.answers, self.account)

    @property
    def names(self) -> Names:
        return names(self.answers, self.place)

    @property
    def role_arn(self) -> str:
        """The role that Palisade becomes."""
        role = f"{self.answers.text('role.path')}{self.answers.text('role.name')}"
        return f"arn:{self.place.partition}:iam::{self.account}:role{role}"

    def part(self, name: str) -> Resource | None:
        """The resource of a name; None where the set-up has none."""
        return next((resource for resource in self.blueprint if resource.name == name), None)

    def known(self, ref: Ref) -> str:
        """What a reference stands for; until AWS tells it, an ARN that nothing else has."""
        told = self.world.output(ref)
        if told is not None:
            return told
        if ref.output != "arn":
            return _STANDS_IN
        return (
            f"arn:{self.place.partition}:kms:{self.place.region}:{self.account}:{ref.resource}/{_STANDS_IN}"
        )

    def hidden(self, address: str) -> bool:
        """Whether AWS did not tell about a side, or about what has it."""
        told = (self.world.sides.get(address), self.world.resources.get(address.partition(".")[0]))
        return any(isinstance(each, Unknown) for each in told)

    def side(self, address: str) -> Tree:
        """A side as it is, or as it will be; None where it is hidden or the set-up does not speak of it."""
        if self.hidden(address):
            return None
        found = (self._value(r, f) for r, f in self._sides() if f"{r.name}.{f.name}" == address)
        return next(found, None)

    def policies(self) -> Mapping[str, Document]:
        """Every policy by its address; one that AWS did not give may say anything. Errors: one that is no JSON."""
        return {
            f"{resource.name}.{facet.name}": self._read(resource, facet)
            for resource, facet in self._sides()
            if facet.document
        }

    def others(self, name: str) -> Iterator[Document]:
        """The policies of a role that are not of this set-up: what they say is not read."""
        for resource, facet in self._sides():
            if resource.name == name and facet.name in {"other-policies", "attached-policies"}:
                address = f"{name}.{facet.name}"
                side = self.world.sides.get(address)
                if self.hidden(address) or (isinstance(side, Have) and items(facet.normal(side.value))):
                    yield Document(f"the other policies of the {resource.title}", _ANYTHING)

    def boundary(self) -> Document | None:
        """The permissions boundary of Palisade's role, which this program does not read."""
        if self.hidden("role.boundary"):
            return Document("the permissions boundary of the role", _ANYTHING)
        found = self.side("role.boundary")
        return Document(f"the permissions boundary {found}", _ANYTHING) if found else None

    def _read(self, resource: Resource, facet: Facet) -> Document:
        what = "the trust policy" if facet.name == "trust" else "the policy"
        name = f"{what} of the {resource.title}"
        if self.hidden(f"{resource.name}.{facet.name}"):
            return Document(name, _ANYTHING)
        said = self._value(resource, facet)
        return Document(name, _of_the_role(said) if facet.name == "trust" else said)

    def _value(self, resource: Resource, facet: Facet) -> Tree:
        side = self.world.sides.get(f"{resource.name}.{facet.name}")
        have = side.value if isinstance(side, Have) else None
        have = document(have) if facet.document and have is not None else have
        if isinstance(side, Have) and not self.after:
            return have
        return bare(fill(facet.merge(have, fill(facet.want, self.known)), self.known))

    def _sides(self) -> Iterator[tuple[Resource, Facet]]:
        for resource in self.blueprint:
            for facet in facets_of(resource, self.world):
                yield resource, facet


def _of_the_role(trust: Tree) -> Tree:
    """A trust policy with the resource that it does not name: the role that has it."""
    content = entries(trust)
    told = [{"Resource": "*", **entries(statement)} for statement in items(content.get("Statement"))]
    return {**content, "Statement": told}


def policy_of(policies: Mapping[str, Document], resource: str) -> Document:
    """The policy that decides over a resource; one that says nothing where it has none."""
    found = policies.get(f"{resource}.trust") or policies.get(f"{resource}.policy")
    return found or _NOTHING
