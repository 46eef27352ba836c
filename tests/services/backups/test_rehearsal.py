"""The commands of a rehearsal name what was seen, survive the shell, and say what is left to fill in."""

from __future__ import annotations

import shlex
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from services.backups.rehearsal import Example, as_text, steps

KNOWN = Example(
    "acme-backup", "key-1", "ED25519", "recovery_shard-3.txt", "quorum-1", "/media/key.pke1", "addr", "acme", "eu-west-1"
)  # fmt: skip
words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(lambda t: "\0" not in t)


def commands(of: Example) -> list[list[str]]:
    return [shlex.split(step.command) for step in steps(of) if step.command]


@given(words, words, words, words)
def test_the_shell_gives_the_tools_what_was_meant(bucket: str, file: str, private: str, profile: str) -> None:
    fetch, recover = commands(replace(KNOWN, bucket=bucket, file=file, private_file=private, profile=profile))
    assert fetch == [
        *("aws", "s3", "cp", f"s3://{bucket}/key-1/{file}", file),
        *("--profile", profile, "--region", "eu-west-1"),
    ]
    assert recover[:4] == [
        "wallet-recovery-cli", "recover", f"--recovery-kit-file={file}", f"--private-key-file={private}",
    ]  # fmt: skip


def test_what_was_seen_is_named() -> None:
    text = as_text(steps(KNOWN))
    assert "--key-type=ED25519" in text
    assert "--quorum-id=quorum-1" in text
    assert "recovery_shard-3.txt" in text
    assert "SECP256K1" not in text
    assert "wallet's address, addr" in text
    assert text.startswith("Use a wallet that holds nothing, in sandbox")


def test_what_is_not_known_is_left_to_fill_in() -> None:
    text = as_text(steps(Example("acme-backup")))
    assert "aws s3 ls s3://acme-backup/KEY-ID/" in text
    assert "Put ED25519 for SECP256K1 if" in text
    assert "QUORUM ID OF THE WALLET" in text
    assert "PRIVATE-FILE" in text


def test_production_is_told_to_rehearse_elsewhere() -> None:
    assert as_text(steps(replace(KNOWN, production=True))).startswith("This set-up is production")
