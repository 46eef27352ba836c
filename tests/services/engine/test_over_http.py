"""The journey over real HTTP, with reads side by side."""

from __future__ import annotations

import pytest

from services.aws.port import Port, Settings
from services.clock import SystemClock
from services.engine.apply import apply
from services.engine.observe import Ownership, observe
from services.engine.plan import plan
from services.events import Finished
from services.identity import identity
from services.model.operations import reads
from tests import planted
from tests.ports import Recording
from tests.world import ACCOUNT, SETUP, sample_blueprint


def test_the_whole_journey_and_nothing_to_do_after_it(
    moto_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    port = Port(
        Settings(
            region="eu-west-1", endpoint_url=moto_server, access_key="a", secret_key=planted.AWS_SECRET_KEY
        )
    )
    assert port.endpoint == moto_server
    assert identity(port).account == ACCOUNT
    recording = Recording(port)
    blueprint = sample_blueprint()
    for expected in (True, False):
        recording.calls.clear()
        world = observe(blueprint, recording, Ownership(SETUP), workers=8)
        *_, last = apply(plan(blueprint, world), world, recording, SystemClock())
        assert isinstance(last, Finished)
        assert last.ok
        assert any(not reads(call) for call in recording.calls) == expected
    assert len({(call.name, str(call.params)) for call in recording.calls}) == len(recording.calls)
