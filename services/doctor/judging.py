"""A check of the audit: its name, how much it weighs, who else asks for it, and the function that judges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from services.doctor.facts import Facts, Moot, Unseen
from services.engine.world import Unknown
from services.own_command import on_setup
from services.problems import Problem, ProblemError
from services.verify.checks import Check, Severity, Status

_NOT_OURS = frozenset({"taken", "wrong-owner"})
"""What AWS said clearly, although it came as a refusal."""

_OFF = (None, "", "off", 0, False, ())


@dataclass(frozen=True)
class Verdict:
    """What a judge found."""

    status: Status
    evidence: str
    remedy: str = ""


@dataclass(frozen=True)
class Rule:
    """One check. `references` name the rules of Security Hub, CIS and Prowler that ask for the same."""

    id: str
    title: str
    severity: Severity
    references: tuple[str, ...]
    judge: Callable[[Facts], Verdict]


def well(evidence: str) -> Verdict:
    """It is as it should be."""
    return Verdict("pass", evidence)


def bad(evidence: str, remedy: str) -> Verdict:
    """It is not."""
    return Verdict("fail", evidence, remedy)


def doubtful(evidence: str, remedy: str) -> Verdict:
    """It may be meant so, and somebody should look."""
    return Verdict("warn", evidence, remedy)


def left_out(evidence: str) -> Verdict:
    """There is nothing to judge."""
    return Verdict("skipped", evidence)


def lacking(facts: Facts, evidence: str, remedy: str) -> Verdict:
    """A hardening is not there: a finding, but in a sandbox something to look at."""
    return bad(evidence, remedy) if facts.strict else doubtful(evidence, remedy)


def remedy(facts: Facts, command: str, *, managed: bool = True, answer: str = "") -> str:
    """The command that sets it right, and the program's own way where a set-up takes care of it.

    `answer` is the key of the setup file that asks for it: as long as it is off, `apply` changes nothing.
    """
    setup = facts.subject.setup
    if setup is None or not managed:
        return command
    off = answer and setup.answers.get(answer) in _OFF
    first = f"set {answer} in the setup file, then " if off else ""
    return f"{command}  (or {first}let the set-up do it: “{on_setup('apply', setup.path)}”)"


def judged(rule: Rule, facts: Facts) -> Check:
    """The check of one rule over the facts; what was not told makes it unknown, with the missing permission."""
    try:
        verdict = rule.judge(facts)
    except Unseen as unseen:
        verdict = _unseen(unseen.fact)
    except ProblemError as error:  # a document that cannot be read
        verdict = _unseen(Unknown(error.problem))
    return Check(
        rule.id,
        rule.title,
        verdict.status,
        verdict.evidence,
        verdict.remedy,
        rule.references,
        rule.severity,
    )


def _unseen(fact: Unknown | Moot) -> Verdict:
    if isinstance(fact, Moot):
        return left_out(fact.why)
    problem = fact.problem
    return Verdict(_status(problem), problem.summary, " ".join(problem.remedy))


def _status(problem: Problem) -> Status:
    if problem.code in _NOT_OURS:
        return "fail"
    return "waiting" if problem.exit_code == 7 else "unknown"
