"""The program, behind one sign that says that Python itself has started: before that, no program hears a signal."""

from __future__ import annotations

import os
import sys

from wizard.__main__ import main

if __name__ == "__main__":
    sys.argv[0] = "palisade-wizard"
    os.write(2, b"\x1b[0m")
    main()
