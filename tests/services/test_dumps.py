"""No memory dump where there are secrets: neither as a file, nor by a program that collects them, nor of what is started."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.wizard.driving import ROOT

PR_GET_DUMPABLE = 3

TOLD = f"""
import ctypes, os, subprocess, sys
limit = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE)[0], flush=True)"
print(ctypes.CDLL(None).prctl({PR_GET_DUMPABLE}), flush=True)
exec(limit)
subprocess.run([sys.executable, "-c", limit], check=True)
assert os.listdir("/dev/fd")
assert open("/dev/stdin").read() == "through a pipe"
"""
"""What the kernel says afterwards, of the process and of one that it starts; and its own pipes can still be opened."""

LIMIT = """
import subprocess, sys
limit = "import resource, sys; print(resource.getrlimit(resource.RLIMIT_CORE)[0], file=sys.stderr, flush=True)"
exec(limit)
subprocess.run([sys.executable, "-c", limit], check=True)
"""

WITHOUT_CTYPES = "import sys\nsys.modules['_ctypes'] = None\n"
"""A Python that was built without libffi, as pyenv builds one where its headers are missing."""

WAYS = {
    "the function": f"from services import dumps\ndumps.forbid()\n{TOLD}",
    "the program": "import sys\nfrom wizard.__main__ import main\nsys.argv = ['it', '--version']\n"
    f"try:\n    main()\nexcept SystemExit:\n    pass\n{TOLD}",
}


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")
@pytest.mark.parametrize(("highest", "limit"), [(4096, "1"), (0, "0")])
@pytest.mark.parametrize("way", WAYS)
def test_nothing_of_the_process_is_dumped_whoever_collects_dumps(way: str, highest: int, limit: str) -> None:
    """Where dumps go to a program, Linux keeps the limit of one byte alone (core(5), fs/coredump.c)."""
    ran = subprocess.run(
        ["/bin/sh", "-c", f'ulimit -c {highest // 512}; exec "$0" -c "$1"', sys.executable, WAYS[way]],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input="through a pipe",
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split()[-3:] == ["0", limit, limit]


CHILD = "import sys\nfrom services.recovery import child\nassert child.main() == 0\n"


@pytest.mark.parametrize("way", [*WAYS, "the key child"])
def test_a_python_without_ctypes_works_and_still_has_the_limit(way: str) -> None:
    done = CHILD if way == "the key child" else WAYS[way].removesuffix(TOLD)
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_CTYPES + done + LIMIT],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    own, started = ran.stderr.split()
    assert own == started
    assert own in {"0", "1"}
