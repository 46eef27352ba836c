"""Ways past what a policy seems to say: identity providers, root, services, and what a caller may choose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from services.overview import told
from services.overview.matrix import Cell, bench, matrix
from tests.who_can import (
    CONDITIONS,
    DECRYPT,
    ENCRYPT,
    FILES,
    LIST,
    STRANGER,
    WITHOUT_ID,
    adding,
    cells,
    changed,
    differing,
    every_request,
    no_opinion_of_its_own,
    sandbox,
)
from tests.world import ACCOUNT

ANYBODY: Mapping[str, Any] = {"Principal": "*"}
PROVIDER = "token.actions.githubusercontent.com"


@pytest.mark.parametrize("action", ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"])
def test_users_of_an_identity_provider_are_somebody_too(action: str) -> None:
    before = sandbox()
    after = changed(before, {"role.trust": adding(action, Principal={"Federated": PROVIDER})})
    assert differing(before, after) == {(WITHOUT_ID, "others"): Cell("yes")}
    assert any(PROVIDER in sentence for sentence in told.about(after))
    some = {"StringEquals": {f"{PROVIDER}:sub": "repo:acme/x"}}
    bound = changed(before, {"role.trust": adding(action, Principal={"Federated": PROVIDER}, Condition=some)})
    assert differing(before, bound)[WITHOUT_ID, "others"].verdict == "unclear"


def test_a_key_can_be_open_through_another_service_alone() -> None:
    before = sandbox()
    ec2 = {"StringEquals": {"kms:ViaService": "ec2.eu-west-1.amazonaws.com"}}
    opened = adding("kms:Decrypt", Principal={"AWS": STRANGER}, Condition=ec2)
    after = changed(before, {"key.policy": opened})
    only = Cell("if", ("Only through ec2.eu-west-1.amazonaws.com.",))
    assert differing(before, after)[DECRYPT, "others"] == only
    no_opinion_of_its_own(after)


@pytest.mark.parametrize(
    "some",
    [
        {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        {"Bool": {"aws:PrincipalIsAWSService": "true"}},
    ],
)
def test_services_that_a_policy_does_not_name_are_somebody(some: Mapping[str, Any]) -> None:
    listing = adding("s3:ListBucket", FILES[:-2], **ANYBODY, Condition=some)
    after = changed(sandbox(), {"bucket.policy": listing})
    assert cells(matrix(after))[LIST, "services"].verdict != "no"
    assert any("without naming them" in sentence for sentence in told.about(after))


def test_what_is_in_doubt_is_named_and_not_what_is_sure() -> None:
    some = {"StringEquals": {"aws:PrincipalOrgID": "o-example"}}
    trust = adding("sts:AssumeRole", **ANYBODY, Condition=some)
    found = differing(sandbox(), changed(sandbox(), {"role.trust": trust}))
    (note,) = found[WITHOUT_ID, "administrators"].notes
    assert note.startswith("It depends on Foreign in the trust policy")


def test_a_session_of_palisade_is_no_administrator() -> None:
    role = sandbox().role_arn.rsplit("/", 1)[-1]
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/palisade"
    trust = adding("sts:AssumeRole", Principal={"AWS": session})
    found = differing(sandbox(), changed(sandbox(), {"role.trust": trust}))
    assert found[WITHOUT_ID, "administrators"].verdict != "yes"


def test_root_may_change_the_bucket_s_policy_whatever_it_says() -> None:
    before = sandbox()
    everything = adding("s3:*", [FILES, FILES[:-2]], Effect="Deny", Principal="*")
    found = differing(before, changed(before, {"bucket.policy": everything}))
    cell = found["Change the bucket's policy", "administrators"]
    assert cell.verdict == "if"
    assert cell.notes[0].startswith("Only as the account's root user")
    assert found[LIST, "administrators"] == Cell("no")


def test_a_context_of_the_key_can_be_given_past_s3_too() -> None:
    before = sandbox()
    only = {"StringEquals": {"kms:EncryptionContext:aws:s3:arn": FILES[:-2]}}
    after = changed(before, {"role.policy": adding("kms:GenerateDataKey", Condition=only)})
    notes = differing(before, after)[ENCRYPT, "palisade"].notes
    assert not any(note.startswith("Never directly") for note in notes)
    assert notes[0].startswith("Whether directly, past S3 of eu-west-1: It depends on Foreign")


@pytest.mark.parametrize("principal", [{"AWS": STRANGER}, {"AWS": ACCOUNT}, {"Service": "s3.amazonaws.com"}])
def test_who_signs_with_credentials_of_aws_has_no_token_to_sign_in_with(principal: Mapping[str, str]) -> None:
    before = sandbox()
    for action in ("sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"):
        after = changed(before, {"role.trust": adding(action, Principal=principal)})
        assert {cell.verdict for cell in differing(before, after).values()} <= {"no"}


@pytest.mark.parametrize("action", ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"])
def test_a_role_open_to_everybody_s_token_is_open(action: str) -> None:
    before = sandbox()
    after = changed(before, {"role.trust": adding(action, **ANYBODY)})
    everybody = ("palisade", "administrators", "others")
    assert differing(before, after) == {(WITHOUT_ID, column): Cell("yes") for column in everybody}


def test_users_of_an_identity_provider_have_no_signature_to_assume_a_role_with() -> None:
    before = sandbox()
    after = changed(before, {"role.trust": adding("sts:AssumeRole", Principal={"Federated": PROVIDER})})
    assert differing(before, after) == {}


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
@pytest.mark.parametrize("actions", [["*"], ["sts:*"], ["sts:AssumeRole", "s3:*"]])
@pytest.mark.parametrize("condition", CONDITIONS)
def test_another_evaluator_reads_the_same_about_users_of_a_provider(
    effect: str, actions: list[str], condition: Mapping[str, Any]
) -> None:
    """Somebody else lets them in first: they are nobody whom the table knows before that."""
    users: Any = {"Principal": {"Federated": PROVIDER}}

    def change(statements: list[dict[str, Any]]) -> None:
        adding("sts:*", **users)(statements)
        adding(actions, **users, Effect=effect, Condition=condition)(statements)

    after = changed(sandbox(), {"role.trust": change})
    assert any(one.asker.kind == "Federated" for one in every_request(bench(after)))
    no_opinion_of_its_own(after, sure=False)
