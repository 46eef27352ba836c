"""Every known variation of a backup object has its verdict, and what cannot be seen is not claimed."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.backups.curves import Algorithm
from services.backups.envelope import MAX_BYTES
from services.backups.findings import UNPROVEN
from services.backups.shards import ShardReport, check_shard
from services.demo.objects import backup_object, new_wallet

Fields = dict[str, Any]
Edit = Callable[[bytes], bytes]

QUORUM, KEY_ID, FILE = "quorum-1", "key-1", "recovery_shard-0.txt"


def public_key(seed: int) -> bytes:
    """SPKI DER of an RSA-4096 public key to which no private key belongs."""
    modulus = random.Random(seed).getrandbits(4096) | 1 << 4095 | 1
    return (
        rsa.RSAPublicNumbers(65537, modulus)
        .public_key()
        .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )


KEY, OTHER_KEY = public_key(1), public_key(2)
ALGORITHMS: tuple[Algorithm, ...] = ("SECP256K1", "ED25519")
WALLETS = {name: new_wallet(QUORUM, KEY_ID, name, random.Random(3)) for name in ALGORITHMS}
STRANGERS = {name: new_wallet(QUORUM, "another-wallet", name, random.Random(4)) for name in ALGORITHMS}
BODIES = {name: backup_object(WALLETS[name], KEY, rng=random.Random(5)) for name in ALGORITHMS}


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def dump(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def outer(edit: Callable[[Fields], object]) -> Edit:
    """The object with its fields edited in place."""

    def edited(body: bytes) -> bytes:
        fields = json.loads(base64.b64decode(body))
        edit(fields)
        return base64.b64encode(dump(fields))

    return edited


def inner(edit: Callable[[Fields], object]) -> Edit:
    """The object with its recovery data edited in place."""

    def edit_data(fields: Fields) -> None:
        data = json.loads(base64.b64decode(fields["partialRecoveryDataHex"]))
        edit(data)
        fields["partialRecoveryDataHex"] = text(dump(data))

    return outer(edit_data)


def player(edit: Callable[[Fields], object], number: int = 1) -> Edit:
    """The object with one player's entry edited in place."""
    return inner(lambda data: edit(data["recovery_data"][number]))


def put(**values: object) -> Callable[[Fields], object]:
    return lambda fields: fields.update(values)


def drop(name: str) -> Callable[[Fields], object]:
    return lambda fields: fields.pop(name)


def recoded(change: Callable[[bytes], bytes]) -> Edit:
    """The object with its decoded content changed as bytes."""
    return lambda body: base64.b64encode(change(base64.b64decode(body)))


def check(body: bytes) -> ShardReport:
    return check_shard(body, KEY_ID, FILE, (KEY,), QUORUM)


def flaws(report: ShardReport) -> dict[str, str]:
    return {each.what: each.status for each in report.findings if each.status != "pass"}


@dataclass(frozen=True)
class Row:
    name: str
    edit: Edit
    flaws: dict[str, str]
    words: str  # somewhere in the evidence


def failed(name: str, edit: Edit, what: str, words: str) -> Row:
    return Row(name, edit, {what: "fail"}, words)


def warned(name: str, edit: Edit, what: str, words: str) -> Row:
    return Row(name, edit, {what: "warn"}, words)


def noted(name: str, edit: Edit, words: str) -> Row:
    return Row(name, edit, {}, words)


def shorten(name: str) -> Callable[[Fields], object]:
    return lambda fields: fields[name].pop()


KEYS = ("recoveryPublicKeyHex", "walletRootPublicKeyPkixBase64", "walletPublicKeyBase64")
REQUIRED = ("index", "partialRecoveryDataHex", *KEYS)
HALVES = ("ys", "vs", "rs", "combination")
PAGE = b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'


def stranger_root(fields: Fields) -> None:
    algorithm: Algorithm = "ED25519" if fields["keyAlgorithm"] == "ED25519" else "SECP256K1"
    fields["walletRootPublicKeyPkixBase64"] = text(STRANGERS[algorithm].root_spki)


def stranger_point(entry: Fields) -> None:
    algorithm: Algorithm = "ED25519" if entry["curve"] == "ED-25519" else "SECP256K1"
    entry["public_key"] = text(STRANGERS[algorithm].root_point)


def other_algorithm(fields: Fields) -> None:
    fields["keyAlgorithm"] = "SECP256K1" if fields["keyAlgorithm"] == "ED25519" else "ED25519"


