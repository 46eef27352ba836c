"""The real port above moto, with a listener that lets a script of faults happen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.aws.port import Port
from services.demo.accounts import open_accounts
from services.demo.emulator import Emulator
from tests.faults import Faults
from tests.services.faults.ground import Ground, Untroubled
from tests.services.faults.stage import Stage, connect
from tests.simulating import Simulating
from tests.world import ACCOUNT


@pytest.fixture
def ground(faulty: tuple[Faults, Port], tmp_path: Path) -> Iterator[Ground]:
    """An empty account."""
    from moto import mock_aws

    faults, port = faulty
    faults.play("")
    with mock_aws():
        yield Ground(faults, Simulating(port, ACCOUNT), tmp_path)


@pytest.fixture(scope="session")
def untroubled(faulty: tuple[Faults, Port], tmp_path_factory: pytest.TempPathFactory) -> Untroubled:
    """A production set-up that was made without a fault."""
    from moto import mock_aws

    with mock_aws():
        found = Ground(faulty[0], Simulating(faulty[1], ACCOUNT), tmp_path_factory.mktemp("untroubled"))
        found.complete()
        asked = tuple(found.faults.asked)
        return Untroubled(found.listing(), asked)


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A complete set-up on a strict server, which nothing here changes."""
    with Emulator.start(tmp_path_factory.mktemp("emulator")) as emulator:
        accounts = open_accounts(emulator, connect)
        yield Stage(emulator, accounts, tmp_path_factory.mktemp("stage"))
