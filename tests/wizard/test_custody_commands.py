"""A key that is split among custodians, without a terminal: its files, its proof, and everything that can be wrong."""

from __future__ import annotations

import itertools
import json
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
import shamir_mnemonic

from tests.planted import PASSWORD
from tests.wizard.driving import Ran, Terminal, loses_nothing, refused

SPLIT = ("keygen", "--shares", "3", "--threshold", "2")


def apart(path: Path) -> str:
    """Disks as custodians have them: one for each folder."""
    return str(path)


def folders(machine: Terminal, names: str = "abc") -> list[str]:
    """The options for share folders, which are there."""
    for name in names:
        (machine.folder / name).mkdir(exist_ok=True)
    return [word for name in names for word in ("--share-dir", str(machine.folder / name))]


@dataclass(frozen=True)
class Kept:
    """A split key that was made before, and must not be changed."""

    folder: Path
    made: Ran

    @property
    def sealed(self) -> Path:
        return self.folder / "keys" / "recovery.pke1"

    @property
    def shares(self) -> list[Path]:
        return [self.folder / name / f"recovery.share-{n}-of-3.txt" for n, name in enumerate("abc", 1)]

    def words(self, number: int) -> str:
        return self.shares[number].read_text().splitlines()[-1]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    machine = Terminal(tmp_path_factory.mktemp("kept"), disk=apart)
    names = ("--custodian", "Ada", "--custodian", "Ben", "--custodian", "Cleo, board")
    made = machine(*SPLIT, "--out", machine.folder / "keys", *folders(machine), *names, "--json")
    assert made.status == 0, made.out
    return Kept(machine.folder, made)


def combine(machine: Terminal, shares: Sequence[Path], sealed: Path, *more: str) -> Ran:
    return machine("shares", "combine", *shares, "--sealed", sealed, *more)


def test_the_document_of_a_split_key_is_the_contracts(kept: Kept) -> None:
    found = kept.made.document
    assert found["shares"] == [str(path) for path in kept.shares]
    assert [found["format"], found["bits"], found["exponent"], found["threshold"]] == ["pke1", 4096, 65537, 2]
    assert found["private_file"] == str(kept.sealed)
    assert found["sheet"] == str(kept.folder / "keys" / "recovery.txt")
    assert [one["name"] for one in found["custodians"]] == ["Ada", "Ben", "Cleo, board"]
    record = json.loads(Path(found["custodians_file"]).read_text())
    assert record == {name: found[name] for name in ("sha256", "set", "threshold", "custodians")}
    assert "copy of recovery.pke1" in kept.made.err
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o400 for path in (*kept.shares, kept.sealed))
    sheet = Path(found["sheet"]).read_text()
    assert "any 2 of 3 shares" in sheet
    assert "Cleo, board" in sheet
    assert found["sha256"] in sheet


def test_any_two_open_it_and_the_password_stays_hidden(offline: Terminal, kept: Kept) -> None:
    for two in itertools.combinations(kept.shares, 2):
        ran = combine(offline, two, kept.sealed, "--json")
        assert ran.status == 0
        found = ran.document
        assert set(found) >= {"opens", "threshold", "set", "sha256"}
        assert [found["opens"], found["threshold"]] == [True, 2]
        assert [found[name] for name in ("set", "sha256")] == [
            kept.made.document[name] for name in ("set", "sha256")
        ]
        assert "password" not in found
    shown = combine(offline, kept.shares[:2], kept.sealed)
    assert "2 shares" in shown.out
    assert "--reveal" in shown.err


@pytest.mark.slow
def test_what_is_revealed_is_the_password_and_what_trezors_code_gives(offline: Terminal, kept: Kept) -> None:
    two = kept.shares[1:]
    password = combine(offline, two, kept.sealed, "--reveal").out.strip()
    assert len(bytes.fromhex(password)) == 32
    assert combine(offline, two, kept.sealed, "--reveal", "--json").document["password"] == password
    assert password not in combine(offline, two, kept.sealed).out
    opened = offline("keycheck", kept.sealed, "--password-file", "-", "--prove", stdin=password.encode())
    assert opened.status == 0
    assert "within a year" in opened.out
    secret = shamir_mnemonic.combine_mnemonics([kept.words(1), kept.words(2)])
    assert secret.hex() == password


