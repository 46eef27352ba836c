"""How much the tests did, in counts that add up over the processes of a run: faults injected, keys pressed, inputs made.

A test that claims "many" adds here what it really did; the sums stand at the end of every run.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal, TypeAlias

import pytest

Kind: TypeAlias = Literal[
    "writes killed",
    "faults injected",
    "inputs generated",
    "key presses",
    "mouse actions",
    "pastes",
    "resizes",
    "signals sent",
]

_DONE: Counter[str] = Counter()


def count(kind: Kind, number: int = 1) -> None:
    """Adds to a sum."""
    _DONE[kind] += number


class Plugin:
    """The sums as a plugin of pytest."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Takes over what another process did."""
        _DONE.update(getattr(node, "workeroutput", {}).get("tally", {}))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hands the sums to the process that prints them."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["tally"] = dict(_DONE)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The sums."""
        if _DONE:
            sums = ", ".join(f"{number:,} {kind}" for kind, number in sorted(_DONE.items()))
            terminalreporter.write_line(f"Done on purpose: {sums}.")
