"""No bytes at all make the checks raise, show what could harm a terminal, or pass for more than they are."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from services.backups.curves import Algorithm
from services.backups.findings import TITLES
from services.backups.shards import ShardReport, check_id, check_shard, parse_key
from services.demo.objects import backup_object, new_wallet

Fields = dict[str, Any]

KEY_ID, FILE = "key-1", "recovery_shard-0.txt"
ALGORITHMS: tuple[Algorithm, ...] = ("SECP256K1", "ED25519")
OUTER = (
    "index",
    "keyAlgorithm",
    "recoveryPublicKeyHex",
    "partialRecoveryDataHex",
    "walletRootPublicKeyPkixBase64",
    "walletPublicKeyBase64",
)
PLAYER = (
    "version",
    "player_index",
    "threshold",
    "curve",
    "public_key",
    "es",
    "ys",
    "vs",
    "rs",
    "combination",
    "nonce",
)


def public_key(seed: int) -> bytes:
    """SPKI DER of an RSA-4096 public key to which no private key belongs."""
    modulus = random.Random(seed).getrandbits(4096) | 1 << 4095 | 1
    key = rsa.RSAPublicNumbers(65537, modulus).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


KEY, OTHER_KEY = public_key(1), public_key(2)
WALLETS = {name: new_wallet("quorum-1", KEY_ID, name, random.Random(3)) for name in ALGORITHMS}
BODIES = {name: backup_object(WALLETS[name], KEY, rng=random.Random(5)) for name in ALGORITHMS}
GOOD = BODIES["SECP256K1"]


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def dump(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def outer(body: bytes, edit: Callable[[Fields], None]) -> bytes:
    """The object with its fields edited in place."""
    fields = json.loads(base64.b64decode(body))
    edit(fields)
    return base64.b64encode(dump(fields))


def player(body: bytes, edit: Callable[[Fields], None]) -> bytes:
    """The object with the last player's entry edited in place."""

    def edit_data(fields: Fields) -> None:
        data = json.loads(base64.b64decode(fields["partialRecoveryDataHex"]))
        edit(data["recovery_data"][-1])
        fields["partialRecoveryDataHex"] = text(dump(data))

    return outer(body, edit_data)


def put(name: str, value: object) -> Callable[[Fields], None]:
    return lambda fields: fields.update({name: value})


def check(body: bytes) -> ShardReport:
    return check_shard(body, KEY_ID, FILE, (KEY,), "quorum-1")


def flaws(report: ShardReport) -> dict[str, str]:
    return {each.what: each.status for each in report.findings if each.status != "pass"}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("players", [2, 3])
def test_a_good_object_gives_its_facts(algorithm: Algorithm, players: int) -> None:
    body = backup_object(WALLETS[algorithm], KEY, 2, players, random.Random(7))
    facts = check_shard(body, KEY_ID, "recovery_shard-2.txt", (OTHER_KEY, KEY)).facts
    assert (facts.size, facts.algorithm, facts.players, facts.index) == (len(body), algorithm, players, 2)
    assert facts.threshold is not None
    assert facts.threshold < players
    assert facts.recovery_key_sha256 == hashlib.sha256(KEY).hexdigest()
    assert facts.root_key_sha256 == hashlib.sha256(WALLETS[algorithm].root_spki).hexdigest()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_only_ed25519_comes_with_the_note_on_the_key_type(algorithm: Algorithm) -> None:
    (found,) = (each for each in check(BODIES[algorithm]).findings if each.what == "algorithm")
    assert ("--key-type ED25519" in found.evidence) == (algorithm == "ED25519")


def test_a_compressed_root_key_is_the_same_key() -> None:
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), WALLETS["SECP256K1"].root_point)
    point = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    spki = bytes.fromhex("3036301006072a8648ce3d020106052b8104000a032200") + point
    for body in (
        outer(GOOD, put("walletRootPublicKeyPkixBase64", text(spki))),
        player(GOOD, put("public_key", text(point))),
    ):
        report = check(body)
        assert report.status == "pass"
        assert report.facts.root_key_sha256 == check(GOOD).facts.root_key_sha256


