"""Each change of a policy changes just the cells that it must, whoever made it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.overview.matrix import Cell, matrix
from tests.generated import share
from tests.sampling import every
from tests.who_can import (
    BACKUP_ROWS,
    CONDITIONS,
    DECRYPT,
    ENCRYPT,
    FILES,
    KEY_ROWS,
    LIST,
    READ,
    STRANGER,
    TLS,
    WITH_ID,
    WITHOUT_ID,
    WRITE,
    Change,
    adding,
    cells,
    changed,
    differing,
    no_opinion_of_its_own,
    sandbox,
    scene,
    without,
)
from tests.world import ACCOUNT, PRINCIPAL


def nobody_else(rows: tuple[str, ...], *columns: str) -> set[tuple[str, str]]:
    return set(product(rows, columns))


USING = nobody_else(BACKUP_ROWS, "administrators") | {(WRITE, "palisade")}
ANYBODY: Mapping[str, Any] = {"Principal": "*"}
COLLEAGUE = f"{PRINCIPAL.rsplit('/', 1)[0]}/another"
OURS = f"arn:aws:iam::{ACCOUNT}:role/KeyKeepers"


CASES: tuple[tuple[Mapping[str, Change], set[tuple[str, str]]], ...] = (
    ({"bucket.policy": without("TlsOnly")}, USING),
    ({"bucket.policy": without("Tls12")}, USING),
    ({"bucket.policy": without("OnlyKms")}, {(WRITE, "palisade"), (WRITE, "administrators")}),
    ({"bucket.policy": without("NoCustomerKeys")}, {(WRITE, "palisade"), (WRITE, "administrators")}),
    ({"bucket.policy": without("KmsNeedsOurKey")}, {(WRITE, "palisade"), (WRITE, "administrators")}),
    ({"role.policy": adding("s3:GetObject", FILES)}, {(READ, "palisade")}),
    ({"role.policy": adding("s3:*", FILES)}, nobody_else(BACKUP_ROWS[1:4], "palisade")),
    ({"role.policy": adding("kms:Decrypt")}, nobody_else((READ, DECRYPT), "palisade")),
    ({"role.policy": without("Write")}, {(WRITE, "palisade")}),
    ({"role.policy": without("Key")}, nobody_else((WRITE, ENCRYPT), "palisade")),
    ({"bucket.policy": adding("s3:GetObject", FILES, **ANYBODY)}, nobody_else((READ,), "palisade", "others")),
    (
        {"bucket.policy": adding("s3:*", [FILES, FILES[:-2]], **ANYBODY)},
        nobody_else(BACKUP_ROWS, "others") | nobody_else(BACKUP_ROWS[1:], "palisade"),
    ),
    (
        {"bucket.policy": adding("s3:ListBucket", FILES[:-2], Principal={"AWS": STRANGER})},
        {(LIST, "others")},
    ),
    (
        {"bucket.policy": adding("s3:ListBucket", FILES[:-2], Principal={"AWS": PRINCIPAL})},
        {(LIST, "palisade")},
    ),
    (
        {
            "bucket.policy": adding(
                "s3:*", [FILES, FILES[:-2]], Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
            )
        },
        set(),
    ),
    (
        {"key.policy": adding("kms:*", Principal={"AWS": STRANGER})},
        nobody_else((*KEY_ROWS, WRITE, READ), "others"),
    ),
    (
        {"key.policy": without("Delegation")},
        nobody_else((*KEY_ROWS, WRITE, READ), "administrators") | nobody_else((WRITE, ENCRYPT), "palisade"),
    ),
    (
        {"role.trust": adding("sts:AssumeRole", Principal={"AWS": PRINCIPAL})},
        {(WITHOUT_ID, "palisade")},
    ),
    (
        {"role.trust": adding("sts:AssumeRole", Principal={"AWS": STRANGER})},
        nobody_else((WITH_ID, WITHOUT_ID), "others"),
    ),
    (
        {"role.trust": adding("sts:AssumeRole", Principal={"AWS": ACCOUNT})},
        nobody_else((WITH_ID, WITHOUT_ID), "administrators"),
    ),
    (
        {"bucket.policy": adding("s3:ListBucket", FILES[:-2], Principal={"AWS": COLLEAGUE})},
        {(LIST, "palisade")},
    ),
    (
        {"role.trust": adding("sts:AssumeRole", Principal={"AWS": OURS})},
        nobody_else((WITH_ID, WITHOUT_ID), "administrators"),
    ),
    (
        {
            "key.policy": lambda statements: statements[0].update(
                {"Sid": "Foreign", "Principal": {"AWS": OURS}}
            )
        },
        {(WRITE, "palisade"), (ENCRYPT, "palisade")},
    ),
    (
        {
            "key.policy": adding(
                "kms:*", **ANYBODY, Condition={"StringEquals": {"kms:CallerAccount": "999988887777"}}
            )
        },
        nobody_else((*KEY_ROWS, WRITE, READ), "others"),
    ),
    (
        {"bucket.policy": adding("s3:GetObjectVersion", FILES, Principal={"AWS": STRANGER})},
        {(READ, "others")},
    ),
    ({"key.policy": adding("kms:Encrypt", Principal={"AWS": STRANGER})}, {(ENCRYPT, "others")}),
    (
        {"bucket.policy": adding("s3:ListBucketVersions", FILES[:-2], Principal={"AWS": STRANGER})},
        {(LIST, "others")},
    ),
    (
        {
            "role.trust": adding(
                "sts:AssumeRole",
                Principal={"AWS": STRANGER},
                Condition={"StringLike": {"sts:ExternalId": "their-own-*"}},
            )
        },
        {(WITHOUT_ID, "others")},
    ),
    (
        {
            "bucket.policy": adding(
                ["s3:GetObject", "s3:DeleteObject"],
                [f"{FILES}/recovery_shard-1.txt", f"{FILES[:-1]}elsewhere/*"],
                Principal={"AWS": STRANGER},
            )
        },
        nobody_else(("Delete a backup (recoverable)", READ), "others"),
    ),
    (
        {
            "bucket.policy": adding(
                "s3:ListBucket",
                FILES[:-2],
                **ANYBODY,
                Condition={"StringLike": {"aws:PrincipalAccount": "99?8*"}},
            )
        },
        {(LIST, "others")},
    ),
)


@pytest.mark.parametrize(("changes", "expected"), every(2, CASES))
def test_a_change_of_a_policy_changes_just_these_cells(
    changes: Mapping[str, Change], expected: set[tuple[str, str]]
) -> None:
    before = sandbox()
    after = changed(before, changes)
    assert set(differing(before, after)) == expected
    no_opinion_of_its_own(after)


def test_without_the_condition_the_external_id_does_not_matter() -> None:
    before = sandbox()
    after = changed(before, {"role.trust": lambda statements: statements[0].pop("Condition")})
    assert differing(before, after) == {(WITHOUT_ID, "palisade"): Cell("yes")}


def test_without_the_condition_the_key_is_not_only_for_s3() -> None:
    before = sandbox()
    after = changed(before, {"role.policy": lambda statements: statements[1].pop("Condition")})
    assert differing(before, after) == {(ENCRYPT, "palisade"): Cell("yes")}


@pytest.mark.parametrize(
    ("sid", "expected"),
    [
        ("TlsOnly", ("Never over a TLS older than 1.2.",)),
        ("Tls12", ("Never over plain HTTP.",)),
    ],
)
def test_the_condition_says_what_is_still_refused(sid: str, expected: tuple[str, ...]) -> None:
    before = sandbox()
    found = differing(before, changed(before, {"bucket.policy": without(sid)}))
    assert {cell.notes[0] for cell in found.values()} == set(expected)
    assert {cell.notes[0] for cell in cells(matrix(before)).values() if cell.notes} == {
        TLS,
        "Never directly, past S3 of eu-west-1.",
    }


def test_an_upload_that_becomes_possible_is_refused_no_more() -> None:
    before = sandbox()
    refused = cells(matrix(before))[WRITE, "palisade"].notes[1]
    for sid, how in (("OnlyKms", "DSSE"), ("NoCustomerKeys", "SSE-C"), ("KmsNeedsOurKey", "no key named")):
        after = cells(matrix(changed(before, {"bucket.policy": without(sid)})))[WRITE, "palisade"].notes[1]
        assert how in refused
        assert how not in after
    strict = cells(matrix(scene(storage__encryption_headers="strict")))[WRITE, "palisade"].notes[1]
    assert "without encryption headers" in strict
    assert "without encryption headers" not in refused


def test_half_a_right_is_no_right_but_it_is_told() -> None:
    before = sandbox()
    found = differing(before, changed(before, {"role.policy": adding("s3:GetObject", FILES)}))
    assert found == {
        (READ, "palisade"): Cell("no", ("No, but only for want of kms:Decrypt: s3:GetObject is allowed.",))
    }
    both = adding(["s3:GetObject", "kms:Decrypt"])
    found = differing(before, changed(before, {"role.policy": both}))
    assert found == {(READ, "palisade"): Cell("if", (TLS,)), (DECRYPT, "palisade"): Cell("yes")}


def test_a_condition_that_cannot_be_judged_is_said() -> None:
    office = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    before = sandbox()
    after = changed(
        before, {"bucket.policy": adding("s3:ListBucket", FILES[:-2], Principal="*", Condition=office)}
    )
    found = differing(before, after)
    assert set(found) == nobody_else((LIST,), "palisade", "others")
    assert all(cell.verdict == "unclear" and "Foreign" in cell.notes[0] for cell in found.values())


WHO = (
    "*",
    {"AWS": STRANGER},
    {"AWS": PRINCIPAL},
    {"AWS": "*"},
    {"AWS": ACCOUNT},
    {"Service": "s3.amazonaws.com"},
)


@share(0.2)
@given(
    where=st.sampled_from(("bucket.policy", "key.policy", "role.trust")),
    effect=st.sampled_from(("Allow", "Deny")),
    who=st.sampled_from(WHO),
    actions=st.lists(
        st.sampled_from(("s3:*", "s3:Get*", "s3:PutObject", "kms:*", "kms:Decrypt", "sts:AssumeRole", "*")),
        min_size=1,
        max_size=2,
    ),
    condition=st.sampled_from(CONDITIONS),
)
@example("role.trust", "Allow", {"AWS": STRANGER}, ["*"], {})
def test_whatever_others_write_into_a_policy_is_read_as_another_evaluator_does(
    where: str, effect: str, who: Any, actions: list[str], condition: dict[str, Any]
) -> None:
    more = {"Effect": effect, "Principal": who, **({"Condition": condition} if condition else {})}
    no_opinion_of_its_own(changed(sandbox(), {where: adding(actions, **more)}), sure=False)
