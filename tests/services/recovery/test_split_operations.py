"""A key whose password is split: the order of its files, every group, a crash or a failure anywhere."""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import shamir_mnemonic
from cryptography.hazmat.primitives.asymmetric import rsa

from services import files
from services.problems import ProblemError
from services.recovery import keyfiles, operations, pke1, share_files, split_operations
from services.recovery.keyfiles import Paths
from services.recovery.operations import Json
from services.recovery.proof import Bench
from services.recovery.stages import SAYS, SPLIT, Stage, silent
from tests import planted
from tests.sampling import every
from tests.services.recovery.forms import ROUNDS, hexed, private
from tests.services.recovery.independent import check_pair, read_private

QUICK = Bench(silent, ROUNDS)
SECRET = bytes(range(32))
PASSWORD = SECRET.hex().encode()
ORDER = [
    "generate", "seal", "split", "share-write", "share-read", "recombine",
    "write", "read", "open", "prove", "public-der", "public-hex",
]  # fmt: skip


def places(folder: Path, count: int = 3) -> tuple[Paths, list[Path]]:
    folders = [folder / f"custodian-{number}" for number in range(1, count + 1)]
    for one in folders:
        one.mkdir(exist_ok=True)
    (folder / "keys").mkdir(exist_ok=True)
    return keyfiles.paths(folder / "keys", "recovery"), list(share_files.share_paths(folders, "recovery"))


def made(
    folder: Path, key: rsa.RSAPrivateKey, bench: Bench = QUICK, threshold: int = 2, count: int = 3
) -> tuple[Paths, list[Path], Json]:
    of, shares = places(folder, count)
    _, about = split_operations.generate(
        of, shares, threshold, bench, make=lambda: key, random=lambda _: SECRET
    )
    return of, shares, about


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def words(path: Path) -> str:
    """The words in a share file, as a person who knows only Trezor's tool would find them."""
    (line,) = [line for line in path.read_text("ascii").splitlines() if not line.startswith("#")]
    return line


def test_shares_are_complete_before_the_sealed_file_and_public_files_come_last(
    tmp_path: Path, key: rsa.RSAPrivateKey
) -> None:
    heard: list[str] = []

    def say(stage: Stage) -> None:
        heard.append(stage.name)
        there = tree(tmp_path)
        if "keys/recovery.pke1" in there:
            assert len([name for name in there if ".share-" in name]) == 3
        if stage.name not in ("public-der", "public-hex"):
            assert not any(".pub." in name for name in there)
        assert stage.says in {**SAYS, **SPLIT}.values()

    of, shares, about = made(tmp_path, key, replace(QUICK, say=say))
    assert list(dict.fromkeys(heard)) == ORDER
    check_pair(of.sealed, of.public_der, of.public_hex, PASSWORD, ROUNDS)
    assert about["groups"] == 3
    assert all(path.stat().st_mode & 0o777 == 0o400 for path in shares)


def test_every_group_of_three_of_five_opens_the_sealed_file_and_no_two_do(
    tmp_path: Path, key: rsa.RSAPrivateKey
) -> None:
    of, shares, _ = made(tmp_path, key, threshold=3, count=5)
    sealed = of.sealed.read_bytes()
    for group in itertools.combinations(shares, 3):
        given = [(path.name, bytearray(path.read_bytes())) for path in group]
        about, password = split_operations.combine(given, sealed, QUICK)
        trezors = shamir_mnemonic.combine_mnemonics([words(path) for path in group])
        assert (password, about["acceptable"]) == (trezors.hex().encode(), True)
        assert read_private(sealed, bytes(password), ROUNDS).n == key.public_key().public_numbers().n
    for pair in itertools.combinations(shares, 2):
        given = [(path.name, bytearray(path.read_bytes())) for path in pair]
        with pytest.raises(ProblemError) as refused:
            split_operations.combine(given, sealed, QUICK)
        assert refused.value.problem.code == "invalid-answer"
        with pytest.raises(shamir_mnemonic.MnemonicError):
            shamir_mnemonic.combine_mnemonics([words(path) for path in pair])


