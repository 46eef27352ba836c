"""Whether what matters is allowed and nothing else is: proven by IAM's own simulator where it can be asked.

Every line says who judged it. What IAM does not simulate is judged by this program's own reading and says so; what
the sign-in may not ask stays unknown, with the own reading beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from services.aws.translate import problem_of
from services.model.calls import Aws, Refused
from services.model.policy_conditions import Answer
from services.model.policy_reading import Finding, decide, wildcards
from services.problems import Problem
from services.side_by_side import threads
from services.verify import simulator
from services.verify.checks import Check, check_of
from services.verify.policy_documents import Documents, Where, documents
from services.verify.policy_rows import Row, rows

OWN = "Judged by this program's own reading of the policies as they are now"
WILDCARDS = ("policy.role.wildcards", "The role's policies name every action; none allows s3:* or the like")

_WORKERS = 4


@dataclass(frozen=True)
class _Judged:
    """Per action: allowed, not, or nobody can tell. `by` is who says so; `problem` is why IAM was not asked."""

    answers: Mapping[str, Answer]
    by: str
    depends: str = ""
    problem: Problem | None = None


def policy_proofs(
    aws: Aws, where: Where, *, strict: bool, extra: Sequence[str] = (), endpoint: str = ""
) -> tuple[Check, ...]:
    """One check a row of the table. `endpoint` is not empty where what answers is not AWS, and so no judge."""
    table = rows(where, strict=strict, extra=extra)
    try:
        found = documents(aws, where)
    except Refused as refused:
        problem = problem_of(refused)
        return tuple(check_of(*named, problem) for named in (*((r.id, r.title) for r in table), WILDCARDS))
    judged = _judge_all(aws, table, found, where, endpoint)
    checks = (_check(row, verdict, found, where) for row, verdict in zip(table, judged, strict=True))
    return (*checks, _no_wildcards(found))


def _judge_all(
    aws: Aws, table: Sequence[Row], found: Documents, where: Where, endpoint: str
) -> Iterator[_Judged]:
    if endpoint or not found.role:
        why = (
            f"{endpoint} is not AWS's own, so there is no IAM to ask"
            if endpoint
            else "the role has no policy"
        )
        yield from (_by_reading(row, found, where, why) for row in table)
        return
    first = _by_iam(aws, table[0], found, where)
    yield first
    if first.problem is not None and first.problem.code == "denied":
        yield from (_unasked(row, found, where, first.problem) for row in table[1:])
        return
    with threads(_WORKERS) as pool:
        yield from pool.map(lambda row: _by_iam(aws, row, found, where), table[1:])


def _by_iam(aws: Aws, row: Row, found: Documents, where: Where) -> _Judged:
    try:
        told = simulator.simulate(aws, row, found, where)
    except Refused as refused:
        if refused.code in simulator.NOT_TAKEN:
            why = f"IAM's simulator does not take the question ({refused.code})"
            return _by_reading(row, found, where, why)
        return _unasked(row, found, where, problem_of(refused))
    depends = ", ".join(told.unknown)
    if row.on == "bucket" and simulator.takes(found.bucket):
        return _Judged(told.answers, f"Simulated by IAM with {_what(found, bucket=True)}", depends)
    return _with_resource(row, told, found, where)


def _what(found: Documents, *, bucket: bool) -> str:
    parts = ["the role's policies"]
    parts += ["its permissions boundary"] if found.boundary is not None else []
    parts += ["the bucket policy"] if bucket and found.bucket is not None else []
    named = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{named} as they are now"


def _with_resource(row: Row, told: simulator.Simulated, found: Documents, where: Where) -> _Judged:
    """IAM's word on the role's policies, and the own reading of the bucket's or key's, which IAM does not simulate."""
    answers: dict[str, Answer] = {}
    for action, simulated in told.answers.items():
        alone = decide(row.request(action, where), found.role, found.boundary).allowed
        # Where the two differ on what both can judge, the reading is not to be trusted with the rest.
        agreed = simulated is not None and alone is simulated
        answers[action] = _read(row, action, found, where).allowed if agreed else None
    whose = "bucket policy, which names principals," if row.on == "bucket" else "key's policy"
    by = f"Simulated by IAM with {_what(found, bucket=False)}; the {whose} is judged by this program's own reading"
    return _Judged(answers, by, ", ".join(told.unknown))


def _read(row: Row, action: str, found: Documents, where: Where) -> Finding:
    key = row.on == "key"
    resource = found.key if key else found.bucket
    return decide(row.request(action, where), found.role, found.boundary, resource, of_key=key)


def _by_reading(row: Row, found: Documents, where: Where, why: str) -> _Judged:
    answers = {action: _read(row, action, found, where).allowed for action in row.actions}
    return _Judged(answers, f"{OWN}, because {why}")


def _unasked(row: Row, found: Documents, where: Where, problem: Problem) -> _Judged:
    answers = {action: _read(row, action, found, where).allowed for action in row.actions}
    return _Judged(answers, OWN, problem=problem)


def _check(row: Row, judged: _Judged, found: Documents, where: Where) -> Check:
    wrong = [action for action, answer in judged.answers.items() if answer is (not row.allowed)]
    unclear = [action for action, answer in judged.answers.items() if answer is None]
    if wrong:
        return _broken(row, judged, wrong, found, where)
    told = f"{', '.join(row.actions)}: {_word(row.allowed)}"
    if judged.problem is not None:
        reading = "Its own reading can tell nothing either." if unclear else f"{judged.by}: {told}."
        seen = check_of(row.id, row.title, judged.problem, row.references)
        return replace(seen, evidence=f"{seen.evidence} {reading}")
    if unclear:
        why = f"it depends on {judged.depends}" if judged.depends else "the policies are not plain enough"
        evidence = f"{', '.join(unclear)}: cannot be told, because {why}. {judged.by}."
        remedy = "Look at the conditions of the policies; what is unclear counts as not proven."
        return Check(row.id, row.title, "unknown", evidence, remedy, row.references)
    return Check(row.id, row.title, "pass", f"{told}. {judged.by}.", "", row.references)


def _word(allowed: bool) -> str:
    return "allowed" if allowed else "not allowed"


def _broken(row: Row, judged: _Judged, wrong: Sequence[str], found: Documents, where: Where) -> Check:
    because = next((b for a in wrong if (b := _read(row, a, found, where).because)), "")
    must = "must be" if row.allowed else "must not be"
    evidence = f"{', '.join(wrong)}: {_word(not row.allowed)}, and {must}. {judged.by}."
    evidence += f" What says so: {because}." if because else ""
    evidence += f" {judged.problem.summary}" if judged.problem is not None else ""
    remedy = "See what differs with 'palisade-wizard plan --config S', and set it right with 'apply'."
    if row.what.startswith("role."):
        remedy = f"Take it away from the role {where.role}: remove that statement or policy. {remedy}"
    return Check(row.id, row.title, "fail", evidence, remedy, row.references)


def _no_wildcards(found: Documents) -> Check:
    swept = [f"{what} in {policy.name}" for policy in found.role for what in wildcards(policy)]
    if swept:
        remedy = "Name each action that the role needs, and remove the rest."
        return Check(*WILDCARDS, "fail", f"Allowed: {'; '.join(swept)}. {OWN}.", remedy)
    count = f"{len(found.role)} polic{'y' if len(found.role) == 1 else 'ies'}"
    return Check(*WILDCARDS, "pass", f"No wildcard in {count} of the role. {OWN}.")
