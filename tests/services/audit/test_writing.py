"""The files with an audit's findings come under names that are free, whatever comes there meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import duckdb
import pytest

from services.audit import writing
from services.audit.answer import Asked
from services.problems import ProblemError
from tests import tally
from tests.obstacles import OBSTACLES, STRANGER, Obstacle

LONG = "0123456789" * (writing.PIECE // 10 + 1)


@dataclass(frozen=True)
class Watched:
    """A database in which something happens right after a file was written."""

    database: duckdb.DuckDBPyConnection
    after: Callable[[], object]

    def execute(self, sql: str) -> Any:
        answer = self.database.execute(sql)
        self.after()
        return answer


def copied(out: Path, after: Callable[[], object] = lambda: None) -> None:
    scratch = out.parent / "scratch"
    scratch.mkdir(mode=0o700)
    with closing(duckdb.connect(":memory:")) as database:
        asked = cast("Asked", SimpleNamespace(database=Watched(database, after)))
        writing.copy(
            asked, f"SELECT '{LONG}' AS a", out / "findings.csv", "FORMAT csv", scratch / "findings.csv"
        )


@pytest.mark.parametrize("obstacle", OBSTACLES, ids=lambda one: one.name)
def test_what_takes_a_name_meanwhile_stays(tmp_path: Path, obstacle: Obstacle) -> None:
    path, before, now = tmp_path / "out" / "findings.csv", list[object](), list[Callable[[], object]]()
    path.parent.mkdir()

    def take() -> None:
        assert list(path.parent.iterdir()) == []  # what is being written is seen by nobody
        now.append(obstacle.place(path, tmp_path / "victim"))
        before.append(now[0]())

    with pytest.raises(ProblemError) as refused:
        copied(path.parent, take)
    assert before == [now[0]()]
    assert refused.value.problem.code == "exists"
    assert list(path.parent.iterdir()) == [path]
    with pytest.raises(ProblemError) as refused:
        writing.check(path.parent)
    assert refused.value.problem.code == "exists"
    tally.count("faults injected")


def test_a_file_longer_than_a_piece_is_whole_and_nobody_elses(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    copied(tmp_path / "out")
    found = tmp_path / "out" / "findings.csv"
    assert (found.read_text(), oct(found.stat().st_mode)[-3:]) == (f"a\n{LONG}\n", "600")
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a link to another user")
def test_nothing_is_written_where_another_user_s_link_leads(tmp_path: Path) -> None:
    way, lair = tmp_path / "out", tmp_path / "lair"
    lair.mkdir()
    way.symlink_to(lair)
    os.chown(way, STRANGER, STRANGER, follow_symlinks=False)
    with pytest.raises(ProblemError) as refused:
        copied(way)
    assert refused.value.problem.code == "folder"
    assert list(lair.iterdir()) == []
