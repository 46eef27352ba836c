"""Content that stays: past the drive's own cache where the system has a request for that, else as everywhere."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

import services
from services.disk import flush

NOWHERE = 1_000_000
"""A descriptor of nothing: `fsync` fails for it, and so shows that it was asked."""


def test_where_the_drive_can_be_asked_it_is_and_that_is_enough() -> None:
    asked: list[tuple[int, int]] = []
    flush(NOWHERE, 51, lambda *call: asked.append(call))
    assert asked == [(NOWHERE, 51)]


@pytest.mark.parametrize("why", [errno.ENOTSUP, errno.ENOTTY, errno.EINVAL], ids=errno.errorcode.get)
def test_a_medium_that_does_not_know_the_request_is_asked_as_everywhere(why: int) -> None:
    def control(_descriptor: int, _request: int) -> None:
        raise OSError(why, os.strerror(why))

    for whole in (51, None):
        with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
            flush(NOWHERE, whole, control)


def test_nothing_in_services_goes_past_it() -> None:
    (folder,) = services.__path__
    found = {path.name for path in Path(folder).rglob("*.py") if "os.fsync" in path.read_text()}
    assert found == {"disk.py"}
