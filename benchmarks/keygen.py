"""`keygen` against `openssl genrsa 4096` with the two derivations that sealing and proving need, and its pauses.

Making an RSA key takes as long as luck has it, so the two are compared by the ratio of their medians.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.measure import PYTHON, Row, process
from services.recovery import keypair
from services.recovery.passwords import ITERATIONS

PASSWORD = b"benchmark: open sesame"
LIMIT = 0.050
"""Seconds for which an interface may stand still."""


def rows(runs: int) -> list[Row]:
    """`keygen` as a command, where there is an `openssl`; the longest pause of an event loop meanwhile."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [*_commands(folder, runs), _pause(folder, max(3, runs // 3))]


def _commands(folder: Path, runs: int) -> list[Row]:
    openssl = shutil.which("openssl")
    if openssl is None:
        return []
    pairs = [(_ours(folder, run), _theirs(openssl)) for run in range(runs + 1)][1:]
    ours, other = (statistics.median(side) for side in zip(*pairs, strict=True))
    return [Row("keygen", ours, "openssl genrsa 4096 and two derivations", other, ours / other)]


def _ours(folder: Path, run: int) -> float:
    password = folder / "password"
    password.write_bytes(PASSWORD)
    words = ["keygen", "--out", str(folder), "--name", f"key-{run}", "--password-file", str(password)]
    return process([PYTHON, "-m", "wizard", "--state-dir", str(folder / "state"), *words])


def _theirs(openssl: str) -> float:
    begin = time.perf_counter()
    process([openssl, "genrsa", "4096"])
    for salt in (b"seal", b"open"):
        hashlib.pbkdf2_hmac("sha512", PASSWORD, salt, ITERATIONS, 32)
    return time.perf_counter() - begin


def _pause(folder: Path, runs: int) -> Row:
    longest = statistics.median(asyncio.run(_longest_pause(folder / f"pause-{run}")) for run in range(runs))
    return Row("pause during keygen", longest, "the limit", LIMIT, longest / LIMIT)


async def _longest_pause(folder: Path) -> float:
    """How long the event loop of an interface stands still at most while a key is made in a thread beside it."""
    work = keypair.generating(keypair.Request(folder), bytearray(PASSWORD))
    making = asyncio.create_task(asyncio.to_thread(work.run))
    longest, before = 0.0, time.perf_counter()
    while not making.done():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        longest, before = max(longest, now - before - 0.001), now
    await making
    return longest
