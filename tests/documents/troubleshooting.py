"""Writes the page of problems from the program's own table: `python -m tests.documents.troubleshooting`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from services.problem_kinds import TABLE
from wizard.manual.about import STATUSES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "troubleshooting.md"

_HEAD = """# Troubleshooting

When the program cannot go on it says one sentence (what happened), what to do next, and ends with an exit code. Begin with
these words: they know more than this page, such as the right, file or name concerned. `echo $?` right after the command
prints the exit code. With `--json` the problem has a `code`, and so has a line of `errors.jsonl` in
[a support bundle](support.md): below is what each code means. Every command can be run again, and goes on from what is there;
nothing has to be undone first.

What a line of `verify` or `doctor` means is in [the checks](checks.md). What to ask a customer is in
[the guide for support engineers](guide-support.md).
"""


def lines() -> Iterator[str]:
    """The page."""
    yield from _HEAD.splitlines()
    for status, kinds in groupby(TABLE.items(), key=lambda row: row[1].exit_code):
        yield from ("", f"## Exit code {status}", "", STATUSES[status])
        for code, kind in kinds:
            yield from ("", f"### `{code}`", "", kind.means, "", f"**Do:** {kind.remedy}")


def page() -> str:
    """The page as one text."""
    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    sys.stdout.write(f"{PAGE.write_text(page(), 'utf-8')} characters written to {PAGE.name}\n")
