"""Carries a plan out that takes a set-up down, as a generator of events like `apply`.

Right before each deletion it looks once more whether the thing is still this set-up's own. Everything that is deleted
is asked for again until it is gone. What is not there any more is skipped, so a run that was killed can be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace

from services.aws.guards import Once
from services.clock import Clock
from services.engine.contents import attempt, empty
from services.engine.observe import Ownership, find
from services.engine.patience import Run, in_order, never, not_ready, pauses, read, stale, wait, write
from services.engine.plan import Plan, Step, same
from services.engine.teardown import Seen
from services.engine.world import Absent, Present, Unknown
from services.events import Event, Skipped, Started, Succeeded
from services.model.calls import Aws, Call, Refused, ask, filled
from services.model.resource import Facet, Removal, Resource, Withdrawal
from services.problems import ProblemError, refuse

_LATE = (1.0, 2.0, 3.0, 5.0, 10.0, 15.0, 20.0)
"""Seconds between the tries to delete a bucket into which something was written meanwhile: logs arrive late."""


@dataclass
class _Run(Run):
    ownership: Ownership = field(default_factory=lambda: Ownership(""))


def destroy(
    plan: Plan, seen: Seen, aws: Aws, clock: Clock, stop: Callable[[], bool] = never
) -> Iterator[Event]:
    """Every step in order; ends with `Finished`. `stop` is asked between calls. A plan with blocked steps is not begun."""
    return in_order(plan, _Run(aws, clock, seen.world, stop, ownership=seen.ownership), _step)


def _step(run: _Run, step: Step) -> Generator[Event]:
    removal, facet = step.resource.removal, step.facet
    if facet is not None and facet.withdraw is not None:
        yield from _withdraw(run, step, facet, facet.withdraw)
    elif removal is not None and removal.calls:
        yield from _delete(run, step, removal)
    else:
        raise refuse(
            "our-bug", f"The step {step.address} has nothing to delete.", "Report this fault of the program."
        )


def _delete(run: _Run, step: Step, removal: Removal) -> Generator[Event]:
    if not _still_there(run, step.resource, removal):
        yield Skipped(step.address, step.says)
        return
    yield Started(step.address, step.verb, step.says, step.resource.title)
    if removal.bucket is not None:
        yield from _delete_bucket(run, removal)
    else:
        yield from _all(run, step.resource, removal)
    for pause in pauses(run.clock):
        if not _shows(run, step.resource, removal):
            break
        yield from wait(run, pause, f"AWS still shows the {step.resource.title}")
    else:
        raise not_ready(f"the {step.resource.title} is still there")
    yield Succeeded(step.address, step.says)


def _all(run: _Run, resource: Resource, removal: Removal) -> Generator[Event]:
    for call in removal.calls:
        try:
            yield from attempt(run, filled(call, run.world.lookup))
        except Refused:
            # The answer to an earlier try may have been lost: what is gone cannot be deleted again.
            if _shows(run, resource, removal):
                raise


def _still_there(run: _Run, resource: Resource, removal: Removal) -> bool:
    """Whether it is there and still ours; anything else than that or its absence stops the run."""
    seen = run.world.resources.get(resource.name)
    before = seen.outputs.get("arn") if isinstance(seen, Present) else None
    by_id = resource.search.look(str(before)) if resource.search is not None and before is not None else None
    if by_id is not None:
        # Its alias went before it, and its tags may not be its alone.
        resource = replace(resource, lookup=by_id, search=None)
    state = find(resource, Once(run.aws), run.world, run.ownership)
    match state:
        case Absent():
            return False
        case Unknown(problem):
            raise ProblemError(problem)
        case Present(_, origin) if by_id is not None and origin != "created":
            return False  # somebody else's now
        case Present(found, origin):
            if origin != "created" or found.get("arn") != before:
                raise stale(f"the {resource.title} is not the one that was to be deleted")
            return _shows(run, resource, removal)


def _shows(run: _Run, resource: Resource, removal: Removal) -> bool:
    return ask(run.aws, filled(removal.gone or resource.lookup, run.world.lookup)) is not None


def _delete_bucket(run: _Run, removal: Removal) -> Generator[Event]:
    """Empties the bucket and deletes it, again when something was written into it in between."""
    (call,) = (filled(each, run.world.lookup) for each in removal.calls)
    for pause in (*_LATE, None):
        yield from empty(run, removal.bucket or {})
        try:
            yield from attempt(run, call)
        except Refused as refused:
            if refused.code != "BucketNotEmpty":
                raise
        else:
            return
        if pause is not None:
            yield from wait(run, pause, "something was written into the bucket meanwhile")
    raise _written_into(call)


def _written_into(call: Call) -> ProblemError:
    return refuse(
        "not-ready",
        f"The bucket {call.params['Bucket']!s} was emptied again and again, and something still writes into it.",
        "Find out what writes there and end it; S3's access logs and CloudTrail's log files can be late by an hour.",
        "Then run the same command again: it goes on from here.",
    )


def _withdraw(run: _Run, step: Step, facet: Facet, withdraw: Withdrawal) -> Generator[Event]:
    have = yield from read(run, facet, run.aws)
    rest = withdraw.without(have)
    if same(facet, have, rest):
        yield Skipped(step.address, step.says)
        return
    call = withdraw.write(have, rest)
    if call is None or not same(facet, have, step.have):
        raise stale(f"{step.resource.title}, {facet.name}")
    yield Started(step.address, step.verb, step.says, step.resource.title)
    yield from write(run, filled(call, run.world.lookup))
    for pause in pauses(run.clock):
        if same(facet, (yield from read(run, facet, run.aws)), rest):
            break
        yield from wait(run, pause, "AWS does not show the change everywhere yet")
    else:
        raise not_ready(f"{step.resource.title}, {facet.name}")
    yield Succeeded(step.address, step.says)
