"""One emulator for all tests of the demo, and the smallest port that drives it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

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


@functools.cache
def _session() -> boto3.session.Session:
    """One for all, without keys: reading AWS's models is what takes time."""
    return boto3.session.Session()


def boto_connect(keys: Keys, *, region: str, endpoint: str, ca_bundle: Path) -> Aws:
    """AWS as one function, by the plainest use of boto3."""
    config = Config(
        retries={"mode": "standard", "total_max_attempts": 1}, connect_timeout=10, read_timeout=30
    )

    @functools.cache
    def client(service: str) -> Any:
        return _session().client(
            service,
            region_name=region,
            endpoint_url=endpoint,
            verify=str(ca_bundle),
            config=config,
            aws_access_key_id=keys.access_key,
            aws_secret_access_key=keys.secret_key,
            aws_session_token=keys.session_token,
        )

    def call(asked: Call) -> Reply:
        try:
            reply: Reply = getattr(client(asked.service), xform_name(asked.op))(**asked.params)
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
