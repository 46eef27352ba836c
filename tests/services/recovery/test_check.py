"""`keycheck`: what a file is, whether recovery can rely on it, and how it becomes one that recovery can rely on."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from services.problems import ProblemError
from services.recovery import check, pke1
from services.recovery.check import CheckResult
from services.recovery.keyfiles import FORMATS, Format
from tests import planted
from tests.programs import need
from tests.sampling import every
from tests.services.recovery.forms import PASSWORD, ROUNDS, hexed, private, public
from tests.services.recovery.independent import read_private

CONTRACT = {"kind", "bits", "exponent", "sha256", "recovery_tool_accepts", "matches_public", "notes"}


def judged(
    data: bytes, half: bytes | None = None, password: bytes | None = None, *, prove: bool = False
) -> CheckResult:
    given = None if password is None else bytearray(password)
    return check.keycheck(data, half, given, prove=prove, iterations=ROUNDS)


def sealed(key: rsa.RSAPrivateKey) -> bytes:
    return pke1.seal(hexed(private(key)), PASSWORD, iterations=ROUNDS)


def test_a_good_pair_passes_and_the_contract_is_kept(key: rsa.RSAPrivateKey) -> None:
    result = judged(sealed(key), public(key.public_key()), PASSWORD, prove=True)
    assert (result.kind, result.acceptable, result.matches_public, result.proven) == (
        "pke1",
        True,
        True,
        True,
    )
    assert check.verdict(result) is None
    shown = check.as_json(result)
    assert shown.keys() >= CONTRACT
    assert shown["recovery_tool_accepts"] is True


def test_a_closed_file_is_not_judged_and_says_so(key: rsa.RSAPrivateKey) -> None:
    result = judged(sealed(key), public(key.public_key()))
    assert (result.bits, result.exponent, result.sha256, result.matches_public) == (None,) * 4
    assert result.recovery_tool_accepts is True
    assert any("only opening it" in note for note in result.notes)
    assert any("cannot be said" in note for note in result.notes)
    assert check.verdict(result) is None


def test_files_that_do_not_match_are_told_apart(key: rsa.RSAPrivateKey, other_key: rsa.RSAPrivateKey) -> None:
    for data, password in (
        (sealed(key), PASSWORD),
        (hexed(private(key)), None),
        (public(key.public_key()), None),
    ):
        same = judged(data, public(key.public_key(), Encoding.PEM), password)
        assert (same.matches_public, check.verdict(same)) == (True, None)
        other = judged(data, public(other_key.public_key()), password)
        problem = check.verdict(other)
        assert other.matches_public is False
        assert problem is not None
        assert (problem.code, problem.exit_code) == ("unacceptable-key", 3)


def test_weak_keys_and_refused_forms_get_a_verdict(
    key: rsa.RSAPrivateKey, weak_key: rsa.RSAPrivateKey, exponent_3_key: rsa.RSAPrivateKey
) -> None:
    cases = {
        hexed(private(weak_key)): ("unacceptable-key", True),
        hexed(private(exponent_3_key)): ("unacceptable-key", True),
        public(weak_key.public_key()): ("unacceptable-key", True),
        private(key, Encoding.PEM): ("failed-check", False),
    }
    for data, (code, taken) in cases.items():
        result = judged(data)
        problem = check.verdict(result)
        assert problem is not None
        assert (problem.code, problem.exit_code, result.recovery_tool_accepts) == (code, 3, taken)


def test_a_public_file_proves_nothing(key: rsa.RSAPrivateKey) -> None:
    half = public(key.public_key())
    cases = [
        (half, None, True),
        (hexed(private(key)), private(key), False),
        (sealed(key), sealed(key), False),
    ]
    for data, other, prove in cases:
        with pytest.raises(ProblemError) as refused:
            judged(data, other, prove=prove)
        assert refused.value.problem.code == "unreadable-file"
    with pytest.raises(ProblemError) as refused:
        judged(sealed(key), prove=True)
    assert refused.value.problem.code == "wrong-password"


@pytest.fixture(scope="module")
def made() -> bytes:
    """What openssl makes, under the old password."""
    command = [need("openssl"), "genrsa", "-aes256", "-passout", f"pass:{planted.OLD_PASSWORD}", "4096"]
    return subprocess.run(command, capture_output=True, check=True).stdout


@pytest.mark.parametrize("to", every(2, FORMATS))
def test_what_openssl_made_becomes_a_file_that_the_tool_takes(
    tmp_path: Path, made: bytes, to: Format
) -> None:
    assert judged(made).recovery_tool_accepts is False
    new_password = bytearray(PASSWORD)
    converted = check.convert(
        made,
        tmp_path / "new",
        to,
        password=bytearray(planted.OLD_PASSWORD.encode()),
        new_password=new_password,
        iterations=ROUNDS,
    )
    content = converted.file.read_bytes()
    numbers = read_private(content, PASSWORD if to == "pke1" else None, ROUNDS)
    assert numbers.n.bit_length() == 4096
    after = judged(content, password=PASSWORD if to == "pke1" else None)
    before = judged(made, password=planted.OLD_PASSWORD.encode())
    assert (after.recovery_tool_accepts, after.sha256) == (True, before.sha256)
    assert converted.file.stat().st_mode & 0o777 == 0o400
    assert not any(new_password)


def test_conversion_never_overwrites_and_never_keeps_a_bad_key(
    tmp_path: Path, key: rsa.RSAPrivateKey, weak_key: rsa.RSAPrivateKey
) -> None:
    (tmp_path / "taken").write_bytes(b"theirs")
    good = private(key, Encoding.PEM)
    cases: list[tuple[bytes, str, bytes, str]] = [
        (good, "taken", PASSWORD, "exists"),
        (good, "new", b"short", "bad-password"),
        (good, "missing/new", PASSWORD, "folder"),
        (private(weak_key, Encoding.PEM), "new", PASSWORD, "unacceptable-key"),
        (public(key.public_key()), "new", PASSWORD, "unreadable-file"),
        (sealed(key), "new", PASSWORD, "wrong-password"),
        (b"garbage", "new", PASSWORD, "unreadable-file"),
    ]
    for data, out, password, code in cases:
        with pytest.raises(ProblemError) as refused:
            check.convert(data, tmp_path / out, "pke1", new_password=bytearray(password), iterations=ROUNDS)
        assert refused.value.problem.code == code
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"theirs"]
