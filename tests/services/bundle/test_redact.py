"""The redactor: what must not leave is gone in every neighbourhood, and what support needs is still there."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.bundle import accounts
from services.bundle.archive import checked
from services.bundle.redact import OUT, Redactor, cautious
from services.model.values import Tree
from services.problems import ProblemError
from tests import planted
from tests.search import Search, private_marks
from tests.world import EXTERNAL_ID, KEY_ARN, PRINCIPAL

FINGERPRINT = "d9b23b5d1ccd4e3ace7327a7d1f0b921aa6a8e1f2031251c4e8d5d00b69014e9"
REDACTOR = Redactor(EXTERNAL_ID, (planted.PASSWORD,), (FINGERPRINT, PRINCIPAL, "/team/backup/"))
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\nplantedUtnFEMI\n-----END RSA PRIVATE KEY-----"

SECRETS = {
    "secret key": planted.AWS_SECRET_KEY,
    "session token": planted.AWS_SESSION_TOKEN,
    "access key": "ASIAQWERTYUIOPASDFGH",
    "unique id": "AROAQWERTYUIOPASDFGHJ",
    "PEM": PEM,
    "half a PEM": PEM[:60],
    "hex": "ab" * 32,
    "JWT": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    "external ID": EXTERNAL_ID,
    "private word": planted.PASSWORD,
    "e-mail": "kim.doe@customer.example",
    "person": "arn:aws:iam::123456789012:user/kim.doe",
    "session": "arn:aws:sts::123456789012:assumed-role/Admin/kim.doe@customer.example",
    "path": "/home/kim.doe/keys/recovery.pke1",
    "home": "~kim.doe/keys/recovery.pke1",
    "sign-in": "https://kim.doe:hunter22@proxy.customer.example:8080/",
}  # fmt: skip
FORBIDDEN = ("kim.doe", "hunter22", "ASIAQ", "AROAQ", "ab" * 16, "eyJhb", EXTERNAL_ID, planted.PASSWORD)


@pytest.mark.parametrize("name", SECRETS)
@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["", " ", "\n", '"', "'", "(", ": ", "=\t", "\x1b[31m", "key ", "\u202e"]), st.sampled_from(["", " ", ".", ",", '"', "\n", ")", " and", "\x1b[0m"]))  # fmt: skip
def test_a_secret_is_gone_in_every_neighbourhood(name: str, before: str, after: str) -> None:
    said = REDACTOR(f"AWS said{before or ('' if name != 'home' else ' ')}{SECRETS[name]}{after}")
    assert not [word for word in FORBIDDEN if word in said], said
    assert not Search({name: SECRETS[name].encode()}).inside(said), said
    assert not private_marks(said.encode())
    assert all(c.isprintable() or c == "\n" for c in said)
    assert REDACTOR(said) == said
    checked({"file": said}, REDACTOR)


KEPT = (
    f"The bucket encrypts with aws:kms and {KEY_ARN}, with a bucket key.",
    f"{PRINCIPAL} may assume arn:aws:iam::123456789012:role/PalisadeS3BackupRole-sandbox.",
    f"SHA-256 {FINGERPRINT}",
    "arn:aws:s3:::acme-palisade-backup/* and s3://acme-palisade-backup/KEY-ID/",
    "4 statements: PalisadeWizardAccessLogsOfBackups, PalisadeWizardTls12",
    "The role has the path /team/backup/ and the log group is palisade/acme/cloudtrail.",
    "0b8f3c1e-6d5a-4c1b-9a51-2f6f0e1d7a10 at 2026-11-02T10:00:00Z; read and/or write",
    "Open Settings > Backup & Recovery > Create kit, https://app.palisade.co",
    "a sealed file (PKE1) of this key",
)


@pytest.mark.parametrize("said", KEPT)
def test_what_support_needs_is_kept(said: str) -> None:
    assert REDACTOR(said) == said


def test_free_text_of_others_is_left_out_of_values() -> None:
    have: Tree = {"Sid": "Theirs", "Comment": planted.NEVER, "List": ["a b", "ours is this", 3, None, True]}
    assert cautious(have, {"x": ["ours is this"]}) == {
        "Sid": "Theirs", "Comment": OUT, "List": [OUT, "ours is this", 3, None, True],
    }  # fmt: skip


@pytest.mark.parametrize(
    "name", ["secret key", "session token", "access key", "PEM", "external ID", "private word"]
)
def test_the_gate_stops_what_the_redactor_let_through(name: str) -> None:
    with pytest.raises(ProblemError) as stopped:
        checked({"plan.json": f'{{"says": "{SECRETS[name]}"}}'}, REDACTOR)
    assert stopped.value.problem.code == "our-bug"
    assert stopped.value.problem.where == "plan.json"
    assert SECRETS[name][:20] not in str(stopped.value)


def test_accounts_are_masked_and_stay_apart() -> None:
    files = {
        "a": "123456789012 and 210987654321, 123456789012; arn:aws:iam::444455556666:root",
        "b": "acme-123456789012-eu-west-1-an, logs444455556666x, 4444-5555-6666, 0b8f3c1e-6d5a-4c1b-9a51-123456789012",
        "c": "1234567890123 is no account, nor is 12345678901 or a123456789019b",
    }
    assert accounts.masked(files, ("123456789012", "444455556666", "")) == {
        "a": "account-1 and account-3, account-1; arn:aws:iam::account-2:root",
        "b": "acme-account-1-eu-west-1-an, logsaccount-2x, account-2, 0b8f3c1e-6d5a-4c1b-9a51-123456789012",
        "c": files["c"],
    }
