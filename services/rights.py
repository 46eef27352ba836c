"""Which rights a sign-in has for setting up, asked of AWS beforehand where AWS allows the question.

The question changes nothing: IAM simulates the sign-in's policies over the calls that a set-up makes. Where it
cannot be asked, the answer is "could not be checked", never "has no rights": the plan will tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services import operator_policy
from services.answers import Answers
from services.aws.guards import ReadOnly
from services.blueprint import blueprint
from services.identity import Identity
from services.model.calls import Aws, Call, Refused
from services.model.place import Arn, Place, parse_arn
from services.model.values import Tree, entries, items
from services.policy_scopes import JobCall
from services.printable import one_line
from services.problems import ProblemError


@dataclass(frozen=True)
class Rights:
    """What IAM says of each action that a set-up needs. `unchecked` is the reason if IAM could not say; else empty.

    `forbidden` are those of the denied ones that the organisation denies, so a policy for the person will not help.
    """

    allowed: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    unchecked: str = ""

    @property
    def says(self) -> str:
        """One sentence."""
        if self.unchecked:
            return f"Your rights could not be checked beforehand: {self.unchecked}"
        count = len(self.allowed) + len(self.denied)
        if not self.denied:
            return f"You have all {count} rights that setting up needs."
        named = ", ".join(self.denied)
        return f"You have {len(self.allowed)} of {count} rights that setting up needs. Missing: {named}."


def needed(answers: Answers, account: str) -> tuple[JobCall, ...]:
    """The calls of setting up, with stand-ins for what is not answered yet."""
    region = answers.text("aws.region")
    place = Place(account, region, "")
    stand_ins = {
        "setup.name": "setup",
        "palisade.principal_arn": f"arn:{place.partition}:iam::{account}:root",
        "palisade.external_id": "not-known-yet",
        "storage.bucket": f"palisade-backup-{account}",
        "hardening.alarm_email": "alarms@example.com",
    }
    fixed = {"storage.namespace": None} if not answers.text("storage.bucket") else {}
    absent = {key: value for key, value in stand_ins.items() if not answers.text(key)}
    filled = answers.updated({**fixed, **absent})
    parts = blueprint(filled, account)
    return operator_policy.calls_for("setup", parts, filled.text("storage.bucket"))


def check(aws: Aws, who: Identity, calls: Iterable[JobCall], place: Place) -> Rights:
    """Asks IAM about every action of the calls; never raises, because nothing depends on the answer."""
    asking = ReadOnly(aws)
    statements = items(operator_policy.policy(calls, place)["Statement"])
    try:
        source = _source(asking, who)
        if source is None:
            return Rights(unchecked="AWS cannot simulate this kind of sign-in.")
        if source.name == "root":
            return Rights(allowed=tuple(sorted({action for s in statements for action in _actions(s)})))
        return _judged(_results(asking, _text(source), statements))
    except Refused as refused:
        return Rights(unchecked=_why(refused))
    except ProblemError as error:
        return Rights(unchecked=error.problem.summary)


def _source(aws: Aws, who: Identity) -> Arn | None:
    """Whose policies are to be simulated: the user, or the role behind a session."""
    arn = parse_arn(who.arn)
    if arn is None:
        return None
    kind, _, rest = arn.name.partition("/")
    if arn.service == "iam" and (kind == "user" or arn.name == "root"):
        return arn
    if arn.service == "sts" and kind == "assumed-role":
        return _role(aws, arn, rest.split("/", 1)[0])
    return None


def _role(aws: Aws, session: Arn, name: str) -> Arn | None:
    """The role of a session. Its path is not in the session's ARN, so IAM is asked; if it may not be, none is assumed."""
    bare = Arn(session.partition, "iam", "", session.account, f"role/{name}")
    try:
        found = entries(aws(Call("iam", "GetRole", {"RoleName": name})).get("Role"))
    except (Refused, ProblemError):
        return bare
    return parse_arn(str(found.get("Arn", ""))) or bare


def _text(arn: Arn) -> str:
    return f"arn:{arn.partition}:{arn.service}:{arn.region}:{arn.account}:{arn.name}"


def _actions(statement: Tree) -> tuple[str, ...]:
    return tuple(str(action) for action in items(entries(statement).get("Action")))


def _results(aws: Aws, source: str, statements: Iterable[Tree]) -> Iterator[Tree]:
    for statement in statements:
        resources = [str(resource) for resource in items(entries(statement).get("Resource"))]
        params: dict[str, Tree] = {"PolicySourceArn": source, "ActionNames": list(_actions(statement))}
        if resources != ["*"]:
            params["ResourceArns"] = resources
        yield from items(aws(Call("iam", "SimulatePrincipalPolicy", params)).get("EvaluationResults"))


def _judged(results: Iterable[Tree]) -> Rights:
    seen: dict[str, bool] = {}
    forbidden: set[str] = set()
    for result in results:
        found = entries(result)
        action = str(found.get("EvalActionName"))
        seen[action] = seen.get(action, True) and found.get("EvalDecision") == "allowed"
        if entries(found.get("OrganizationsDecisionDetail")).get("AllowedByOrganizations") is False:
            forbidden.add(action)
    if not seen:
        return Rights(unchecked="AWS answered without saying anything.")
    return Rights(
        allowed=tuple(sorted(action for action, good in seen.items() if good)),
        denied=tuple(sorted(action for action, good in seen.items() if not good)),
        forbidden=tuple(sorted(forbidden)),
    )


def _why(refused: Refused) -> str:
    if refused.status in {401, 403} or refused.code.startswith("AccessDenied"):
        return "this sign-in may not ask for it (iam:SimulatePrincipalPolicy)."
    return f"AWS answered {one_line(refused.code)}."
