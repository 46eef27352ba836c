"""What is known of a set-up's parts: what was seen in AWS, what is only planned, and what nobody could see.

The document says nothing that is not one of these facts, so a fact never says more than the observation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from services.aws.translate import own_words
from services.engine.observe import facets_of
from services.engine.plan import Plan, Step, plan
from services.engine.world import Absent, Have, Present, Unknown
from services.export.subject import Subject
from services.model.resource import Facet, Origin, Resource
from services.model.values import Tree, bare, document, fill, shown

Sort: TypeAlias = Literal["as planned", "NOT as planned", "seen", "not there yet", "unknown", "not compared"]
"""Seen and as wanted; seen and not so; only looked at; planned; AWS did not tell; seen, but it is another set-up's."""

WHOSE: Mapping[Origin, str] = {
    "created": "made by this set-up",
    "adopted": "made by somebody else, used by this set-up with consent",
    "foreign": "made by somebody else",
    "other-setup": "belongs to ANOTHER set-up",
}


@dataclass(frozen=True)
class Fact:
    """One side of a resource. `value` is exact, with the external ID masked; `words` say it, or why it is not known."""

    address: str
    facet: Facet
    sort: Sort
    words: str
    value: Tree = None

    @property
    def seen(self) -> bool:
        """Whether AWS said it."""
        return self.sort in {"as planned", "NOT as planned", "seen", "not compared"}


@dataclass(frozen=True)
class Part:
    """A resource: whether it is there and whose it is, what AWS told of it, and its sides."""

    resource: Resource
    there: bool
    status: str
    outputs: Mapping[str, str]
    facts: tuple[Fact, ...]

    @property
    def name(self) -> str:
        """Its own name, without what it is."""
        return self.resource.title.removeprefix(f"{self.resource.kind} ").removeprefix("of ").strip("()")

    @property
    def arn(self) -> str:
        return self.outputs.get("arn", "")


@dataclass(frozen=True)
class Findings:
    """Everything that is known of one set-up, and what differs from its plan."""

    subject: Subject
    parts: tuple[Part, ...]
    plan: Plan

    def part(self, name: str) -> Part | None:
        """The part of a resource's name; None where the set-up has none."""
        return next((part for part in self.parts if part.resource.name == name), None)

    def fact(self, address: str) -> Fact | None:
        """The fact of an address (`bucket.versioning`); None where the set-up does not speak of it."""
        return next((fact for part in self.parts for fact in part.facts if fact.address == address), None)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The addresses that AWS did not tell about."""
        hidden = [part.resource.name for part in self.parts if part.status.startswith("unknown")]
        return (*hidden, *(f.address for p in self.parts for f in p.facts if f.sort == "unknown"))


def findings(subject: Subject) -> Findings:
    """What is known of the subject. Raises a problem if a policy that AWS gave cannot be read."""
    found = plan(subject.blueprint, subject.world)
    steps = {
        f"{step.resource.name}.{step.facet.name}": step for step in found.steps if step.facet is not None
    }
    return Findings(subject, tuple(_part(r, subject, steps) for r in subject.blueprint), found)


def _part(resource: Resource, subject: Subject, steps: Mapping[str, Step]) -> Part:
    there, status, outputs = False, "", dict[str, str]()
    match subject.world.resources.get(resource.name, Absent()):
        case Present(told, origin):
            there, status = True, WHOSE[origin]
            outputs = {name: str(value) for name, value in told.items() if value is not None}
        case Unknown(problem):
            status = f"unknown: {own_words(problem.summary)}"
        case Absent():
            status = _missing(resource, subject)
    facts = tuple(_fact(resource, facet, subject, steps) for facet in facets_of(resource, subject.world))
    return Part(resource, there, status, outputs, facts)


def _missing(resource: Resource, subject: Subject) -> str:
    if subject.seen is None:
        return "planned"
    return "not there yet" if resource.create is not None else "NOT THERE, though the set-up counts on it"


def _fact(resource: Resource, facet: Facet, subject: Subject, steps: Mapping[str, Step]) -> Fact:
    address = f"{resource.name}.{facet.name}"
    state = subject.world.resources.get(resource.name, Absent())
    match state, subject.world.sides.get(address):
        case Unknown(problem), _:
            return Fact(address, facet, "unknown", own_words(problem.summary))
        case _, Unknown(problem):
            return Fact(address, facet, "unknown", own_words(problem.summary))
        case _, Have(raw):
            have = document(raw) if facet.document and raw is not None else raw
            # The words of a policy mask what is confidential in it themselves.
            return Fact(address, facet, _sort(state, facet, address in steps), facet.words(have), shown(have))
        case _:
            return Fact(address, facet, "not there yet", *_planned(facet, subject))


def _sort(state: object, facet: Facet, differs: bool) -> Sort:
    if isinstance(state, Present) and state.origin == "other-setup":
        return "not compared"
    if only_looked_at(facet):
        return "seen"
    return "NOT as planned" if differs else "as planned"


def only_looked_at(facet: Facet) -> bool:
    """Whether nothing is wanted of a facet."""
    return facet.want is None and facet.write is None


def _planned(facet: Facet, subject: Subject) -> tuple[str, Tree]:
    """What a facet will be in words, and exactly; nothing is said of what is only looked at."""
    if only_looked_at(facet):
        return "there is nothing to look at yet", None
    known = subject.world.output
    target = bare(fill(facet.merge(None, fill(facet.want, known)), known))
    return f"planned: {facet.words(target)}", shown(target)


def exact(part: Part) -> Iterator[tuple[tuple[str, ...], Tree, bool]]:
    """The values that words cannot carry whole: the addresses that share one, the value, and whether it was seen.

    Tags are left out: their words are whole.
    """
    found: list[tuple[list[str], Tree, bool]] = []
    for fact in part.facts:
        if not isinstance(fact.value, dict | list) or fact.facet.name == "tags":
            continue
        same = next((one for one in found if one[1] == fact.value and one[2] == fact.seen), None)
        if same is not None:
            same[0].append(fact.address)
        else:
            found.append(([fact.address], fact.value, fact.seen))
    yield from ((tuple(addresses), value, seen) for addresses, value, seen in found)
