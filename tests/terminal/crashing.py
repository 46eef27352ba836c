"""The program with a crash in it, as a process of its own: `python -m tests.terminal.crashing CRASH EVIDENCE WORDS...`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.crashes import Crash, arm
from wizard.__main__ import main

if __name__ == "__main__":
    _, crash, evidence, *words = sys.argv
    sys.argv = ["palisade-wizard", *words]
    arm(Crash(**json.loads(crash)), Path(evidence))
    main()
