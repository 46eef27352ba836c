"""What a template says to the person who deploys it: what it is, how to use it, what it cannot do and does not touch."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.engine.observe import facets_of
from services.engine.plan import same
from services.engine.world import Absent, Have, Present, Unknown
from services.export.cloudformation_parts import Draft, Part, differing, left_out, seen
from services.export.cloudformation_rows import row
from services.export.subject import Subject
from services.model.place import parse_arn
from services.model.resource import Facet, Resource
from services.model.values import Ref, Tree, document, fill

THIS = "THIS-FILE"
"""What stands in commands for the name of the template's file, which it does not know."""

LARGEST = 51_200
"""Bytes of a template that CloudFormation takes from a command itself; a larger one must lie in a bucket."""


@dataclass(frozen=True)
class Duty:
    """Something that is left for a person, at an address of the blueprint."""

    address: str
    what: str

    @property
    def text(self) -> str:
        return f"{self.address}: {self.what}"


def stack(subject: Subject) -> str:
    """The name of the stack."""
    return f"palisade-{subject.setup.answers.text('setup.name')}"


def description(subject: Subject) -> str:
    """One sentence: what the stack is."""
    answers, place = subject.setup.answers, subject.place
    return (
        f"Where Palisade backs up the MPC wallets of {answers.text('setup.name')} "
        f"({answers.text('setup.environment')}): account {place.account}, region {place.region}."
    )


def by_hand(draft: Draft) -> tuple[Duty, ...]:
    """What CloudFormation cannot do for what the template manages, and what a person should heed about it."""
    return tuple(
        Duty(f"{resource.name}.{facet.name}", text)
        for resource in draft.managed
        for facet in draft.subject.facets(resource)
        for text in _heed(draft.subject, resource, facet)
    )


def _heed(subject: Subject, resource: Resource, facet: Facet) -> Iterator[str]:
    look = seen(subject, resource, facet)
    lacks = row(resource, facet).lacks(look)
    if lacks:
        yield lacks
        return
    remark = facet.remark(look.have, look.target)
    if remark is not None:
        yield remark.text


def not_managed(draft: Draft) -> Iterator[tuple[Resource, str, tuple[Duty, ...]]]:
    """What the template only refers to, why, and what has to be so there: by `palisade-wizard apply` or by hand."""
    for resource in draft.subject.blueprint:
        if draft.manages(resource.name):
            continue
        if left_out(draft.subject, resource):
            yield (
                resource,
                "It is there but not confirmed yet, and CloudFormation takes over only what is.",
                (),
            )
        else:
            yield (
                resource,
                f"This set-up did not make it.{_elsewhere(draft, resource)}",
                _wanted(draft, resource),
            )


def _elsewhere(draft: Draft, resource: Resource) -> str:
    """Where a thing is, if that is not where the stack is: a stack has one region."""
    home = draft.subject.world.output(Ref(resource.name, "home")) or _home(resource)
    if not home or home == draft.subject.place.region:
        return ""
    return f" It is in {home}, and a stack has one region, which is {draft.subject.place.region}."


def _home(resource: Resource) -> str:
    found = (parse_arn(str(value)) for value in resource.lookup.params.values())
    return next((arn.region for arn in found if arn is not None), "")


def _wanted(draft: Draft, resource: Resource) -> tuple[Duty, ...]:
    world = draft.subject.world
    there = isinstance(world.resources.get(resource.name, Absent()), Present)
    facets = facets_of(resource, world) if there else resource.facets("adopted")
    return tuple(
        Duty(f"{resource.name}.{facet.name}", text)
        for facet in facets
        if (text := _to_do(draft.subject, resource, facet))
    )


def _to_do(subject: Subject, resource: Resource, facet: Facet) -> str:
    """What is to be done about one side of somebody else's thing; nothing if it is right, or was not asked."""
    match subject.world.sides.get(f"{resource.name}.{facet.name}"):
        case Unknown(problem):
            return f"It {facet.says}. Whether it is so, AWS did not tell: {problem.summary}"
        case Have(value):
            have = document(value) if facet.document and value is not None else value
            target = fill(facet.merge(have, fill(facet.want, subject.world.lookup)), subject.world.lookup)
            unfit = facet.refuse(have, target)
            if unfit is not None:
                return " ".join((unfit.summary, *unfit.remedy))
            if facet.write is None or same(facet, have, target):
                return ""
            return f"It {facet.says}: that is not so yet."
        case _:
            return f"It {facet.says}: nobody asked AWS whether it is so." if facet.write else ""


def import_list(parts: tuple[Part, ...]) -> list[Mapping[str, Tree]]:
    """What CloudFormation's import takes, for what is there already."""
    return [
        {
            "ResourceType": part.type,
            "LogicalResourceId": part.name,
            "ResourceIdentifier": dict(part.identity),
        }
        for part in parts
        if part.identity is not None
    ]


