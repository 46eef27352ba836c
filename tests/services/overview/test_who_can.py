"""Who can do what: what a set-up allows, what cannot be told, and that another evaluator says the same of every request."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest

from services.engine.world import Have, Unknown, World
from services.overview import told
from services.overview.matrix import Cell, matrix
from services.overview.scene import Scene
from services.problems import Problem
from tests.sampling import every
from tests.who_can import (
    BACKUP_ROWS,
    ENCRYPT,
    KEY_ROWS,
    LIST,
    READ,
    STRANGER,
    TLS,
    WHOLE,
    WITH_ID,
    WRITE,
    adding,
    cells,
    changed,
    differing,
    no_opinion_of_its_own,
    sandbox,
    scene,
    without,
)
from tests.world import ACCOUNT, EXTERNAL_ID, KEY_ARN, PRINCIPAL

HIDDEN = Unknown(Problem("denied", "AWS did not tell."))
SCENES: Mapping[str, Mapping[str, object]] = {
    "sandbox": {},
    "production": WHOLE,
    "strict": {
        "storage__encryption_headers": "strict",
        "storage__object_lock": "governance",
        "storage__object_lock_days": 30,
    },
    "China": {
        "aws__region": "cn-north-1",
        "palisade__principal_arn": PRINCIPAL.replace("arn:aws:", "arn:aws-cn:"),
    },
    "more rights": {"role__extra_actions": ["kms:Decrypt", "s3:ListBucket", "sts:TagSession"]},
}


def in_one_word(found: Scene) -> dict[tuple[str, str], str]:
    return {where: cell.verdict for where, cell in cells(matrix(found)).items()}


def test_what_a_set_up_allows() -> None:
    found = in_one_word(sandbox())
    assert {where for where, word in found.items() if word != "no"} == {
        *((row, "administrators") for row in (*BACKUP_ROWS, *KEY_ROWS)),
        *((row, "palisade") for row in (WRITE, ENCRYPT, WITH_ID)),
    }
    assert {where for where, word in found.items() if word == "yes"} == {
        *((row, "administrators") for row in KEY_ROWS),
        (WITH_ID, "palisade"),
    }


def test_services_have_a_column_where_a_policy_lets_one_in_and_only_there() -> None:
    assert matrix(sandbox()).columns == ("palisade", "administrators", "others")
    found = in_one_word(scene(**WHOLE))
    assert {row for (row, column), word in found.items() if column == "services" and word != "no"} == {
        *("Add an access log", "Add a daily list", "Add a CloudTrail record"),
    }
    assert not {row for row, _ in in_one_word(sandbox())} & {"Add an access log", "Read CloudTrail's records"}


def test_records_are_taken_from_the_services_for_this_set_up_alone() -> None:
    before = scene(**WHOLE)
    source = "Never on behalf of another bucket, trail or account."
    assert cells(matrix(before))["Add an access log", "services"] == Cell("if", (TLS, source))

    def unbound(statements: list[dict[str, Any]]) -> None:
        del statements[0]["Condition"]

    after = changed(before, {"log_bucket.policy": unbound})
    assert differing(before, after) == {("Add an access log", "services"): Cell("if", (TLS,))}
    no_opinion_of_its_own(after)


def test_a_service_is_known_for_one() -> None:
    before = scene(**WHOLE)
    people = {"Bool": {"aws:PrincipalIsAWSService": "false"}}
    deny = adding("s3:PutObject", Effect="Deny", Principal="*", Condition=people)
    found = differing(before, changed(before, {"log_bucket.policy": deny}))
    assert found == {(row, "administrators"): Cell("no") for row in ("Add an access log", "Add a daily list")}


def test_a_locked_version_is_deleted_by_those_alone_who_may_pass_the_lock() -> None:
    row = "Delete a locked version"
    firm = cells(matrix(scene(storage__object_lock="compliance", storage__object_lock_days=30)))
    weak = cells(matrix(scene(storage__object_lock="governance", storage__object_lock_days=30)))
    (why,) = firm[row, "administrators"].notes
    assert "nobody can, root included, for 30 days" in why
    assert weak[row, "administrators"] == Cell("if", (TLS,))
    assert {firm[row, who].verdict for who in ("palisade", "administrators", "others")} == {"no"}
    assert weak[row, "palisade"] == Cell("no")
    assert (row, "palisade") not in cells(matrix(sandbox()))


def test_what_nobody_has_read_is_not_told() -> None:
    bound = "arn:aws:iam::123456789012:policy/Bound"
    found = differing(sandbox(), scene(role__permissions_boundary=bound))
    assert set(found) == {(WRITE, "palisade"), (ENCRYPT, "palisade")}
    assert all(cell.verdict == "unclear" and bound in cell.notes[0] for cell in found.values())


def test_a_policy_that_aws_keeps_back_is_unclear_and_never_empty() -> None:
    before = sandbox()
    after = Scene(
        before.answers, ACCOUNT, before.blueprint, World({}, {"bucket.policy": HIDDEN}), after=False
    )
    found = differing(before, after)
    assert {cell.verdict for (row, _), cell in found.items() if row != READ and row != WRITE} == {"unclear"}
    assert (LIST, "others") in found


@pytest.mark.parametrize("name", every(2, SCENES))
def test_another_evaluator_says_the_same_of_every_request(name: str) -> None:
    assert no_opinion_of_its_own(scene(**SCENES[name])) > 250


@pytest.mark.parametrize(("name", "width"), every(4, product(SCENES, (40, 57, 78)), start=3))
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
    for cell in cells(found).values():
        numbers = [int(word) for word in told.cell_text(cell, notes).split() if word.isdecimal()]
        assert tuple(notes[number - 1] for number in numbers) == cell.notes
    assert [said.split(". ", 1)[1] for said in told.numbered(found)] == list(notes)


def test_the_given_key_and_the_accounts_that_policies_name_are_told() -> None:
    found = changed(
        scene(storage__kms_key=KEY_ARN), {"key.policy": adding("kms:*", Principal={"AWS": STRANGER})}
    )
    assert any("999988887777" in sentence for sentence in told.about(found))
    assert not any(
        EXTERNAL_ID in sentence for sentence in (*told.about(found), *told.numbered(matrix(found)))
    )


def test_a_lock_that_aws_keeps_back_is_not_taken_for_one_nor_for_none() -> None:
    before = scene(storage__object_lock="compliance", storage__object_lock_days=30)
    sides = {f"bucket.{name}": HIDDEN for name in ("object-lock", "public-access")}
    after = Scene(before.answers, ACCOUNT, before.blueprint, World({}, sides), after=False)
    row = "Delete a version for good"
    found = cells(matrix(after))
    assert "Object Lock" in found[row, "administrators"].notes[0]
    assert [found[row, who].verdict for who in matrix(after).columns] == ["no", "unclear", "no"]
    assert any("blocks public access" in said for said in told.about(before))
    assert not any("blocks public access" in said for said in told.about(after))


def test_what_the_bucket_does_not_keep_is_not_called_so() -> None:
    before = sandbox()
    bare = World({}, {"bucket.versioning": Have({"Status": "Suspended"}), "bucket.ownership": Have(None)})
    seen = Scene(before.answers, ACCOUNT, before.blueprint, bare, after=False)
    rows = [row.says for row in matrix(seen).rows]
    assert "Delete a backup" in rows
    assert "Delete a backup (recoverable)" not in rows
    assert any("(ACLs)" in said for said in told.about(seen))
    assert not any("(ACLs)" in said for said in told.about(before))


def test_mfa_delete_is_asked_for_before_a_version_goes() -> None:
    before = sandbox()
    world = World({}, {"bucket.versioning": Have({"Status": "Enabled", "MFADelete": "Enabled"})})
    found = differing(before, Scene(before.answers, ACCOUNT, before.blueprint, world))
    (cell,) = found.values()
    assert set(found) == {("Delete a version for good", "administrators")}
    assert cell == Cell("if", ("Only with a code of the root user's MFA device: MFA Delete is on.", TLS))


def test_what_aws_has_not_is_not_there() -> None:
    before = sandbox()
    bare = World({}, {"bucket.policy": Have(None)})
    seen, after = (
        Scene(before.answers, ACCOUNT, before.blueprint, bare, after=after) for after in (False, True)
    )
    assert differing(before, after) == {}
    assert {cell for (row, who), cell in differing(before, seen).items() if who != "palisade"} == {
        Cell("yes")
    }


def test_what_others_have_in_a_policy_counts_after_the_plan_too() -> None:
    before = sandbox()
    seen = changed(before, {"bucket.policy": adding("s3:ListBucket", "*", Principal={"AWS": STRANGER})})
    after = Scene(before.answers, ACCOUNT, before.blueprint, seen.world)
    assert differing(before, after) == {(LIST, "others"): Cell("if", (TLS,))}
    weakened = changed(before, {"bucket.policy": without("TlsOnly")})
    assert differing(before, Scene(before.answers, ACCOUNT, before.blueprint, weakened.world)) == {}


def test_policies_of_the_role_that_are_not_of_the_set_up_are_not_guessed() -> None:
    before = sandbox()
    world = World({}, {"role.attached-policies": Have(["SomethingElse"])})
    found = differing(before, Scene(before.answers, ACCOUNT, before.blueprint, world))
    assert (READ, "palisade") in found
    assert {column for _, column in found} == {"palisade"}
    assert {cell.verdict for cell in found.values()} == {"unclear"}
