"""Carries a plan out, as a generator of events.

`Started` is yielded before its call is made, so a journal that writes each event down before it asks for the next
one is a write-ahead log. After each write the facet is read again until it is as wanted, which absorbs AWS's
delays and proves every step. A step that is not needed any more is skipped; a facet that somebody changed since
the plan stops the run.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field

from services.aws.guards import Once
from services.aws.translate import problem_of
from services.clock import Clock
from services.engine.plan import Plan, Step, same
from services.engine.world import Present, World
from services.events import Event, Failed, Finished, Skipped, Started, Succeeded, Waiting
from services.model.calls import Aws, Call, Refused, Reply, ask, filled, outputs
from services.model.resource import Facet, Resource
from services.model.values import Ref, Tree, document, fill
from services.problems import Problem, ProblemError, refuse

PATIENCE = 60.0
"""Seconds for which AWS may be not ready before a step counts as failed."""

_PACE = (0.2, 0.5, 1.0, 2.0, 3.0, 5.0)


def _never() -> bool:
    return False


@dataclass
class _Run:
    aws: Aws
    clock: Clock
    world: World
    stop: Callable[[], bool]
    address: str = ""
    made: set[str] = field(default_factory=set)

    def learn(self, resource: Resource, found: Mapping[str, Tree]) -> None:
        states = {**self.world.resources, resource.name: Present(found, "created")}
        self.world = World(states, self.world.sides)

    def target(self, facet: Facet, have: Tree) -> Tree:
        want = fill(facet.want, self.world.lookup)
        return fill(facet.merge(have, want), self.world.lookup)


def apply(
    plan: Plan, world: World, aws: Aws, clock: Clock, stop: Callable[[], bool] = _never
) -> Iterator[Event]:
    """Every step in order; ends with `Finished`. `stop` is asked between calls, never in the middle of one.

    A plan with blocked steps is not begun: half a backup path that cannot be completed helps nobody.
    """
    blocked = [(step.address, step.problem) for step in plan.steps if step.problem is not None]
    if blocked:
        yield from (Failed(address, problem.at(address)) for address, problem in blocked)
        yield Finished(0, len(blocked), len(plan.steps) - len(blocked))
        return
    run = _Run(aws, clock, world, stop)
    for index, step in enumerate(plan.steps):
        run.address = step.address
        try:
            _may_go_on(run)
            yield from _step(run, step)
        except Refused as refused:
            problem = problem_of(refused)
        except ProblemError as error:
            problem = error.problem
        else:
            continue
        yield Failed(step.address, problem.at(step.address))
        yield Finished(index, 1, len(plan.steps) - index - 1)
        return
    yield Finished(len(plan.steps), 0, 0)


def _may_go_on(run: _Run) -> None:
    if run.stop():
        raise refuse(
            "interrupted",
            "You stopped the run; everything made so far is complete and kept.",
            "Run the same command again: it goes on from here.",
        )


def _step(run: _Run, step: Step) -> Generator[Event]:
    if step.facet is None:
        # S3 answers a second CreateBucket of one's own bucket with success and resets it, so look first.
        if ask(run.aws, filled(step.resource.lookup, run.world.lookup)) is not None:
            raise _stale(f"the {step.resource.title} exists now")
        yield Started(step.address, step.verb, step.says, step.resource.title)
        yield from _create(run, step)
        yield Succeeded(step.address, step.says, run.world.output(Ref(step.resource.name)) or "")
        return
    facet = step.facet
    have = yield from _read(run, facet, run.aws)
    target = run.target(facet, have)
    if same(facet, have, target):
        yield Skipped(step.address, step.says)
        return
    if step.resource.name not in run.made and not same(facet, have, step.have):
        raise _stale(f"{step.resource.title}, {facet.name}")
    if facet.write is None:
        raise refuse(
            "our-bug", f"The step {step.address} has nothing to write.", "Report this fault of the program."
        )
    yield Started(step.address, step.verb, step.says, step.resource.title)
    yield from _write(run, filled(facet.write(have, target), run.world.lookup))
    for pause in _pauses(run.clock):
        if same(facet, (yield from _read(run, facet, run.aws)), target):
            break
        yield from _wait(run, pause, "AWS does not show the change everywhere yet")
    else:
        raise _not_ready(f"{step.resource.title}, {facet.name}")
    yield Succeeded(step.address, step.says)


def _create(run: _Run, step: Step) -> Generator[Event]:
    resource = step.resource
    if resource.create is None:
        raise refuse(
            "our-bug", f"The {resource.title} cannot be created.", "Report this fault of the program."
        )
    call = filled(resource.create, run.world.lookup)
    told = outputs(call, (yield from _write(run, call)))
    run.made.add(resource.name)
    # A new key is looked up by its id, because its alias comes later.
    lookup = resource.search.look(str(told["id"])) if resource.search else resource.lookup
    for pause in _pauses(run.clock):
        once = Once(run.aws)
        found = ask(once, filled(lookup, run.world.lookup))
        if found is not None:
            run.learn(resource, {**found, **told})
            if (yield from _born_as_wanted(run, resource, once)):
                return
        yield from _wait(run, pause, f"the {resource.title} does not show everywhere yet")
    raise _not_ready(resource.title)


def _born_as_wanted(run: _Run, resource: Resource, once: Aws) -> Generator[Event, None, bool]:
    """Whether what the create call set can be read back."""
    for facet in resource.facets("created"):
        if facet.born:
            have = yield from _read(run, facet, once)
            if not same(facet, have, run.target(facet, have)):
                return False
    return True


def _read(run: _Run, facet: Facet, aws: Aws) -> Generator[Event, None, Tree]:
    """The facet's value now; a resource that is too new to be read is asked again for a while."""
    call = filled(facet.read, run.world.lookup)
    last: Refused | None = None
    for pause in _pauses(run.clock):
        try:
            found = ask(aws if last is None else run.aws, call)
        except Refused as refused:
            last = _passing(call, refused)
            yield from _wait(run, pause, f"AWS answers {refused.code}, which usually passes")
        else:
            have = None if found is None else found["have"]
            return document(have) if facet.document and have is not None else have
    raise last or _not_ready(call.name)


