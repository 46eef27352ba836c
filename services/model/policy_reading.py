"""This program's own reading of policies, for what AWS's simulator cannot be asked.

It is careful, not complete: every answer is yes, no, or None for "cannot tell", and whatever it does not know (an
operator, a variable, a value that the request does not fix) makes the answer None wherever it could matter. Its
answers are always named as its own, and it is never the judge of the policies that this program writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from services.model import policies
from services.model.place import parse_arn
from services.model.policy_conditions import Answer, all_of, any_of, holds, like, names, opposite
from services.model.values import Tree, entries, items
from services.model.values import document as as_data


@dataclass(frozen=True)
class Request:
    """What somebody of `account` wants to do. `context` holds the condition keys that have a value, by small name;
    `absent` those that surely have none; every other key may have any value or none.

    `principal` is an ARN, the account's id for the account as such, or the name of an AWS service or of an identity
    provider, and `kind` then says so. Whoever has not signed in has an empty account, and any name that is no ARN.
    """

    action: str
    resource: str
    principal: str
    account: str
    context: Mapping[str, str] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    kind: Literal["AWS", "Service", "Federated"] = "AWS"


@dataclass(frozen=True)
class Document:
    """A policy as AWS has it, and the name under which a person finds it."""

    name: str
    content: Tree

    @cached_property
    def statements(self) -> tuple[Mapping[str, Tree], ...]:
        """Its statements in one spelling."""
        return tuple(entries(each) for each in items(entries(policies.normal(self.content)).get("Statement")))


@dataclass(frozen=True)
class Finding:
    """Whether a request is allowed, and the statement that decides, if one does."""

    allowed: Answer
    because: str = ""


def decide(
    request: Request,
    identity: Iterable[Document],
    boundary: Document | None = None,
    resource: Document | None = None,
    *,
    of_key: bool = False,
) -> Finding:
    """Whether policies of one account together allow a request: a Deny anywhere wins, nothing said is a no.

    `of_key`: the resource is a KMS key, whose policy must leave it to the account before other policies count.
    """
    own = list(_matching(request, identity))
    limit = None if boundary is None else list(_matching(request, (boundary,)))
    theirs = [] if resource is None else list(_matching(request, (resource,)))
    together = [*own, *(limit or ()), *theirs]
    denial = _first(together, "Deny", sure=True)
    if denial is not None:
        return Finding(False, denial.where)
    within = True if limit is None else _allowed(limit)
    left_to_account: Answer = True
    delegated: list[_Match] = []
    if of_key:
        account = replace(request, principal=request.account)
        delegated = [] if resource is None else list(_matching(account, (resource,)))
        left_to_account = _allowed(delegated)
    by_resource = _allowed(theirs)
    # Whether a boundary holds somebody whom a resource lets in by name is more than this reading tells apart.
    by_resource = None if by_resource is True and within is not True else by_resource
    allowed = any_of([all_of([_allowed(own), within, left_to_account]), by_resource])
    if allowed is False:
        return Finding(False)
    doubt = _first(together, "Deny", sure=False)
    if doubt is not None:
        return Finding(None, doubt.where)
    grants = [*own, *theirs]
    unsure = _first([*grants, *delegated, *(limit or ())], "Allow", sure=False)
    # What is sure does not decide while the answer is in doubt.
    grant = unsure if allowed is None and unsure is not None else _first(grants, "Allow", sure=True) or unsure
    return Finding(allowed, grant.where if grant is not None else "")


def let_in(request: Request, resource: Document) -> Finding:
    """Whether a resource's policy lets in somebody from outside: a service, nobody known, or somebody of another account.

    What the policies of that account say does not count: it is taken that they allow everything.
    """
    theirs = list(_matching(request, (resource,)))
    denial = _first(theirs, "Deny", sure=True)
    if denial is not None:
        return Finding(False, denial.where)
    allowed = _allowed(theirs)
    if allowed is False:
        return Finding(False)
    doubt = _first(theirs, "Deny", sure=False)
    if doubt is not None:
        return Finding(None, doubt.where)
    grant = _first(theirs, "Allow", sure=True) or _first(theirs, "Allow", sure=False)
    return Finding(allowed, grant.where if grant is not None else "")


def condition_keys(document: Document) -> Mapping[str, str]:
    """The condition keys that a policy looks at: by small letters, as the policy spells them."""
    return {
        key.lower(): key
        for statement in items(entries(as_data(document.content)).get("Statement"))
        for tests in entries(entries(statement).get("Condition")).values()
        for key in entries(tests)
    }


def names_nobody(document: Document) -> bool:
    """Whether every statement of a resource's policy is for everybody alike, so that it does not matter who asks."""
    return all(
        statement.get("Principal") == {"AWS": ["*"]} and "NotPrincipal" not in statement
        for statement in document.statements
    )