def test_words_that_are_typed_combine_too(offline: Terminal, kept: Kept) -> None:
    words = [kept.words(0), kept.words(2)]
    ran = offline("shares", "combine", "--sealed", kept.sealed, secrets=[*words, ""])
    assert ran.status == 0
    assert not any(word in ran.out + ran.err for word in words)
    wrong = offline(
        "shares", "combine", "--sealed", kept.sealed, "--json", secrets=[words[0][:-1], words[1], ""]
    )
    assert "typed share 1" in refused(wrong, "unreadable-file")["summary"]
    refused(offline("shares", "combine", "--sealed", kept.sealed, "--json"), "usage")


def spoiled(kept: Kept, folder: Path, place: int, word: str) -> Path:
    words = kept.words(0).split()
    words[place] = word
    path = folder / "spoiled.txt"
    path.write_text(" ".join(words) + "\n")
    return path


def test_shares_that_do_not_combine_are_told_in_one_sentence(offline: Terminal, kept: Kept) -> None:
    other = Terminal(offline.folder / "other", disk=apart)
    other.folder.mkdir()
    assert other(*SPLIT, "--out", other.folder / "keys", *folders(other), "--no-sheet").status == 0
    foreign = other.folder / "a" / "recovery.share-1-of-3.txt"
    first, second, third = kept.shares
    right = kept.words(0).split()[9]
    unknown = spoiled(kept, offline.folder, 9, "palisade")
    cases = [
        ([unknown, second], kept.sealed, "unreadable-file", "Word 10"),
        ([first], kept.sealed, "invalid-answer", "2 shares"),
        ([first, first], kept.sealed, "invalid-answer", "same share"),
        ([first, second, third], kept.sealed, "invalid-answer", "Exactly 2"),
        ([first, foreign], kept.sealed, "invalid-answer", "another set"),
        ([first, second], other.folder / "keys" / "recovery.pke1", "wrong-password", "other shares"),
        ([first, second], first, "unreadable-file", "no sealed key"),
        ([first, kept.sealed], kept.sealed, "unreadable-file", "no share"),
        ([first, offline.folder], kept.sealed, "unreadable-file", "folder"),
        ([first, offline.folder / "none"], kept.sealed, "unreadable-file", "not exist"),
        ([first, second], offline.folder / "none", "unreadable-file", "not exist"),
    ]
    for shares, sealed, code, word in cases:
        ran = combine(offline, shares, sealed, "--json", "--reveal")
        problem = refused(ran, code)
        assert ran.status == 2
        assert word in problem["summary"], problem
        assert right not in ran.out + ran.err
    swapped = spoiled(kept, offline.folder, 9, "academic" if right != "academic" else "acid")
    assert (
        "Word 10"
        in refused(combine(offline, [swapped, second], kept.sealed, "--json"), "unreadable-file")["summary"]
    )


def test_one_disk_is_refused_in_production_and_warned_of_otherwise(offline: Terminal) -> None:
    keys, shares = offline.folder / "keys", folders(offline)
    run = partial(offline, *SPLIT, "--out", keys, *shares, "--json")
    production = loses_nothing(offline.folder, partial(run, "--environment", "production"))
    assert "one disk" in refused(production, "invalid-answer")["summary"]
    twice = [*shares[:-1], shares[1]]
    same = loses_nothing(offline.folder, partial(offline, *SPLIT, "--out", keys, *twice, "--json"))
    assert "same folder" in refused(same, "invalid-answer")["summary"]
    assert not keys.exists()
    warned = run()
    assert warned.status == 0
    assert "In production this would be refused." in " ".join(warned.document["notes"])


