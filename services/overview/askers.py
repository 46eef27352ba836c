"""Who may want something of a set-up, as a policy sees them: the columns of the matrix, each of one or more identities."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Literal, TypeAlias

from services.model.place import parse_arn
from services.model.policy_reading import Document
from services.model.values import entries, items
from services.overview.named import in_conditions, statements
from services.overview.scene import Scene

Column: TypeAlias = Literal["palisade", "administrators", "others", "services"]

_ACCOUNT = re.compile(r"[0-9]{12}")
_NAMING = frozenset({"aws:principalaccount", "aws:principalarn", "aws:sourceaccount", "kms:calleraccount"})
_OF_SERVICES = frozenset(
    {
        *("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner"),
        *("aws:principalisawsservice", "aws:principalservicename", "aws:principalservicenameslist"),
    }
)
"""Condition keys of the requests that services make for somebody."""

_STRANGERS = ("999999999999", "888888888888", "777777777777", "666666666666")
_ALL_RIGHTS = Document(
    "the account's own IAM policies",
    {"Statement": [{"Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*"}]},
)


@dataclass(frozen=True)
class Asker:
    """One identity. `own` are its policies in the set-up's account; None for whoever is not of that account.

    `context` holds the condition keys that its requests have, `absent` those that they never have.
    """

    principal: str
    account: str
    kind: Literal["AWS", "Service", "Federated"] = "AWS"
    own: tuple[Document, ...] | None = None
    boundary: Document | None = None
    context: Mapping[str, str] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()

    @property
    def signs(self) -> bool:
        """Whether it has credentials of AWS to sign a request with; without, STS gives it a role for a token alone."""
        return bool(self.account)


NOBODY_KNOWN = Asker("nobody known", "", absent=_NAMING - {"aws:sourceaccount"} | {"aws:principalorgid"})
"""Whoever comes without credentials of AWS."""


def columns(scene: Scene, policies: Mapping[str, Document]) -> Mapping[Column, tuple[Asker, ...]]:
    """Everybody, by column; the services have one only where a policy lets one in."""
    found: dict[Column, tuple[Asker, ...]] = {
        "palisade": _palisade(scene, policies),
        "administrators": (_administrator(scene), *_named_administrators(scene, policies)),
        "others": _others(scene, policies),
    }
    names = (*let_in_services(policies), *(["any AWS service"] if lets_in_any_service(policies) else []))
    services = tuple(_service(scene, name) for name in names)
    return {**found, "services": services} if services else found


def let_in_services(policies: Mapping[str, Document]) -> tuple[str, ...]:
    """The AWS services that a policy allows something."""
    return _let_in(policies, "Service")


def lets_in_any_service(policies: Mapping[str, Document]) -> bool:
    """Whether a policy allows everybody what, by its conditions, is for services."""
    return any(
        statement.get("Effect") == "Allow"
        and "*" in items(entries(statement.get("Principal")).get("AWS"))
        and any(
            key.lower() in _OF_SERVICES
            for tests in entries(statement.get("Condition")).values()
            for key in entries(tests)
        )
        for statement in statements(policies)
    )


def let_in_providers(policies: Mapping[str, Document]) -> tuple[str, ...]:
    """The identity providers outside of AWS whose users a policy allows something."""
    return _let_in(policies, "Federated")


def _let_in(policies: Mapping[str, Document], kind: str) -> tuple[str, ...]:
    return tuple(sorted({name for each, name in _named(policies, allowed=True) if each == kind}))


def let_in_accounts(scene: Scene, policies: Mapping[str, Document]) -> tuple[str, ...]:
    """The other accounts that a policy names, but for Palisade's."""
    known = {scene.account, _account(_writer(scene))}
    return tuple(sorted({_account(name) for name in _foreign(policies)} - known))


def _palisade(scene: Scene, policies: Mapping[str, Document]) -> tuple[Asker, ...]:
    arn, writer = scene.role_arn, _writer(scene)
    role = Asker(
        arn,
        scene.account,
        own=(policies["role.policy"], *scene.others("role")),
        boundary=scene.boundary(),
        context={"aws:principalarn": arn, "aws:principalaccount": scene.account},
    )
    # Whoever else of Palisade's account a policy names is Palisade too.
    named = (name for name in sorted(_foreign(policies)) if _account(name) == _account(writer))
    names = dict.fromkeys((writer, _account(writer), *named))
    return (role, *chain.from_iterable(map(_outside, names)))


