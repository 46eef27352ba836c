"""What an audit of all wallets found, over the page: the plots first, then what is not well, line by line."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from screens import check_words
from screens.dialogs import Reading
from screens.widgets.keys import Keys
from screens.widgets.plots import Plots
from screens.widgets.words import Words
from services.audit.answer import Audited


class Wallets(Reading):
    """To look at; every usual key closes it. `named` puts the set-up into the commands of a text."""

    def __init__(self, audited: Audited, command: str, named: Callable[[str], str] = str) -> None:
        super().__init__()
        self.audited, self._command, self._named = audited, command, named

    def compose(self) -> ComposeResult:
        checks = [check for check in self.audited.report.checks if check.status != "pass"]
        says, kind = verdict(self.audited)
        with VerticalScroll(classes="dialog tall"):
            yield Words("All wallets", classes="heading")
            yield Words(says, kind=kind)
            yield Plots(self.audited.document)
            yield Words(self._named(check_words.details(checks)), classes="apart")
            yield Words(f"The same without the wizard, and as files: {self._command}", classes="apart")
        yield Keys()


def verdict(audited: Audited) -> tuple[str, str]:
    """What is said first, and how."""
    report, wallets = audited.report, int(audited.document["totals"]["wallets"])
    seen = f"{wallets:,} wallet{'s have' if wallets != 1 else ' has'} a backup here."
    if report.having("fail"):
        return f"{seen} Something is wrong: the lines with ✗ below say what to do.", "bad"
    if report.having("unknown"):
        return f"{seen} Not everything could be seen: the lines with ? below say why.", "warn"
    if report.having("warn"):
        return f"{seen} Nothing fails. Look at the lines with !: they may be meant so.", "warn"
    return f"{seen} Nothing wrong was found.", "ok"
