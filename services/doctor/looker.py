"""Asks AWS for facts: each read once, side by side, and what is refused kept as unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.aws.guards import Once, ReadOnly
from services.aws.translate import problem_of
from services.doctor.facts import Fact, Moot, Subject
from services.engine.observe import only_if_local
from services.engine.world import Absent, Have, Unknown
from services.model import audit_reads as reads
from services.model.calls import Aws, Call, Refused
from services.problems import ProblemError
from services.side_by_side import threads

_WORKERS = 8


@dataclass
class Looker:
    """Asks, and keeps what was told, by name. What is unknown hides what would have followed from it."""

    aws: Aws
    subject: Subject
    seen: dict[str, Fact] = field(default_factory=dict)

    @classmethod
    def over(cls, aws: Aws, subject: Subject) -> Looker:
        """One that cannot write, and asks nothing twice."""
        return cls(Once(ReadOnly(aws)), subject)

    def ask(self, call: Call) -> Fact:
        """What AWS says to a call."""
        try:
            return Have(self.aws(call))
        except Refused as refused:
            if refused.code in call.absent:
                return Absent()
            return Unknown(only_if_local(problem_of(refused)))
        except ProblemError as error:
            return Unknown(only_if_local(error.problem))

    def found(self, look: Callable[[Aws], Any]) -> Fact:
        """What several calls together tell."""
        try:
            return Have(look(self.aws))
        except Refused as refused:
            return Unknown(only_if_local(problem_of(refused)))
        except ProblemError as error:
            return Unknown(only_if_local(error.problem))

    def ask_all(self, calls: Iterable[Call]) -> list[Fact]:
        """The same for several, side by side."""
        with threads(_WORKERS) as pool:
            return list(pool.map(self.ask, calls))

    def keep(self, about: str, calls: Mapping[str, Call]) -> None:
        """Asks all of these, and keeps each under its name after `about`."""
        for name, fact in zip(calls, self.ask_all(calls.values()), strict=True):
            self.seen[f"{about}.{name}".strip(".")] = fact

    def none(self, names: Iterable[str], fact: Fact) -> None:
        """The same fact under all of these names."""
        self.seen.update(dict.fromkeys(names, fact))

    def told(self, name: str) -> Mapping[str, Any]:
        """The reply that is kept; an empty one if there is none, for whatever reason."""
        fact = self.seen.get(name)
        return mapping(fact.value) if isinstance(fact, Have) else {}

    def log_bucket(self, about: str, name: str, otherwise: Fact) -> None:
        """Looks at a bucket that takes logs; if it has no name, `otherwise` says why."""
        calls = reads.log_bucket_reads(name, self.subject.account)
        names = [f"{about}.{part}" for part in calls]
        if not name:
            self.none(names, otherwise)
            return
        self.keep(about, calls)
        if isinstance(self.seen[f"{about}.exists"], Absent):
            self.none(names[1:], Moot(f"There is no bucket {name} to look at."))


def mapping(value: Any) -> Mapping[str, Any]:
    """The value as a mapping; an empty one if it is none."""
    return value if isinstance(value, Mapping) else {}


def whole(parts: Mapping[str, Fact], *path: str) -> Fact:
    """What several answers have at a path, as one fact by name: unknown as soon as one of them is.

    What is not there is left out.
    """
    for fact in parts.values():
        if isinstance(fact, Unknown):
            return fact
    found: dict[str, Any] = {}
    for name, fact in parts.items():
        if isinstance(fact, Have):
            inner: Any = fact.value
            for step in path:
                inner = mapping(inner).get(step)
            found[name] = inner
    return Have(found)
