"""A ledger whose writer is killed before any file event: the file is whole, and its copy is brought up by the next run."""

from __future__ import annotations

from pathlib import Path

from tests import tally
from tests.killed import at_file_event
from tests.services.test_ledger import add, book, numbers


def test_a_copy_that_a_killed_run_left_behind_is_brought_up_by_the_next(tmp_path: Path) -> None:
    """Killed between the file and its copy, the copy would lack what is told nowhere else, until the next change."""
    begun = book(tmp_path / "0")
    begun.path.parent.mkdir()
    add(begun, 1)
    run = at_file_event(lambda: add(begun, 2))
    behind = 0
    for nth in range(1, run.events + 1):
        of = book(tmp_path / str(nth))
        of.path.parent.mkdir()
        add(of, 1)
        assert at_file_event(lambda: add(of, 2), nth).killed  # noqa: B023 - it is called here
        assert of.copy is not None
        behind += of.copy.read_bytes() != of.path.read_bytes()
        before = numbers(of)
        assert before in ([1], [1, 2])
        add(of)
        assert numbers(of) == before
        assert of.copy.read_bytes() == of.path.read_bytes()
        tally.count("writes killed")
    assert behind > 3