ROWS = (
    noted("good", lambda body: body, "names the recovery key"),
    # the recovery key
    failed("other key", outer(put(recoveryPublicKeyHex=OTHER_KEY.hex())), "recovery-key", "the kit has"),
    warned("upper case", outer(put(recoveryPublicKeyHex=KEY.hex().upper())), "recovery-key", "upper-case"),
    failed("0x", outer(put(recoveryPublicKeyHex="0x" + KEY.hex())), "fields", "not hex text"),
    failed("blanks in hex", outer(put(recoveryPublicKeyHex=KEY.hex(" "))), "fields", "not hex text"),
    # layers
    failed("empty", lambda _: b"", "present", "empty"),
    failed("too large", lambda _: b"A" * (MAX_BYTES + 1), "present", "larger"),
    failed("blank only", lambda _: b" \r\n", "base64", "nothing but blanks"),
    failed("cut base64", lambda body: body[:-3], "base64", "no multiple of 4"),
    failed("cut file", lambda body: body[:100_000], "json", "stops being JSON"),
    failed("foreign character", lambda body: body[:70] + b"-" + body[71:], "base64", 'Character 71 of the text, "-"'),
    failed("padding inside", lambda body: body[:70] + b"=" + body[71:], "base64", "padding"),
    failed("bare JSON", base64.b64decode, "base64", "bare JSON"),
    failed("error page", lambda _: PAGE, "base64", "error page"),
    failed("encoded page", lambda _: base64.b64encode(PAGE), "json", "HTML page"),
    failed("base64 twice", base64.b64encode, "json", "encoded twice"),
    failed("not JSON", lambda _: base64.b64encode(b"hello, this is no JSON"), "json", "not JSON"),
    failed("no UTF-8", lambda _: base64.b64encode(b"\xff\xfe{}"), "json", "UTF-8"),
    failed("a list", lambda _: base64.b64encode(b"[1,2]"), "json", "a list of 2"),
    failed("nested", lambda _: base64.b64encode(b"[" * 1_000_000), "json", "too deeply"),
    failed("NaN", recoded(lambda data: data.replace(b'"index":0', b'"index":NaN')), "json", "number"),
    failed("twice a field", recoded(lambda data: data.replace(b"{", b'{"index":1,', 1)), "json", "twice"),
    failed("twice by case", recoded(lambda data: data.replace(b"{", b'{"INDEX":1,', 1)), "json", "twice"),
    noted("line end", lambda body: body + b"\n", "The base64 text holds"),
    noted("line ends", lambda body: body + b"\r\n\r\n", "The base64 text holds"),
    warned("trailing blank", lambda body: body + b" ", "base64", "blanks around"),
    warned("blank, line end", lambda body: body + b" \n", "base64", "blanks around"),
    warned("byte-order mark", lambda body: b"\xef\xbb\xbf" + body, "base64", "byte-order mark"),
    warned("lines", lambda body: b"\n".join((body[:76], body[76:])), "base64", "line breaks inside"),
    # fields
    *(failed(f"no {name}", outer(drop(name)), "fields", f"{name} is missing") for name in REQUIRED),
    *(failed(f"null {name}", outer(put(**{name: None})), "fields", f"{name} is not") for name in REQUIRED),
    failed("true as index", outer(put(index=True)), "fields", "index is not"),
    failed("minus as index", outer(put(index=-1)), "fields", "index is not"),
    failed("huge index", recoded(lambda data: data.replace(b":0,", b":" + b"9" * 99_999 + b",", 1)), "fields", "index is"),
    failed("empty data", outer(put(partialRecoveryDataHex="")), "fields", "partialRecoveryDataHex is not"),
    failed("no wallet key", outer(put(walletPublicKeyBase64="")), "fields", "walletPublicKeyBase64 is not"),
    noted("index differs", outer(put(index=1)), "unlike the file name"),
    noted("more fields", outer(put(**{"x\x1b[31m\u202e": 1})), '1 unknown, the first being "x\ufffd[31m\ufffd"'),
    # the algorithm
    failed("other algorithm", outer(other_algorithm), "algorithm", "but the root key is of"),
    failed("unknown algorithm", outer(put(keyAlgorithm="P256\u202e")), "algorithm", '"P256\ufffd"'),
    failed("algorithm as list", outer(put(keyAlgorithm=["ED25519"])), "algorithm", "a list of 1"),
    noted("no algorithm", outer(drop("keyAlgorithm")), "absent; the root key tells"),
    failed("foreign curve", player(put(curve="P-256")), "algorithm", '"P-256"'),
    failed("no curve", player(drop("curve")), "algorithm", "null"),
    # the recovery data
    failed("data is hex", outer(put(partialRecoveryDataHex="abc")), "recovery-data", "not base64"),
    failed("data no JSON", outer(put(partialRecoveryDataHex=text(b"nothing"))), "recovery-data", "no JSON"),
    failed("data a list", outer(put(partialRecoveryDataHex=text(b"[]"))), "recovery-data", "no JSON object"),
    failed("no players", inner(put(recovery_data=[])), "recovery-data", "a list of 0"),
    failed("players absent", inner(drop("recovery_data")), "recovery-data", "null"),
    failed("players no objects", inner(put(recovery_data=[1, 2])), "recovery-data", "a list of 2"),
    failed("version 4", inner(put(version="4")), "version", '"4"'),
    failed("version number", inner(put(version=3)), "version", "the number 3"),
    failed("no version", inner(drop("version")), "version", "null"),
    failed("player's version", player(put(version="2")), "version", '"2"'),
    # players
    failed("one player", inner(lambda data: data["recovery_data"].pop()), "players", "one player"),
    failed("threshold 2 of 2", inner(lambda d: [e.update(threshold=2) for e in d["recovery_data"]]), "players", "at least 3"),
    failed("thresholds differ", player(put(threshold=2)), "players", "one and the same threshold"),
    failed("no threshold", player(drop("threshold")), "players", "one and the same threshold"),
    failed("player twice", player(put(player_index=0)), "players", "twice"),
    failed("no player_index", player(drop("player_index")), "players", "missing"),
    # the root key
    failed("root key of another", outer(stranger_root), "root-key", "player entry 0 is not the root key"),
    failed("player of another", player(stranger_point), "root-key", "player entry 1 is not the root key"),
    failed("no public_key", player(drop("public_key")), "root-key", "player entry 1"),
    failed("root no key", outer(put(walletRootPublicKeyPkixBase64=text(KEY))), "root-key", "no public key of"),
    # arrays
    failed("79 ciphertexts", player(lambda entry: entry["es"].pop()), "arrays", "ys has 40 values beside 79"),
    failed("short ciphertext", player(lambda e: e["es"].__setitem__(7, text(bytes(511)))), "arrays", "512 bytes"),
    failed("no ciphertexts", player(put(es=[])), "arrays", "es is missing or empty"),
    *(failed(f"39 {name}", player(shorten(name)), "arrays", f"{name} has 39") for name in HALVES),
    *(failed(f"no {name}", player(drop(name)), "arrays", f"{name} has 0") for name in HALVES),
    failed("numbers in ys", player(put(ys=[1] * 40)), "arrays", "ys holds something else"),
    failed("position 80", player(lambda e: e["combination"].__setitem__(0, 80)), "arrays", "combination holds"),
    failed("a position twice", player(lambda e: e["combination"].__setitem__(0, e["combination"][1])), "arrays", "combination"),
)  # fmt: skip


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_variation_has_its_verdict(row: Row, algorithm: Algorithm) -> None:
    report = check(row.edit(BODIES[algorithm]))
    assert flaws(report) == row.flaws
    told = [each for each in report.findings if each.what in row.flaws or not row.flaws]
    assert any(row.words in each.evidence for each in told)


