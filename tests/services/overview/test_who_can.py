"""Who can do what: each change of a policy changes just the cells that it must, and no cell is of this program's opinion alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engine.world import Unknown, World
from services.overview import told
from services.overview.matrix import Bench, Cell, Judged, bench, judged, matrix
from services.overview.scene import Scene
from services.problems import Problem
from tests.generated import share
from tests.sampling import every
from tests.who_can import Change, adding, cells, changed, differing, other_judge, scene, without
from tests.world import ACCOUNT, ALARMS, BUCKET, EXTERNAL_ID, HARD, KEY_ARN, PRINCIPAL, TRAIL

WHOLE = {**HARD, **TRAIL, **ALARMS}
FILES = f"arn:aws:s3:::{BUCKET}/*"
STRANGER = "arn:aws:iam::999988887777:root"
WRITE, READ, LIST = "Write a backup", "Read a backup", "List the bucket"
ENCRYPT, DECRYPT = "Encrypt with the KMS key", "Decrypt with the KMS key"
KEY_ROWS = (ENCRYPT, DECRYPT, "Change or delete the KMS key")
BACKUP_ROWS = (
    *(WRITE, READ, "Delete a backup (recoverable)", "Delete a version for good", LIST),
    "Change the bucket's policy",
)
WITH_ID, WITHOUT_ID = "Assume role with external ID", "Assume role without external ID"
TLS = "Never over plain HTTP or over a TLS older than 1.2."
SCENES: Mapping[str, Mapping[str, object]] = {
    "sandbox": {},
    "production": WHOLE,
    "strict": {
        "storage__encryption_headers": "strict",
        "storage__object_lock": "governance",
        "storage__object_lock_days": 30,
    },
    "more rights": {"role__extra_actions": ["kms:Decrypt", "s3:ListBucket", "sts:TagSession"]},
}


def in_one_word(found: Scene) -> dict[tuple[str, str], str]:
    return {where: cell.verdict for where, cell in cells(matrix(found)).items()}


def test_what_a_set_up_allows() -> None:
    found = in_one_word(scene())
    assert {where for where, word in found.items() if word != "no"} == {
        *((row, "administrators") for row in (*BACKUP_ROWS, *KEY_ROWS)),
        *((row, "palisade") for row in (WRITE, ENCRYPT, WITH_ID)),
    }
    assert {where for where, word in found.items() if word == "yes"} == {
        *((row, "administrators") for row in KEY_ROWS),
        (WITH_ID, "palisade"),
    }


def test_services_have_a_column_where_a_policy_lets_one_in_and_only_there() -> None:
    assert matrix(scene()).columns == ("palisade", "administrators", "others")
    found = in_one_word(scene(**WHOLE))
    assert {row for (row, column), word in found.items() if column == "services" and word != "no"} == {
        *("Add an access log", "Add a daily list", "Add a CloudTrail record"),
    }
    assert not {row for row, _ in in_one_word(scene())} & {"Add an access log", "Read CloudTrail's records"}


def nobody_else(rows: tuple[str, ...], *columns: str) -> set[tuple[str, str]]:
    return set(product(rows, columns))


USING = nobody_else(BACKUP_ROWS, "administrators") | {(WRITE, "palisade")}
ANYBODY: Mapping[str, Any] = {"Principal": "*"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
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
            {"bucket.policy": adding("s3:*", [FILES, FILES[:-2]], Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})},
            set(),
        ),
        ({"key.policy": adding("kms:*", Principal={"AWS": STRANGER})}, nobody_else((*KEY_ROWS, WRITE, READ), "others")),
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
    ],
    ids=str,
)  # fmt: skip
def test_a_change_of_a_policy_changes_just_these_cells(
    changes: Mapping[str, Change], expected: set[tuple[str, str]]
) -> None:
    before = scene()
    after = changed(before, changes)
    assert set(differing(before, after)) == expected
    no_opinion_of_its_own(after)


def test_without_the_condition_the_external_id_does_not_matter() -> None:
    before = scene()
    after = changed(before, {"role.trust": lambda statements: statements[0].pop("Condition")})
    assert differing(before, after) == {(WITHOUT_ID, "palisade"): Cell("yes")}


def test_without_the_condition_the_key_is_not_only_for_s3() -> None:
    before = scene()
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
    before = scene()
    found = differing(before, changed(before, {"bucket.policy": without(sid)}))
    assert {cell.notes[0] for cell in found.values()} == set(expected)
    assert {cell.notes[0] for cell in cells(matrix(before)).values() if cell.notes} == {
        TLS,
        "Never directly, past S3 of eu-west-1.",
    }


def test_an_upload_that_becomes_possible_is_refused_no_more() -> None:
    before = scene()
    refused = cells(matrix(before))[WRITE, "palisade"].notes[1]
    for sid, how in (("OnlyKms", "DSSE"), ("NoCustomerKeys", "SSE-C"), ("KmsNeedsOurKey", "no key named")):
        after = cells(matrix(changed(before, {"bucket.policy": without(sid)})))[WRITE, "palisade"].notes[1]
        assert how in refused
        assert how not in after
    strict = cells(matrix(scene(storage__encryption_headers="strict")))[WRITE, "palisade"].notes[1]
    assert "without encryption headers" in strict
    assert "without encryption headers" not in refused


def test_half_a_right_is_no_right_but_it_is_told() -> None:
    before = scene()
    found = differing(before, changed(before, {"role.policy": adding("s3:GetObject", FILES)}))
    assert found == {
        (READ, "palisade"): Cell("no", ("No, but only for want of kms:Decrypt: s3:GetObject is allowed.",))
    }
    both = adding(["s3:GetObject", "kms:Decrypt"])
    found = differing(before, changed(before, {"role.policy": both}))
    assert found == {(READ, "palisade"): Cell("if", (TLS,)), (DECRYPT, "palisade"): Cell("yes")}


def test_records_are_taken_from_the_services_for_this_set_up_alone() -> None:
    before = scene(**WHOLE)
    source = "Never on behalf of another bucket, trail or account."
    assert cells(matrix(before))["Add an access log", "services"] == Cell("if", (TLS, source))

    def unbound(statements: list[dict[str, Any]]) -> None:
        del statements[0]["Condition"]

    after = changed(before, {"log_bucket.policy": unbound})
    assert differing(before, after) == {("Add an access log", "services"): Cell("if", (TLS,))}
    no_opinion_of_its_own(after)


def test_a_locked_version_is_deleted_by_those_alone_who_may_pass_the_lock() -> None:
    row = "Delete a locked version"
    firm = cells(matrix(scene(storage__object_lock="compliance", storage__object_lock_days=30)))
    weak = cells(matrix(scene(storage__object_lock="governance", storage__object_lock_days=30)))
    (why,) = firm[row, "administrators"].notes
    assert "nobody can, root included, for 30 days" in why
    assert weak[row, "administrators"] == Cell("if", (TLS,))
    assert {firm[row, who].verdict for who in ("palisade", "administrators", "others")} == {"no"}
    assert weak[row, "palisade"] == Cell("no")
    assert (row, "palisade") not in cells(matrix(scene()))


def test_what_nobody_has_read_is_not_told() -> None:
    bound = "arn:aws:iam::123456789012:policy/Bound"
    found = differing(scene(), scene(role__permissions_boundary=bound))
    assert set(found) == {(WRITE, "palisade"), (ENCRYPT, "palisade")}
    assert all(cell.verdict == "unclear" and bound in cell.notes[0] for cell in found.values())


def test_a_policy_that_aws_keeps_back_is_unclear_and_never_empty() -> None:
    before = scene()
    hidden = Unknown(Problem("denied", "AWS did not tell."))
    after = Scene(
        before.answers, ACCOUNT, before.blueprint, World({}, {"bucket.policy": hidden}), after=False
    )
    found = differing(before, after)
    assert {cell.verdict for (row, _), cell in found.items() if row != READ and row != WRITE} == {"unclear"}
    assert (LIST, "others") in found


def test_a_condition_that_cannot_be_judged_is_said() -> None:
    office = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    before = scene()
    after = changed(
        before, {"bucket.policy": adding("s3:ListBucket", FILES[:-2], Principal="*", Condition=office)}
    )
    found = differing(before, after)
    assert set(found) == nobody_else((LIST,), "palisade", "others")
    assert all(cell.verdict == "unclear" and "Foreign" in cell.notes[0] for cell in found.values())


def every_request(by: Bench) -> Iterator[Judged]:
    """Every request that the matrix is made of."""
    for part in by.parts:
        for verb, askers in product(part.verbs, by.columns.values()):
            for asker, way, variation in product(askers, verb.ways, (None, *verb.variations)):
                yield from (judged(by, asker, need, variation) for need in way)


def no_opinion_of_its_own(found: Scene, *, sure: bool = True) -> int:
    """Holds every request of a matrix against the other evaluator; how many there were."""
    by, count = bench(found), 0
    for one in every_request(by):
        if one.finding.allowed is None:
            # For whom a service comes to read is not known.
            assert not sure or one.asker.kind == "Service", one
            continue
        count += 1
        assert one.finding.allowed is other_judge(by, one), one
    return count


@pytest.mark.parametrize("name", every(2, SCENES))
def test_another_evaluator_says_the_same_of_every_request(name: str) -> None:
    assert no_opinion_of_its_own(scene(**SCENES[name])) > 250


WHO = (
    "*",
    {"AWS": STRANGER},
    {"AWS": PRINCIPAL},
    {"AWS": "*"},
    {"AWS": ACCOUNT},
    {"Service": "s3.amazonaws.com"},
)
CONDITIONS: tuple[dict[str, Any], ...] = (
    {},
    {"Bool": {"aws:SecureTransport": "false"}},
    {"StringEquals": {"aws:PrincipalAccount": "999988887777"}},
    {"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}},
    {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}},
    {"StringNotEqualsIfExists": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}},
    {"Null": {"s3:x-amz-server-side-encryption": "true"}},
)


@share(0.5)
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
def test_whatever_others_write_into_a_policy_is_read_as_another_evaluator_does(
    where: str, effect: str, who: Any, actions: list[str], condition: dict[str, Any]
) -> None:
    more = {"Effect": effect, "Principal": who, **({"Condition": condition} if condition else {})}
    no_opinion_of_its_own(changed(scene(), {where: adding(actions, **more)}), sure=False)


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("width", [40, 57, 78])
def test_both_forms_say_every_cell_and_fit(name: str, width: int) -> None:
    found = matrix(scene(**SCENES[name]))
    notes = found.notes
    for lines in (told.lines(found, width), told.listed(found, width)):
        assert max(map(len, lines)) <= width
        said = " ".join(" ".join(lines).split())
        for row in found.rows:
            assert row.says in said
        words = [told.cell_text(row.cells[column], notes) for row in found.rows for column in found.columns]
        for word in set(words):
            assert said.count(word) >= words.count(word)
    assert [said.split(". ", 1)[1] for said in told.numbered(found)] == list(notes)


def test_the_given_key_and_the_accounts_that_policies_name_are_told() -> None:
    found = changed(
        scene(storage__kms_key=KEY_ARN), {"key.policy": adding("kms:*", Principal={"AWS": STRANGER})}
    )
    assert any("999988887777" in sentence for sentence in told.about(found))
    assert not any(
        EXTERNAL_ID in sentence for sentence in (*told.about(found), *told.numbered(matrix(found)))
    )
