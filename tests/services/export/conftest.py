"""One emulator and one loaded `aws` program for all tests of exported scripts; each test has an account of its own."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.demo.emulator import Emulator
from tests.aws_cli import aws_cli
from tests.exporting import Ground, ground

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with Emulator.start(tmp_path_factory.mktemp("emulator")) as running:
        yield running


@pytest.fixture(scope="session")
def loaded_aws() -> Iterator[Path]:
    """The folder of the `aws` program that is loaded already; its path is short, because a socket lies in it."""
    with tempfile.TemporaryDirectory(prefix="aws-") as folder, aws_cli(Path(folder)) as path:
        yield path


@pytest.fixture
def account(emulator: Emulator, loaded_aws: Path, tmp_path: Path) -> Ground:
    """An empty account, and a folder for scripts."""
    return ground(emulator, loaded_aws, tmp_path, number=next(_NUMBERS))
