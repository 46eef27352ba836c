"""AWS for unit tests: moto inside the process, empty for every test; and moto's server where HTTP itself is at stake.

Measured: a call takes 1 ms in the process, and 8 ms through the server.
"""

from __future__ import annotations

import functools
import gc
import logging
import urllib.request
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from services.aws.port import Port, Settings
from services.model.calls import Aws
from tests import generated, planted, tally, watch

if TYPE_CHECKING:
    from tests.faults import Faults


def pytest_configure(config: pytest.Config) -> None:
    # A quarter of the processor's time went into looking through objects that live as long as the process does.
    gc.set_threshold(100_000, 50, 1_000)
    config.pluginmanager.register(watch.Plugin(config), "watch")
    config.pluginmanager.register(tally.Plugin(), "tally")
    config.pluginmanager.register(generated.Plugin(), "generated")


def pytest_collection_finish() -> None:
    """What is there before the first test stays there: the tests, the modules, the models of AWS."""
    gc.collect()
    gc.freeze()


generated.profiles()  # before any test is read, and before the profile of the command line is loaded


@pytest.fixture(scope="session", autouse=True)
def _watched(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Where the tests of this process write."""
    watch.WATCH.base = tmp_path_factory.getbasetemp()


@pytest.fixture(scope="session", autouse=True)
def _remembered() -> Iterator[None]:
    from tests import remembered

    with pytest.MonkeyPatch.context() as patch:
        remembered.install(patch)
        yield


@pytest.fixture(scope="session")
def port() -> Iterator[Port]:
    """The real port, made once: its clients are what takes time."""
    from botocore import useragent
    from moto.core import utils as core  # moto must be there before the first client is made
    from moto.core.base_backend import BaseBackend
    from moto.kms import utils
    from moto.s3.models import S3Backend

    from tests import moto_inventories

    with pytest.MonkeyPatch.context() as patch:
        # moto makes an RSA key, which nothing uses, for every KMS key: two thirds of a test's time.
        made = functools.cache(utils.generate_private_key)
        patch.setattr("moto.kms.models.generate_private_key", made)
        moto_inventories.mended(patch)
        # At each call it looks for its own methods anew, loads a module of S3 anew, and writes its addresses anew.
        names = functools.cache(core.method_names_from_class)
        patch.setattr("moto.core.responses.method_names_from_class", names)
        patch.delattr(S3Backend, "_url_module")
        addresses = functools.cached_property(vars(BaseBackend)["urls"].fget)
        addresses.__set_name__(BaseBackend, "urls")
        patch.setattr(BaseBackend, "urls", addresses)
        # And botocore spells its own name and its parts anew for each request.
        spelt = functools.cache(useragent.sanitize_user_agent_string_component)
        patch.setattr(useragent, "sanitize_user_agent_string_component", spelt)
        yield Port(Settings(region="eu-west-1", access_key="AKIAEXAMPLE", secret_key=planted.AWS_SECRET_KEY))


@pytest.fixture
def aws(port: Port) -> Iterator[Aws]:
    """The port in front of an empty account, with the one thing of IAM that is asked for and that moto has not."""
    from moto import mock_aws

    from tests.simulating import Simulating
    from tests.world import ACCOUNT

    with mock_aws():
        yield Simulating(port, ACCOUNT)


@pytest.fixture(scope="session")
def faulty(port: Port) -> tuple[Faults, Port]:
    """A port of its own, as real, in which a script of faults can happen; moto is as for all other tests."""
    from tests.faults import Faults, by_moto

    faults = Faults(by_moto)
    settings = Settings(region="eu-west-1", access_key="AKIAEXAMPLE", secret_key=planted.AWS_SECRET_KEY)
    return faults, Port(settings, faults.listen)


@pytest.fixture(scope="session")
def _moto_server() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    from tests import moto_inventories

    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, number = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        moto_inventories.mended(patch)
        yield f"http://{host}:{number}"
    server.stop()


@pytest.fixture
def moto_server(_moto_server: str) -> str:
    """The URL of a moto server whose account is empty."""
    reset = urllib.request.Request(f"{_moto_server}/moto-api/reset", method="POST")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(reset, timeout=10):
        return _moto_server
