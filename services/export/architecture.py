"""The architecture document: what the administrator's guide asks an organisation to write down, as it was observed.

It is for a wiki: it holds no secret, and of the external ID only the last characters, because whoever reads a wiki
needs to compare it, not to have it. The setup file and `values` hold it whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services import costs, kit
from services.aws.translate import own_words
from services.clock import stamp
from services.engine.plan import Step
from services.export.document import comparison, custody, diagram, duties, overview, rights
from services.export.document.facts import Findings, Part, exact, findings
from services.export.document.markdown import code, document, heading, items, table
from services.export.document.markdown import text as words
from services.export.subject import Subject
from services.model.values import mask

_STATED = (
    "“As planned” was read in AWS and is what the set-up wants; “NOT as planned” was read and is something else; “seen” was "
    "read, and nothing is wanted of it; “not there yet” is planned only; “unknown” was refused by AWS."
)


def text(subject: Subject) -> str:
    """The document of one set-up."""
    return together((subject,))


def together(subjects: Sequence[Subject]) -> str:
    """The document of several set-ups, which are compared first."""
    found = [findings(subject) for subject in subjects]
    names = " and ".join(one.subject.setup.answers.text("setup.name") for one in found)
    parts = [heading(1, f"Backup architecture of Palisade wallets: {names}")]
    if len(found) > 1:
        parts += [heading(2, "Environments side by side"), *comparison.told(found)]
        for one in found:
            answers = one.subject.setup.answers
            title = f"Set-up {answers.text('setup.name')} ({answers.text('setup.environment')})"
            parts += [heading(2, title), *_document(one, 3)]
    else:
        parts += _document(found[0], 2)
    return "\n\n".join(parts) + "\n"


def _document(found: Findings, level: int) -> Iterator[str]:
    yield from _standing(found)
    yield heading(level, "At a glance")
    yield table(("What", "Recorded"), _answers(found))
    yield table(("Part", "Name", "Where", "State"), _glance(found))
    yield heading(level, "Diagram")
    yield diagram.mermaid(found)
    yield "The same as text, with what is outside the account:"
    yield from overview.picture_text(found)
    yield "Every reference from one part to another:"
    yield diagram.told(found)
    yield heading(level, "Recovery key")
    yield from custody.told(found.subject.setup)
    yield heading(level, "Every setting")
    yield words(_STATED)
    for part in found.parts:
        yield from _part(part, level + 1)
    yield heading(level, "Who may do what")
    yield from overview.who_can(found)
    yield "Every statement of every policy above. What the account's other IAM policies allow stands beside it."
    yield rights.told(found)
    yield heading(level, "What to do, and when")
    yield from duties.lifecycle(found)
    yield heading(level, "How to recover")
    yield from duties.recovery(found)
    yield heading(level, "What it costs")
    yield "An estimate for the set-up as it is planned."
    yield items(map(words, _costs(found)))
    yield heading(level, "What is not proven")
    yield from duties.unproven(found)
    yield heading(level, "Exact values")
    yield "As AWS gives them, with the external ID masked; a planned one says so."
    yield from _appendix(found, level + 1)


def _standing(found: Findings) -> Iterator[str]:
    """How much of the document was seen, and what is not as planned: before anything else."""
    subject = found.subject
    if subject.endpoint:
        yield (
            f"**Endpoint: {code(subject.endpoint)}. This is not AWS's own endpoint: nothing below says anything about a "
            "real AWS account.**"
        )
    if subject.seen is None:
        yield "**AWS was not asked.** Everything below is what the set-up plans; nothing of it was seen."
    else:
        yield f"Seen in AWS on {code(stamp(subject.seen))}, signed in to account {code(subject.account)}."
        yield from _differences(found)
    said = list(duties.worth_knowing(found))
    if said:
        yield "**Worth knowing:**"
        yield items(map(words, said))


def _differences(found: Findings) -> Iterator[str]:
    steps = found.plan.steps
    if not steps:
        yield "**Everything that the set-up plans is there and as planned.**"
        return
    several = "setting or part is" if len(steps) == 1 else "settings and parts are"
    yield f"**{len(steps)} {several} not as planned:**"
    yield table(("Where", "In AWS", "Planned"), map(_difference, steps))


def _difference(step: Step) -> tuple[str, str, str]:
    if step.problem is not None:
        return code(step.address), words(own_words(step.problem.summary)), words(step.says)
    now = "not there" if step.before is None else step.before
    if step.verb == "adopt":
        now = "it is there, made by somebody else"
    return code(step.address), words(now), words(step.after or step.says)


def _answers(found: Findings) -> Iterator[tuple[str, str]]:
    answers = found.subject.setup.answers
    yield "Set-up", code(answers.text("setup.name"))
    yield "Environment", words(answers.text("setup.environment"))
    yield "AWS account", code(found.subject.account)
    yield "Region", code(answers.text("aws.region"))
    yield "Palisade’s console", code(kit.CONSOLES[answers.text("setup.environment")])
    yield "Kit", code(answers.text("palisade.kit_name"))
    yield "Quorum ID", code(answers.text("palisade.quorum_id") or "not recorded")
    yield "Palisade’s writer", code(answers.text("palisade.principal_arn"))
    yield (
        "External ID",
        f"{code(mask(answers.text('palisade.external_id')))}, whole in the setup file and in the output of `palisade-wizard values`",
    )


def _glance(found: Findings) -> Iterator[tuple[str, str, str, str]]:
    """A row for each part; many parts of one kind are one row."""
    for parts in diagram.boxes(found).values():
        if len(parts) == 1:
            part = parts[0]
            where = code(part.arn) if part.arn else "-"
            yield words(part.resource.kind), code(part.name), where, words(part.status)
        else:
            names, states = (
                dict.fromkeys(kind) for kind in zip(*((p.name, p.status) for p in parts), strict=True)
            )
            yield (
                words(diagram.several(parts)),
                ", ".join(map(code, names)),
                "see below",
                words("; ".join(states)),
            )


def _part(part: Part, level: int) -> Iterator[str]:
    yield heading(level, part.resource.title)
    yield words(f"State: {part.status}. What the set-up wants of it: {part.resource.says}.")
    if part.outputs:
        yield table(("Known", "Value"), ((words(name), code(value)) for name, value in part.outputs.items()))
    if part.facts:
        rows = ((code(f.address), words(f.facet.says), words(f.words), words(f.sort)) for f in part.facts)
        yield table(("Setting", "Wanted", "In AWS", "State"), rows)


def _costs(found: Findings) -> tuple[str, ...]:
    answers = found.subject.setup.answers
    own_trail = answers.text("hardening.trail") == "create"
    return costs.sentences(costs.parts(found.subject.blueprint, answers, "perhaps" if own_trail else "none"))


def _appendix(found: Findings, level: int) -> Iterator[str]:
    for part in found.parts:
        for addresses, value, seen in exact(part):
            yield heading(level, f"{', '.join(addresses)}{'' if seen else ' (planned)'}")
            yield document(value)
