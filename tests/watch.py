"""A watch over the whole test run: no secret that a test typed or stored may be found where none belongs.

Each process searches what its tests wrote, printed and saw on screens, as pytest ends there; with xdist, the one that
the person started adds everything up. A find fails the run, whatever the tests said.
"""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests import planted
from tests.search import Search, files_below, private_marks, word_runs

_UNFINISHED = r"(\.[0-9a-f]{16}\.tmp)?"
KEYS = re.compile(rf"\.?[\w-]+(\.pem|\.key|\.private\.hex{_UNFINISHED})|key|new|again\.hex|converted-\d+")
"""Files that hold an open private key, because a test put it there or asked for it."""

SHARES = re.compile(rf"\.?[\w-]+\.share-\d+-of-\d+\.txt{_UNFINISHED}|spoiled\.txt")
"""Files that hold one share."""

PASSWORDS = re.compile(r"(password|pin)(\.txt)?|wallet-recovery-cli")
"""Files out of which a test gives a password or a PIN, and a stand-in for the vendor's tool that knows one."""


@dataclass
class Watch:
    """What was searched in this process so far, and what was found."""

    search: Search = field(default_factory=lambda: Search(planted.ALL))
    base: Path | None = None
    counts: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)

    def printed(self, text: str | bytes) -> None:
        """Something that the program said or a test printed."""
        self._look("texts", text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)

    def screen(self, text: str, *, words: bool = False) -> None:
        """What stands on a screen; `words` where a share is shown to its custodian."""
        self._look("screens", text.encode(), words=words)

    def files(self) -> None:
        """Everything below the folders of the tests."""
        if self.base is not None:
            for path, content in files_below(self.base):
                self._look("files", content, path)

    def _look(self, kind: str, content: bytes, path: Path | None = None, *, words: bool = False) -> None:
        began = time.process_time()
        self.counts.update({kind: 1, "bytes": len(content)})
        name = path.name if path is not None else ""
        secrets = [] if PASSWORDS.fullmatch(name) else self.search.inside(content)
        marks = [] if KEYS.fullmatch(name) else private_marks(content)
        runs = [] if words or SHARES.fullmatch(name) else word_runs(content)
        where = str(path) if path is not None else f"{kind} of {_test()}"
        self.found += [
            f"{what} in {where}" for what in (*secrets, *marks, *(["words of a share"] if runs else []))
        ]
        self.counts["microseconds"] += round(1e6 * (time.process_time() - began))


def _test() -> str:
    """The test that runs."""
    return os.environ.get("PYTEST_CURRENT_TEST", "the run").rpartition(" (")[0]


WATCH = Watch()


class Plugin:
    """The watch as a plugin of pytest."""

    def __init__(self, config: pytest.Config) -> None:
        self._plugins = config.pluginmanager

    @property
    def adds_up(self) -> bool:
        """Whether the tests run in other processes."""
        return self._plugins.hasplugin("dsession")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """What a test printed and logged; the last report of a test has it all."""
        if not self.adds_up and report.when == "teardown":
            for _, content in report.sections:
                WATCH.printed(content)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Takes over what another process found."""
        theirs = getattr(node, "workeroutput", {}).get("watch", {"counts": {}, "found": []})
        WATCH.counts.update(theirs["counts"])
        WATCH.found += theirs["found"]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """The files, and the verdict."""
        if not self.adds_up:
            WATCH.files()
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["watch"] = {"counts": dict(WATCH.counts), "found": WATCH.found}
        elif WATCH.found:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The counts, and everything that was found."""
        counts = WATCH.counts
        terminalreporter.write_line(
            f"Searched for secrets: {counts['files']} files, {counts['texts']} outputs, {counts['screens']} screens, "
            f"{counts['bytes'] / 1e6:.1f} MB in {counts['microseconds'] / 1e6:.1f} s; found: {len(WATCH.found)}."
        )
        for one in sorted(set(WATCH.found)):
            terminalreporter.write_line(f"  SECRET {one}", red=True)
