"""What an audit is about, and what was learnt: for every fact a value, or none, or that nobody may know.

Judges ask `Facts` for what they need. A fact that AWS did not tell ends the judgement by itself, so that no check can
take denied for absent, and the other checks still run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from services.engine.world import Absent, Have, Unknown
from services.model.place import partition_of
from services.setup_file import SetupFile


@dataclass(frozen=True)
class Subject:
    """What is audited. `key` and `trail` are names, IDs or ARNs; empty means that they are found from the bucket.

    `setup` is the set-up's file, if there is one; `others` are the set-ups of this computer,
    `unread` the paths of those that could not be compared as a whole.
    """

    account: str
    region: str
    bucket: str
    role: str
    key: str = ""
    trail: str = ""
    setup: SetupFile | None = None
    others: tuple[SetupFile, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def partition(self) -> str:
        return partition_of(self.region)

    @property
    def bucket_arn(self) -> str:
        return f"arn:{self.partition}:s3:::{self.bucket}"

    @property
    def environment(self) -> str:
        """The environment; empty if there is no set-up that says it."""
        return self.setup.answers.text("setup.environment") if self.setup else ""

    def answer(self, key: str) -> str:
        """What the set-up says; empty if there is none."""
        return self.setup.answers.text(key) if self.setup else ""


@dataclass(frozen=True)
class Moot:
    """The fact has no subject: what it would be about is not there."""

    why: str


Fact: TypeAlias = "Have | Absent | Unknown | Moot"


class Unseen(Exception):  # noqa: N818  # not an error: the answer to a question
    """A fact that a judgement needs was not told, or has no subject."""

    def __init__(self, fact: Unknown | Moot) -> None:
        super().__init__(type(fact).__name__)
        self.fact = fact


@dataclass(frozen=True)
class Facts:
    """Everything that was learnt, by name (`bucket.policy`), and when."""

    subject: Subject
    now: datetime
    seen: Mapping[str, Fact] = field(default_factory=dict)

    def of(self, name: str) -> Any:
        """What AWS said; None if it said that there is nothing. Raises `Unseen` if it did not say."""
        match self.seen[name]:
            case Have(value):
                return value
            case Absent():
                return None
            case Unknown() | Moot() as fact:
                raise Unseen(fact)

    @property
    def strict(self) -> bool:
        """Whether hardening is due: everywhere but in a set-up that says that it is a sandbox."""
        return self.subject.environment != "sandbox"

    @property
    def account(self) -> str:
        return self.subject.account

    @property
    def key_arn(self) -> str | None:
        """The ARN of the KMS key; None if there is none, or if it is only known by another name."""
        fact = self.seen["key.arn"]
        return None if isinstance(fact, Moot) else self.of("key.arn")
