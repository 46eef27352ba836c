"""A plan as lines for a person: what will be created, changed and kept, and what needs a typed consent. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.costs import DATA_EVENTS
from services.engine.plan import Step
from services.engine.world import Present
from services.model import policy_words
from services.model.resource import Facet, Resource, Risk
from services.model.values import Tree, fill, shown
from services.printable import one_line
from services.problems import Problem
from services.work import Desk, Planned

SIGNS = {"create": "+", "set": "+", "change": "~", "adopt": "~", "delete": "-", "blocked": "✗"}

CHANGED = "The answers in the setup file were changed since that plan was made."
CHANGED_DONE = "Everything in that plan is there and was read back from AWS."
CHANGED_REMEDY = "Look at the new plan: it is what is missing for the answers as they are now."


def changed() -> Problem:
    """Other answers stand in the file by now than those that a plan was made for."""
    return Problem("stale", CHANGED, (CHANGED_REMEDY,))


CONSENT: dict[Risk, str] = {
    "principal": "Another account or role will be able to write backups",
    "irreversible": "This can never be undone",
    "adopt": "Something that this set-up did not make will be used and marked as its own",
    "cost": DATA_EVENTS,
}


@dataclass(frozen=True)
class Line:
    """One line of the tree; `document` is a policy to read with Enter."""

    sign: str
    text: str
    depth: int = 0
    document: str = ""


@dataclass(frozen=True)
class Counts:
    """How many things and settings the plan touches."""

    create: int
    set: int
    change: int
    adopt: int
    blocked: int

    @property
    def any(self) -> bool:
        return bool(self.create or self.set or self.change or self.adopt)


def counts(planned: Planned) -> Counts:
    """What the plan's steps add up to."""
    verbs = [step.verb for step in planned.plan.steps]
    of = verbs.count
    return Counts(of("create"), of("set"), of("change"), of("adopt"), of("blocked"))


def lines(desk: Desk, planned: Planned) -> tuple[Line, ...]:
    """The whole plan as a tree: one branch a resource, kept ones too."""
    return tuple(line for resource in desk.blueprint for line in _resource(resource, planned))


def _resource(resource: Resource, planned: Planned) -> tuple[Line, ...]:
    steps = [step for step in planned.plan.steps if step.resource.name == resource.name]
    if not steps:
        return (Line("=", f"{resource.title}: stays as it is"),)
    own = next((step for step in steps if step.facet is None or step.verb == "adopt"), None)
    found = [Line(_sign(own) if own else "~", resource.title + _why(own))]
    if own is not None and own.verb == "create":
        found.append(Line("", resource.says, 1))
        found += [_born(facet, planned) for facet in _told(resource)]
    found += [_side(step) for step in steps if step is not own]
    return tuple(found)


def _sign(step: Step) -> str:
    return "!" if step.risk else SIGNS[step.verb]


def _why(step: Step | None) -> str:
    if step is None:
        return ""
    if step.problem is not None:
        return ": " + " ".join((step.problem.summary, *step.problem.remedy))
    return f": {step.says}" if step.verb == "adopt" else ""


def _told(resource: Resource) -> list[Facet]:
    """What the create call sets and a person should hear of; what it merely cannot be otherwise is left out."""
    return [f for f in resource.facets("created") if f.born and f.name in {"policy", "trust", "boundary"}]


def _born(facet: Facet, planned: Planned) -> Line:
    target = facet.merge(None, fill(facet.want, planned.world.lookup))
    return Line("+", _say(facet), 1, _document(facet, target))


def _say(facet: Facet) -> str:
    return facet.says + ("  (Enter: read)" if facet.document else "")


def _side(step: Step) -> Line:
    facet = step.facet
    if step.problem is not None or facet is None:
        reason = " ".join((step.problem.summary, *step.problem.remedy)) if step.problem else ""
        return Line("✗", f"{step.says}: {reason}", 1)
    text = _say(facet)
    if step.before is not None:
        text += f"\nnow: {one_line(step.before)}"
        text += f"\nthen: {one_line(step.after or '')}" if facet.name == "trust" else ""
    return Line(_sign(step), text, 1, _document(facet, step.target))


def _document(facet: Facet, tree: Tree) -> str:
    return policy_words.explained(shown(tree)) if facet.document else ""


def risks(planned: Planned) -> tuple[Risk, ...]:
    """The risks that need consent, each once."""
    return tuple(dict.fromkeys(step.risk for step in planned.plan.steps if step.risk is not None))


def at_risk(planned: Planned, risk: Risk) -> tuple[Step, ...]:
    return tuple(step for step in planned.plan.steps if step.risk == risk)


def summary(found: Counts) -> str:
    """The counts in one sentence."""
    parts = []
    if found.create:
        parts.append(f"{found.create} to create")
    if found.set:
        parts.append(f"{found.set} setting{'s' * (found.set > 1)} to make")
    if found.change:
        parts.append(f"{found.change} to change")
    if found.adopt:
        parts.append(f"{found.adopt} to take over")
    if found.blocked:
        parts.append(f"{found.blocked} blocked")
    return ", ".join(parts) + "."


def asked(found: Sequence[Risk]) -> str:
    """Where the words are typed that the plan's risks ask for; nothing when there are none."""
    if not found:
        return ""
    return f"{'One thing needs' if len(found) == 1 else f'{len(found)} things need'} a typed word: Tab leads there."


def button(found: Counts) -> str:
    """What the button says that does it."""
    if found.change or found.adopt or not found.create:
        total = found.create + found.set + found.change + found.adopt
        return f"Make {'this change' if total == 1 else f'these {total} changes'}"
    return "Create this one thing" if found.create == 1 else f"Create these {found.create} things"


def exists_already(planned: Planned) -> bool:
    """Whether anything of the blueprint is in AWS already."""
    return any(isinstance(state, Present) for state in planned.world.resources.values())
