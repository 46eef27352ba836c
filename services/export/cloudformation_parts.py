"""The resources of a template, each with the words that say what it is for, in an order that CloudFormation can follow.

References make most of the order. What the blueprint knows beforehand it names outright (the trail's ARN in a key's
policy), so nothing refers in a circle; where that leaves an order unsaid, `DependsOn` says it, and what guards a thing
comes before whoever uses the thing: the log bucket's policy before the bucket that logs into it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.engine.plan import same
from services.engine.world import Have, Present
from services.export.cloudformation_kinds import kind_of, logical, names
from services.export.cloudformation_rows import Seen, row
from services.export.cloudformation_values import Values, references
from services.export.subject import Subject
from services.model.resource import Facet, Resource, needs
from services.model.values import Ref, Tree, document, entries, fill, refs


@dataclass(frozen=True)
class Part:
    """One resource of the template. `identity` is set where it is in AWS already and can be taken over by that."""

    name: str
    resource: Resource
    body: Mapping[str, Tree]
    words: tuple[str, ...]
    identity: Mapping[str, str] | None = None

    @property
    def type(self) -> str:
        return str(self.body["Type"])


@dataclass(frozen=True)
class Draft:
    """What goes into the template: the subject, and the resources of it that the template manages."""

    subject: Subject
    managed: tuple[Resource, ...]

    @property
    def values(self) -> Values:
        return Values(self.point, self.subject.setup.answers.text("palisade.external_id"))

    def manages(self, name: str) -> bool:
        return any(resource.name == name for resource in self.managed)

    def point(self, ref: Ref) -> Tree:
        """What stands for a reference: a function of the template, what AWS told, or a parameter to be filled in."""
        owner = next(resource for resource in self.subject.blueprint if resource.name == ref.resource)
        if self.manages(ref.resource):
            attribute = kind_of(owner).outputs[ref.output]
            return {"Fn::GetAtt": [logical(ref.resource), attribute]} if attribute else _named(ref.resource)
        told = self.subject.world.output(ref) or _given(owner, ref)
        return told if told is not None else {"Ref": parameter(ref)}

    def parameters(self) -> dict[str, Ref]:
        """What the template asks for because nobody asked AWS: outputs of things that it only refers to."""
        found = [
            ref
            for resource in self.managed
            for tree in (
                names(resource),
                *(self.subject.target(resource, f) for f in self.subject.facets(resource)),
            )
            for ref in refs(tree)
        ]
        return {parameter(ref): ref for ref in found if self.point(ref) == {"Ref": parameter(ref)}}


def _named(name: str) -> Tree:
    return {"Ref": logical(name)}


def parameter(ref: Ref) -> str:
    """The name of the parameter for an output: `TrailLogGroup`."""
    return logical(f"{ref.resource}_{ref.output}")


def _given(owner: Resource, ref: Ref) -> str | None:
    """An output that the answers tell: the ARN by which a thing that must exist was given, or the id at its end."""
    if owner.create is not None:
        return None
    arn = next((str(v) for v in owner.lookup.params.values() if str(v).startswith("arn:")), None)
    if arn is None or ref.output not in {"arn", "id"}:
        return None
    return arn if ref.output == "arn" else arn.rpartition("/")[2]


def draft(subject: Subject) -> Draft:
    """What the template manages: what the set-up makes, without what is there and cannot be taken over."""
    return Draft(subject, tuple(r for r in subject.managed() if not left_out(subject, r)))


def left_out(subject: Subject, resource: Resource) -> bool:
    """Whether a resource of ours is there, but has no name yet by which CloudFormation could take it over."""
    state = subject.world.resources.get(resource.name)
    if subject.standing(resource) != "ours" or not isinstance(state, Present):
        return False
    unnamed = not str(state.outputs.get("arn")).startswith("arn:")
    return unnamed and "arn" in kind_of(resource).identity.values()


def parts(draft: Draft) -> tuple[Part, ...]:
    """Every resource of the template, in the blueprint's order."""
    return tuple(part for resource in draft.managed for part in _of(draft, resource))


