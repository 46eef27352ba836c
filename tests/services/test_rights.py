"""Rights are asked for beforehand; where AWS cannot say, that is said, and nothing is taken for granted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from services import rights
from services.identity import Identity
from services.model.calls import Call, Refused, Reply
from services.model.operations import OPERATIONS, reads
from services.model.place import Place
from tests.world import ACCOUNT, SETUP, sample

PLACE = Place(ACCOUNT, "eu-west-1", SETUP)
USER = f"arn:aws:iam::{ACCOUNT}:user/kim"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/kim"
SSO = f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/Admin"


@dataclass
class Simulator:
    """IAM's simulator in memory: everything is allowed except `denied`; `forbidden` by the organisation."""

    denied: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()
    refusal: str = ""
    role_arn: str = ""
    calls: list[Call] = field(default_factory=list)

    def __call__(self, call: Call) -> Reply:
        self.calls.append(call)
        if call.op == "GetRole":
            if not self.role_arn:
                raise Refused(call, "AccessDenied", "", 403)
            return {"Role": {"Arn": self.role_arn}}
        if self.refusal:
            raise Refused(call, self.refusal, "", 403 if "Denied" in self.refusal else 500)
        names: Any = call.params["ActionNames"]
        return {"EvaluationResults": [self._result(name) for name in names]}

    def _result(self, name: str) -> Reply:
        decision = "implicitDeny" if name in self.denied | self.forbidden else "allowed"
        organisation = {"AllowedByOrganizations": name not in self.forbidden}
        return {
            "EvalActionName": name,
            "EvalDecision": decision,
            "OrganizationsDecisionDetail": organisation,
        }

    @property
    def sources(self) -> set[object]:
        return {call.params["PolicySourceArn"] for call in self.calls if call.op == "SimulatePrincipalPolicy"}


def look(aws: Simulator, arn: str = USER, **values: object) -> rights.Rights:
    answers = sample(**values)
    return rights.check(aws, Identity(ACCOUNT, arn), rights.needed(answers, ACCOUNT), PLACE)


def actions() -> set[str]:
    needed = rights.needed(sample(), ACCOUNT)
    return {action for call in needed for action in OPERATIONS[call.name].actions}


def test_every_action_of_the_set_up_is_asked_for_and_nothing_is_written() -> None:
    aws = Simulator()
    found = look(aws)
    assert set(found.allowed) == actions()
    assert found.denied == ()
    assert str(len(actions())) in found.says
    assert all(reads(call) for call in aws.calls)


@pytest.mark.parametrize("action", sorted(actions()))
def test_a_missing_right_is_named(action: str) -> None:
    found = look(Simulator(denied=frozenset({action})))
    assert found.denied == (action,)
    assert action in found.says
    assert action not in found.allowed


def test_what_the_organisation_forbids_is_told_apart() -> None:
    found = look(Simulator(denied=frozenset({"kms:CreateKey"}), forbidden=frozenset({"iam:CreateRole"})))
    assert found.denied == ("iam:CreateRole", "kms:CreateKey")
    assert found.forbidden == ("iam:CreateRole",)


@pytest.mark.parametrize(
    ("arn", "role_arn", "source"),
    [
        (USER, "", USER),
        (SESSION, SSO, SSO),
        (SESSION, "", f"arn:aws:iam::{ACCOUNT}:role/Admin"),
    ],
)
def test_the_policies_of_the_user_or_of_the_role_behind_a_session_are_simulated(
    arn: str, role_arn: str, source: str
) -> None:
    aws = Simulator(role_arn=role_arn)
    look(aws, arn)
    assert aws.sources == {source}


def test_the_root_user_has_every_right_and_nobody_is_asked() -> None:
    aws = Simulator(refusal="AccessDenied")
    assert set(look(aws, ROOT).allowed) == actions()
    assert aws.calls == []


@pytest.mark.parametrize(
    ("arn", "refusal", "word"),
    [
        (USER, "AccessDenied", "iam:SimulatePrincipalPolicy"),
        (USER, "InternalFailure", "InternalFailure"),
        (f"arn:aws:sts::{ACCOUNT}:federated-user/kim", "", "kind of sign-in"),
        ("not an arn", "", "kind of sign-in"),
    ],
)
def test_where_aws_cannot_say_it_is_said(arn: str, refusal: str, word: str) -> None:
    found = look(Simulator(refusal=refusal), arn)
    assert word in found.unchecked
    assert found.allowed == found.denied == ()
    assert "could not be checked beforehand" in found.says


@pytest.mark.parametrize("gone", ["storage.bucket", "palisade.principal_arn", "palisade.external_id"])
def test_answers_that_are_missing_yet_have_stand_ins(gone: str) -> None:
    whole = {call.name for call in rights.needed(sample(), ACCOUNT)}
    assert {call.name for call in rights.needed(sample().updated({gone: None}), ACCOUNT)} == whole


def test_a_code_that_fakes_lines_is_spelled_out() -> None:
    said = look(Simulator(refusal="Odd\n✓ All rights are there.")).says
    assert "\n" not in said
    assert "Odd\\n✓ All" in said