def wildcards(document: Document) -> Iterator[str]:
    """What a policy allows in one breath: actions of S3 or KMS with a wildcard, or all but some."""
    for statement in document.statements:
        if statement.get("Effect") != "Allow":
            continue
        if "NotAction" in statement:
            yield "everything but " + ", ".join(map(str, items(statement["NotAction"])))
        yield from (action for action in map(str, items(statement.get("Action"))) if _sweeping(action))


def _sweeping(action: str) -> bool:
    service = action.lower().partition(":")[0]
    return ("*" in action or "?" in action) and any(like(name, service) for name in ("s3", "kms"))


@dataclass(frozen=True)
class _Match:
    effect: str
    sure: bool
    where: str


def _matching(request: Request, documents: Iterable[Document]) -> Iterator[_Match]:
    """The statements that apply to a request, or may apply to it."""
    for document in documents:
        for statement in document.statements:
            applies = _applies(request, statement)
            if applies is False:
                continue
            effect = statement.get("Effect")
            where = f"{statement.get('Sid') or 'a statement without a Sid'} in {document.name}"
            if effect in {"Allow", "Deny"}:
                yield _Match(str(effect), applies is True, where)
            else:
                yield from (_Match(either, False, where) for either in ("Allow", "Deny"))


def _first(matches: Iterable[_Match], effect: str, *, sure: bool) -> _Match | None:
    return next((m for m in matches if m.effect == effect and m.sure is sure), None)


def _allowed(matches: Iterable[_Match]) -> Answer:
    return any_of([True if m.sure else None for m in matches if m.effect == "Allow"])


def _applies(request: Request, statement: Mapping[str, Tree]) -> Answer:
    return all_of(_parts(request, statement))


def _parts(request: Request, statement: Mapping[str, Tree]) -> Iterator[Answer]:
    """Whether each part of a statement covers a request, the quickest to tell first."""
    yield _element(statement, "Action", lambda pattern: like(request.action.lower(), pattern.lower()))
    yield _principal(request, statement)
    yield _element(statement, "Resource", lambda pattern: names(request.resource, pattern))
    for operator, tests in entries(statement.get("Condition")).items():
        for key, values in entries(tests).items():
            wanted = [str(value) for value in items(values)]
            yield holds(operator, key.lower(), wanted, request.context, request.absent)


def _element(statement: Mapping[str, Tree], name: str, fits: Callable[[str], Answer]) -> Answer:
    if name in statement:
        return any_of(fits(str(pattern)) for pattern in items(statement[name]))
    if f"Not{name}" in statement:
        return opposite(any_of(fits(str(pattern)) for pattern in items(statement[f"Not{name}"])))
    return None


def _principal(request: Request, statement: Mapping[str, Tree]) -> Answer:
    """Whom a resource's statement is for; a policy that is attached to somebody says nothing of it."""
    if "NotPrincipal" in statement:
        return None
    if "Principal" not in statement:
        return True
    named = [
        (kind, str(name)) for kind, names in entries(statement["Principal"]).items() for name in items(names)
    ]
    return any_of(_is(request, kind, name, statement.get("Effect") == "Deny") for kind, name in named)


def _is(request: Request, kind: str, name: str, denied: bool) -> Answer:
    if request.kind != "AWS":
        return name == request.principal if kind == request.kind else (kind, name) == ("AWS", "*")
    if kind != "AWS":
        return False if kind in {"Service", "Federated"} else None
    if name in {"*", request.principal}:
        return True
    if name.isdigit():
        # To name the account lets its own policies decide; it gives nothing by itself.
        return denied and name == request.account
    arn = parse_arn(name)
    if arn is None or arn.account == request.account:
        # To name somebody gives the account as such nothing; whether it takes something from it is another matter.
        ours = parse_arn(request.principal) is not None or (
            request.principal == request.account and not denied
        )
        known = arn is not None and ours and arn.service == "iam" and "*" not in name
        return False if known else None
    return False