def seen(subject: Subject, resource: Resource, facet: Facet) -> Seen:
    """A facet with what is there of it."""
    side = subject.world.sides.get(f"{resource.name}.{facet.name}")
    have = side.value if isinstance(side, Have) else None
    if facet.document and have is not None:
        have = document(have)
    ours = subject.standing(resource) == "ours"
    return Seen(facet, subject.target(resource, facet), have, ours)


def _of(draft: Draft, resource: Resource) -> Iterator[Part]:
    kind, subject = kind_of(resource), draft.subject
    own: dict[str, Tree] = dict(names(resource))
    beside: dict[str, Tree] = {}
    for facet in subject.facets(resource):
        found = row(resource, facet)
        (beside if found.beside else own).update(found.put(seen(subject, resource, facet)))
    properties = _present(draft.values.rendered(own))
    identity = _identity(subject, resource, kind.identity, properties)
    end = _end(keeps=kind.keeps, taken_over=identity is not None)
    yield Part(
        logical(resource.name),
        resource,
        {"Type": kind.type, **end, **_after(draft, resource, properties), "Properties": properties},
        tuple(_words(subject, resource, beside=False)),
        identity,
    )
    if kind.beside is None or not beside:
        return
    link = {kind.beside.link: draft.point(Ref(resource.name, kind.beside.output))}
    yield Part(
        logical(resource.name) + kind.beside.suffix,
        resource,
        {
            "Type": kind.beside.type,
            **end,
            "Properties": {**link, **_present(draft.values.rendered(beside))},
        },
        tuple(_words(subject, resource, beside=True)),
        _identity(subject, resource, {kind.beside.link: kind.beside.output}, {}),
    )


def _present(properties: Tree) -> dict[str, Tree]:
    return {name: value for name, value in entries(properties).items() if value is not None}


def _end(*, keeps: bool, taken_over: bool) -> Mapping[str, Tree]:
    """What becomes of it with the stack. An import wants that said even where it is what would happen anyway."""
    if not (keeps or taken_over):
        return {}
    policy = "Retain" if keeps else "Delete"
    return {"DeletionPolicy": policy, "UpdateReplacePolicy": policy}


def _after(draft: Draft, resource: Resource, properties: Tree) -> Mapping[str, Tree]:
    """What must be there first though nothing in the resource refers to it."""
    referred = set(references(properties))
    found: list[str] = []
    needed = needs(resource)
    for other in draft.managed:
        if other.name not in needed:
            continue
        beside = kind_of(other).beside
        last = logical(other.name) + (beside.suffix if beside else "")
        if last not in referred:
            found.append(last)
    return {"DependsOn": found} if found else {}


def _words(subject: Subject, resource: Resource, *, beside: bool) -> Iterator[str]:
    yield f"The policy of the {resource.title}." if beside else f"{resource.title}: {resource.says}."
    for facet in subject.facets(resource):
        found = row(resource, facet)
        if found.beside == beside:
            yield f"  {facet.name}: {facet.says}{f' ({found.by})' if found.by else ''}"


def _identity(
    subject: Subject, resource: Resource, wanted: Mapping[str, str], properties: Mapping[str, Tree]
) -> Mapping[str, str] | None:
    """By what an import finds a resource that is there; None for one that is not."""
    state = subject.world.resources.get(resource.name)
    if subject.standing(resource) != "ours" or not isinstance(state, Present):
        return None
    return {
        name: str(state.outputs[output] if output else properties[name]) for name, output in wanted.items()
    }


def differing(draft: Draft) -> Iterator[str]:
    """The addresses of what is ours, is there, and is not as the template has it."""
    for resource in draft.managed:
        for facet in draft.subject.facets(resource):
            look = seen(draft.subject, resource, facet)
            told = f"{resource.name}.{facet.name}" in draft.subject.world.sides
            target = fill(look.target, draft.subject.world.lookup)
            if look.ours and told and not same(facet, look.have, target):
                yield f"{resource.name}.{facet.name}"
