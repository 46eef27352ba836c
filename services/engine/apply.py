"""Carries a plan out, as a generator of events.

`Started` is yielded before its call is made, so a journal that writes each event down before it asks for the next
one is a write-ahead log. After each write the facet is read again until it is as wanted, which absorbs AWS's
delays and proves every step. A step that is not needed any more is skipped; a facet that somebody changed since
the plan stops the run.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace

from services.aws.guards import Once
from services.clock import Clock
from services.engine.observe import Ownership, whose
from services.engine.patience import Run, in_order, never, not_ready, pauses, read, stale, wait, write
from services.engine.plan import Plan, Step, same
from services.engine.tagged import nameless
from services.engine.world import Present, World
from services.events import Event, Failed, Finished, Skipped, Started, Succeeded
from services.model.calls import Aws, Refused, ask, filled, outputs
from services.model.resource import Facet, Resource
from services.model.values import Ref, Tree, fill
from services.problems import ProblemError, refuse


@dataclass
class _Run(Run):
    made: dict[str, Resource] = field(default_factory=dict)
    shared: dict[str, Step] = field(default_factory=dict)
    """What was written into things that others write into as well, by address."""

    def learn(self, resource: Resource, found: Mapping[str, Tree]) -> None:
        states = {**self.world.resources, resource.name: Present(found, "created")}
        self.world = World(states, self.world.sides)

    def target(self, facet: Facet, have: Tree) -> Tree:
        want = fill(facet.want, self.world.lookup)
        return fill(facet.merge(have, want), self.world.lookup)


def apply(
    plan: Plan, world: World, aws: Aws, clock: Clock, stop: Callable[[], bool] = never
) -> Iterator[Event]:
    """Every step in order; ends with `Finished`. `stop` is asked between calls, never in the middle of one.

    A plan with blocked steps is not begun: half a backup path that cannot be completed helps nobody.
    """
    run = _Run(aws, clock, world, stop)
    for event in in_order(plan, run, _step):
        if isinstance(event, Finished) and event.ok:
            yield from _still_there(run, event)
        elif isinstance(event, Failed):
            yield _left_over(run, event)
        else:
            yield event


def _left_over(run: _Run, failed: Failed) -> Failed:
    """Says of a run that another one outran whether what it made itself is one too many now, by the name of both."""
    if failed.problem.code not in {"stale", "taken"}:
        return failed
    for name, resource in run.made.items():
        if resource.search is None:
            continue
        arn = run.world.output(Ref(name))
        try:
            found = ask(run.aws, filled(resource.lookup, run.world.lookup))
        except (Refused, ProblemError):
            continue  # the next plan tells
        if found is not None and arn is not None and found["arn"] != arn:
            # The code stays: the journal goes by it.
            told = replace(resource.search.outrun(arn), code=failed.problem.code)
            return Failed(failed.address, told.at(failed.problem.where))
    return failed


def _still_there(run: _Run, end: Finished) -> Generator[Event]:
    """Looks once more at what others may have written over meanwhile: AWS replaces such lists as a whole."""
    for address, step in run.shared.items():
        run.address = address
        if step.facet is None:
            continue
        try:
            have = yield from read(run, step.facet, run.aws)
        except (Refused, ProblemError):
            continue  # it was read back when it was written; whoever looks next sees
        if not same(step.facet, have, run.target(step.facet, have)):
            lost = refuse(
                "stale",
                f"Somebody else changed it at the same moment, and what this run wrote is gone: {step.resource.title}, "
                f"{step.facet.name}.",
                "Run the same command again: it adds what is missing and keeps what the others have.",
            )
            yield Failed(address, lost.problem)
            yield Finished(end.done - 1, 1, 0)
            return
    yield end


def _step(run: _Run, step: Step) -> Generator[Event]:
    if step.facet is None:
        # S3 answers a second CreateBucket of one's own bucket with success and resets it, so look first.
        if _came_meanwhile(run, step.resource):
            raise stale(f"the {step.resource.title} exists now")
        yield Started(step.address, step.verb, step.says, step.resource.title)
        yield from _create(run, step)
        yield Succeeded(step.address, step.says, run.world.output(Ref(step.resource.name)) or "")
        return
    facet = step.facet
    have = yield from read(run, facet, run.aws)
    target = run.target(facet, have)
    if same(facet, have, target):
        yield Skipped(step.address, step.says)
        return
    if step.resource.name not in run.made and not same(facet, have, step.have):
        raise stale(f"{step.resource.title}, {facet.name}")
    if facet.write is None:
        raise refuse(
            "our-bug", f"The step {step.address} has nothing to write.", "Report this fault of the program."
        )
    yield Started(step.address, step.verb, step.says, step.resource.title)
    yield from write(run, filled(facet.write(have, target), run.world.lookup))
    for pause in pauses(run.clock):
        if same(facet, (yield from read(run, facet, run.aws)), target):
            break
        yield from wait(run, pause, "AWS does not show the change everywhere yet")
    else:
        raise not_ready(f"{step.resource.title}, {facet.name}")
    if shared(run.world, step.resource):
        run.shared[step.address] = step
    yield Succeeded(step.address, step.says)


def shared(world: World, resource: Resource) -> bool:
    """Whether others made a resource, and so write into it as well."""
    state = world.resources.get(resource.name)
    return isinstance(state, Present) and state.origin in {"foreign", "adopted"}


def _came_meanwhile(run: _Run, resource: Resource) -> bool:
    """Whether somebody made it since the plan; a name that another account took is told as taken, not as denied."""
    try:
        if ask(run.aws, filled(resource.lookup, run.world.lookup)) is not None:
            return True
        return resource.search is not None and bool(nameless(resource.search, run.aws))
    except Refused as refused:
        raise ProblemError(whose(resource, run.aws, refused, Ownership(""))) from None


def _create(run: _Run, step: Step) -> Generator[Event]:
    resource = step.resource
    if resource.create is None:
        raise refuse(
            "our-bug", f"The {resource.title} cannot be created.", "Report this fault of the program."
        )
    call = filled(resource.create, run.world.lookup)
    told = outputs(call, (yield from write(run, call)))
    run.made[resource.name] = resource
    # A new key is looked up by its id, because its alias comes later.
    lookup = resource.search.look(str(told["id"])) if resource.search else resource.lookup
    for pause in pauses(run.clock):
        once = Once(run.aws)
        found = ask(once, filled(lookup, run.world.lookup))
        if found is not None:
            run.learn(resource, {**found, **told})
            if (yield from _born_as_wanted(run, resource, once)):
                return
        yield from wait(run, pause, f"the {resource.title} does not show everywhere yet")
    raise not_ready(resource.title)


def _born_as_wanted(run: _Run, resource: Resource, once: Aws) -> Generator[Event, None, bool]:
    """Whether what the create call set can be read back."""
    for facet in resource.facets("created"):
        if facet.born:
            have = yield from read(run, facet, once)
            if not same(facet, have, run.target(facet, have)):
                return False
    return True
