"""Plans, events and checklists as lines of text. Signs carry the meaning; there is no colour to miss."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from services.costs import DATA_EVENTS
from services.events import Event, Failed, Finished, Progressed, Skipped, Started, Succeeded, Waiting
from services.model.place import parse_arn
from services.printable import one_line
from wizard.render import heads

if TYPE_CHECKING:
    from services.answers import Answers
    from services.engine.plan import Plan, Step
    from services.verify.checks import Check, Report, Status
    from services.work import Desk

RUNES = {"create": "+", "set": "+", "change": "~", "adopt": "=", "blocked": "✗", "delete": "-"}
STATUS = {"pass": "✓", "fail": "✗", "warn": "!", "unknown": "?", "waiting": "…", "skipped": "-"}
COUNTED: dict[Status, str] = {
    "pass": "passed",
    "fail": "failed",
    "warn": "to look at",
    "unknown": "unknown",
    "waiting": "awaited",
    "skipped": "left out",
}
RISKS = {
    "adopt": "it exists already and was not made by this set-up",
    "cost": DATA_EVENTS,
    "irreversible": "it cannot be undone",
    "principal": "it changes who can write backups",
}
PARTS = {
    "config": "Configuration",
    "backup": "Backups",
    "access": "Who can read",
    "trail": "CloudTrail",
    "policy": "What the policies allow and refuse",
}


def endpoint_lines(endpoint: str) -> str:
    """The head of every report that did not come from AWS itself."""
    return (
        f"! Endpoint: {endpoint}\n"
        "  This is not AWS's own endpoint: nothing below says anything about a real AWS account.\n"
    )


def plan_text(desk: Desk, plan: Plan, costs: tuple[str, ...] = (), *, flags: bool = True) -> str:
    """A whole plan: where, what, who will be able to write, what needs consent, what it costs, and how much it is.

    Without `flags` the consents are left to whoever asks for them.
    """
    answers = desk.setup.answers
    head = heads.set_up(answers, desk.identity.account, desk.identity.short)
    apart = heads.warned(desk.warnings)
    parts = [endpoint_lines(desk.endpoint)] if desk.endpoint else []
    if not plan.steps:
        return "\n".join([*parts, head, "", *_nothing_to_do(answers), *apart, *_notes(plan)])
    parts += [head, ""]
    for _, steps in groupby(plan.steps, key=lambda step: step.resource.name):
        parts += [*map(one_line, _resource(list(steps))), ""]
    risks = _risks(plan) if flags else ()
    parts += [who_can_write(answers), *apart, *risks, *_notes(plan), *_costs(costs), "", _amount(plan)]
    return "\n".join(parts)


def who_can_write(answers: Answers) -> str:
    """Whom the role lets write, in words."""
    principal = answers.text("palisade.principal_arn")
    arn = parse_arn(principal)
    account = arn.account if arn else principal
    return f"Account {account} ({principal}) will be able to write backups. Nobody else."


def _nothing_to_do(answers: Answers) -> tuple[str, ...]:
    return (
        "✓ Nothing to do: AWS is exactly as this set-up wants it.",
        f"  {who_can_write(answers).replace('will be able to', 'can')}",
    )


def _resource(steps: list[Step]) -> Iterator[str]:
    resource = steps[0].resource
    yield f"{resource.title[:1].upper()}{resource.title[1:]}"
    for step in steps:
        yield f"  {RUNES[step.verb]} {_words(step)}"
        if step.verb == "change" and step.before != step.after:
            yield f"      now:   {step.before}"
            yield f"      then:  {step.after}"
        if step.problem is not None:
            yield from (f"      {sentence}" for sentence in (step.problem.summary, *step.problem.remedy))


def _words(step: Step) -> str:
    match step.verb:
        case "create":
            return f"create it: {step.says}"
        case "adopt":
            return step.says
        case "blocked":
            return f"{step.address}: cannot be done"
        case "delete":
            return "delete it"
        case _:
            return step.says


def _risks(plan: Plan) -> Iterator[str]:
    for step in plan.steps:
        if step.risk is not None:
            yield f"! {step.address}: {RISKS[step.risk]}. Agree with --accept {step.risk}:{step.address}."


def _notes(plan: Plan) -> Iterator[str]:
    yield from (one_line(f"· {note.says}") for note in plan.notes)


def _costs(sentences: tuple[str, ...]) -> Iterator[str]:
    """The sum, and what it is made of below it."""
    if sentences:
        yield ""
        yield f"$ {sentences[0]}"
        yield from (f"  {sentence}" for sentence in sentences[1:])


def _amount(plan: Plan) -> str:
    made = sum(step.verb in {"create", "set"} for step in plan.steps)
    changed = sum(step.verb in {"change", "adopt", "delete"} for step in plan.steps)
    text = f"{_count(len(plan.steps), 'step')}: {made} to make, {changed} to change, {len(plan.blocked)} blocked."
    return f"{text} Nothing is written while a step is blocked." if plan.blocked else text


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def event_text(event: Event) -> str:
    """One line about what happens; empty for what is not worth a line."""
    return one_line(_event(event))


def _event(event: Event) -> str:
    match event:
        case Started():
            return ""
        case Succeeded(address, says):
            return f"✓ {address}: {says}"
        case Skipped(address, says):
            return f"= {address}: {says} (already so)"
        case Waiting(address, seconds, reason):
            return f"… {address}: {reason}; asking again in {seconds:g} s"
        case Progressed(address, says):
            return f"… {address}: {says}"
        case Failed(address):
            return f"✗ {address}: not done"
        case Finished(done, 0, 0):
            return (
                f"✓ Done: {_count(done, 'step')}."
                if done
                else "✓ Nothing to do: AWS is as this set-up wants it."
            )
        case Finished(done, _, remaining):
            return f"! {_count(done, 'step')} done, {remaining} not done yet."


def report_text(report: Report, *, verbose: bool = False) -> str:
    """A checklist with its evidence, and what to do about every line that is not well.

    The many passing checks of one backup file are one line, unless `verbose`.
    """
    lines: list[str] = []
    for part, checks in groupby(report.checks, key=lambda check: check.id.split(".", 1)[0]):
        lines.append(PARTS.get(part, part))
        for file, of_file in groupby(checks, key=_backup_file):
            if file and not verbose:
                lines += _folded(file, list(of_file))
            else:
                lines += [line for check in of_file for line in _check(check)]
        lines.append("")
    counts = [(name, len(report.having(status))) for status, name in COUNTED.items()]
    told = ", ".join(f"{number} {name}" for name, number in counts if number)
    return "\n".join([*lines, f"{told}. {_verdict(report)}"])


def brief_text(report: Report) -> str:
    """The same with one line for each part that is well: how many checks passed. What is not well is told whole."""
    lines: list[str] = []
    for part, found in groupby(report.checks, key=lambda check: check.id.split(".", 1)[0]):
        checks = list(found)
        well = sum(check.status == "pass" for check in checks)
        lines.append(f"{PARTS.get(part, part)}: {_count(well, 'check') if well else 'nothing'} passed.")
        for check in checks:
            if check.status != "pass" and not (check.status == "skipped" and not check.remedy):
                lines += _check(check)
    return "\n".join([*lines, _verdict(report)])


def _backup_file(check: Check) -> str:
    """The backup file that a check is about, as `KEY ID/file`; empty for the others."""
    if not check.id.startswith("backup.shard."):
        return ""
    key_id, mark, number = (
        check.id.removeprefix("backup.shard.").rpartition(".")[0].rpartition(".recovery_shard-")
    )
    return f"{key_id}/{mark[1:]}{number}"


def _folded(file: str, checks: list[Check]) -> Iterator[str]:
    well = sum(check.status == "pass" for check in checks)
    if well:
        yield f"  ✓ {file}: {_count(well, 'check')} passed"
    for check in checks:
        # What is left out because the set-up does not ask for it is not worth a line for every file.
        if check.status != "pass" and not (check.status == "skipped" and not check.remedy):
            yield from _check(check)


def _check(check: Check) -> Iterator[str]:
    if check.status == "pass":
        yield f"  ✓ {check.title}: {check.evidence}"
        return
    yield f"  {STATUS[check.status]} {check.title}"
    yield f"      {check.evidence}"
    if check.remedy:
        yield f"      → {check.remedy}"


def _verdict(report: Report) -> str:
    match report.exit_code:
        case 0:
            return "The backup path works."
        case 3:
            return "Something is wrong: do what the lines with ✗ say."
        case 5:
            return "Not everything could be seen: do what the lines with ? say."
        case _:
            return "Something is still awaited: do what the lines with … say, then verify again."
