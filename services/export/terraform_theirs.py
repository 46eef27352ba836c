"""What a Terraform file says of things that somebody else made: that it leaves them alone, and what else is to be done."""

from __future__ import annotations

from collections.abc import Iterator

from services.engine.observe import facets_of
from services.engine.plan import same
from services.engine.world import Absent, Unknown
from services.export.hcl import Comment, note
from services.export.subject import Subject
from services.model.resource import Facet, Resource
from services.model.values import bare, document, fill, shown
from services.problems import ProblemError


def theirs(subject: Subject, resource: Resource) -> Iterator[Comment]:
    """One comment: no block of Terraform, because an exported list would replace its owner's.

    Raises a problem if AWS said that the thing, which must exist, does not.
    """
    if isinstance(subject.world.resources.get(resource.name), Absent) and resource.missing is not None:
        raise ProblemError(resource.missing.at(resource.name))
    head = (
        f"{resource.title}: {resource.says}. This set-up did not make it, so this file only refers to it and never "
        "changes it. What it should be is done by 'palisade-wizard apply', or by hand:"
    )
    lines = [_line(subject, resource, facet) for facet in facets_of(resource, subject.world)]
    yield note(head, *lines)


def _line(subject: Subject, resource: Resource, facet: Facet) -> str:
    said = f"  {facet.name}: {facet.says}"
    side = subject.world.sides.get(f"{resource.name}.{facet.name}")
    if side is None:
        return f"{said}. Nobody has looked how it is now."
    if isinstance(side, Unknown):
        return f"{said}. AWS did not tell how it is now: {side.problem.summary}"
    have = document(side.value) if facet.document and side.value is not None else side.value
    target = fill(facet.merge(have, fill(facet.want, subject.world.lookup)), subject.world.lookup)
    unfit = facet.refuse(have, target)
    if unfit is not None:
        return f"{said}. It does not fit: {' '.join((unfit.summary, *unfit.remedy))}"
    remark = facet.remark(have, target)
    heed = f" {remark.text}" if remark is not None else ""
    if same(facet, have, target):
        return f"{said}. It is so already.{heed}"
    now = facet.words(have if isinstance(have, str) else shown(have))
    return f"{said}. To be done: it {now}, and should be: {facet.words(bare(target))}.{heed}"
