"""How many rows the judges of the policies were asked about: the documents tell, and this holds them to it."""

from __future__ import annotations

from pathlib import Path

from tests.judge import PLACES
from tests.role_requests import ALLOWED, ON_ANYTHING_ELSE, ON_BUCKET, ON_OBJECTS
from tests.uploads import NAMES

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "policies.md").read_text()
TRANSPORTS = 6
"""Plain HTTP, TLS 1.0 and 1.1, each for an upload without headers and for one that names the key."""

FORMS = 2


def test_the_documents_tell_how_many_rows_were_judged() -> None:
    uploads, role = len(NAMES), len(ALLOWED) + len(ON_OBJECTS) + len(ON_BUCKET) + len(ON_ANYTHING_ELSE)
    rows = uploads + TRANSPORTS + role
    asked = (uploads + TRANSPORTS) * FORMS * len(PLACES) + role * len(PLACES)
    served = (uploads + 2) * FORMS
    assert rows >= 40
    told = " ".join(DOCUMENT.split())
    assert f"{uploads} uploads and {TRANSPORTS} old transports" in told
    assert f"{role} requests of the role" in told
    assert f"{rows} rows, {asked} requests" in told
    assert f"{served} requests" in told
