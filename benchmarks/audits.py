"""One audit in a process of its own, which tells its seconds, its memory and what it found; for `benchmarks.auditing`."""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from datetime import datetime
from pathlib import Path

from services.audit.answer import Audited
from services.audit.audit import Wanted, audit
from services.audit.database import WHILE_LISTING, opened, within
from services.audit.listing import Listing
from services.audit.pages import Pages
from services.audit.polite import Polite
from services.audit.sources import FolderSource
from services.audit.subject import Subject
from services.aws.guards import ReadOnly
from services.aws.port import Port, Settings
from services.clock import SystemClock
from services.model.calls import Call, Reply
from services.own_files import held
from wizard.__main__ import ALLOCATIONS

ACCOUNT = "123456789012"


def inventory(report: Path, out: Path) -> dict[str, float]:
    """The audit of a planted report against the list beside it; all findings are held against those that were planted."""
    from tests import fleet

    class Clock(SystemClock):
        def wall(self) -> datetime:
            return fleet.NOW

    def nowhere(call: Call) -> Reply:
        raise AssertionError(call.name)

    begun = time.monotonic()
    wanted = Wanted("inventory", lambda _aws, _cache: FolderSource(report), report / "expected.csv", out)
    with held(out.parent, f"{out.stem}.work") as own:
        *_, last = audit(nowhere, Subject(fleet.TERMS, ACCOUNT), wanted, own, Clock())
    seconds = time.monotonic() - begun
    assert isinstance(last, Audited)
    rows = json.loads((out / "findings.json").read_text())
    found = {(row["kind"], row["key_id"] or row["object_key"]) for row in rows}
    planted = fleet.Fleet(1, 100).planted
    assert found == planted, (len(found), len(planted))
    return {"seconds": seconds, "found": len(rows), "planted": len(planted)}


def listing(url: str, folder: Path) -> dict[str, float]:
    """The list engine on a bucket."""
    folder.mkdir(exist_ok=True)
    file, clock = folder / f"{time.monotonic_ns()}.duckdb", SystemClock()
    aws = Polite(ReadOnly(Port(Settings(region="eu-west-1", endpoint_url=url))), clock)
    begun = time.monotonic()
    with opened(file) as database:
        pages = Pages(database)
        pages.begin("b", ACCOUNT, clock.wall())
        with within(database, WHILE_LISTING):
            for _ in Listing(aws, "b", ACCOUNT, clock).run(pages):
                pass
        count = pages.count()
    return {"seconds": time.monotonic() - begun, "found": count}


def peak() -> float:
    """The most memory that this program had at once, in megabytes.

    On Linux, `ru_maxrss` begins with that of whoever started it.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)


if __name__ == "__main__":
    gc.set_threshold(ALLOCATIONS)  # as the program has it
    what, place, scratch = sys.argv[1:]
    told = inventory(Path(place), Path(scratch)) if what == "inventory" else listing(place, Path(scratch))
    sys.stdout.write(json.dumps({**told, "cpu": time.process_time(), "megabytes": peak()}))
