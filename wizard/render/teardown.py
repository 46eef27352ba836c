"""What taking a set-up down deletes and leaves, and how it goes, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from services.events import Event, Finished, Skipped
from services.teardown import BACKUPS
from wizard.render.plain import endpoint_lines, event_text

if TYPE_CHECKING:
    from services.engine.plan import Step
    from services.teardown import Teardown
    from services.work import Desk


def teardown_text(desk: Desk, found: Teardown) -> str:
    """Everything that will be deleted, in order; what stays and why; what needs consent."""
    answers, plan = desk.setup.answers, found.plan
    head = (
        f"Taking down set-up {answers.text('setup.name')} (sandbox), account {desk.identity.account}, region "
        f"{answers.text('aws.region')}, signed in as {desk.identity.short}."
    )
    parts = [endpoint_lines(desk.endpoint)] if desk.endpoint else []
    parts += [head, ""]
    parts += [line for step in plan.steps for line in _step(step)]
    if plan.notes:
        parts += ["", *(f"= {note.says}" for note in plan.notes)]
    return "\n".join([*parts, "", _amount(found)])


def _step(step: Step) -> Iterator[str]:
    title = f"{step.resource.title[:1].upper()}{step.resource.title[1:]}"
    if step.problem is not None:
        yield f"✗ {title}: cannot be deleted"
        yield from (f"    {sentence}" for sentence in (step.problem.summary, *step.problem.remedy))
        return
    yield f"{'-' if step.facet is None else '~'} {title}: {step.says}"
    if step.risk == BACKUPS:
        yield f"    ! These are backups that Palisade wrote. Agree with --accept {BACKUPS}."


def _amount(found: Teardown) -> str:
    steps = found.plan.steps
    if not steps:
        return "✓ Nothing to delete: nothing that this set-up made is there."
    deleted = sum(step.verb == "delete" for step in steps)
    changed = sum(step.verb == "change" for step in steps)
    blocked = len(found.plan.blocked)
    text = f"{deleted} to delete, {changed} to take ours out of, {blocked} blocked."
    if blocked:
        return f"{text} Nothing is deleted while something is blocked."
    return f"{text} Your key files, the setup file and your records on this computer stay."


def deletion_text(event: Event) -> str:
    """One line about what happens, as for other runs but for what is not there."""
    match event:
        case Finished(0, 0, 0):
            return "✓ Nothing to delete: nothing that this set-up made is there."
        case Skipped(address):
            return f"= {address}: is gone already"
        case _:
            return event_text(event)
