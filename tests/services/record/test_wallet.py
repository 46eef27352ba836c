"""One wrong digit loses a wallet: values are checked alone, and together where they say something of each other."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ledger import DamagedError
from services.problems import ProblemError
from services.record.wallet import Wallet, as_json, checked, of_json, same_address
from tests.services.record.records import (
    ETHEREUM,
    FINGERPRINT,
    FULL,
    KEY_ID,
    OTHER,
    PLAIN,
    QUORUM,
    REHEARSED,
    SOLANA,
    VERIFIED,
)


def test_values_get_their_one_form() -> None:
    loose = replace(
        FULL,
        quorum_id=f" {QUORUM.upper()} ",
        key_id=f"{{{KEY_ID}}}",
        kit=" acme kit ",
        address=f" {ETHEREUM}\n",
    )
    assert checked(loose) == FULL
    assert checked(OTHER) == OTHER


@pytest.mark.parametrize(
    ("values", "where", "word"),
    [
        ({"quorum_id": ""}, "quorum_id", "UUID"),
        ({"quorum_id": QUORUM[:-1]}, "quorum_id", "UUID"),
        ({"quorum_id": f"{QUORUM}0"}, "quorum_id", "UUID"),
        ({"quorum_id": QUORUM.replace("b7", "g7")}, "quorum_id", "UUID"),
        ({"key_id": "wallet-one"}, "key_id", "--from-verify"),
        ({"key_id": ""}, "key_id", "UUID"),
        ({"algorithm": "RSA"}, "algorithm", "ED25519"),
        ({"algorithm": ""}, "algorithm", "ED25519"),
        ({"algorithm": "ED25519", "address": ETHEREUM}, "address", "SECP256K1"),
        ({"algorithm": "ED25519", "address": f"bc1q{'0' * 38}"}, "address", "SECP256K1"),
        ({"algorithm": "SECP256K1", "address": SOLANA}, "address", "ED25519"),
        ({"address": "two words"}, "address", "one word"),
        ({"address": "x" * 201}, "address", "200"),
        ({"address": "a\x1b[2Jb"}, "address", "one word"),
        ({"address": "a\u202eb"}, "address", "one word"),
        ({"kit": "x" * 101}, "kit", "100"),
        ({"kit": "a\nb"}, "kit", "one line"),
        ({"fingerprints": ("51",)}, "fingerprint", "64"),
        ({"fingerprints": (FINGERPRINT.replace("5", "G"),)}, "fingerprint", "64"),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_refused_and_named(values: dict[str, Any], where: str, word: str) -> None:
    with pytest.raises(ProblemError) as caught:
        checked(replace(PLAIN, **values))
    problem = caught.value.problem
    assert (problem.code, problem.where) == ("invalid-answer", where)
    assert word in " ".join((problem.summary, *problem.remedy))


@pytest.mark.parametrize(
    ("algorithm", "address"),
    [
        ("SECP256K1", ETHEREUM),
        ("SECP256K1", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        ("SECP256K1", f"0x{'ab' * 32}"),
        ("ED25519", f"0x{'ab' * 32}"),
        ("ED25519", SOLANA),
        ("ED25519", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"),
        ("SECP256K1", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"),
    ],
)
def test_an_address_that_does_not_give_its_algorithm_away_is_taken(algorithm: Any, address: str) -> None:
    assert checked(replace(PLAIN, algorithm=algorithm, address=address)).address == address


def test_a_folder_that_was_seen_may_have_any_name_of_a_folder() -> None:
    for name in ("wallet-one", KEY_ID.upper()):
        assert checked(replace(PLAIN, key_id=name), seen=True).key_id == name
    with pytest.raises(ProblemError):
        checked(replace(PLAIN, key_id="../up"), seen=True)


def test_the_case_of_an_address_counts_where_it_means_something() -> None:
    assert same_address(ETHEREUM, ETHEREUM.lower())
    assert same_address(
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ"
    )
    assert not same_address(SOLANA, SOLANA.swapcase())


def test_a_newer_proof_replaces_the_older_one_of_its_kind() -> None:
    later = replace(VERIFIED, on="2027-01-01")
    wallet = PLAIN.proven(REHEARSED).proven(VERIFIED).proven(later)
    assert (wallet.verified, wallet.rehearsed) == (later, REHEARSED)
    assert PLAIN.verified is PLAIN.rehearsed is None


def test_the_typing_check_is_the_label_of_the_seal() -> None:
    digest = hashlib.sha256(f"{QUORUM}-{KEY_ID}".encode()).hexdigest()
    assert PLAIN.typing_check.replace(" ", "") == digest[:8]
    assert replace(PLAIN, quorum_id=QUORUM.replace("b7", "b8")).typing_check != PLAIN.typing_check


words = st.text(min_size=1, max_size=40).filter(lambda text: text.strip() == text)
kits = st.one_of(st.just(""), words)
addresses = st.one_of(st.just(""), words)


@given(st.uuids(), st.uuids(), kits, addresses)
def test_what_is_taken_is_read_again_as_it_is(quorum: Any, key: Any, kit: str, address: str) -> None:
    wallet = replace(FULL, quorum_id=str(quorum), key_id=str(key), kit=kit, address=address)
    try:
        taken = checked(wallet)
    except ProblemError:
        return
    assert of_json(as_json(taken)) == taken


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda each: st.lists(each, max_size=3)
)


@given(st.sampled_from(list(as_json(FULL))), json_values)
def test_a_damaged_value_is_damage_and_nothing_else(name: str, value: Any) -> None:
    try:
        found = of_json({**as_json(FULL), name: value})
    except DamagedError:
        return
    assert isinstance(found, Wallet)


@given(json_values)
def test_what_is_no_wallet_is_damage(value: Any) -> None:
    with pytest.raises(DamagedError):
        of_json(value)
