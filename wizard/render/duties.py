"""The duties of a set-up as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from services.lifecycle.reminders import steps_text

if TYPE_CHECKING:
    from services.lifecycle.standing import Life, Standing, State

SIGNS: Mapping[State, str] = MappingProxyType(
    {"due": "!", "soon": "▸", "later": "·", "event": "·", "waiting": "·"}
)


def _sign(one: Standing) -> str:
    return "✓" if one.state == "later" and one.last is not None else SIGNS[one.state]


def life_text(of: Life, *, verbose: bool = False) -> str:
    """Every duty with its state, and what to do about those that are due; about all of them if `verbose`."""
    lines: list[str] = []
    for heading, kinds in (
        ("When it happens", {"event"}),
        ("Once a year", {"yearly"}),
        ("As it runs out", {"retention"}),
    ):
        found = [one for one in of.standings if one.duty.kind in kinds]
        if found:
            lines += [heading, *(line for one in found for line in _duty(one, verbose=verbose)), ""]
    due = len(of.having("due"))
    verdict = f"! {due} {'duty is' if due == 1 else 'duties are'} due." if due else "✓ No duty is due."
    return "\n".join((*lines, *(f"! {sentence}" for sentence in of.warnings), verdict))


def _duty(one: Standing, *, verbose: bool) -> Iterator[str]:
    yield f"  {_sign(one)} {one.duty.title}  ({one.duty.id})"
    yield f"      {one.says}"
    if verbose or one.state == "due":
        yield f"      {one.duty.why}"
        yield from (f"      {line}" for line in steps_text(one.steps))


def about_text(found: Iterable[Standing]) -> str:
    """Everything about some duties."""
    return "\n\n".join("\n".join(_about(one)) for one in found)


def _about(one: Standing) -> Iterator[str]:
    yield f"{one.duty.title}. {one.says}"
    yield one.duty.why
    yield from steps_text(one.steps)
