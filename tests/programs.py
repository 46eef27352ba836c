"""Real programs that tests use as judges: a missing one skips the test on a person's machine and fails it in CI."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest


def need(program: str) -> str:
    """The path of a program: beside the interpreter, where dependencies put theirs, or on PATH."""
    beside = str(Path(sys.executable).parent)
    found = shutil.which(program, path=os.pathsep.join((beside, os.environ.get("PATH", os.defpath))))
    if found is not None:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(f"{program} is not installed, and CI must have it")
    pytest.skip(f"{program} is not installed")
