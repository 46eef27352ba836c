"""What every run over AWS does alike: it asks between two calls whether to stop, and waits for what passes by itself."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import TypeVar

from services.aws.codes import CODES
from services.aws.translate import problem_of
from services.clock import Clock
from services.engine.plan import Plan, Step
from services.engine.world import World
from services.events import Event, Failed, Finished, Waiting
from services.model.calls import Aws, Call, Refused, Reply, ask, filled
from services.model.operations import OPERATIONS
from services.model.resource import Facet
from services.model.values import Tree, document
from services.printable import one_line
from services.problems import Problem, ProblemError, refuse

PATIENCE = 60.0
"""Seconds for which AWS may be not ready before a step counts as failed."""

_PACE = (0.2, 0.5, 1.0, 2.0, 3.0, 5.0)


def never() -> bool:
    """Nobody asks this run to stop."""
    return False


@dataclass
class Run:
    """One run over AWS: what it knows, and at which step it is. `stop` is asked between calls."""

    aws: Aws
    clock: Clock
    world: World
    stop: Callable[[], bool]
    address: str = ""


AnyRun = TypeVar("AnyRun", bound=Run)


def in_order(plan: Plan, run: AnyRun, one: Callable[[AnyRun, Step], Generator[Event]]) -> Iterator[Event]:
    """Takes the steps one by one with `one`; the first that fails ends the run. Ends with `Finished`.

    A plan with blocked steps is not begun.
    """
    blocked = [(step.address, step.problem) for step in plan.steps if step.problem is not None]
    if blocked:
        yield from (Failed(address, problem.at(address)) for address, problem in blocked)
        yield Finished(0, len(blocked), len(plan.steps) - len(blocked))
        return
    for index, step in enumerate(plan.steps):
        run.address = step.address
        try:
            may_go_on(run)
            yield from one(run, step)
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


def may_go_on(run: Run) -> None:
    """Raises `interrupted` if the run is to stop."""
    if run.stop():
        raise refuse(
            "interrupted",
            "You stopped the run; everything done so far is complete and kept.",
            "Run the same command again: it goes on from here.",
        )


def pauses(clock: Clock) -> Iterator[float]:
    """Pauses between tries, until the patience is used up."""
    end = clock.now() + PATIENCE
    index = 0
    while clock.now() < end:
        yield _PACE[min(index, len(_PACE) - 1)]
        index += 1


def wait(run: Run, seconds: float, reason: str) -> Generator[Event]:
    """Says that AWS is waited for, and waits."""
    if run.stop():
        raise refuse(
            "interrupted",
            "You stopped the run while AWS was not ready; what was asked for is kept.",
            "Run the same command again: it goes on from here.",
        )
    yield Waiting(run.address, seconds, reason)
    run.clock.sleep(seconds)


def read(run: Run, facet: Facet, aws: Aws) -> Generator[Event, None, Tree]:
    """The facet's value now; a resource that is too new to be read is asked again for a while."""
    call = filled(facet.read, run.world.lookup)
    last: Refused | None = None
    for pause in pauses(run.clock):
        try:
            found = ask(aws if last is None else run.aws, call)
        except Refused as refused:
            last = passing(call, refused)
            yield from wait(run, pause, _answers(refused))
        else:
            have = None if found is None else found["have"]
            return document(have) if facet.document and have is not None else have
    raise last or not_ready(call.name)


def write(run: Run, call: Call) -> Generator[Event, None, Reply]:
    """Makes a writing call; codes that pass by themselves are tried again for a while."""
    last: Refused | None = None
    for pause in pauses(run.clock):
        try:
            return run.aws(call)
        except Refused as refused:
            last = passing(call, refused)
            yield from wait(run, pause, _answers(refused))
    raise last or not_ready(call.name)


def _answers(refused: Refused) -> str:
    return f"AWS answers {one_line(refused.code)}, which usually passes"


def passing(call: Call, refused: Refused) -> Refused:
    """The refusal, if it passes by itself; else it is raised."""
    says_so = bool(call.passing) and call.passing in refused.message
    if refused.code not in call.transient and not says_so and not _only_slow_down(call, refused):
        raise refused
    return refused


def _only_slow_down(call: Call, refused: Refused) -> bool:
    """Whether AWS did not do it because it came too fast. What makes something is not tried again below this run."""
    row = OPERATIONS.get(call.name)
    return row is not None and row.once and CODES.get(refused.code) == "throttled"


def stale(what: str) -> ProblemError:
    """For what is not as the plan saw it."""
    return refuse(
        "stale",
        f"Something changed in AWS since the plan was made: {what}.",
        "Look at a new plan, then apply it. Nothing of the change was overwritten.",
    )


def not_ready(what: str) -> ProblemError:
    """For what AWS took and does not show."""
    return ProblemError(
        Problem(
            "not-ready",
            f"AWS took the change but did not show it within {PATIENCE:.0f} seconds: {what}.",
            ("Run the same command again in a few minutes: it goes on from here.",),
        )
    )
