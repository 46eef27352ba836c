"""The order in which resources are observed and made: references first."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import TopologicalSorter

from services.model.resource import Blueprint, Resource, needs


def levels(blueprint: Blueprint) -> Iterator[tuple[Resource, ...]]:
    """Groups of resources that need only earlier groups, each in the blueprint's own order."""
    place = {resource.name: index for index, resource in enumerate(blueprint)}
    by_name = {resource.name: resource for resource in blueprint}
    sorter = TopologicalSorter({resource.name: needs(resource) & set(by_name) for resource in blueprint})
    sorter.prepare()
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=lambda name: place[name])
        sorter.done(*ready)
        yield tuple(by_name[name] for name in ready)


def ordered(blueprint: Blueprint) -> tuple[Resource, ...]:
    """The resources, each after those it needs."""
    return tuple(resource for level in levels(blueprint) for resource in level)
