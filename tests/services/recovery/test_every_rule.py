"""Random key pairs meet every rule of the format, as a reader that shares no code with the product understands it."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from services.problems import ProblemError
from services.recovery import check, keypair, split
from services.recovery.keyfiles import Format
from services.recovery.keypair import Request
from services.recovery.passwords import ITERATIONS
from services.recovery.process import Work
from services.recovery.split import SplitRequest
from tests.services.recovery.forms import ROUNDS
from tests.services.recovery.independent import check_pair, read_private

PRINTABLE = [chr(code) for code in range(0x20, 0x7F)]


def password_of(dice: random.Random) -> bytes:
    return "".join(dice.choices(PRINTABLE, k=dice.choice([8, 9, 20, 64, 127, 128]))).encode()


def one_pair(folder: Path, seed: int) -> None:
    """A pair of a random kind under a random password; every twentieth with the real number of rounds."""
    dice = random.Random(seed)
    rounds = ITERATIONS if seed % 20 == 0 else ROUNDS
    kind: Format = dice.choice(["pke1", "pke1", "pke1", "hex"])
    password = password_of(dice)
    made = keypair.generate(Request(folder, f"key-{seed}", kind, rounds), bytearray(password))
    given = password if kind == "pke1" else None
    check_pair(made.private_file, made.public_der, made.public_hex, given, rounds)
    content = made.private_file.read_bytes()
    other: Format = "hex" if kind == "pke1" else "pke1"
    out = folder / f"converted-{seed}"
    check.convert(
        content,
        out,
        other,
        password=None if given is None else bytearray(given),
        new_password=bytearray(password),
        iterations=rounds,
    )
    kept = read_private(content, given, rounds)
    assert read_private(out.read_bytes(), password if other == "pke1" else None, rounds) == kept


def test_a_random_pair_meets_every_rule(tmp_path: Path) -> None:
    one_pair(tmp_path, 2)


@pytest.mark.slow
def test_200_random_pairs_meet_every_rule(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        for _ in pool.map(lambda seed: one_pair(tmp_path, seed), range(200)):
            pass


@pytest.mark.slow
def test_a_split_pair_meets_every_rule_with_the_real_number_of_rounds(tmp_path: Path) -> None:
    sticks = (tmp_path / "one", tmp_path / "two")
    for stick in sticks:
        stick.mkdir()
    request = SplitRequest(tmp_path / "keys", 2, sticks, production=True)
    made = split.splitting(request, lambda path: path.name).run()
    shares = [(path.name, bytearray(path.read_bytes())) for path in made.shares]
    found = split.combining(shares, made.files.private_file.read_bytes(), reveal=True).run()
    files = made.files
    check_pair(files.private_file, files.public_der, files.public_hex, bytes(found.password or b""))


GARBAGE: list[Callable[[random.Random], bytes]] = [
    lambda dice: dice.randbytes(dice.randrange(400)),
    lambda dice: " ".join(dice.choices(["academic", "acid", "zoo", "#", "\n"], k=33)).encode(),
    lambda dice: b"# only a remark\n" * dice.randrange(3),
    lambda dice: "é ".encode() * 33,
]


def test_anything_at_all_is_refused_in_words_by_the_real_child(tmp_path: Path) -> None:
    """What people hand in as shares and sealed files; the parsers themselves are fuzzed where they live."""
    dice = random.Random(7)
    for make in GARBAGE:
        for sealed in (b"", b"PKE1", b"PKE1" + dice.randbytes(200)):
            given = [("one", bytearray(make(dice))), ("two", bytearray(make(dice)))]
            work: Work[split.Combined] = split.combining(given, sealed, iterations=ROUNDS)
            with pytest.raises(ProblemError) as refused:
                work.run()
            assert refused.value.problem.code in ("unreadable-file", "invalid-answer", "wrong-password")
