"""The setups on this computer: their files, drafts, journals and locks under the state directory."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services import files, setup_file
from services.clock import Clock
from services.engine.journal import Journal
from services.problems import ProblemError, refuse
from services.setup_file import SetupFile


@dataclass(frozen=True)
class State:
    """The state directory (0700): `setups/NAME.toml`, and by id `ID.journal.jsonl`, `ID.drafts.json`, locks."""

    folder: Path

    @property
    def setups(self) -> Path:
        return self.folder / "setups"

    def path_of(self, name: str) -> Path:
        """Where a setup of this name keeps its file."""
        return self.setups / f"{name}.toml"

    def journal(self, setup: str, clock: Clock) -> Journal:
        """The journal of a setup's id."""
        return Journal(self.setups / f"{setup}.journal.jsonl", clock)

    def found(self) -> tuple[SetupFile | ProblemError, ...]:
        """Every setup here, the last used first; a file that cannot be read is its problem."""
        try:
            paths = sorted(self.setups.glob("*.toml"), key=lambda p: p.stat().st_mtime, reverse=True)
        except OSError:
            return ()
        return tuple(_read(path) for path in paths)

    def drafts(self, setup: str) -> dict[str, str]:
        """What was typed and not accepted yet, by key. Never a secret: secrets are not drafts."""
        try:
            content = json.loads(files.read_small(self._drafts(setup), 64 * 1024))
        except (ProblemError, ValueError):
            return {}
        if not isinstance(content, dict):
            return {}
        return {key: text for key, text in content.items() if isinstance(key, str) and isinstance(text, str)}

    def keep_drafts(self, setup: str, drafts: Mapping[str, str]) -> None:
        """Keeps what was typed, so that closing the program loses nothing."""
        files.folder(self.setups)
        files.replace(self._drafts(setup), json.dumps(dict(drafts), ensure_ascii=False).encode())

    def _drafts(self, setup: str) -> Path:
        return self.setups / f"{setup}.drafts.json"


def _read(path: Path) -> SetupFile | ProblemError:
    try:
        return setup_file.read(path)
    except ProblemError as error:
        return error


_APART = {
    "storage.bucket": "bucket",
    "role.name": "role",
    "storage.kms_key": "KMS key",
}


def kept_apart(setup: SetupFile, others: tuple[SetupFile | ProblemError, ...]) -> None:
    """Refuses a bucket, role or KMS key that a setup of the other environment on this computer uses."""
    mine = setup.answers
    for other in others:
        if not isinstance(other, SetupFile) or other.path == setup.path:
            continue
        theirs = other.answers
        if theirs.get("setup.environment") == mine.get("setup.environment"):
            continue
        if {mine.text("aws.account"), theirs.text("aws.account")} - {""} and (
            mine.text("aws.account")
            and theirs.text("aws.account")
            and mine.text("aws.account") != theirs.text("aws.account")
        ):
            continue
        for key, what in _APART.items():
            value = mine.text(key)
            if value and value != "create" and value == theirs.text(key):
                raise refuse(
                    "other-environment",
                    f"The {what} {value} belongs to the {theirs.text('setup.environment')} set-up "
                    f"{theirs.text('setup.name')}: sandbox and production share nothing.",
                    f"Choose another {what} under {key}.",
                    where=key,
                )