def flip(entry: Fields) -> None:
    """One bit of a ciphertext that the object does not open."""
    closed = next(number for number in range(len(entry["es"])) if number not in entry["combination"])
    ciphertext = bytearray(base64.b64decode(entry["es"][closed]))
    ciphertext[100] ^= 1
    entry["es"][closed] = text(bytes(ciphertext))


UNSEEN: tuple[tuple[str, Edit], ...] = (
    ("flipped bit", player(flip)),
    ("foreign wallet key", outer(put(walletPublicKeyBase64=text(STRANGERS["SECP256K1"].wallet_point)))),
    ("damaged chain code", player(put(aux_data_wrapped_encryption_key=text(bytes(512))))),
)


@pytest.mark.parametrize(("name", "edit"), UNSEEN, ids=[name for name, _ in UNSEEN])
def test_what_needs_the_private_key_is_neither_found_nor_claimed(name: str, edit: Edit) -> None:
    report = check(edit(BODIES["SECP256K1"]))
    assert report.status == "pass"
    claims = " ".join(each.evidence + each.title for each in report.findings).lower()
    assert not any(word in claims for word in ("decrypt", "encrypted to", "recoverable", "can be recovered"))


def test_the_limit_of_the_checks_has_words_for_people() -> None:
    assert "cannot show that decryption will work" in UNPROVEN
    assert "rehearsal" in UNPROVEN
