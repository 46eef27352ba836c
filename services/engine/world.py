"""What was observed: for every resource and facet either a value, or that it is not there, or that nobody may know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from services.model.resource import Origin
from services.model.values import Lookup, Ref, Tree
from services.problems import Problem


@dataclass(frozen=True)
class Present:
    """It is there: the outputs of its lookup, and whose it is; for which `environment`, if another set-up's tags say."""

    outputs: Mapping[str, Tree]
    origin: Origin
    environment: str = ""


@dataclass(frozen=True)
class Absent:
    """AWS said that it is not there."""


@dataclass(frozen=True)
class Unknown:
    """AWS did not say: denied, out of reach. Never to be taken for absent."""

    problem: Problem


@dataclass(frozen=True)
class Have:
    """A facet's value; None means that AWS has no setting."""

    value: Tree


State: TypeAlias = "Present | Absent | Unknown"
Side: TypeAlias = "Have | Unknown"


@dataclass(frozen=True)
class World:
    """`resources` by name, `sides` by address (`bucket.versioning`); a side is missing if its resource is absent.

    `nameless` are the ARNs of what bears a resource's tags and is led to by no name, by the resource's name.
    """

    resources: Mapping[str, State] = field(default_factory=dict)
    sides: Mapping[str, Side] = field(default_factory=dict)
    nameless: Mapping[str, tuple[str, ...] | Unknown] = field(default_factory=dict)

    def output(self, ref: Ref) -> str | None:
        """What a reference stands for, if its resource is there."""
        match self.resources.get(ref.resource):
            case Present(outputs) if outputs.get(ref.output) is not None:
                return str(outputs[ref.output])
            case _:
                return None

    @property
    def lookup(self) -> Lookup:
        return self.output
