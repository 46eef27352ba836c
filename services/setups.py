"""The setups on this computer: their files, drafts, journals and locks under the state directory."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from services import files, json_text, own_files, seen, setup_file
from services.alone import PATIENCE, alone
from services.file_problems import unread
from services.problems import Problem, ProblemError
from services.setup_file import SetupFile

if TYPE_CHECKING:
    from services.clock import Clock
    from services.engine.journal import Journal

_LONGEST = 64 * 1024
"""Bytes that a file of drafts may have."""


class UnreadError(ProblemError):
    """What is at `path` cannot be read, or not as a whole: then `partly` is what can be understood of it."""

    def __init__(self, problem: Problem, path: Path, partly: SetupFile | None = None) -> None:
        super().__init__(problem)
        self.path, self.partly = path, partly

    def is_of(self, environment: str) -> bool:
        """Whether what can be read says that it is of this environment."""
        return self.partly is not None and self.partly.answers.given.get("setup.environment") == environment


@dataclass(frozen=True)
class State:
    """The state directory (0700): `setups/NAME.toml`, and by id `ID.journal.jsonl`, `ID.drafts.json`, locks."""

    folder: Path

    @property
    def setups(self) -> Path:
        return self.folder / "setups"

    @property
    def errors(self) -> Path:
        """The last problems that were told, for a support bundle."""
        return self.folder / "errors.jsonl"

    def path_of(self, name: str) -> Path:
        """Where a setup of this name keeps its file."""
        return self.setups / f"{name}.toml"

    def journal(self, setup: str, clock: Clock) -> Journal:
        """The journal of a setup's id."""
        from services.engine.journal import Journal

        return Journal(self._journal(setup), clock)

    def keys_made(self, setup: str) -> dict[str, str]:
        """The ARNs of the KMS keys that a setup's journal says are its own, by resource."""
        from services.engine import journal

        return journal.keys_made(self._journal(setup))

    def remember(self, setup: SetupFile) -> None:
        """Notes where a setup's file is, so that it is found again when it is not kept here.

        Only a convenience: where the state directory cannot be written, looking still works.
        """
        if setup.path.parent == self.setups.absolute():
            return
        note = self.setups / f"{setup.answers.text('setup.id')}.path"
        with contextlib.suppress(ProblemError):
            own_files.private_folder(self.setups)
            if _noted(note) != setup.path:
                files.replace(note, os.fsencode(setup.path))

    def found(self) -> tuple[SetupFile | UnreadError, ...]:
        """Every setup used on this computer, the last used first; what cannot be read is an `UnreadError`.

        One that was kept elsewhere and is gone from there is left out; where nobody can tell, it is not.
        """
        try:
            entries = [self.setups / name for name in sorted(os.listdir(self.setups))]  # noqa: PTH208
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            return (UnreadError(unread(error, self.setups).problem, self.setups),)
        noted = [_led(note) for note in entries if note.suffix == ".path"]
        paths = {
            *(path for path in entries if path.suffix == ".toml"),
            *(p for p in noted if isinstance(p, Path)),
        }
        found = [(path, _read(path)) for path in sorted(paths) if not seen.gone(path)]
        used = sorted(found, key=lambda pair: self._used(*pair), reverse=True)
        return (*(one for _, one in used), *(one for one in noted if isinstance(one, UnreadError)))

    def drafts(self, setup: str) -> dict[str, str]:
        """What was typed and not accepted yet, by key. Never a secret: secrets are not drafts."""
        return self._kept(setup) or {}

    def keep_drafts(
        self,
        setup: str,
        changes: Mapping[str, str | None],
        known: Mapping[str, str] | None = None,
        patience: float = PATIENCE,
    ) -> dict[str, str]:
        """Keeps what was typed, so that closing the program loses nothing; gives all that is kept now.

        None takes a key away. What another run keeps under other keys stays as it is in the file; `known` stands in for
        a file that cannot be read. Errors: `folder`, `locked`.
        """
        own_files.private_folder(self.setups)
        with alone(self._drafts(setup), patience):
            before = self._kept(setup)
            wanted = {**(known or {} if before is None else before), **changes}
            after = {key: text for key, text in wanted.items() if text is not None}
            if after != before:
                files.replace(self._drafts(setup), json.dumps(after).encode())
        return after

    def forget(self, setup: str, marks: frozenset[str]) -> None:
        """Takes these away from what is kept beside the answers. Errors: `folder`, `locked`."""
        self.keep_drafts(setup, dict.fromkeys(marks))

    def _kept(self, setup: str) -> dict[str, str] | None:
        """What the file of drafts holds: nothing where there is none, None where it cannot be read."""
        path = self._drafts(setup)
        if seen.nothing(path):
            return {}
        try:
            content = json_text.parsed(own_files.read_own(path, _LONGEST))
        except (ProblemError, ValueError):
            return None
        if not isinstance(content, dict):
            return None
        return {key: text for key, text in content.items() if isinstance(key, str) and isinstance(text, str)}

    def last_used(self, setup: SetupFile) -> datetime | None:
        """When anything of a setup was last written; None if its file is gone."""
        last = self._used(setup.path, setup)
        return datetime.fromtimestamp(last, UTC) if last else None

    def _used(self, path: Path, found: SetupFile | ProblemError) -> float:
        identifier = found.answers.text("setup.id") if isinstance(found, SetupFile) else ""
        beside = (self._drafts(identifier), self._journal(identifier)) if identifier else ()
        return max(map(_age, (path, *beside)))

    def _journal(self, setup: str) -> Path:
        return self.setups / f"{setup}.journal.jsonl"

    def _drafts(self, setup: str) -> Path:
        return self.setups / f"{setup}.drafts.json"


def _noted(note: Path) -> Path | None:
    """The path in a note; None where there is none in it, as after a crash of the computer."""
    found = _led(note)
    return found if isinstance(found, Path) else None


def _led(note: Path) -> Path | UnreadError | None:
    """The same, with why it cannot be read."""
    try:
        text = os.fsdecode(own_files.read_own(note, 4096))
    except ProblemError as error:
        return None if seen.nothing(note) else UnreadError(error.problem, note)
    return Path(text) if text.startswith("/") and "\0" not in text else None


def _age(path: Path) -> float:
    """When the file was last written; 0 if it is not there."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _read(path: Path) -> SetupFile | UnreadError:
    try:
        return setup_file.read(path)
    except ProblemError as error:
        found = error.problem
        where = str(path) if found.where in {"", str(path)} else f"{path}: {found.where}"
        return UnreadError(replace(found, where=where), path, setup_file.partly(path))
