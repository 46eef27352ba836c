"""Prints the table of all benchmarks as Markdown: `make bench`, or `python -m benchmarks RUNS`."""

from __future__ import annotations

import sys

from benchmarks import applying, auditing, keygen, reading, starting


def main(runs: int) -> None:
    """Every comparison, `runs` times in turn."""
    print("| what | median | against | median | ratio |\n|---|---|---|---|---|")
    for row in [
        *starting.rows(runs),
        *reading.rows(runs),
        *applying.rows(max(1, runs // 4)),
        *keygen.rows(runs),
        *auditing.rows(),
    ]:
        print(f"| {row.what} | {row.ours:.3f} s | {row.other_name} | {row.other:.3f} s | {row.ratio:.2f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