def _administrator(scene: Scene) -> Asker:
    """Whoever has every right that IAM can give in the account, under a name that no policy knows."""
    arn = f"arn:{scene.place.partition}:iam::{scene.account}:user/any-administrator"
    return Asker(arn, scene.account, own=(_ALL_RIGHTS,), context={"aws:principalaccount": scene.account})


def _named_administrators(scene: Scene, policies: Mapping[str, Document]) -> Iterator[Asker]:
    """Whoever of the account a policy names: it may let them in where it leaves nothing to the account."""
    role, name = scene.role_arn, scene.answers.text("role.name")
    session = f"arn:{scene.place.partition}:sts::{scene.account}:assumed-role/{name}/"
    for found in sorted(_foreign(policies)):
        if (
            _account(found) == scene.account
            and found not in {role, scene.account}
            and not found.startswith(session)
        ):
            yield from (
                replace(asker, own=(_ALL_RIGHTS,)) for asker in _outside(found) if asker.principal == found
            )


def _others(scene: Scene, policies: Mapping[str, Document]) -> tuple[Asker, ...]:
    known = {scene.account, _account(_writer(scene))}
    fitting = {account for account in map(_fitting, in_conditions(policies, _NAMING)) if account} - known
    named = sorted(name for name in _foreign(policies) if _account(name) not in known)
    accounts = let_in_accounts(scene, policies)
    stranger = next(account for account in _STRANGERS if account not in {*known, *accounts})
    # Under which name anybody comes is not known, so what depends on the name is not told.
    somebody = [
        Asker(
            f"arn:{scene.place.partition}:iam::{account}:user/anybody",
            account,
            context={"aws:principalaccount": account},
        )
        for account in (stranger, *sorted(fitting))
    ]
    users = [Asker(name, "", "Federated") for name in let_in_providers(policies)]
    return (NOBODY_KNOWN, *somebody, *users, *chain.from_iterable(map(_outside, (*accounts, *named))))


def _outside(name: str) -> Iterator[Asker]:
    """Somebody of another account: an ARN, or the account as such.

    What a request tells of a session is the ARN of its role, which the session's own does not give away.
    """
    account, arn = _account(name), parse_arn(name)
    if not account:
        return
    whole = name == account or name.endswith(":root")
    more = {"aws:principalarn": name} if not whole and arn is not None and arn.service == "iam" else {}
    yield Asker(account if whole else name, account, context={"aws:principalaccount": account, **more})


def _service(scene: Scene, name: str) -> Asker:
    return Asker(name, scene.account, "Service")


def _writer(scene: Scene) -> str:
    return scene.answers.text("palisade.principal_arn")


def _account(name: str) -> str:
    arn = parse_arn(name)
    account = name if arn is None else arn.account
    return account if _ACCOUNT.fullmatch(account) else ""


def _fitting(pattern: str) -> str:
    """An account that a pattern of accounts covers; empty if it is none."""
    head, star, tail = pattern.replace("?", "0").partition("*")
    tail = tail.replace("*", "")
    account = f"{head}{'0' * (12 - len(head) - len(tail))}{tail}" if star else head
    return account if account != pattern and _ACCOUNT.fullmatch(account) else ""


def _foreign(policies: Mapping[str, Document]) -> frozenset[str]:
    """Every principal that a policy names in one way or the other, as far as an account can be told from it."""
    named = {name for kind, name in _named(policies, allowed=False) if kind == "AWS"}
    found = {_account(name) if "*" in name else name for name in {*named, *in_conditions(policies, _NAMING)}}
    return frozenset(name for name in found if _account(name))


def _named(policies: Mapping[str, Document], *, allowed: bool) -> Iterator[tuple[str, str]]:
    for statement in statements(policies):
        if allowed and statement.get("Effect") != "Allow":
            continue
        for element in ("Principal", "NotPrincipal"):
            for kind, found in entries(statement.get(element)).items():
                yield from ((kind, str(name)) for name in items(found))
