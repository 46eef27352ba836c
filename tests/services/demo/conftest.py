"""One emulator for all tests of the demo, and the smallest port that drives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

from services.demo.accounts import Accounts, Connect, open_accounts
from services.demo.emulator import Emulator
from services.model.calls import Refused
from tests import keys

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from services.demo.profile import Keys
    from services.model.calls import Aws, Call, Reply


def boto_connect(keys: Keys, *, region: str, endpoint: str, ca_bundle: Path) -> Aws:
    """AWS as one function, by the plainest use of boto3."""
    session = boto3.session.Session(keys.access_key, keys.secret_key, keys.session_token, region)
    config = Config(
        retries={"mode": "standard", "total_max_attempts": 1}, connect_timeout=10, read_timeout=30
    )

    def call(asked: Call) -> Reply:
        client = session.client(asked.service, endpoint_url=endpoint, verify=str(ca_bundle), config=config)
        try:
            reply: Reply = getattr(client, xform_name(asked.op))(**asked.params)
        except ClientError as error:
            answer, meta = error.response["Error"], error.response["ResponseMetadata"]
            raise Refused(asked, answer["Code"], answer["Message"], meta["HTTPStatusCode"]) from None
        return reply

    return call


@pytest.fixture(scope="session")
def connect() -> Connect:
    return boto_connect


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with Emulator.start(tmp_path_factory.mktemp("emulator")) as running:
        yield running


@pytest.fixture(scope="session")
def accounts(emulator: Emulator, connect: Connect) -> Accounts:
    return open_accounts(emulator, connect)


@pytest.fixture(scope="session")
def spki() -> bytes:
    """A recovery public key that nobody has the private half of."""
    return keys.public_der()