@pytest.mark.slow
def test_the_setup_file_says_which_environment_and_learns_of_the_split(offline: Terminal) -> None:
    setup = offline.answered("--setup-environment", "production")
    run = partial(
        offline, *SPLIT, "--out", offline.folder / "keys", *folders(offline), "--config", setup, "--json"
    )
    refused(loses_nothing(offline.folder, run), "invalid-answer")
    refused(loses_nothing(offline.folder, partial(run, "--environment", "sandbox")), "usage")
    machine = replace(offline, disk=apart)
    made = machine(*SPLIT, "--out", offline.folder / "keys", *folders(offline), "--config", setup, "--json")
    assert made.status == 0, made.out
    assert 'custody = "split"' in setup.read_text()
    assert "PRODUCTION" in Path(made.document["sheet"]).read_text()
    assert "____" in Path(made.document["sheet"]).read_text()
    assert made.document["custodians"] == []


def test_a_key_that_the_setup_file_wants_split_gets_no_single_password(offline: Terminal) -> None:
    setup = offline.answered("--recovery-key-custody", "split")
    one = ("keygen", "--config", setup, "--out", offline.folder / "keys")
    run = partial(offline, *one, "--password-file", offline.password_file, "--json")
    ran = loses_nothing(offline.folder, run)
    assert "--shares" in refused(ran, "invalid-answer")["remedy"][0]


def test_what_an_interruption_left_is_completed_with_shares(kept: Kept, tmp_path: Path) -> None:
    machine = Terminal(tmp_path)
    setup, keys = machine.answered(), tmp_path / "keys"
    keys.mkdir()
    shutil.copy(kept.sealed, keys)
    again = ("keygen", "--config", setup, "--out", keys)
    left = machine(*SPLIT, "--out", keys, *folders(machine), "--json")
    assert "--share FILE" in refused(left, "exists")["remedy"][0]
    too_few = loses_nothing(
        tmp_path, partial(machine, *again, "--complete", "--share", kept.shares[0], "--json")
    )
    refused(too_few, "invalid-answer")
    given = [word for share in kept.shares[:2] for word in ("--share", share)]
    names = [word for name in ("Ada", "Ben", "Cleo") for word in ("--custodian", name)]
    done = machine(*again, "--complete", *given, *names, "--json")
    assert done.status == 0, done.out
    assert done.document["sha256"] == kept.made.document["sha256"]
    assert 'custody = "split"' in setup.read_text()
    sheet = Path(done.document["sheet"])
    assert "any 2 of 3 shares" in sheet.read_text()
    record = Path(done.document["custodians_file"])
    assert [one["name"] for one in json.loads(record.read_text())["custodians"]] == ["Ada", "Ben", "Cleo"]
    sheet.unlink()
    sheetless = ("keygen", "--out", keys, "--complete", *given, "--json")
    assert machine(*sheetless).document["sheet"] == str(sheet)
    assert "3 Cleo" in sheet.read_text(), "the names come from the record"
    sheet.unlink()
    record.unlink()
    assert machine(*sheetless).document["sheet"] is None
    assert machine(*sheetless, *names).document["sheet"] == str(sheet)
    assert "any 2 of 3 shares" in sheet.read_text()
    assert record.exists()


