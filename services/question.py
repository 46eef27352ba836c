"""What a question is: one answer that the program needs, with everything that any face of it must know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from services import rules

Value: TypeAlias = "str | int | bool | tuple[str, ...]"
Given: TypeAlias = Mapping[str, Value]


def by_environment(sandbox: Value, production: Value) -> Callable[[Given], Value | None]:
    """A default that is stricter where real funds are at stake; without an environment it is sandbox's."""
    return lambda given: production if given.get("setup.environment") == "production" else sandbox


@dataclass(frozen=True)
class Question:
    """One answer. `key` is `table.name` in the setup file; the flag is `--table-name`.

    `kind` says how it is asked and stored. `rule` checks and normalises one text. `default` gives the value when
    nothing is given; None means that there is no answer then. `required`: the program cannot plan without it.
    `confidential`: masked in plans, logs and reports. `by_program`: recorded by the program, not asked.
    """

    key: str
    label: str
    help: str
    kind: Literal["text", "choice", "number", "flag", "list"] = "text"
    rule: Callable[[str], str] = rules.anything
    default: Callable[[Given], Value | None] = lambda _given: None
    choices: tuple[str, ...] = ()
    between: tuple[int, int] = (0, 0)
    required: bool = False
    confidential: bool = False
    by_program: bool = False

    @property
    def table(self) -> str:
        return self.key.split(".", 1)[0]

    @property
    def name(self) -> str:
        return self.key.split(".", 1)[1]

    @property
    def flag(self) -> str:
        return "--" + self.key.replace(".", "-").replace("_", "-")
