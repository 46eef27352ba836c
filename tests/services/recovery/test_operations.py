"""Making a key pair, stage by stage: order, proofs, and a crash before or after any stage."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from services import files
from services.problems import ProblemError
from services.recovery import keyfiles, operations, proof
from services.recovery.keyfiles import Format, Paths
from services.recovery.proof import Bench
from services.recovery.stages import SAYS, Stage, silent
from tests import planted
from tests.sampling import every
from tests.services.recovery.forms import PASSWORD, ROUNDS, hexed, private, public
from tests.services.recovery.independent import check_pair

QUICK = Bench(silent, ROUNDS)
SEALED_STAGES = list(SAYS)
PLAIN_STAGES = [name for name in SAYS if name != "seal"]


def checked(of: Paths, format_: Format) -> None:
    password = PASSWORD if format_ == "pke1" else None
    check_pair(of.private(format_), of.public_der, of.public_hex, password, ROUNDS)


@pytest.mark.parametrize("format_", keyfiles.FORMATS)
def test_a_pair_is_made_in_order_and_meets_every_rule(
    tmp_path: Path, key: rsa.RSAPrivateKey, format_: Format
) -> None:
    heard: list[Stage] = []
    there: list[list[str]] = []

    def say(stage: Stage) -> None:
        heard.append(stage)
        there.append(sorted(path.suffix for path in tmp_path.iterdir()))

    of = keyfiles.paths(tmp_path, "recovery")
    made = operations.generate(of, format_, PASSWORD, replace(QUICK, say=say), lambda: key)
    checked(of, format_)
    stages = SEALED_STAGES if format_ == "pke1" else PLAIN_STAGES
    assert [stage.name for stage in heard] == [name for name in stages for _ in range(2)]
    assert [stage.done for stage in heard] == [False, True] * len(stages)
    proven = next(n for n, stage in enumerate(heard) if stage.name == "prove" and stage.done)
    assert all(".der" not in names for names in there[: proven + 1])
    assert made.sha256 == operations.check(of.public_der.read_bytes(), None, None, False, ROUNDS)["sha256"]
    assert keyfiles.leftover(tmp_path, "recovery") is None
    assert len(list(tmp_path.iterdir())) == 3


def crash_at(event: int) -> Callable[[Stage], None]:
    """Ends the process as SIGKILL would, when the event of this number is told."""
    left = [event]

    def say(_: Stage) -> None:
        if left[0] == 0:
            os._exit(137)
        left[0] -= 1

    return say


@pytest.mark.parametrize("event", every(3, range(2 * len(SAYS))))
def test_after_a_crash_anywhere_nothing_is_lost_and_the_pair_can_be_completed(
    tmp_path: Path, key: rsa.RSAPrivateKey, event: int
) -> None:
    (tmp_path / "bystander.pke1").write_bytes(b"theirs")
    of = keyfiles.paths(tmp_path, "recovery")
    child = os.fork()
    if child == 0:
        operations.generate(of, "pke1", PASSWORD, replace(QUICK, say=crash_at(event)), lambda: key)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 137
    left = keyfiles.leftover(tmp_path, "recovery")
    whole = of.public_hex.exists()
    assert (left is not None) is (of.sealed.exists() and not whole)
    if left is not None:
        before = of.sealed.read_bytes()
        operations.complete(of, left.format, PASSWORD, QUICK)
        assert of.sealed.read_bytes() == before
    elif not whole:
        assert not of.public_der.exists()
        operations.generate(of, "pke1", PASSWORD, QUICK, lambda: key)
    checked(of, "pke1")
    assert (tmp_path / "bystander.pke1").read_bytes() == b"theirs"


@pytest.mark.parametrize("taken", ["pke1", "private.hex", "pub.der", "pub.hex"])
@pytest.mark.parametrize("format_", keyfiles.FORMATS)
def test_an_existing_file_stops_everything_before_a_key_is_made(
    tmp_path: Path, format_: Format, taken: str
) -> None:
    (tmp_path / f"recovery.{taken}").write_bytes(b"theirs")

    def never() -> rsa.RSAPrivateKey:
        raise AssertionError("a key was made")

    of = keyfiles.paths(tmp_path, "recovery")
    with pytest.raises(ProblemError) as refused:
        operations.generate(of, format_, PASSWORD, QUICK, never)
    assert refused.value.problem.code == "exists"
    assert f"recovery.{taken}" in refused.value.problem.summary
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"theirs"]


@pytest.mark.parametrize("taken", ["pke1", "pub.der", "pub.hex"])
def test_a_file_that_appears_meanwhile_is_not_overwritten(
    tmp_path: Path, key: rsa.RSAPrivateKey, taken: str
) -> None:
    def make() -> rsa.RSAPrivateKey:
        (tmp_path / f"recovery.{taken}").write_bytes(b"theirs")
        return key

    with pytest.raises(ProblemError) as refused:
        operations.generate(keyfiles.paths(tmp_path, "recovery"), "pke1", PASSWORD, QUICK, make)
    assert refused.value.problem.code in ("exists", "unacceptable-key")
    assert (tmp_path / f"recovery.{taken}").read_bytes() == b"theirs"


def test_a_full_medium_leaves_no_half_file(tmp_path: Path, key: rsa.RSAPrivateKey) -> None:
    def full(_descriptor: int, _data: memoryview) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    bench = replace(QUICK, disk=replace(files.DISK, write=full))
    with pytest.raises(ProblemError) as refused:
        operations.generate(keyfiles.paths(tmp_path, "recovery"), "pke1", PASSWORD, bench, lambda: key)
    assert refused.value.problem.code == "folder"
    assert list(tmp_path.iterdir()) == []


def test_a_medium_that_loses_bytes_is_found_out_before_any_public_file(
    tmp_path: Path, key: rsa.RSAPrivateKey
) -> None:
    def lossy(descriptor: int, data: memoryview) -> int:
        os.write(descriptor, bytes(data[:-1]))
        return len(data)

    bench = replace(QUICK, disk=replace(files.DISK, write=lossy))
    with pytest.raises(ProblemError) as refused:
        operations.generate(keyfiles.paths(tmp_path, "recovery"), "pke1", PASSWORD, bench, lambda: key)
    assert refused.value.problem.code == "folder"
    assert "faulty" in refused.value.problem.summary
    assert [path.name for path in tmp_path.iterdir()] == ["recovery.pke1"]


def test_a_stick_without_hard_links_is_served_and_named(tmp_path: Path, key: rsa.RSAPrivateKey) -> None:
    def no_links(_folder: int, _temporary: str, _final: str) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    bench = replace(QUICK, disk=replace(files.DISK, link=no_links))
    of = keyfiles.paths(tmp_path, "recovery")
    made = operations.generate(of, "pke1", PASSWORD, bench, lambda: key)
    assert len([note for note in made.notes if "hard links" in note]) == 3
    checked(of, "pke1")


def leave_private(folder: Path, key: rsa.RSAPrivateKey) -> Paths:
    of = keyfiles.paths(folder, "recovery")
    proof.store_private(key, of.sealed, "pke1", PASSWORD, QUICK)
    return of


def test_completing_needs_the_password(tmp_path: Path, key: rsa.RSAPrivateKey) -> None:
    of = leave_private(tmp_path, key)
    with pytest.raises(ProblemError) as refused:
        operations.complete(of, "pke1", planted.OTHER_PASSWORD.encode(), QUICK)
    assert refused.value.problem.code == "wrong-password"
    assert [path.name for path in tmp_path.iterdir()] == ["recovery.pke1"]


def test_completing_removes_the_copies_of_killed_runs(tmp_path: Path, key: rsa.RSAPrivateKey) -> None:
    of = leave_private(tmp_path, key)
    (tmp_path / ".recovery.pke1.0123456789abcdef.tmp").write_bytes(b"half")
    operations.complete(of, "pke1", PASSWORD, QUICK)
    assert len(list(tmp_path.iterdir())) == 3


def test_completing_refuses_a_public_file_of_another_key(
    tmp_path: Path, key: rsa.RSAPrivateKey, other_key: rsa.RSAPrivateKey
) -> None:
    of = leave_private(tmp_path, key)
    foreign = public(other_key.public_key())
    of.public_der.write_bytes(foreign)
    with pytest.raises(ProblemError) as refused:
        operations.complete(of, "pke1", PASSWORD, QUICK)
    assert refused.value.problem.code == "unacceptable-key"
    assert of.public_der.read_bytes() == foreign
    assert not of.public_hex.exists()


def test_a_weak_private_file_is_never_completed(tmp_path: Path, weak_key: rsa.RSAPrivateKey) -> None:
    (tmp_path / "recovery.private.hex").write_bytes(hexed(private(weak_key)))
    with pytest.raises(ProblemError) as refused:
        operations.complete(keyfiles.paths(tmp_path, "recovery"), "hex", b"", QUICK)
    assert refused.value.problem.code == "unacceptable-key"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_round_trip_tells_keys_apart(key: rsa.RSAPrivateKey, other_key: rsa.RSAPrivateKey) -> None:
    assert proof.round_trip(key, public(key.public_key()))
    assert not proof.round_trip(key, public(other_key.public_key()))