def test_a_share_file_tells_its_custodian_what_it_is_for(tmp_path: Path, key: rsa.RSAPrivateKey) -> None:
    of, shares, about = made(tmp_path, key)
    text = shares[1].read_text("ascii")
    for said in (
        "Share 2 of 3",
        "any 2 of them",
        "recovery.pke1",
        f"Set {about['identifier']}",
        "shamir recover",
    ):
        assert said in text
    assert operations.check(of.public_der.read_bytes(), None, None, False, ROUNDS)["sha256"] in text.split()
    assert all(len(line) <= 98 for line in text.splitlines()[:-1])
    assert len(words(shares[1]).split()) == 33


def crash_at(event: int) -> Callable[[Stage], None]:
    left = [event]

    def say(_: Stage) -> None:
        if left[0] == 0:
            os._exit(137)
        left[0] -= 1

    return say


@pytest.mark.parametrize("event", every(3, range(2 * len(ORDER))))
def test_a_crash_anywhere_leaves_no_usable_half(tmp_path: Path, key: rsa.RSAPrivateKey, event: int) -> None:
    child = os.fork()
    if child == 0:
        made(tmp_path, key, replace(QUICK, say=crash_at(event)))
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 137
    of, shares = places(tmp_path)
    if not of.sealed.exists():
        assert not of.public_der.exists()  # shares that are there open nothing
        return
    given = [(path.name, bytearray(path.read_bytes())) for path in shares[:2]]
    _, password = split_operations.combine(given, of.sealed.read_bytes(), QUICK)
    assert all(path.exists() for path in shares)
    if not of.public_hex.exists():
        assert keyfiles.leftover(tmp_path / "keys", "recovery") is not None
        operations.complete(of, "pke1", password, QUICK)
    check_pair(of.sealed, of.public_der, of.public_hex, bytes(password), ROUNDS)


@pytest.mark.parametrize("lost", [1, 2, 3, 4])
def test_a_full_medium_takes_nothing_with_it(tmp_path: Path, key: rsa.RSAPrivateKey, lost: int) -> None:
    """The write of this number fails: those of the three shares, and that of the sealed file."""
    writes = [0]

    def full(descriptor: int, data: memoryview) -> int:
        writes[0] += 1
        if writes[0] == lost:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return os.write(descriptor, data)

    with pytest.raises(ProblemError) as refused:
        made(tmp_path, key, replace(QUICK, disk=replace(files.DISK, write=full)))
    assert refused.value.problem.code == "folder"
    assert tree(tmp_path) == []


def test_a_medium_that_changes_a_share_is_found_out(tmp_path: Path, key: rsa.RSAPrivateKey) -> None:
    def lossy(descriptor: int, data: memoryview) -> int:
        os.write(descriptor, bytes(data[:-1]))
        return len(data)

    with pytest.raises(ProblemError) as refused:
        made(tmp_path, key, replace(QUICK, disk=replace(files.DISK, write=lossy)))
    assert "faulty" in refused.value.problem.summary
    assert tree(tmp_path) == []


def test_a_share_that_exists_is_never_overwritten(tmp_path: Path, key: rsa.RSAPrivateKey) -> None:
    _, shares = places(tmp_path)

    def appears() -> rsa.RSAPrivateKey:
        shares[1].write_bytes(b"theirs")
        return key

    for make in (appears, lambda: key):
        of, _ = places(tmp_path)
        with pytest.raises(ProblemError) as refused:
            split_operations.generate(of, shares, 2, QUICK, make=make)
        assert refused.value.problem.code == "exists"
        assert tree(tmp_path) == ["custodian-2/recovery.share-2-of-3.txt"]
        assert shares[1].read_bytes() == b"theirs"


def given_shares(folder: Path, key: rsa.RSAPrivateKey) -> tuple[bytes, list[tuple[str, bytearray]]]:
    of, shares, _ = made(folder, key)
    return of.sealed.read_bytes(), [
        (f"S{n}", bytearray(path.read_bytes())) for n, path in enumerate(shares, 1)
    ]


