"""Times commands in turn (A, B, A, B, …), so that a machine whose speed drifts does not favour one of them."""

from __future__ import annotations

import os
import pty
import select
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

PYTHON = sys.executable


@dataclass(frozen=True)
class Row:
    """Medians in seconds of one comparison; `ratio` is the median of the pairs' ratios."""

    what: str
    ours: float
    other_name: str
    other: float
    ratio: float


def in_turn(
    what: str,
    ours: Callable[[], float],
    other_name: str,
    other: Callable[[], float],
    runs: int,
    *,
    warm: bool = True,
) -> Row:
    """Runs both once to warm up, unless that takes minutes, then `runs` times in turn."""
    if warm:
        ours(), other()
    pairs = [(ours(), other()) for _ in range(runs)]
    return Row(
        what,
        statistics.median(a for a, _ in pairs),
        other_name,
        statistics.median(b for _, b in pairs),
        statistics.median(a / b for a, b in pairs),
    )


def process(command: Sequence[str], environ: Mapping[str, str] | None = None) -> float:
    """Seconds of a whole process that must succeed."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environ)
    return time.perf_counter() - begin


def first_frame(command: Sequence[str], shows: bytes, environ: Mapping[str, str]) -> float:
    """Seconds until a terminal program has drawn `shows`; it is ended then."""
    begin = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe(
            command[0], list(command), {**environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
        )
    seen = b""
    try:
        while shows not in seen:
            if not select.select([terminal], [], [], 20)[0]:
                raise TimeoutError(seen[-300:])
            seen += os.read(terminal, 65536)
        return time.perf_counter() - begin
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
        os.close(terminal)
