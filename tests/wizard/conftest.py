"""The program on moto, inside the test."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.model.calls import Aws
from tests.wizard.driving import Terminal


@pytest.fixture
def offline(tmp_path: Path) -> Terminal:
    """A machine on which AWS must not be called."""
    return Terminal(tmp_path)


@pytest.fixture
def terminal(tmp_path: Path, aws: Aws) -> Terminal:
    """A machine with an empty AWS account."""
    return Terminal(tmp_path, aws)
