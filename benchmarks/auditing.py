"""The audit of a million wallets: an inventory against a plain `awk` pass over it, a listing against `aws s3 ls`.

`python -m benchmarks.auditing` prints these rows alone. What a child does is in `benchmarks.audits`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import PYTHON, Row, process
from tests import fleet
from tests.fleet import Fleet

WALLETS, PLANTED = 1_000_000, 100
LIST_WALLETS = (3_334, 33_334)
"""Wallets of three files: 10,000 and 100,000 objects."""

_AWK = """gzip -dc "$1"/data/*.csv.gz | awk -F'","' '{split($2, name, "%2F"); files[name[1]]++} END {for (w in files) n++; print n}'"""
_ARROW = """
import sys, pyarrow.dataset as d, pyarrow.compute as c
t = d.dataset(sys.argv[1] + "/data").to_table(columns=["key", "size"])
print(t.append_column("w", c.utf8_slice_codeunits(t["key"], 0, 36)).group_by("w").aggregate([("size", "sum")]).num_rows)
"""


def rows() -> list[Row]:
    """Every comparison, once: each takes long enough to be steady."""
    with tempfile.TemporaryDirectory() as folder:
        return [*_inventories(Path(folder)), *_listings(Path(folder))]


def _inventories(folder: Path) -> Iterator[Row]:
    planted = Fleet(WALLETS, PLANTED)
    passes: tuple[tuple[fleet.Form, list[str], str], ...] = (
        ("Parquet", [PYTHON, "-c", _ARROW], "a pyarrow pass"),
        ("CSV", ["sh", "-c", _AWK, "-"], "an awk pass"),
    )
    for form, plain, other in passes:
        report = fleet.write(planted, folder / form, form)
        fleet.expected(planted, report / "expected.csv")
        told = _child("inventory", str(report), str(folder / f"out-{form}"))
        assert told["found"] == told["planted"] == PLANTED * len(fleet.TEN), told
        yield _row(f"inventory of {WALLETS:,} wallets ({form})", told["seconds"], "the limit", 60.0)
        yield _row(f"its memory ({form}), MB", told["megabytes"], "the limit", 500.0)
        try:
            yield _row(
                f"inventory of {WALLETS:,} wallets ({form})",
                told["seconds"],
                other,
                process([*plain, str(report)]),
            )
        except subprocess.CalledProcessError:  # pyarrow is not installed
            continue
        finally:
            shutil.rmtree(report)


def _listings(folder: Path) -> Iterator[Row]:
    memory = []
    for wallets in LIST_WALLETS:
        with served(wallets, 0) as url:
            begun = time.perf_counter()
            told = _child("list", url, str(folder / "list"))
            whole = time.perf_counter() - begun
            memory.append(told["megabytes"])
            if wallets == LIST_WALLETS[-1]:
                other = process(
                    [
                        str(Path(PYTHON).with_name("aws")),
                        "s3",
                        "ls",
                        "--recursive",
                        "s3://b/",
                        "--endpoint-url",
                        url,
                    ],
                    _signed(),
                )
                yield _row(
                    f"list of {wallets * fleet.FILES:,} objects", whole, "aws s3 ls --recursive", other
                )
    yield _row(
        "memory of that list, MB", memory[1], f"of {LIST_WALLETS[0] * fleet.FILES:,} objects", memory[0]
    )


@contextmanager
def served(wallets: int, milliseconds: int) -> Iterator[str]:
    """A bucket of so many wallets on a socket, each page after so many milliseconds; its address."""
    command = [PYTHON, "-m", "tests.listing_server", str(wallets), str(milliseconds)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
    finally:
        server.kill()
        server.wait()


def _signed() -> Mapping[str, str]:
    keys = {
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }
    return {**os.environ, **keys, "AWS_EC2_METADATA_DISABLED": "true"}


def _child(*arguments: str) -> dict[str, float]:
    ended = subprocess.run(
        [PYTHON, "-m", "benchmarks.audits", *arguments],
        check=True,
        capture_output=True,
        text=True,
        env=_signed(),
    )
    found: dict[str, float] = json.loads(ended.stdout)
    return found


def _row(what: str, ours: float, other_name: str, other: float) -> Row:
    return Row(what, ours, other_name, other, ours / other)


if __name__ == "__main__":
    for each in rows():
        sys.stdout.write(
            f"| {each.what} | {each.ours:.1f} | {each.other_name} | {each.other:.1f} | {each.ratio:.2f} |\n"
        )
