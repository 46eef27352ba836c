"""The plan of an unchanged production set-up against the slowest chain of reads that it cannot do without.

Every call is made to take as long as one to a region on another continent: what counts is how much is asked side by
side.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from benchmarks.applying import ACCEPTED, Ground, emulated, production, program
from benchmarks.measure import Row, in_turn, process
from services import setup_file
from services.aws.port import Port, Settings
from services.clock import SystemClock
from services.demo.emulator import REGION
from services.desk import Desk, make_plan, open_desk
from services.engine.observe import observe
from services.engine.world import Present, World
from services.model.calls import Aws, Call, Reply, filled
from services.model.values import refs
from services.setups import State

FAR = 0.1
"""Seconds that every call takes longer."""


@dataclass
class Far:
    """An AWS that is far away, and how long each call took the last time."""

    aws: Aws
    took: dict[str, float] = field(default_factory=dict)

    def __call__(self, call: Call) -> Reply:
        begin = time.perf_counter()
        time.sleep(FAR)
        try:
            return self.aws(call)
        finally:
            self.took[_asked(call)] = time.perf_counter() - begin


def _asked(call: Call) -> str:
    return repr((call.name, call.params, call.region))


def rows(runs: int) -> list[Row]:
    """One row: the plan with its reads side by side, the chain from the same reads made one after the other."""
    with tempfile.TemporaryDirectory() as folder, emulated(Path(folder)) as ground:
        setup = setup_file.create(Path(folder) / "bench.toml", production())
        process(
            program(Path(folder), "apply", "--config", str(setup.path), "--yes", *ACCEPTED), ground.environ
        )
        far = Far(_port(ground))
        desk = open_desk(setup_file.read(setup.path), far, State(Path(folder) / "state"), SystemClock())
        return [
            in_turn(
                "plan of an unchanged set-up",
                lambda: _plan(desk),
                "its slowest chain of reads",
                lambda: _chain(desk, far),
                runs,
            )
        ]


def _port(ground: Ground) -> Port:
    keys = ground.administrator
    return Port(
        Settings(
            region=REGION,
            endpoint_url=ground.emulator.endpoint,
            access_key=keys.access_key,
            secret_key=keys.secret_key,
            ca_bundle=str(ground.emulator.ca_bundle),
        )
    )


def _plan(desk: Desk) -> float:
    begin = time.perf_counter()
    if make_plan(desk).plan.steps:
        raise RuntimeError("the set-up was not complete")
    return time.perf_counter() - begin


def _chain(desk: Desk, far: Far) -> float:
    """Seconds of the longest way through the reads, each measured while nothing else was asked."""
    world = observe(desk.blueprint, far, desk.ownership, workers=1)
    by_name = {resource.name: resource for resource in desk.blueprint}

    def before(calls: Sequence[Call], but: str = "") -> float:
        named = {ref.resource for call in calls for ref in refs([call.params, call.region])}
        return max((found(name) for name in named - {but} if name in by_name), default=0.0)

    @cache
    def found(name: str) -> float:
        resource = by_name[name]
        calls = [call for call in (resource.lookup, resource.owner) if call is not None]
        return before(calls, name) + sum(_took(far, call, world) for call in calls)

    ends = [found(name) for name in by_name]
    for name, resource in by_name.items():
        if isinstance(state := world.resources[name], Present):
            ends += [
                max(found(name), before([facet.read])) + _took(far, facet.read, world)
                for facet in resource.facets(state.origin)
            ]
    return max(ends)


def _took(far: Far, call: Call, world: World) -> float:
    return far.took[_asked(filled(call, world.output))]
