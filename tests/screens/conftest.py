"""Every test of the pages gets a stage: an empty AWS account and an empty computer."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.model.calls import Aws
from tests.screens.stage import Account, Stage


@pytest.fixture
def stage(tmp_path: Path, aws: Aws) -> Stage:
    return Stage(tmp_path, Account(aws))
