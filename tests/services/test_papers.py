"""The papers beside a key: written once, kept where they are of this key, left where they are not, never a failure."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from services import papers
from services.papers import NAMELESS, Papers, Purpose
from services.problems import ProblemError
from services.recovery import custodians, keyfiles, operations
from services.recovery.custodians import Custody
from services.recovery.keyfiles import KeyFiles
from services.recovery.proof import Bench
from services.recovery.stages import silent
from tests import keys
from tests.services.recovery.forms import ROUNDS

OF = Purpose("production", "Acme kit")
WHEN = datetime(2026, 11, 5, 12, 0, tzinfo=UTC)
HOLDERS = custodians.custody(4711, 2, ("Ada", "Ben", "Cleo [/x]"))


def make(folder: Path, key: rsa.RSAPrivateKey) -> KeyFiles:
    of = keyfiles.paths(folder, "acme")
    return operations.generate(of, "pke1", b"correct horse 7", Bench(silent, ROUNDS), lambda: key)


@pytest.fixture
def made(tmp_path: Path) -> KeyFiles:
    return make(tmp_path / "keys", keys.key())


def write(made: KeyFiles, custody: Custody | None = None, *, split: bool = False) -> Papers:
    return papers.written(made, OF, WHEN, split=split or custody is not None, custody=custody)


def sheet(made: KeyFiles) -> Path:
    return papers.sheet_path(made.public_der.parent, "acme")


def record(made: KeyFiles) -> Path:
    return papers.record_path(made.public_der.parent, "acme")


def test_both_papers_are_written_once_and_kept(made: KeyFiles) -> None:
    first = write(made, HOLDERS)
    assert (first.sheet.path, first.custodians.path, first.mind) == (sheet(made), record(made), ())
    assert {stat.S_IMODE(path.stat().st_mode) for path in (sheet(made), record(made))} == {0o444}
    assert all(word in sheet(made).read_text() for word in (made.sha256, "Acme kit", "3 Cleo [/x]", "4711"))
    assert json.loads(record(made).read_text()) == {
        "sha256": made.sha256,
        "set": 4711,
        "threshold": 2,
        "custodians": [
            {"share": number, "name": name} for number, name in enumerate(("Ada", "Ben", "Cleo [/x]"), 1)
        ],
    }
    before = [path.stat() for path in (sheet(made), record(made))]
    assert write(made, HOLDERS) == first
    assert [path.stat() for path in (sheet(made), record(made))] == before


def test_a_key_that_one_password_opens_has_no_record(made: KeyFiles) -> None:
    found = write(made)
    assert (found.sheet.path, found.custodians.path, found.mind) == (sheet(made), None, ())
    assert not record(made).exists()


def test_nobody_named_is_nothing_to_record(made: KeyFiles) -> None:
    found = write(made, custodians.unnamed(4711, 2, 3))
    assert (found.custodians.path, found.mind) == (None, ())
    assert "1 ______" in sheet(made).read_text()
    assert not record(made).exists()


def test_a_sheet_that_must_name_custodians_takes_them_from_the_record(made: KeyFiles) -> None:
    nameless = write(made, split=True)
    assert (nameless.sheet.path, nameless.mind) == (None, (NAMELESS,))
    assert papers.written(made, OF, WHEN, split=True, custody=HOLDERS, with_sheet=False).sheet.path is None
    assert not sheet(made).exists()
    assert write(made, split=True).mind == ()
    assert "2 Ben" in sheet(made).read_text()


OTHERS: dict[str, Callable[[KeyFiles], str]] = {
    "of another key": lambda made: json.dumps({"sha256": "0" * 64, **custodians.as_json(HOLDERS)}),
    "no JSON": lambda made: "Ada has it",
    "another document": lambda made: json.dumps([made.sha256]),
    "without custodians": lambda made: json.dumps({"sha256": made.sha256, "set": 1, "threshold": 2}),
    "of one custodian": lambda made: json.dumps(
        {"sha256": made.sha256, "set": 1, "threshold": 2, "custodians": [{"share": 1, "name": "Ada"}]}
    ),
}


@pytest.mark.parametrize("what", OTHERS)
def test_what_is_foreign_is_left_and_said(made: KeyFiles, what: str) -> None:
    content = OTHERS[what](made)
    record(made).write_text(content)
    sheet(made).write_text("shopping list")
    found = write(made, HOLDERS)
    assert (found.sheet.path, found.custodians.path) == (None, None)
    assert f"{sheet(made)} exists and is not the sheet of this key; it was left as it is." in found.mind
    assert f"{record(made)} exists and is not the record of the custodians of this key" in found.mind[0]
    assert (record(made).read_text(), sheet(made).read_text()) == (content, "shopping list")
    assert papers.recorded(record(made), made) is None


def test_other_names_for_this_key_are_kept_and_said(made: KeyFiles) -> None:
    write(made, HOLDERS)
    found = write(made, custodians.custody(4711, 2, ("Ada", "Ben", "Dora")))
    assert found.custodians.path == record(made)
    assert "records other custodians for this key" in " ".join(found.mind)
    assert papers.recorded(record(made), made) == HOLDERS


@pytest.mark.parametrize("way", ["folder", "link", "unreadable"])
def test_a_paper_that_cannot_be_written_fails_nothing(made: KeyFiles, way: str, tmp_path: Path) -> None:
    for path in (sheet(made), record(made)):
        if way == "link":
            path.symlink_to(tmp_path / "nowhere")
        elif way == "unreadable":
            path.mkdir()
    if way == "folder":
        made.public_der.unlink()
        record(made).symlink_to("/proc/version/none")
    found = write(made, HOLDERS)
    assert (found.sheet.path, found.custodians.path) == (None, None)
    assert len(found.mind) == 2
    assert all(sentence.endswith(".") for sentence in found.mind)
    assert not (tmp_path / "nowhere").exists()


def test_the_sheet_of_a_token_names_it_and_is_another_file(made: KeyFiles) -> None:
    write(made)
    found = papers.write_token_sheet(made.private_file, OF, WHEN, "safe [/x]")
    assert found.path == made.private_file.with_name("acme.hsm.txt")
    assert found.path is not None
    assert "The token safe [/x] guards acme.pke1" in found.path.read_text()
    made.public_der.unlink()
    none = papers.write_token_sheet(made.private_file, OF, WHEN, "safe")
    assert none.path is None
    assert none.says.startswith("No sheet was written. ")


@pytest.mark.parametrize(("sheet_", "names"), [(True, False), (False, True), (False, False)])
def test_papers_that_exist_are_a_reason_to_stop_only_where_they_would_be_written(
    tmp_path: Path, sheet_: bool, names: bool
) -> None:
    (tmp_path / "acme.txt").write_text("mine")
    (tmp_path / "acme.custody.json").write_text("mine")
    if not sheet_ and not names:
        papers.refuse_taken(tmp_path, "acme", sheet=False, custodians=False)
        return
    with pytest.raises(ProblemError) as refused:
        papers.refuse_taken(tmp_path, "acme", sheet=sheet_, custodians=names)
    assert refused.value.problem.code == "exists"
    assert refused.value.problem.where == str(tmp_path / ("acme.txt" if sheet_ else "acme.custody.json"))


def test_the_sheet_of_a_key_takes_nothing_for_granted_about_a_wallet(made: KeyFiles) -> None:
    """Another key type than the file's ends in the tool's refusal, and what the files' numbers count is not known."""
    write(made)
    text = " ".join(sheet(made).read_text().replace("\\\n", " ").split())
    assert "--recovery-kit-file=recovery_shard-N.txt" in text
    assert "--key-type=ALGORITHM" in text
    assert "ALGORITHM: SECP256K1 or ED25519" in text
