"""An audit as one page to look at, in Markdown: the plots, and below them every line of the checklist."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from services.audit.answer import Audited
from services.audit.plots import text
from services.printable import one_line
from services.verify.checks import Check, Status

WIDTH = 76

_WORDS: Mapping[Status, str] = MappingProxyType(
    {
        "pass": "ok",
        "fail": "FAIL",
        "warn": "warning",
        "unknown": "unknown",
        "waiting": "waiting",
        "skipped": "not looked at",
    }
)


def markdown(told: Audited) -> str:
    """The page. What comes from a bucket stands in blocks whose end it cannot write."""
    document = told.document
    failed = len(told.report.having("fail"))
    verdict = f"{failed} of {len(told.report.checks)} lines fail." if failed else "No line fails."
    parts = (
        f"# All wallets of `{document['bucket']}` ({document['environment']})",
        f"As of {document['as_of']}, seen by the engine *{document['engine']}*. {verdict}",
        "" if document["complete"] else "**The result is partial: not everything could be seen.**",
        "## Looked at",
        block(text(document, WIDTH)),
        "## Line by line",
        block("\n".join(line for check in told.report.checks for line in _check(check))),
        "Every finding stands in `findings.csv`, every wallet in `coverage.csv`, beside this file.",
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _check(check: Check) -> Iterator[str]:
    yield f"{_WORDS[check.status]}: {one_line(check.title)}"
    yield from _folded(check.evidence)
    if check.remedy and check.status != "pass":
        yield from _folded(f"To do: {check.remedy}")


def _folded(said: str) -> list[str]:
    """Words in lines of the page's width; a name is never parted."""
    indent = "    "
    return textwrap.wrap(
        one_line(said),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def block(content: str) -> str:
    """A text as it is, between two fences that are longer than any in it."""
    longest = max((len(run) for run in re.findall("`+", content)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{content}\n{fence}"
