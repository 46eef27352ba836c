"""Reading policies: whom they let in, what they refuse, what they allow.

This is a reading of what is written down, by an evaluator of our own, for policies made by anybody; a proof is what
AWS's simulator gives. What it cannot read it calls unreadable, which is neither allowed nor denied.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import MappingProxyType

from services.model import policies
from services.model.place import Arn, parse_arn
from services.model.values import Tree, entries, items

Context = Mapping[str, str]
"""What a request says of itself: condition keys in small letters."""


def statements(policy: Tree, effect: str) -> Iterator[Mapping[str, Tree]]:
    """The statements of one effect, in one spelling."""
    for statement in items(entries(policies.normal(policy)).get("Statement")):
        found = entries(statement)
        if found.get("Effect") == effect:
            yield found


def name_of(statement: Mapping[str, Tree]) -> str:
    """What a statement is called."""
    return str(statement.get("Sid") or "a statement without a Sid")


# Whom a policy lets in

_WHOSE = ("aws:sourceaccount", "aws:principalaccount", "kms:calleraccount", "aws:sourceowner")
_WHAT = ("aws:sourcearn", "aws:principalarn")


def outsiders(policy: Tree, account: str) -> tuple[str, ...]:
    """Whom the Allow statements of a resource's policy let in who is not of the account; `*` is everybody."""
    found = (name for s in statements(policy, "Allow") for name in _outside(s, account))
    return tuple(dict.fromkeys(found))


def _outside(statement: Mapping[str, Tree], account: str) -> Iterator[str]:
    if "NotPrincipal" in statement:
        yield "everybody but a few"
        return
    bound = _bound(entries(statement.get("Condition")), account)
    for kind, names in entries(statement.get("Principal")).items():
        for name in map(str, items(names)):
            if kind == "AWS" and name != "*":
                arn = parse_arn(name)
                if account not in {name, arn.account if arn else ""}:
                    yield name
            elif not bound:
                yield name if kind in {"AWS", "Service"} else f"{kind} {name}"


def _bound(condition: Mapping[str, Tree], account: str) -> bool:
    """Whether the conditions hold for the account's own requests only."""
    for name, tests in condition.items():
        if name not in {"StringEquals", "StringLike", "ArnEquals", "ArnLike"}:
            continue
        for key, values in entries(tests).items():
            told = [str(value) for value in items(values)]
            if key in _WHOSE and set(told) == {account}:
                return True
            arns = [parse_arn(value) for value in told]
            if key in _WHAT and arns and all(a is not None and _of_account(a, account) for a in arns):
                return True
    return False


def _of_account(arn: Arn, account: str) -> bool:
    """Whether an ARN is the account's; that of a bucket names no account, and a bucket has one owner."""
    return arn.account == account or (not arn.account and arn.name != "*")


# What a request meets


def denied(policy: Tree, action: str, resource: str, context: Context) -> bool | None:
    """Whether a Deny for everybody meets the request; None if only a statement that cannot be read might."""
    found = [
        _meets(s, action, resource, context)
        for s in statements(policy, "Deny")
        if "*" in items(entries(s.get("Principal")).get("AWS"))
    ]
    return True if True in found else None if None in found else False


def allowed(policy: Tree, action: str, resource: str, context: Context) -> bool | None:
    """Whether an identity's policy allows the request, as far as its Allow statements say."""
    found = [_meets(s, action, resource, context) for s in statements(policy, "Allow")]
    return True if True in found else None if None in found else False


def may(policy: Tree, action: str) -> bool:
    """Whether an identity's policy allows the action on anything at all, and does not deny it on everything."""
    if any(_acts(s, action) and not s.get("Condition") and "*" in items(s.get("Resource")) for s in statements(policy, "Deny")):  # fmt: skip
        return False
    return any(_acts(s, action) for s in statements(policy, "Allow"))


def _meets(statement: Mapping[str, Tree], action: str, resource: str, context: Context) -> bool | None:
    if not _acts(statement, action) or not _covers(statement, resource):
        return False
    found = [
        _holds(name, key, [str(v) for v in items(values)], context)
        for name, tests in entries(statement.get("Condition")).items()
        for key, values in entries(tests).items()
    ]
    return False if False in found else None if None in found else True


def _acts(statement: Mapping[str, Tree], action: str) -> bool:
    if "NotAction" in statement:
        return not any(_like(str(p).lower(), action.lower()) for p in items(statement["NotAction"]))
    return any(_like(str(p).lower(), action.lower()) for p in items(statement.get("Action")))


def _covers(statement: Mapping[str, Tree], resource: str) -> bool:
    if "NotResource" in statement:
        return not any(_like(str(p), resource) for p in items(statement["NotResource"]))
    return any(_like(str(p), resource) for p in items(statement.get("Resource")))


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _like(pattern: str, text: str) -> bool:
    return _pattern(pattern).fullmatch(text) is not None


_COMPARE: Mapping[str, Callable[[str, str], bool]] = MappingProxyType(
    {
        "StringEquals": operator.eq,
        "StringEqualsIgnoreCase": lambda want, have: want.lower() == have.lower(),
        "StringLike": _like,
        "ArnEquals": _like,
        "ArnLike": _like,
        "Bool": lambda want, have: want.lower() == have.lower(),
        "NumericEquals": lambda want, have: float(have) == float(want),
        "NumericLessThan": lambda want, have: float(have) < float(want),
        "NumericLessThanEquals": lambda want, have: float(have) <= float(want),
    }
)
_NEGATED: Mapping[str, str] = MappingProxyType(
    {
        "StringNotEquals": "StringEquals",
        "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
        "StringNotLike": "StringLike",
        "ArnNotEquals": "ArnEquals",
        "ArnNotLike": "ArnLike",
    }
)


def _holds(name: str, key: str, values: list[str], context: Context) -> bool | None:
    """Whether a condition holds; AWS says that a negated one holds where the request has no such key."""
    have = context.get(key)
    if name == "Null":
        return (have is None) == (values == ["true"])
    plain = name.removesuffix("IfExists")
    compare = _COMPARE.get(_NEGATED.get(plain, plain))
    if compare is None:
        return None
    if have is None:
        return plain in _NEGATED or name != plain
    try:
        some = any(compare(value, have) for value in values)
    except ValueError:  # no number where one must stand
        return None
    return some != (plain in _NEGATED)
