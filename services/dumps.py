"""No memory dump of a process in which there are secrets, whoever collects dumps on this computer.

Linux keeps no limit where it pipes dumps to a program, as systemd-coredump and apport have it, but for a limit of one
byte, which it takes for "none"; programs that are started inherit it. Where even that cannot be had, because the system
allows nothing, a process that may not be dumped is still none; and no other program of the same user reads its memory.
"""

from __future__ import annotations

import contextlib
import resource
import sys

PR_SET_DUMPABLE = 4
"""From linux/prctl.h."""


def forbid() -> None:
    """For this process from now on; the limit also for those that it starts.

    The limit comes first: a Python that was built without ctypes, which alone reaches the kernel's other word, has it too.
    """
    highest = resource.getrlimit(resource.RLIMIT_CORE)[1]
    linux = sys.platform == "linux"
    resource.setrlimit(resource.RLIMIT_CORE, (1 if linux and highest else 0, highest))
    if linux:
        with contextlib.suppress(ImportError, OSError, AttributeError):
            import ctypes

            ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
