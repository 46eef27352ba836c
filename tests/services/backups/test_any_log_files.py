"""CloudTrail's log files, damaged: records that are whole count, and what is not is said, never raised."""

from __future__ import annotations

import gzip
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.backups.log_files import Unreadable, records, unpacked
from services.backups.trail_events import TrailEvent, event_of
from tests.generated import share
from tests.mutations import DEEP, JSON, changed, changed_json
from tests.services.backups.test_trail_events import PUT

FILE = json.dumps({"Records": [PUT, {**PUT, "eventID": "e-2"}, {**PUT, "eventID": "e-3"}]}).encode()
PACKED = gzip.compress(FILE, mtime=0)


@share(6)
@given(
    data=changed(PACKED, 4) | changed(FILE, 4).map(gzip.compress) | st.sampled_from(DEEP).map(gzip.compress)
)
def test_any_damage_gives_whole_records_and_says_what_is_not(data: bytes) -> None:
    text = unpacked(data)
    if isinstance(text, Unreadable):
        assert text.reason[0].islower()
        return
    found = list(records(text, "bucket"))
    assert all(isinstance(each, TrailEvent) for each in found[:-1])
    assert len(found) <= 60


@share(6)
@given(record=changed_json(json.dumps(PUT).encode()).map(json.loads) | JSON)
def test_any_record_is_an_event_or_none(record: Any) -> None:
    event = event_of(record)
    assert event is None or isinstance(event, TrailEvent)
    again = event_of(json.loads(json.dumps(record)))
    assert again == event or record != record
