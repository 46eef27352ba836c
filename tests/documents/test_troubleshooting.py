"""The page of problems is the program's own table, and the table says something of every kind."""

from __future__ import annotations

import re

import pytest

from services.problem_kinds import TABLE, Kind
from tests.documents import troubleshooting
from wizard.cli import COMMANDS


def test_the_page_is_the_table_of_the_program() -> None:
    assert troubleshooting.PAGE.read_text("utf-8") == troubleshooting.page(), "run 'make docs'"


def test_every_exit_code_has_one_part_and_every_code_one_heading() -> None:
    text = troubleshooting.page()
    assert re.findall(r"^### `(.*)`$", text, re.MULTILINE) == list(TABLE)
    parts = re.findall(r"^## Exit code (\d+)$", text, re.MULTILINE)
    assert len(parts) == len(set(parts)), "the table is not in the order of its exit codes"


@pytest.mark.parametrize(("code", "kind"), TABLE.items(), ids=list(TABLE))
def test_every_kind_is_told_in_whole_sentences(code: str, kind: Kind) -> None:
    for sentence in (kind.means, kind.remedy):
        assert sentence[0].isupper() or sentence[0] == "`", code
        assert sentence.endswith("."), code
    named = re.findall(r"`([a-z]+)(?: [^`]*)?`", kind.remedy)
    assert set(named) <= {*COMMANDS, "aws"}, "a command is named that does not exist"
