"""The steps of a plan as commands of the `aws` program, for whoever runs every command with their own hands.

Where a command would hold the external ID and is only to be read, a variable of the shell stands in its place: the ID is
not shown, and a command that was copied from the screen stops instead of making a role with a wrong one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from services.engine.plan import Plan, Step
from services.engine.world import World
from services.export.commands import command
from services.export.comparing import backticked, constant, variable
from services.export.shell import Naming, Var, comment, word
from services.model.calls import Call
from services.model.operations import OPERATIONS
from services.model.resource import Resource, Risk
from services.model.values import Json, Ref, Tree, refs

EXTERNAL_ID = "EXTERNAL_ID"
_HIDDEN = Ref("palisade", "external_id")

PRINTS: Mapping[str, str] = MappingProxyType(
    {
        "kms:CreateKey": "It prints the new key as JSON. Run it once: every time it makes another key.",
        "s3:CreateBucket": "It prints the bucket's location as JSON. Run it once.",
        "iam:CreateRole": "It prints the new role as JSON.",
        "cloudtrail:CreateTrail": "It prints the new trail as JSON.",
        "cloudtrail:UpdateTrail": "It prints the trail as JSON.",
        "cloudtrail:PutEventSelectors": "It prints what the trail records from now on as JSON.",
        "sns:CreateTopic": "It prints the topic's ARN as JSON.",
        "sns:Subscribe": "It prints that the confirmation is pending: whoever reads the mail gets a link to follow.",
        "s3:PutBucketLifecycleConfiguration": "It prints nothing, or how small files are treated.",
        "s3:PutObjectLockConfiguration": "It prints nothing, or who pays for the request.",
    }
)
"""What a command prints when it works; all others print nothing."""

_NOTHING = "It prints nothing when it works."
_NEW = (
    "What was made a moment ago is not known everywhere in AWS at once: if it is refused for that, wait a little and run "
    "it again."
)


@dataclass(frozen=True)
class ByHand:
    """One step as a command. `whole` holds the external ID where the step needs it, `shown` a variable instead."""

    step: Step
    whole: str
    shown: str
    expect: str

    @property
    def hides(self) -> bool:
        """Whether the command holds the external ID, so that what is shown is not all of it."""
        return self.whole != self.shown

    @property
    def risk(self) -> Risk | None:
        return self.step.risk


def by_hand(plan: Plan, world: World, region: str, external_id: str) -> tuple[ByHand, ...]:
    """Each step of a plan that has a call, in their order. What AWS has not told yet is in variables."""
    naming = _naming(plan, world)
    return tuple(
        ByHand(
            step,
            command(step.call, naming, region=region),
            command(_hiding(step.call, external_id), naming, region=region),
            _expect(step.call),
        )
        for step in plan.steps
        if step.call is not None
    )


def listing(plan: Plan, world: World, region: str, external_id: str) -> str:
    """All commands of a plan as one text, to read or to run from top to bottom; without the external ID."""
    naming = _naming(plan, world)
    needed = {
        ref for step in plan.steps if step.call for ref in (*refs(step.call.params), *refs(step.target))
    }
    found = by_hand(plan, world, region, external_id)
    parts = [
        comment("The commands of this plan, for sh, bash or zsh. Run them in this order, each one once.")
    ]
    if any(each.hides for each in found):
        parts.append(
            comment("The external ID is not shown: put it between the quotes first.") + f"\n{EXTERNAL_ID}=''"
        )
    for each in found:
        step = each.step
        says = f"{step.resource.title}: {step.says}."
        creates = step.verb == "create" and step.facet is None
        outputs = [o for o in step.resource.lookup.outputs if Ref(step.resource.name, o) in needed]
        asked = [o for o in outputs if constant(step.resource, o) is None] if creates else []
        text = "\n".join(_keeping(step.resource, step.call, asked, naming, region)) if asked else each.shown
        parts.append(f"{comment(says)}\n{text}")
    return "\n\n".join(parts) + "\n"


def _keeping(
    resource: Resource, call: Call | None, outputs: Sequence[str], naming: Naming, region: str
) -> Iterator[str]:
    """A command that makes something, and those that keep in variables what the next ones need of it."""
    if call is None:
        return
    rest = list(outputs)
    if "id" in rest and "id" in call.outputs:
        rest.remove("id")
        made = command(call, naming, query=word(call.outputs["id"]), output="text", region=region)
        yield f"{variable(resource.name, 'id')}=$({made})"
    else:
        yield command(call, naming, region=region)
    look = resource.lookup
    if resource.search is not None:  # it has no alias yet
        look = replace(look, params={**look.params, "KeyId": Ref(resource.name, "id")})
    for output in rest:
        asked = command(
            look, naming, query=word(backticked(look.outputs[output])), output="text", region=region
        )
        yield f"{variable(resource.name, output)}=$({asked})"


def _naming(plan: Plan, world: World) -> Naming:
    parts = {step.resource.name: step.resource for step in plan.steps}

    def name(ref: Ref) -> str | Var:
        if ref == _HIDDEN:
            return Var(f"{EXTERNAL_ID}:?put it in first")
        known = world.output(ref)
        if known is None and ref.resource in parts:
            known = constant(parts[ref.resource], ref.output)
        # Unset, it stops the command: an empty name in its place could be taken for one.
        return Var(f"{variable(ref.resource, ref.output)}:?") if known is None else known

    return name


def _hiding(call: Call, external_id: str) -> Call:
    if not external_id:
        return call
    return replace(call, params={name: _without(value, external_id) for name, value in call.params.items()})


def _without(tree: Tree, secret: str) -> Tree:
    match tree:
        case str():
            return _HIDDEN if tree == secret else tree
        case Json(inner):
            return Json(_without(inner, secret))
        case Mapping():
            return {key: _without(value, secret) for key, value in tree.items()}
        case bytes():
            return tree
        case Sequence():
            return [_without(value, secret) for value in tree]
        case _:
            return tree


def _expect(call: Call) -> str:
    said = [PRINTS.get(call.name, _NOTHING)]
    if call.transient:
        said.append(_NEW)
    return " ".join([*said, f"Right that it needs: {', '.join(OPERATIONS[call.name].actions)}."])
