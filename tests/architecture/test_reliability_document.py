"""docs/reliability.md says of every kind of thing that the tests count what it is and how often it was done."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from tests.tally import Kind

ROOT = Path(__file__).resolve().parents[2]


def test_every_kind_that_is_counted_has_its_row() -> None:
    text = (ROOT / "docs" / "reliability.md").read_text()
    rows = [line.split("|")[1:-1] for line in text.splitlines() if re.match(r"\| [a-z]", line)]
    rows = [[cell.strip() for cell in row] for row in rows if row[0].strip() != "kind"]
    assert [row[0] for row in rows] == [*get_args(Kind), "secrets searched"]
    assert all(len(row) == 4 and len(row[1]) > 20 for row in rows)


def test_it_can_be_found() -> None:
    for page in ("README.md", "docs/architecture.md"):
        assert "reliability.md" in (ROOT / page).read_text(), page