def test_bad_shares_are_refused_in_one_sentence_that_shows_no_word(
    tmp_path: Path, key: rsa.RSAPrivateKey
) -> None:
    sealed, (one, two, three) = given_shares(tmp_path, key)
    line = two[1].decode().splitlines()[-1].split()
    mistyped = ("S2", bytearray(" ".join([*line[:6], "acedemic", *line[7:]]).encode()))
    other = "academic" if line[6] != "academic" else "acid"
    mistaken = ("S2", bytearray(" ".join([*line[:6], other, *line[7:]]).encode()))
    shorter = ("S2", bytearray(" ".join(line[:20]).encode()))
    (foreign,) = shamir_mnemonic.generate_mnemonics(1, [(2, 3)], SECRET)
    cases: list[tuple[list[tuple[str, bytearray]], str, str]] = [
        ([], "invalid-answer", "No share"),
        ([one], "invalid-answer", "2 shares of this set are needed, and 1"),
        ([one, two, three], "invalid-answer", "Exactly 2"),
        ([one, one], "invalid-answer", "same share was given twice: S1 and S1"),
        ([one, mistyped], "unreadable-file", "Word 7 of S2 is not on the list"),
        ([one, mistaken], "unreadable-file", "Word 7 of S2 is most likely wrong"),
        ([one, shorter], "unreadable-file", "A share has 33 words, and S2 has 20."),
        ([one, ("S2", bytearray(foreign[1].encode()))], "invalid-answer", "S2 belongs to another set"),
        ([one, ("S2", bytearray(b"# nothing\n"))], "unreadable-file", "S2 is no share"),
        ([one, ("S2", bytearray(b"\xff\xfe\x00"))], "unreadable-file", "S2 is no share"),
    ]
    for given, code, says in cases:
        with pytest.raises(ProblemError) as refused:
            split_operations.combine(given, sealed, QUICK)
        problem = refused.value.problem
        assert (problem.code, says in problem.summary, bool(problem.remedy)) == (code, True, True)
        shown = repr(refused.value) + repr(problem)
        assert not any(f" {word} " in shown for word in ("acedemic", *line[4:]) if len(word) > 6)


def test_shares_of_another_file_and_damaged_files_are_told(
    tmp_path: Path, key: rsa.RSAPrivateKey, weak_key: rsa.RSAPrivateKey
) -> None:
    sealed, (one, two, _) = given_shares(tmp_path, key)
    elsewhere = pke1.seal(hexed(private(key)), planted.OTHER_PASSWORD.encode(), iterations=ROUNDS)
    for container, code in (
        (elsewhere, "wrong-password"),
        (sealed[:-1], "wrong-password"),
        (sealed[:40], "unreadable-file"),
        (b"-----BEGIN", "unreadable-file"),
    ):
        with pytest.raises(ProblemError) as refused:
            split_operations.combine([one, two], container, QUICK)
        assert refused.value.problem.code == code
    weak = pke1.seal(hexed(private(weak_key)), PASSWORD, iterations=ROUNDS)
    about, _ = split_operations.combine([one, two], weak, QUICK)
    assert about["acceptable"] is False


def test_shares_that_contradict_each_other_are_told(tmp_path: Path, key: rsa.RSAPrivateKey) -> None:
    sealed, (one, two, _) = given_shares(tmp_path, key)
    raw = shamir_mnemonic.Share.from_mnemonic(two[1].decode().splitlines()[-1])
    altered = replace(raw, value=bytes(32))
    with pytest.raises(ProblemError) as refused:
        split_operations.combine([one, ("S2", bytearray(altered.mnemonic().encode()))], sealed, QUICK)
    assert "at least one of them was altered" in refused.value.problem.summary


def test_a_hand_out_writes_nothing_before_it_is_finished(tmp_path: Path, key: rsa.RSAPrivateKey) -> None:
    of, _ = places(tmp_path)
    about, ask = split_operations.deal(2, 3, QUICK, lambda: key, lambda _: SECRET)
    dealt = [ask({"ask": "share", "number": number})["words"] for number in (1, 2, 3)]
    assert (about["groups"], tree(tmp_path)) == (3, [])
    of.sealed.write_bytes(b"theirs")
    question = {"ask": "finish", "folder": str(tmp_path / "keys"), "name": "recovery"}
    with pytest.raises(ProblemError):
        ask(question)
    of.sealed.unlink()
    ask(question)
    check_pair(of.sealed, of.public_der, of.public_hex, PASSWORD, ROUNDS)
    combined = shamir_mnemonic.combine_mnemonics(
        [bytes(share).decode() for share in dealt[1:] if isinstance(share, bytearray)]
    )
    assert combined == SECRET
