"""The search bites: every spelling of every secret is found, wherever it is hidden, and nothing else is."""

from __future__ import annotations

import base64
import html
import json
import logging
import traceback
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat
from shamir_mnemonic import generate_mnemonics

from tests import keys
from tests.search import Search, key_secrets, private_marks, spellings, word_runs
from tests.services.recovery.forms import hexed, private, public

KEY = keys.key()
KEYS = Search(key_secrets(KEY))
# Secrets of this file alone: those of the other tests would be found at the end of the run.
PASSWORD, PIN, KEY_OF_AWS = (
    "a horse, a battery & a <staple>",
    "1147-pin",
    "EXAMPLEtnFEMI/K7MDENG+bPxRfiCYgoingSECRET",
)
SECRETS = {
    "password": PASSWORD.encode(),
    "PIN": PIN.encode(),
    "AWS": KEY_OF_AWS.encode(),
    "bytes": bytes(range(0, 255, 9)),
}
SEARCH = Search(SECRETS)
SPELT = [(name, how, spelt) for name, secret in SECRETS.items() for how, spelt in spellings(secret)]
((SHARE, *_),) = generate_mnemonics(1, [(2, 3)], bytes(range(32)))
SHARES = Search({}, [SHARE])


@pytest.mark.parametrize(("name", "how", "spelt"), SPELT, ids=[f"{name}, {how}" for name, how, _ in SPELT])
def test_every_spelling_is_found_in_a_file(tmp_path: Path, name: str, how: str, spelt: bytes) -> None:
    for case in (spelt, spelt.upper(), spelt.lower()):
        (tmp_path / "deep").mkdir(exist_ok=True)
        (tmp_path / "deep" / "log").write_bytes(b"before" + case + b"after\n")
        assert any(found.startswith(name) for found in SEARCH.below(tmp_path)[tmp_path / "deep" / "log"]), how


@pytest.mark.parametrize("around", [b"", b"x", b"xy", b"xyz"])
def test_base64_of_a_whole_is_found_wherever_the_secret_stands_in_it(around: bytes) -> None:
    whole = around + PASSWORD.encode() + b" and more"
    assert SEARCH.inside(base64.b64encode(whole))
    assert SEARCH.inside(base64.encodebytes(whole * 3))
    assert SEARCH.inside(base64.urlsafe_b64encode(whole))


def test_what_a_screen_makes_of_a_secret_is_found() -> None:
    wrapped = f"│ the password is {PASSWORD[:9]}   │\n│ {PASSWORD[9:]} │"
    spaced = html.escape(PASSWORD).replace(" ", "&#160;")
    picture = f'<svg><text x="1">{spaced[:20]}</text><text class="r2" x="9">{spaced[20:]}</text></svg>'
    for seen in (wrapped, picture, f"<svg><text>{html.escape(KEY_OF_AWS)}</text></svg>"):
        assert SEARCH.inside(seen)
    assert not SEARCH.inside(picture.replace("horse", "house"))


def test_a_name_of_a_file_is_searched_too(tmp_path: Path) -> None:
    (tmp_path / PIN).write_text("nothing")
    assert any(SEARCH.below(tmp_path).values())


def test_what_python_shows_of_an_error_is_found(caplog: pytest.LogCaptureFixture) -> None:
    password = bytearray(PASSWORD.encode())
    try:
        int(password)
    except ValueError as error:
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        logging.getLogger("x").exception("failed")
    assert SEARCH.inside("".join(shown.format()))
    assert SEARCH.inside(caplog.text)
    assert SEARCH.inside(json.dumps({"password": PASSWORD}))


def test_any_longer_part_of_a_private_key_is_found() -> None:
    der = private(KEY)
    shapes = {
        "DER": der,
        "PKCS#1": private(KEY, Encoding.DER, PrivateFormat.TraditionalOpenSSL),
        "hex": hexed(der),
        "HEX": hexed(der).upper(),
        "PEM": private(KEY, Encoding.PEM),
        "base64 in one line": base64.b64encode(b"xy" + der),
        "repr": repr(der).encode(),
        "numbers": str(list(der)).encode(),
    }
    for name, content in shapes.items():
        part = len(content) // 2
        assert KEYS.inside(content), name
        assert KEYS.inside(content[part : part + len(content) // 8]), f"a part of {name}"
    numbers = KEY.private_numbers()
    for number in (numbers.d, numbers.p, numbers.q, numbers.dmp1, numbers.dmq1, numbers.iqmp):
        assert KEYS.inside(f"key {number}")
        assert KEYS.inside(f"key {number:x}")
        assert KEYS.inside(str(number)[100:200])
    for content in (
        public(KEY.public_key()),
        public(KEY.public_key(), Encoding.PEM),
        str(numbers.public_numbers).encode(),
    ):
        assert not KEYS.inside(content)
        assert not private_marks(content)


def test_any_private_key_leaves_a_mark() -> None:
    der = private(KEY)
    for content in (
        der,
        private(KEY, Encoding.DER, PrivateFormat.TraditionalOpenSSL),
        hexed(der),
        private(KEY, Encoding.PEM),
        private(KEY, Encoding.PEM, PrivateFormat.TraditionalOpenSSL, b"closed anyway"),
        base64.b64encode(b"x" + der),
    ):
        assert private_marks(b"before " + content)
    assert not private_marks(b"The private key is sealed.")


def test_four_words_of_a_share_are_found_and_three_are_not() -> None:
    words = SHARE.split()
    for four in (words[:4], words[10:14], words[-4:]):
        for seen in (
            " ".join(four), "\n".join(four), str(four), json.dumps(four), " ".join(four).upper(),
            " ".join(f"{number:>2} {word:<9}" for number, word in enumerate(four)),
            " ".join(four).encode("utf-16-le"), " ".join(four).encode().hex(),
        ):  # fmt: skip
            assert SHARES.inside(seen)
    assert not SHARES.inside(" ".join(words[4:7]))
    assert not SHARES.inside(f"{' '.join(words[4:7])} and {words[7]}")


def test_words_of_any_share_are_found() -> None:
    for seen in (SHARE, str(SHARE.split()), SHARE.replace(" ", "\n"), f"Share 1: {SHARE.upper()}"):
        assert word_runs(seen.encode())
    assert not word_runs(b"Keep this file secret, offline, and apart from the other shares.")
    assert not word_runs(" ".join(SHARE.split()[:4]).encode())


def test_what_is_no_secret_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("The password is right; the private key opens. a horse, a battery")
    assert SEARCH.below(tmp_path) == {tmp_path / "log": []}
