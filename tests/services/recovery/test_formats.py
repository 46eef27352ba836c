"""Key files of every form: recognised, judged as the recovery tool judges them, and never a crash."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, PublicFormat
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.problems import ProblemError
from services.recovery import formats, pke1
from tests import planted
from tests.programs import need
from tests.services.recovery.forms import PASSWORD, ROUNDS, hexed, private, public

PKCS1 = PrivateFormat.TraditionalOpenSSL
BOM = b"\xef\xbb\xbf"


def sealed(content: bytes) -> bytes:
    return pke1.seal(content, PASSWORD, iterations=ROUNDS)


def written(key: rsa.RSAPrivateKey) -> dict[str, tuple[bytes, str, bool]]:
    """Name → content, kind, whether the recovery tool takes it."""
    pkcs8, pkcs1 = hexed(private(key)), hexed(private(key, structure=PKCS1))
    pem, half = private(key, Encoding.PEM), key.public_key()
    return {
        "hex of PKCS#8": (pkcs8, "private-hex-pkcs8", True),
        "hex of PKCS#1": (pkcs1, "private-hex-pkcs1", True),
        "hex in upper case": (pkcs8.upper(), "private-hex-pkcs8", True),
        "hex and a newline": (pkcs8 + b"\n", "private-hex-pkcs8", True),
        "hex in lines": (
            b"\r\n".join(pkcs8[at : at + 64] for at in range(0, len(pkcs8), 64)),
            "private-hex-pkcs8",
            True,
        ),
        "hex with 0x": (b"0x" + pkcs8, "private-hex-pkcs8", False),
        "hex with 0X": (b"0X" + pkcs8, "private-hex-pkcs8", False),
        "hex with a BOM": (BOM + pkcs8, "private-hex-pkcs8", False),
        "hex in UTF-16": (pkcs8.decode().encode("utf-16"), "private-hex-pkcs8", False),
        "DER of PKCS#8": (private(key), "private-der-pkcs8", False),
        "DER of PKCS#1": (private(key, structure=PKCS1), "private-der-pkcs1", False),
        "PEM of PKCS#8": (pem, "private-pem-pkcs8", False),
        "PEM of PKCS#1": (private(key, Encoding.PEM, PKCS1), "private-pem-pkcs1", False),
        "PEM with a BOM": (BOM + pem, "private-pem-pkcs8", False),
        "PEM in CR LF": (pem.replace(b"\n", b"\r\n"), "private-pem-pkcs8", False),
        "PEM after words": (b"0 words\n" + pem, "private-pem-pkcs8", False),
        "public DER": (public(half), "public-der-spki", True),
        "public hex": (hexed(public(half)), "public-hex-spki", True),
        "public hex in upper case": (hexed(public(half)).upper(), "public-hex-spki", False),
        "public hex and a newline": (hexed(public(half)) + b"\n", "public-hex-spki", False),
        "public PEM": (public(half, Encoding.PEM), "public-pem-spki", False),
        "public DER of PKCS#1": (public(half, structure=PublicFormat.PKCS1), "public-der-pkcs1", False),
        "public PEM of PKCS#1": (public(half, Encoding.PEM, PublicFormat.PKCS1), "public-pem-pkcs1", False),
    }


def closed(key: rsa.RSAPrivateKey) -> dict[str, tuple[bytes, str, bool]]:
    """The same for files under a password."""
    pkcs8 = hexed(private(key))
    encrypted = private(key, password=PASSWORD)
    return {
        "sealed": (sealed(pkcs8), "pke1", True),
        "sealed PKCS#1": (sealed(hexed(private(key, structure=PKCS1))), "pke1", True),
        "sealed with a newline inside": (sealed(pkcs8 + b"\n"), "pke1", False),
        "sealed PEM": (sealed(private(key, Encoding.PEM)), "pke1", False),
        "encrypted PEM": (
            private(key, Encoding.PEM, password=PASSWORD),
            "private-pem-encrypted-pkcs8",
            False,
        ),
        "encrypted PEM of the old kind": (
            private(key, Encoding.PEM, PKCS1, PASSWORD),
            "private-pem-encrypted-traditional",
            False,
        ),
        "encrypted DER": (encrypted, "private-der-encrypted-pkcs8", False),
        "hex of encrypted DER": (hexed(encrypted), "private-hex-encrypted-pkcs8", False),
    }


def fingerprint(key: rsa.RSAPrivateKey) -> str:
    return hashlib.sha256(public(key.public_key())).hexdigest()


def test_every_open_form_is_recognised_and_judged(key: rsa.RSAPrivateKey) -> None:
    for name, (content, kind, taken) in written(key).items():
        found = formats.describe(content)
        assert (found.kind, found.recovery_tool_accepts) == (kind, taken), name
        assert (found.bits, found.exponent, found.sha256) == (4096, 65537, fingerprint(key)), name
        assert (found.is_private, found.sealed) == (not name.startswith("public"), False), name
        assert found.acceptable, name
        if found.is_private:
            assert any("lies open" in note for note in found.notes), name
            assert any(note.startswith("Convert it") for note in found.notes) is not taken, name


def test_every_closed_form_tells_nothing_until_it_is_opened(key: rsa.RSAPrivateKey) -> None:
    for name, (content, kind, taken) in closed(key).items():
        before = formats.describe(content)
        assert (before.kind, before.is_private, before.sealed) == (kind, True, True), name
        assert (before.bits, before.exponent, before.sha256, before.acceptable) == (None,) * 4, name
        assert any("only opening it" in note for note in before.notes), name
        after = formats.recognise(content, PASSWORD, iterations=ROUNDS).description
        assert (after.kind, after.recovery_tool_accepts, after.sealed) == (kind, taken, True), name
        assert (after.acceptable, after.sha256) == (True, fingerprint(key)), name
        assert any(note.startswith("Convert it") for note in after.notes) is not taken, name
        with pytest.raises(ProblemError) as refused:
            formats.recognise(content, planted.OTHER_PASSWORD.encode(), iterations=ROUNDS)
        assert refused.value.problem.code == "wrong-password", name


def test_what_was_checked_once_is_as_strict_the_next_time(key: rsa.RSAPrivateKey) -> None:
    p, q = key.private_numbers().p, 3 * 5 * 2**2046 + 1  # the second is no prime
    d = pow(65537, -1, (p - 1) * (q - 1))
    parts = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
    numbers = rsa.RSAPrivateNumbers(p, q, d, *parts, rsa.RSAPublicNumbers(65537, p * q))
    false = private(numbers.private_key(unsafe_skip_rsa_key_validation=True))
    closed_one = private(key, password=PASSWORD)
    for _ in range(2):
        assert formats.describe(private(key)).sha256 == fingerprint(key)
        assert formats.recognise(closed_one, PASSWORD).description.sha256 == fingerprint(key)
        with pytest.raises(ProblemError) as refused:
            formats.describe(false)
        assert refused.value.problem.code == "unreadable-file"
        with pytest.raises(ProblemError) as refused:
            formats.recognise(closed_one, planted.OTHER_PASSWORD.encode())
        assert refused.value.problem.code == "wrong-password"


def test_a_wrong_password_is_called_one_whatever_noise_it_makes_of_the_key() -> None:
    content = private(SMALL_RSA, Encoding.PEM, PKCS1, PASSWORD)  # one in 256 leaves padding that looks right
    for number in range(3000):
        with pytest.raises(ProblemError) as refused:
            formats.recognise(content, b"wrong password %d" % number)
        assert refused.value.problem.code == "wrong-password", number


@pytest.mark.parametrize("command", [["rsa", "-traditional"], ["pkcs8", "-topk8", "-v2"]])
def test_a_cipher_that_is_not_known_is_named_as_the_reason(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "key").write_bytes(private(SMALL_RSA, Encoding.PEM))
    cipher = "-camellia-256-cbc" if command[0] == "rsa" else "camellia-256-cbc"
    words = [need("openssl"), *command, cipher, "-in", str(tmp_path / "key"), "-passout", "pass:secret words"]
    content = subprocess.run(words, capture_output=True, check=True).stdout
    for password in (b"secret words", b"other words"):
        with pytest.raises(ProblemError) as refused:
            formats.recognise(content, password)
        assert refused.value.problem.code == "unreadable-file"
        assert "cipher" in refused.value.problem.summary


def test_every_public_form_is_imported_as_the_same_key(key: rsa.RSAPrivateKey) -> None:
    der = public(key.public_key())
    for name, (content, kind, _) in written(key).items():
        if kind.startswith("public"):
            found = formats.public_key(content)
            assert (found.der, found.hex, found.sha256) == (der, der.hex(), fingerprint(key)), name
            assert (len(found.der), len(found.hex)) == (550, 1100)


def test_a_private_file_is_not_imported_as_a_public_one() -> None:
    for name, (content, kind, _) in {**written(SMALL_RSA), **closed(SMALL_RSA)}.items():
        if not kind.startswith("public"):
            with pytest.raises(ProblemError) as refused:
                formats.public_key(content)
            assert refused.value.problem.code == "unacceptable-key", name
            assert "private key" in refused.value.problem.summary


def wrong_keys() -> dict[str, PrivateKeyTypes]:
    return {
        "elliptic-curve": ec.generate_private_key(ec.SECP256K1()),
        "Ed25519": ed25519.Ed25519PrivateKey.generate(),
        "DSA": dsa.generate_private_key(1024),
        "another kind": x25519.X25519PrivateKey.generate(),
    }


def test_weak_keys_are_refused_though_the_tool_takes_them(
    weak_key: rsa.RSAPrivateKey, exponent_3_key: rsa.RSAPrivateKey
) -> None:
    for key, why in ((weak_key, "2048 bits"), (exponent_3_key, "exponent 3")):
        found = formats.describe(hexed(private(key)))
        assert found.recovery_tool_accepts
        assert found.acceptable is False
        assert why in found.notes[0]
        with pytest.raises(ProblemError) as refused:
            formats.public_key(public(key.public_key()))
        assert refused.value.problem.code == "unacceptable-key"
        assert why in refused.value.problem.summary
        assert "4096 bits and exponent 65537" in refused.value.problem.summary


def test_a_conversion_is_proposed_of_no_key_that_must_not_be_used(weak_key: rsa.RSAPrivateKey) -> None:
    said = [
        formats.recognise(content, PASSWORD, iterations=ROUNDS).description
        for content, *_ in written(weak_key).values()
    ]
    assert {each.acceptable for each in said} == {False}
    assert not [note for each in said for note in each.notes if note.startswith("Convert it")]


def test_other_kinds_of_keys_are_named_and_refused() -> None:
    for name, key in wrong_keys().items():
        for content in (private(key), private(key, Encoding.PEM), hexed(private(key))):
            found = formats.describe(content)
            assert found.is_private
            assert not found.recovery_tool_accepts
            assert found.acceptable is False
            assert name in found.notes[0]
        with pytest.raises(ProblemError) as refused:
            formats.public_key(public(key.public_key()))
        assert refused.value.problem.code == "unacceptable-key"
        assert name in refused.value.problem.summary


OLD = (
    b"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: %s,%s\n\n"
    b"AAAA\n-----END RSA PRIVATE KEY-----\n"
)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no key file"),
        (b"hello", "no key file"),
        (b"3082012", "odd number"),
        (b"30820122", "no key"),
        (b"\x30\x82\x01\x22", "no key"),
        (b"\xff\xfe\x00\xd8", "no key file"),
        (b"PKE1", "too short"),
        (b"PKE1" + bytes(44), "too short"),
        (b"-----BEGIN PUBLIC KEY-----\nMIIC", "no complete block"),
        (b"-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----", "damaged"),
        (OLD % (b"DES-EDE3-CBC", bytes(7).hex().encode()), "damaged"),
        (OLD % (b"AES-256-CBC", bytes(15).hex().encode()), "damaged"),
        (OLD % (b"AES-256-CBC", b""), "damaged"),
        (b"-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----", "openssl x509"),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\nMIIC\n-----END OPENSSH PRIVATE KEY-----", "ssh-keygen"),
        (b"-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n" * 2, "2 blocks"),
        (b"30" * 40_000, "no key file"),
    ],
)
def test_what_is_no_key_file_is_refused_with_a_reason(content: bytes, words: str) -> None:
    for read in (formats.describe, formats.public_key):
        with pytest.raises(ProblemError) as refused:
            read(content)
        problem = refused.value.problem
        if problem.code != "unacceptable-key":  # a short PKE1 is recognised before it is measured
            assert problem.code == "unreadable-file"
            assert words in problem.summary + " ".join(problem.remedy)


def outcome(read: Callable[[bytes], object], content: bytes) -> str:
    """The code of the problem, or nothing."""
    try:
        read(content)
    except ProblemError as refused:
        return refused.problem.code
    return ""


MARKS = st.sampled_from(
    [
        b"PKE1",
        b"-----BEGIN PUBLIC KEY-----",
        b"-----END PUBLIC KEY-----",
        b"0x",
        BOM,
        b"\xff\xfe",
        b"0\x82",
        b"30",
        b"\n",
    ]
)


@given(st.binary(max_size=300) | st.lists(MARKS | st.binary(max_size=20), max_size=12).map(b"".join))
@example(b"0")
@example(b"\x30")
@example(b"\x30\x82")
@example(b"\x30\x80")
@settings(max_examples=400, deadline=None)
def test_no_bytes_whatever_crash_the_recogniser(content: bytes) -> None:
    assert outcome(formats.describe, content) in ("", "unreadable-file")
    assert outcome(formats.public_key, content) in ("unreadable-file", "unacceptable-key")


SMALL = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SMALL_RSA = rsa.generate_private_key(65537, 1024)
SEEDS = [
    private(SMALL),
    private(SMALL, Encoding.PEM),
    hexed(private(SMALL)),
    private(SMALL, password=PASSWORD),
    public(SMALL_RSA.public_key()),
    private(SMALL_RSA, structure=PKCS1),
    private(SMALL_RSA, Encoding.PEM),
    private(SMALL_RSA, Encoding.PEM, PKCS1, PASSWORD),
    sealed(hexed(private(SMALL_RSA))),
]


@given(
    seed=st.sampled_from(SEEDS),
    at=st.floats(0, 1, exclude_max=True),
    cut=st.integers(0, 5),
    new=st.binary(max_size=5),
)
@settings(max_examples=400, deadline=None)
def test_no_damage_whatever_crashes_the_recogniser(seed: bytes, at: float, cut: int, new: bytes) -> None:
    place = int(at * len(seed))
    damaged = seed[:place] + new + seed[place + cut :]
    assert outcome(formats.describe, damaged) in ("", "unreadable-file")
    opened = outcome(lambda content: formats.recognise(content, PASSWORD, iterations=1), damaged)
    assert opened in ("", "unreadable-file", "wrong-password")


def test_no_secret_shows_in_what_was_recognised(key: rsa.RSAPrivateKey) -> None:
    text = hexed(private(key)).decode()
    shown = repr(formats.recognise(text.encode()))
    assert text[60:120] not in shown
    assert str(key.private_numbers().d)[:40] not in shown


OPENSSL = {
    "genrsa": (["genrsa", "4096"], "private-pem-", True),
    "genrsa, traditional": (["genrsa", "-traditional", "4096"], "private-pem-pkcs1", True),
    "genpkey": (
        ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096"],
        "private-pem-",
        True,
    ),
    "genpkey to DER": (
        ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096", "-outform", "DER"],
        "private-der-",
        True,
    ),
    "genrsa, 2048": (["genrsa", "2048"], "private-pem-", False),
    "genrsa, exponent 3": (["genrsa", "-3", "2048"], "private-pem-", False),
    "elliptic curve": (["ecparam", "-name", "secp256k1", "-genkey"], "private-pem-sec1", False),
    "PSS": (
        ["genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:4096"],
        "private-pem-",
        False,
    ),
}

SEARCHED_ANEW = ("genrsa, traditional", "genpkey", "genpkey to DER")
"""Whose 4096 bits take seconds to find, and whose form other tests have too."""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name in SEARCHED_ANEW)) for name in OPENSSL]
)
def test_what_openssl_makes_is_recognised_and_refused_by_the_tool(tmp_path: Path, name: str) -> None:
    openssl = need("openssl")
    arguments, kind, acceptable = OPENSSL[name]
    made = subprocess.run([openssl, *arguments], capture_output=True, check=True).stdout
    found = formats.describe(made)
    assert found.kind.startswith(kind)  # which structure it writes depends on its version
    assert (found.acceptable, found.recovery_tool_accepts) == (acceptable, False)
    if acceptable:
        (tmp_path / "key").write_bytes(made)
        inform = "DER" if "DER" in arguments else "PEM"
        command = [
            openssl,
            "pkey",
            "-in",
            str(tmp_path / "key"),
            "-inform",
            inform,
            "-pubout",
            "-outform",
            "DER",
        ]
        half = subprocess.run(command, capture_output=True, check=True).stdout
        assert formats.public_key(half).sha256 == found.sha256 == hashlib.sha256(half).hexdigest()
