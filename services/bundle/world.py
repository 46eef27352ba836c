"""What AWS says now, for the bundle: the plan and the audit, or the problem that stands before them. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from services.answers import complete
from services.aws.guards import ReadOnly
from services.aws.translate import problem_of
from services.bundle import told
from services.bundle.redact import Redactor, cautious
from services.clock import Clock
from services.desk import Desk, look_in, make_plan
from services.doctor.audit import audit, of_setup
from services.engine.plan import Note, Plan, Step
from services.model.calls import Aws, Refused
from services.model.tags import PREFIX
from services.model.values import Tree, bare, entries, items, shown
from services.problems import Problem, ProblemError
from services.setup_file import SetupFile
from services.setups import State
from services.verify.checks import Report, report_json


@dataclass(frozen=True)
class Connected:
    """A way to AWS, and its endpoint if that is not AWS's own."""

    aws: Aws
    endpoint: str


Connect = Callable[[SetupFile], Connected]


def desk(setup: SetupFile, connect: Connect, state: State, clock: Clock) -> Desk:
    """The set-up signed in, as for a plan, but only to look."""
    complete(setup.answers)
    made = connect(setup)
    return look_in(setup, ReadOnly(made.aws), state, clock, made.endpoint)


def plan_of(at: Desk, redactor: Redactor) -> dict[str, object]:
    """The plan, its values as careful as its words."""
    return plan_json(make_plan(at).plan, redactor)


def doctor_of(at: Desk, redactor: Redactor) -> dict[str, object]:
    """The audit."""
    report = audit(at.aws, of_setup(at.setup, at.identity, at.state.found()), at.clock.wall())
    return report_of(report, redactor)


def attempted(work: Callable[[], dict[str, object]], redactor: Redactor) -> dict[str, object]:
    """What the work gives, or why it cannot: a bundle is wanted most where something else does not work."""
    try:
        return work()
    except ProblemError as error:
        return {"problem": told.problem(error.problem, redactor)}
    except Refused as refused:
        return {"problem": told.problem(problem_of(refused), redactor)}
    except Exception as error:  # noqa: BLE001 - a fault of the program is what the bundle is to tell of
        fault = Problem(
            "our-bug", f"The program has a fault of its own ({type(error).__name__}).", (), _way(error)
        )
        return {"problem": {**told.problem(fault, redactor), "way": _way(error)}}


def _way(error: Exception) -> str:
    import traceback

    summary = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False)
    return " > ".join(f"{frame.name}:{frame.lineno or 0}" for frame in summary)


def plan_json(found: Plan, redactor: Redactor) -> dict[str, object]:
    """The steps and notes of a plan."""
    return {
        "steps": [_step(step, redactor) for step in found.steps],
        "notes": [_note(note, redactor) for note in found.notes],
    }


def _note(note: Note, redactor: Redactor) -> dict[str, object]:
    return {"address": note.address, "says": redactor(note.says)}


def _step(step: Step, redactor: Redactor) -> dict[str, object]:
    return {
        "address": step.address,
        "verb": step.verb,
        "risk": step.risk,
        "call": step.call.name if step.call else None,
        **dict(_values(step, redactor)),
        "problem": told.problem(step.problem, redactor) if step.problem else None,
    }


def _values(step: Step, redactor: Redactor) -> Iterator[tuple[str, object]]:
    """Before and after, in words and exactly. What others wrote in sentences, and tags of others, are left out."""
    if step.facet is None:
        return
    wanted = bare(step.target)
    for name, raw in (("before", step.have), ("after", step.target)):
        if name == "before" and step.fresh:
            continue
        value = shown(raw)
        value = _own_tags(value) if step.facet.name == "tags" else cautious(value, wanted)
        yield name, redactor(step.facet.words(value))
        yield f"{name}_value", redactor.tree(value)


def _own_tags(tags: Tree) -> Tree:
    """The program's own tags; of the others, how many there are."""
    if isinstance(tags, Mapping):
        mine: dict[str, Tree] = {name: text for name, text in tags.items() if name.startswith(PREFIX)}
        return {**mine, "others": str(len(tags) - len(mine))}
    ours = [
        tag
        for tag in items(tags)
        if str(entries(tag).get("Key", entries(tag).get("TagKey"))).startswith(PREFIX)
    ]
    return [*ours, {"Key": "others", "Value": str(len(items(tags)) - len(ours))}]


def report_of(report: Report, redactor: Redactor) -> dict[str, object]:
    """A report's JSON, its sentences without AWS's own words."""
    from services.aws.translate import own_words

    document = report_json(report)
    checks = [
        {**entries(check), **{name: own_words(str(entries(check)[name])) for name in ("evidence", "remedy")}}
        for check in items(document["checks"])  # type: ignore[arg-type]
    ]
    cleaned = redactor.tree({**document, "checks": checks})
    return dict(cleaned) if isinstance(cleaned, dict) else {}