def metadata(draft: Draft, parts: tuple[Part, ...]) -> dict[str, Tree]:
    """The same facts as in the head, for programs and for whoever has only the stack."""
    answers, place = draft.subject.setup.answers, draft.subject.place
    found: dict[str, Tree] = {
        "Setup": place.setup,
        "Name": answers.text("setup.name"),
        "Environment": answers.text("setup.environment"),
        "Account": place.account,
        "Region": place.region,
        "ByHand": [duty.text for duty in by_hand(draft)],
        "NotManaged": [
            {
                "Address": resource.name,
                "Resource": resource.title,
                "Why": why,
                "ToDo": [duty.text for duty in duties],
            }
            for resource, why, duties in not_managed(draft)
        ],
    }
    taken = import_list(parts)
    if taken:
        lines = ",\n".join(json.dumps(resource) for resource in taken)
        found["ResourcesToImport"] = f"[\n{lines}\n]\n"
    return found


def head(draft: Draft, parts: tuple[Part, ...], *, large: bool) -> Iterator[str]:
    """The comment at the head, line by line. `large`: the file is larger than CloudFormation takes from a command."""
    place = draft.subject.place
    yield description(draft.subject)
    yield "Written by palisade-wizard from the set-up's answers. When they change, export anew and update the stack."
    yield from _seen(draft.subject)
    yield ""
    yield f"It is for account {place.account} and region {place.region} alone, and refuses any other."
    if draft.manages("role"):
        yield "It holds the external ID, which is confidential, as the default of the parameter ExternalId. Before others"
        yield "read the file, delete that default, and give ExternalId to the command as a parameter."
    yield "Buckets, their policies, keys, aliases and the log group are retained: no deletion of the stack and no"
    yield "replacement in it takes backups, records or keys away."
    yield ""
    yield from _commands(draft, parts, large=large)
    duties = by_hand(draft)
    if duties:
        yield ""
        yield "What CloudFormation cannot do, or a person must heed; each is said under ByHand below:"
        yield from (f"  {duty.address}" for duty in duties)
    for resource, why, left in not_managed(draft):
        yield ""
        yield f"Not managed here: {resource.title}. {why}"
        if left:
            yield "To be done with 'palisade-wizard apply' or by hand:"
            yield from (f"  {duty.text}" for duty in left)


def _seen(subject: Subject) -> Iterator[str]:
    if subject.endpoint:
        yield f"It was written at {subject.endpoint}, which is not AWS's own endpoint: no real account is as it says."
    if subject.seen is None:
        yield "AWS was not asked: it is written as if nothing of the set-up were there."


def _commands(draft: Draft, parts: tuple[Part, ...], *, large: bool) -> Iterator[str]:
    name = f"--stack-name {stack(draft.subject)} --region {draft.subject.place.region}"
    able = "--capabilities CAPABILITY_NAMED_IAM"
    if large:
        yield f"CloudFormation takes a file of more than {LARGEST} bytes, as this one is, only out of a bucket: put the name"
        yield "of one of yours, not of one in this file, in the place of A-BUCKET."
    if any(part.identity for part in parts):
        yield from _taking_over(draft, parts)
        body = f"--template-url https://A-BUCKET.s3.{draft.subject.place.region}.amazonaws.com/{THIS}"
        yield (
            f"  aws cloudformation create-change-set {name} --change-set-name take-over --change-set-type IMPORT "
            f"{body if large else f'--template-body file://{THIS}'} --resources-to-import file://IMPORT.json {able}"
        )
        yield f"  aws cloudformation execute-change-set {name} --change-set-name take-over"
        yield f"  aws cloudformation detect-stack-drift {name}"
    else:
        yield "To make the stack, and to update it:"
        upload = " --s3-bucket A-BUCKET" if large else ""
        yield f"  aws cloudformation deploy {name} --template-file {THIS} {able}{upload}"
    yield "Then keep the stack from being deleted by mistake:"
    yield f"  aws cloudformation update-termination-protection {name} --enable-termination-protection"


def _taking_over(draft: Draft, parts: tuple[Part, ...]) -> Iterator[str]:
    fresh = [part.name for part in parts if part.identity is None]
    differs = list(differing(draft))
    if fresh:
        yield "CloudFormation cannot take over what is there and make the rest at once, and these are not there:"
        yield f"  {', '.join(fresh)}"
        yield "So make them with 'palisade-wizard apply' first, then export anew."
    elif differs:
        yield "CloudFormation takes things over as they are, and these are not as they should be:"
        yield f"  {', '.join(differs)}"
        yield "So set them right with 'palisade-wizard apply' first, then export anew."
    yield "To take over what this set-up made, put the text of ResourcesToImport below into a file IMPORT.json, then:"
