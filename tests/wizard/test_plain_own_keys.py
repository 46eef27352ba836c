"""A recovery key that exists, line by line: its public half taken, its private half brought into form, and proven."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from screens import key_place
from services import setup_file
from services.recovery import check, hsm
from tests import keys
from tests.keys import public_der
from tests.planted import NEW_PASSWORD, OLD_PASSWORD, PASSWORD
from tests.services.recovery import forms
from tests.wizard.driving import Terminal
from tests.wizard.keys_by_line import KEY, answers, at_the_key, opens
from tests.wizard.script import session, squeezed


def test_a_public_key_is_taken_and_a_locked_one_needs_its_phrase(offline: Terminal) -> None:
    path = offline.folder / "public.hex"
    path.write_text(public_der().hex())
    (offline.folder / "bad.pem").write_text("no key at all")
    fingerprint = check.keycheck(public_der()).sha256 or ""
    for locked, custody in (("no", "file"), ("yes", "hsm")):
        ran, script = at_the_key(
            offline,
            {
                KEY: ["take"],
                "Key file": [str(offline.folder / "bad.pem"), *[str(path)] * (1 + (locked == "yes"))],
                "Yes or no": [locked] * (1 + (locked == "yes")),
                **({"Phrase": ["never mind", hsm.phrase(fingerprint)]} if locked == "yes" else {}),
            },
        )
        assert ran.status == 0, ran.err
        assert script.used_up()
        assert answers(offline).text("recovery_key.fingerprint") == fingerprint
        assert answers(offline).text("recovery_key.custody") == custody
        setup_file.record(setup_file.read(offline.setup), {"recovery_key.public_files": []})


@pytest.mark.parametrize("closed", [pytest.param(False, marks=pytest.mark.slow), True])
def test_a_private_key_is_brought_into_the_tools_form(offline: Terminal, closed: bool) -> None:
    path = offline.folder / "recovery.key"
    old = OLD_PASSWORD.encode() if closed else None
    path.write_bytes(forms.private(keys.key(), Encoding.PEM, password=old))
    ran, script = at_the_key(
        offline,
        {
            KEY: ["take"],
            "Key file": [str(path)],
            "Folder": [str(offline.folder / "stick")],
            **({"Password of the key file": [OLD_PASSWORD]} if closed else {}),
            "New password": [NEW_PASSWORD],
            "The same again": [NEW_PASSWORD],
        },
    )
    assert ran.status == 0, ran.err
    assert script.used_up()
    assert opens(offline, NEW_PASSWORD)


def test_a_key_that_is_there_is_shown_proven_and_guarded(offline: Terminal) -> None:
    offline.with_key()
    ran, script = at_the_key(
        offline,
        {
            "The key": ["prove", "hsm", "on"],
            "Private key file": ["/nowhere", ""],
            "Password of the private key file": [OLD_PASSWORD, PASSWORD],
        },
    )
    assert ran.status == 0, ran.err
    assert script.used_up()
    assert squeezed("Proven: this file opens with this password") in squeezed(ran.err)
    assert "  palisade-wizard token list\n" in ran.err
    assert session(offline, setup_file.read(offline.setup)).drafts[key_place.PROVEN_AT]