def _write(run: _Run, call: Call) -> Generator[Event, None, Reply]:
    """Makes a writing call; codes that pass by themselves are tried again for a while."""
    last: Refused | None = None
    for pause in _pauses(run.clock):
        try:
            return run.aws(call)
        except Refused as refused:
            last = _passing(call, refused)
            yield from _wait(run, pause, f"AWS answers {refused.code}, which usually passes")
    raise last or _not_ready(call.name)


def _passing(call: Call, refused: Refused) -> Refused:
    says_so = bool(call.passing) and call.passing in refused.message
    if refused.code not in call.transient and not says_so:
        raise refused
    return refused


def _pauses(clock: Clock) -> Iterator[float]:
    """Pauses between tries, until the patience is used up."""
    end = clock.now() + PATIENCE
    index = 0
    while clock.now() < end:
        yield _PACE[min(index, len(_PACE) - 1)]
        index += 1


def _wait(run: _Run, seconds: float, reason: str) -> Generator[Event]:
    if run.stop():
        raise refuse(
            "interrupted",
            "You stopped the run while AWS was not ready; what was asked for is kept.",
            "Run the same command again: it goes on from here.",
        )
    yield Waiting(run.address, seconds, reason)
    run.clock.sleep(seconds)


def _stale(what: str) -> ProblemError:
    return refuse(
        "stale",
        f"Something changed in AWS since the plan was made: {what}.",
        "Look at a new plan, then apply it. Nothing of the change was overwritten.",
    )


def _not_ready(what: str) -> ProblemError:
    return ProblemError(
        Problem(
            "not-ready",
            f"AWS took the change but did not show it within {PATIENCE:.0f} seconds: {what}.",
            ("Run the same command again in a few minutes: it goes on from here.",),
        )
    )
