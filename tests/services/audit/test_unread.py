"""Files that cannot be read: each is a finding that names it, the audit goes on, and nothing of it is green or counted as read."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet

from services.audit.audit import Wanted
from services.audit.kinds import KINDS
from services.audit.sources import FolderSource
from services.audit.subject import Subject
from services.demo.objects import backup_object, new_wallet, object_key
from services.model.calls import Call, Refused, Reply
from services.problems import ProblemError
from tests import fleet
from tests.fleet import TERMS, Fleet, key_id
from tests.sampling import every
from tests.services.audit.asking import ask, checks, found
from tests.services.audit.stacked import Stack, files
from tests.services.audit.test_reading import OPEN
from tests.services.verify.bucket import BODY, FILE, KEY_ID, OURS, QUORUM
from tests.tally import count
from tests.world import ACCOUNT

STATUS = {kind.name: kind.status for kind in KINDS}
KEY = "arn:aws:kms:eu-west-1:999999999999:key/f"


@dataclass(frozen=True)
class Refusal:
    """How S3 refuses to give a file, the kind of finding that this is, and a word of why."""

    code: str
    status: int
    kind: str
    says: str
    message: str = ""

    @property
    def id(self) -> str:
        return f"{self.code} {self.message[-12:]}"


REFUSALS = (
    Refusal("AccessDenied", 403, "unread", "s3:GetObject"),
    Refusal("AccessDenied", 403, "unread", "not there, or not ready", "The specified KMS key does not let S3 in"),
    Refusal("MethodNotAllowed", 405, "unread", "does not accept", "The specified method is not allowed."),
    Refusal("SomethingNew", 400, "unread", "does not accept", "Nobody knows this code."),
    Refusal("InvalidObjectState", 403, "archived", "archive", "The operation is not valid for the storage class"),
    Refusal("NoSuchKey", 404, "gone", "not in the bucket", "The specified key does not exist."),
    Refusal("NoSuchBucket", 404, "gone", "bucket is not there", "The specified bucket does not exist"),
    Refusal("InvalidRequest", 400, "unreadable", "SSE-C", "The object was stored using a form of Server Side Encryption."),
    Refusal("KMS.NotFoundException", 400, "unreadable", "not there", f"Key '{KEY}' does not exist"),
    Refusal("KMS.DisabledException", 400, "unreadable", "disabled", f"{KEY} is disabled."),
    Refusal("KMS.DisabledException", 400, "unreadable", "disabled", "in other words"),
    Refusal("KMS.KMSInvalidStateException", 400, "unreadable", "cannot be used", f"{KEY} is pending deletion."),
    Refusal("KMS.KMSInvalidStateException", 400, "unreadable", "cannot be used", f"{KEY} is pending import."),
)  # fmt: skip


def named(refusal: Refusal) -> ParameterSet:
    return pytest.param(refusal, id=refusal.id)


EACH = tuple(map(named, REFUSALS))
WALLETS = tuple(key_id(number) for number in range(3))
NAMES = tuple(f"{wallet}/recovery_shard-{number}.txt" for wallet in WALLETS for number in range(3))
PATTERNS: Mapping[str, tuple[str, ...]] = {
    "all": NAMES,
    "one wallet": NAMES[:3],
    "a file of each": NAMES[::3],
    "all but one": NAMES[1:],
    "one": NAMES[4:5],
}


@cache
def bodies() -> Mapping[str, bytes]:
    """Whole backups of three wallets, three files each."""
    made = {}
    for wallet in WALLETS:
        of = new_wallet(QUORUM, wallet, "SECP256K1", random.Random(wallet))
        made.update({object_key(of, n): backup_object(of, OURS, n, rng=random.Random(n)) for n in range(3)})
    assert set(made) == set(NAMES)
    return made


SUBJECT = replace(OPEN, wallets=WALLETS, quorums=dict.fromkeys(WALLETS, QUORUM))


def refusing(refused: Mapping[str, Refusal], given: Mapping[str, bytes]) -> Stack:
    """A bucket that gives some files and refuses others."""

    def before(call: Call) -> None:
        key = str(call.params.get("Key"))
        if call.op == "GetObject" and key in refused:
            count("faults injected")
            raise Refused(call, refused[key].code, refused[key].message, refused[key].status)

    return Stack(files(given), bodies=given, before=before)


def green_without_proof(told: Mapping[str, Any], document: Mapping[str, Any], refused: set[str]) -> None:
    """What holds of the lines whatever was refused: `refused` are the files that were not given."""
    read = [name for name in NAMES if name not in refused]
    wallets = {name.split("/")[0] for name in read}
    assert document["wallets_read"] == len(wallets)
    assert (document["wallets_asked_for"], document["files_asked_for"], document["files_read"]) == (
        3,
        9,
        len(read),
    )
    line = told["unrecoverable"]
    assert line.status == ("pass" if wallets else "unknown")
    if wallets:
        assert line.evidence.startswith(f"{len(wallets)} wallet{'s' * (len(wallets) != 1)} of 3 w")
        part = sum(0 < sum(n.startswith(w) for n in read) < 3 for w in wallets)
        assert (f"{part} of them in part" in line.evidence) == bool(part)
        assert (f"of {3 - len(wallets)} more" in line.evidence) == (len(wallets) < 3)
    else:
        assert {told[kind].status for kind in ("flawed", "shared-root-key", "writer")} == {"skipped"}
    for kind in ("unread", "archived", "gone", "unreadable"):
        assert (told[kind].status == "pass") == (not refused)
        assert told[kind].status == "pass" or told[kind].evidence.endswith(".")


@pytest.mark.parametrize(
    ("refusal", "pattern"),
    every(4, [pytest.param(*one, id=f"{one[0].id} {one[1]}") for one in product(REFUSALS, PATTERNS)]),
)
def test_what_is_not_read_is_a_finding_of_its_own_and_the_rest_is_read(
    tmp_path: Path, refusal: Refusal, pattern: str
) -> None:
    refused = PATTERNS[pattern]
    stack = refusing(dict.fromkeys(refused, refusal), bodies())
    audited = ask(Wanted("list", sample=5, seed="x"), tmp_path, stack, SUBJECT)
    told, affected = checks(audited), Counter(name.split("/")[0] for name in refused)
    assert found(audited) == {(refusal.kind, wallet) for wallet in affected}
    for row in audited.document["findings"]:
        assert (row["status"], row["affected"], row["files"]) == (
            STATUS[refusal.kind],
            affected[row["key_id"]],
            3,
        )
        first = next(name for name in refused if name.startswith(row["key_id"]))
        assert row["seen"].startswith(f"{first}: ")
        assert refusal.says in row["seen"]
    assert told[refusal.kind].remedy
    assert not told[refusal.kind].evidence.endswith("..")
    if refusal.kind != "unread":
        assert f"“{told[refusal.kind].title}”" in told["unread"].evidence
    assert f"({refused[0]}: " in told[refusal.kind].evidence
    assert told["unread"].status == "unknown"
    # That a wallet is there, and none of its files deleted, is what the list says.
    assert {told[kind].status for kind in ("missing", "deleted")} == {
        "unknown" if refusal.kind == "gone" else "pass"
    }
    assert audited.report.exit_code == (3 if STATUS[refusal.kind] == "fail" else 5)
    green_without_proof(told, audited.document, set(refused))


def test_where_every_file_is_read_every_line_about_reading_is_green(tmp_path: Path) -> None:
    audited = ask(Wanted("list", sample=5, seed="x"), tmp_path, refusing({}, bodies()), SUBJECT)
    told = checks(audited)
    green_without_proof(told, audited.document, set())
    assert told["unrecoverable"].evidence == "3 wallets of 3 were read."
    assert audited.report.exit_code == 0


def test_each_kind_names_its_own_wallet_where_several_come_together(tmp_path: Path) -> None:
    by_kind = {each.kind: each for each in REFUSALS}
    refused = dict(zip(NAMES[:4:1], by_kind.values(), strict=False))
    audited = ask(Wanted("list", sample=5, seed="x"), tmp_path, refusing(refused, bodies()), SUBJECT)
    assert found(audited) == {(each.kind, name.split("/")[0]) for name, each in refused.items()}
    green_without_proof(checks(audited), audited.document, set(refused))


@pytest.mark.parametrize("refusal", every(3, EACH))
def test_a_list_that_is_days_old_makes_nothing_green_of_what_is_not_read(
    tmp_path: Path, refusal: Refusal
) -> None:
    report = fleet.write(Fleet(6, 1, ("gap",)), tmp_path / "report")

    def aws(call: Call) -> Reply:
        assert call.op == "GetObject"
        raise Refused(call, refusal.code, refusal.message, refusal.status)

    wanted = Wanted("inventory", lambda _aws, _cache: FolderSource(report), sample=None)
    audited = ask(wanted, tmp_path, aws, Subject(TERMS, ACCOUNT, (OURS,)))
    assert {kind for kind, _ in found(audited)} == {refusal.kind, "gap"}
    assert (audited.document["wallets_read"], audited.document["wallets_asked_for"]) == (0, 6)
    told = checks(audited)
    assert told["unrecoverable"].status == "unknown"
    assert "None of the 6 wallets" in told["unrecoverable"].evidence
    assert audited.report.exit_code == (3 if STATUS[refusal.kind] == "fail" else 5)


@pytest.mark.parametrize(
    ("code", "status", "ends"),
    [
        ("ExpiredToken", 400, "sign-in"),
        ("RequestTimeTooSkewed", 403, "clock"),
        ("SlowDown", 503, "throttled"),
        ("InternalError", 500, "busy"),
        ("PermanentRedirect", 301, "region"),
    ],
)
def test_what_concerns_more_than_the_file_ends_the_audit(
    tmp_path: Path, code: str, status: int, ends: str
) -> None:
    refused = {NAMES[4]: Refusal(code, status, "", "")}
    with pytest.raises(ProblemError) as raised:
        ask(Wanted("list", sample=5, seed="x"), tmp_path, refusing(refused, bodies()), SUBJECT)
    assert raised.value.problem.code == ends


@pytest.mark.parametrize("refusal", every(3, EACH, start=1))
@pytest.mark.parametrize("bad", [b"x", BODY[:-1000]])
def test_a_wallet_whose_other_file_is_bad_is_relied_on_in_no_case(
    tmp_path: Path, refusal: Refusal, bad: bytes
) -> None:
    """A file that is gone, or that nobody reads, passes for no key; one that this sign-in did not see may be the one that does."""
    other = FILE.replace("shard-0", "shard-1")
    stack = refusing({other: refusal}, {FILE: bad, other: BODY})
    audited = ask(Wanted("list", sample=5, seed="x"), tmp_path, stack, OPEN)
    sure = STATUS[refusal.kind] == "fail"
    flaw = "unrecoverable" if sure else "flawed"
    assert found(audited) == {(refusal.kind, KEY_ID), (flaw, KEY_ID)}
    told = checks(audited)
    assert told["unrecoverable"].status == ("fail" if sure else "unknown")
    assert told["unrecoverable"].remedy


@pytest.mark.parametrize("denied", [False, True])
def test_two_root_keys_of_one_wallet_are_not_healed_by_what_was_not_read(
    tmp_path: Path, *, denied: bool
) -> None:
    other = new_wallet(QUORUM, KEY_ID, "SECP256K1", random.Random(9))
    names = [FILE, *(FILE.replace("shard-0", f"shard-{n}") for n in (1, 2))]
    contents = {names[0]: BODY, names[1]: backup_object(other, OURS, 1, rng=random.Random(4)), names[2]: BODY}
    stack = refusing({names[2]: REFUSALS[0]} if denied else {}, contents)
    told = checks(ask(Wanted("list", sample=5, seed="x"), tmp_path, stack, OPEN))
    assert told["unrecoverable"].status == "fail"


def test_a_file_that_is_not_fetched_for_its_size_is_not_read(tmp_path: Path) -> None:
    stack = refusing({}, bodies())
    stack.versions = [replace(each, size=6_000_000) for each in stack.versions]
    audited = ask(Wanted("list", sample=5, seed="x"), tmp_path, stack, SUBJECT)
    told = checks(audited)
    assert {kind for kind, _ in found(audited)} == {"large", "unrecoverable"}
    assert (audited.document["wallets_read"], stack.count("GetObject")) == (0, 0)
    assert told["unread"].status == "unknown"


@pytest.mark.parametrize(
    "refusal", every(3, [named(each) for each in REFUSALS if each.kind != "gone"], start=2)
)
def test_retention_that_cannot_be_asked_for_is_unknown_and_ends_nothing(
    tmp_path: Path, refusal: Refusal
) -> None:
    """`InvalidRequest` is how S3 says that a bucket has no Object Lock."""

    def before(call: Call) -> None:
        if call.op == "GetObjectRetention":
            raise Refused(call, refusal.code, refusal.message, refusal.status)

    stack = Stack(files(NAMES), bodies=bodies(), before=before)
    locked = replace(SUBJECT, terms=replace(TERMS))
    audited = ask(Wanted("list", sample=5, seed="x"), tmp_path, stack, locked)
    line = checks(audited)["retention-none"]
    assert line.status == ("fail" if refusal.code == "InvalidRequest" else "skipped")
