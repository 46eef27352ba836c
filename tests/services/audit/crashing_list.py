"""Lists a bucket and kills itself, in earnest, when it asks for the Nth page: `python crashing_list.py FOLDER N`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from services.model.calls import Call
from tests.services.audit.stacked import Stack, listed
from tests.services.audit.test_listing import bucket


def main(folder: Path, last: int) -> None:
    stack: Stack = bucket()

    def before(_call: Call) -> None:
        if stack.count("ListObjectVersions") == last:
            os.kill(os.getpid(), signal.SIGKILL)

    stack.before = before
    listed(stack, folder)


main(Path(sys.argv[1]), int(sys.argv[2]))
