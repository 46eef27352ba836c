"""The sizes that the audit is for: a million wallets in an inventory, a hundred thousand files in a bucket on real sockets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.auditing import PLANTED, WALLETS, served
from services.audit.database import opened
from services.audit.listing import Listing
from services.audit.pages import Pages
from services.aws.guards import ReadOnly
from services.aws.port import Port, Settings
from services.clock import SystemClock
from services.model.calls import Call, Reply
from tests import fleet
from tests.fleet import FILES, Fleet
from tests.planted import AWS_SECRET_KEY
from tests.tally import count
from tests.world import ACCOUNT

ROOT = Path(__file__).parents[3]

CRASHING = """
import os, signal, sys
from pathlib import Path
from tests.services.audit import test_million
asked = []
def before(call):
    asked.append(call)
    if len(asked) == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
test_million.listed(sys.argv[1], Path(sys.argv[2]), before)
"""


def listed(
    url: str, folder: Path, before: Callable[[Call], None] = lambda _call: None
) -> tuple[int, int, int]:
    """How many versions are listed, how many of them are different ones, and how many were there at the beginning."""
    keys = Settings(region="eu-west-1", endpoint_url=url, access_key="nobody", secret_key=AWS_SECRET_KEY)
    port, clock = Port(keys), SystemClock()

    def aws(call: Call) -> Reply:
        before(call)
        return port(call)

    with opened(folder / "audit.duckdb") as database:
        pages = Pages(database)
        pages.begin("b", ACCOUNT, clock.wall())
        there = pages.count()
        for _ in Listing(ReadOnly(aws), "b", ACCOUNT, clock).run(pages):
            pass
        row = database.execute("SELECT count(*), count(DISTINCT key) FROM listed").fetchone() or (0, 0)
    return int(row[0]), int(row[1]), there


@pytest.mark.parametrize(
    ("wallets", "last"), [(1_200, 9), pytest.param(33_334, 60, marks=pytest.mark.slow)], ids=["some", "many"]
)
def test_killed_on_real_sockets_and_resumed_without_loss_or_doubles(
    tmp_path: Path, wallets: int, last: int
) -> None:
    with served(wallets, 0) as url:
        child = [sys.executable, "-c", CRASHING, url, str(tmp_path), str(last)]
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        ended = subprocess.run(child, env=environ, cwd=ROOT, capture_output=True, check=False)
        assert ended.returncode == -9, ended.stderr.decode()
        found, different, before = listed(url, tmp_path)
    assert found == different == wallets * FILES
    assert 0 < before < found
    count("writes killed")


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("form", ["Parquet", "CSV"])
def test_a_million_wallets_in_half_a_gigabyte(tmp_path: Path, form: str) -> None:
    planted = Fleet(WALLETS, PLANTED)
    report = fleet.write(planted, tmp_path / "report", form)  # type: ignore[arg-type]
    fleet.expected(planted, report / "expected.csv")
    child = [sys.executable, "-m", "benchmarks.audits", "inventory", str(report), str(tmp_path / "out")]
    ended = subprocess.run(child, cwd=ROOT, capture_output=True, text=True, check=True)
    told = json.loads(ended.stdout)
    assert told["found"] == told["planted"] == PLANTED * len(fleet.TEN)
    assert told["megabytes"] < 500
    count("faults injected", told["planted"])
