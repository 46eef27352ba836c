"""The recovery command survives the shell, whatever the paths are."""

from __future__ import annotations

import shlex

from hypothesis import given
from hypothesis import strategies as st

from services.backups.command import recovery_command

words = st.text(min_size=1, max_size=30).filter(lambda each: "\0" not in each)


@given(words, words, words)
def test_the_shell_gives_the_tool_what_was_meant(file: str, private: str, quorum: str) -> None:
    command = recovery_command("key-1", "ED25519", file, private, quorum)
    assert shlex.split(command) == [
        "wallet-recovery-cli",
        "recover",
        f"--recovery-kit-file={file}",
        f"--private-key-file={private}",
        f"--quorum-id={quorum}",
        "--key-id=key-1",
        "--key-type=ED25519",
        "--output-file=recovered-key-1.txt",
    ]


def test_an_unknown_quorum_id_is_left_to_fill_in() -> None:
    assert "--quorum-id='QUORUM ID OF THE WALLET'" in recovery_command("k", "SECP256K1", "f", "p", "")