@pytest.mark.parametrize(
    ("options", "code", "word"),
    [
        (("--shares", "3", "--threshold", "2"), "usage", "--share-dir"),
        (("--shares", "3", "--share-dir", "a"), "usage", "--threshold"),
        (("--shares", "3", "--threshold", "2", "--share-dir", "a"), "usage", "3 times"),
        (("--shares", "three"), "usage", "three"),
        (
            ("--shares", "2", "--threshold", "1", "--share-dir", "a", "--share-dir", "b"),
            "invalid-answer",
            "1",
        ),
        (
            ("--shares", "2", "--threshold", "3", "--share-dir", "a", "--share-dir", "b"),
            "invalid-answer",
            "3",
        ),
        (("--shares", "17", "--threshold", "2", "--share-dir", "a"), "invalid-answer", "17"),
        (
            ("--shares", "2", "--threshold", "2", "--share-dir", "a", "--password-file", "F"),
            "usage",
            "--password-file",
        ),
        (
            ("--shares", "2", "--threshold", "2", "--share-dir", "a", "--format", "hex"),
            "usage",
            "--format hex",
        ),
        (("--shares", "2", "--threshold", "2", "--share-dir", "a", "--complete"), "usage", "--complete"),
        (("--share", "F"), "usage", "--share"),
        (("--complete", "--share", "F", "--password-file", "F"), "usage", "--password-file"),
        (("--generate-password", "--password-file", "F"), "usage", "--generate-password"),
        (("--custodian", "Ada"), "usage", "--custodian"),
    ],
)
def test_options_that_do_not_fit_together(
    offline: Terminal, options: tuple[str, ...], code: str, word: str
) -> None:
    keys = offline.folder / "keys"
    ran = loses_nothing(offline.folder, partial(offline, "keygen", "--out", keys, *options, "--json"))
    assert ran.status == 2
    assert word in refused(ran, code)["summary"]
    assert not keys.exists()


def test_targets_that_exist_or_cannot_be_written_lose_nothing(offline: Terminal) -> None:
    machine = replace(offline, disk=apart)
    keys, shares = offline.folder / "keys", folders(offline)
    taken = offline.folder / "b" / "recovery.share-2-of-3.txt"
    run = partial(machine, *SPLIT, "--out", keys, *shares, "--json")
    taken.write_text("another key's share")
    problem = refused(loses_nothing(offline.folder, run), "exists")
    assert problem["where"] == str(taken)
    taken.unlink()
    keys.mkdir()
    for name in ("recovery.pke1", "recovery.pub.hex", "recovery.txt"):
        (keys / name).write_text("kept")
        assert refused(loses_nothing(offline.folder, run), "exists")["exit_code"] == 6
        (keys / name).unlink()
    nowhere = Path("/proc/palisade")  # in which nobody can make a file, whoever he is
    refused(
        loses_nothing(offline.folder, partial(machine, *SPLIT, "--out", nowhere, *shares, "--json")), "folder"
    )
    for gone in (offline.folder / "none", offline.folder / "setup.toml", nowhere):
        where = [*shares[:-1], str(gone)]
        ran = loses_nothing(offline.folder, partial(machine, *SPLIT, "--out", keys, *where, "--json"))
        assert refused(ran, "folder")["exit_code"] == 7
    read_only = [*shares[:-1], "/proc/self"]
    ran = loses_nothing(offline.folder, partial(machine, *SPLIT, "--out", keys, *read_only, "--json"))
    assert refused(ran, "folder")["exit_code"] == 7


def test_no_share_and_no_password_is_anywhere_else(kept: Kept, tmp_path: Path) -> None:
    machine = Terminal(tmp_path, disk=apart)
    log = ("--log-file", tmp_path / "log", "-v")
    setup = machine.answered()
    said = [machine(*SPLIT, "--config", setup, "--out", tmp_path / "keys", *folders(machine), *log)]
    shares = sorted(tmp_path.glob("[abc]/*.txt"))
    words = [path.read_text().splitlines()[-1] for path in shares]
    sealed = tmp_path / "keys" / "recovery.pke1"
    said.append(combine(machine, shares[:2], sealed, *map(str, log)))
    said.append(combine(machine, shares[:2], sealed, "--json"))
    said.append(combine(machine, shares[:1], sealed))
    said.append(machine("keygen", "--config", setup, "--out", tmp_path / "keys", "--complete", *log))
    password = combine(machine, shares[:2], sealed, "--reveal").out.strip()
    spoken = "".join(ran.out + ran.err for ran in said)
    files = {path: path.read_text("latin-1") for path in tmp_path.rglob("*") if path.is_file()}
    for secret in (password, *words, *(" ".join(line.split()[5:9]) for line in words)):
        assert secret not in spoken
    for number, line in enumerate(words):
        assert [path for path, text in files.items() if line in text] == [shares[number]]
    assert not [path for path, text in files.items() if password in text]
    assert PASSWORD not in spoken
