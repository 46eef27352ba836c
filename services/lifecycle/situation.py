"""What the duties of a set-up are told of it: its answers, its record, and the commands that work on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from services.answers import Answers
from services.backups.rehearsal import Example
from services.own_command import on_setup
from services.record.book import Record
from services.record.proposals import adding
from services.record.rehearsing import example
from services.setup_file import SetupFile


@dataclass(frozen=True)
class Situation:
    """A set-up and its record on a day."""

    setup: SetupFile
    record: Record
    today: date

    @property
    def answers(self) -> Answers:
        return self.setup.answers

    def program(self, command: str, *more: str) -> str:
        """A command of this program on this set-up."""
        return on_setup(command, self.setup.path, *more)

    def adding(self, *more: str) -> str:
        """The command that puts on record what verification sees."""
        return adding(self.setup.path, self.answers.text("palisade.quorum_id"), *more)

    @property
    def private_file(self) -> str:
        """The path of the sealed private key as the answers have it; it may be somewhere else by now."""
        found = self.answers.text("recovery_key.private_file")
        return str(self.setup.path.parent / found) if found else ""

    @property
    def public_file(self) -> str:
        """The path of the first recovery public key; empty if there is none."""
        return next(map(str, self.setup.public_files()), "")

    @property
    def ends(self) -> tuple[tuple[str, date], ...]:
        """When the retention of each wallet on record ends, by the set-up's own days; the earliest first.

        Only of wallets whose files were seen, and only where Object Lock is on.
        """
        if self.answers.text("storage.object_lock") == "off":
            return ()
        kept = timedelta(days=self.answers.number("storage.object_lock_days"))
        found = (
            (wallet.key_id, date.fromisoformat(wallet.written) + kept)
            for wallet in self.record.wallets
            if wallet.written
        )
        return tuple(sorted(found, key=lambda one: (one[1], one[0])))

    @property
    def example(self) -> Example:
        """The wallet to rehearse with."""
        return example(self.setup, self.record)