def test_a_point_off_the_curve_is_no_root_key() -> None:
    spki = WALLETS["SECP256K1"].root_spki
    bent = spki[:-1] + bytes([spki[-1] ^ 1])
    assert flaws(check(outer(GOOD, put("walletRootPublicKeyPkixBase64", text(bent))))) == {"root-key": "fail"}


def test_without_a_recovery_key_nothing_is_held() -> None:
    report = check_shard(GOOD, KEY_ID, FILE, ())
    assert not report.held
    assert flaws(report) == {"recovery-key": "fail"}


@pytest.mark.parametrize(
    ("key", "parts"),
    [
        (f"{KEY_ID}/{FILE}", (KEY_ID, FILE, 0)),
        ("k/recovery_shard-12.txt", ("k", "recovery_shard-12.txt", 12)),
        ("k/recovery_shard-.txt", None),
        ("k/recovery_shard-01.txt", None),
        ("k/recovery_shard-1.txt\n", None),
        ("k/recovery_shard-٣.txt", None),
        ("a/k/recovery_shard-1.txt", None),
        ("/recovery_shard-1.txt", None),
        ("../recovery_shard-1.txt", None),
        ("k/other.txt", None),
        ("", None),
    ],
)
def test_object_keys_are_read_strictly(key: str, parts: tuple[str, str, int] | None) -> None:
    read = parse_key(key)
    assert (read and (read.key_id, read.file, read.number)) == parts


def test_check_identifiers_keep_their_form() -> None:
    assert check_id("k", FILE, "recovery-key") == "backup.shard.k.recovery_shard-0.txt.recovery-key"


def assert_orderly(report: ShardReport) -> None:
    """The laws of every report, whatever the object was."""
    whats = [each.what for each in report.findings]
    assert whats
    assert len(whats) == len(set(whats))
    for each in report.findings:
        assert each.title == TITLES[each.what]
        assert bool(each.remedy) == (each.status != "pass")
        assert each.evidence.endswith(".")
        assert len(each.evidence) < 500
        assert all(" " <= char <= "~" or char in "\ufffd…" for char in each.evidence)
    if report.status != "fail":
        assert report.held
        assert set(whats) == set(TITLES) - {"coverage", "per-key", "shared-root-key"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=8), children, max_size=4)
    ),
    max_leaves=8,
)
ODD_BYTES = st.binary(max_size=40) | st.text(max_size=40).map(
    lambda each: each.encode("utf-8", "surrogatepass")
)


@given(st.binary(max_size=400) | st.binary(max_size=300).map(base64.b64encode))
def test_arbitrary_bytes_are_judged(body: bytes) -> None:
    report = check(body)
    assert_orderly(report)
    assert report.status == "fail"


@given(json_values.map(dump).map(base64.b64encode))
def test_arbitrary_json_is_judged(body: bytes) -> None:
    report = check(body)
    assert_orderly(report)
    assert report.status == "fail"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ALGORITHMS), st.booleans(), st.integers(0), st.integers(0, 60), ODD_BYTES)
def test_a_mutated_object_is_judged(
    algorithm: Algorithm, decoded: bool, at: int, gone: int, new: bytes
) -> None:
    def splice(data: bytes) -> bytes:
        start = at % len(data)
        return data[:start] + new + data[start + gone :]

    body = BODIES[algorithm]
    assert_orderly(check(base64.b64encode(splice(base64.b64decode(body))) if decoded else splice(body)))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from((*OUTER, "new")), json_values)
def test_an_odd_field_is_judged(name: str, value: object) -> None:
    assert_orderly(check(outer(GOOD, put(name, value))))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PLAYER), json_values)
def test_an_odd_field_of_a_player_is_judged(name: str, value: object) -> None:
    assert_orderly(check(player(BODIES["ED25519"], put(name, value))))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(("es", "ys", "vs", "rs", "combination")), st.integers(0, 39), json_values)
def test_an_odd_element_of_an_array_is_judged(name: str, at: int, value: object) -> None:
    assert_orderly(check(player(GOOD, lambda entry: entry[name].__setitem__(at, value))))
