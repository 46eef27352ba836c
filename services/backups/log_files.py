"""CloudTrail's log files: compressed JSON of which one damaged, hostile or huge file must not stop or fill the program.

A file is unpacked up to a limit, and its records are read one by one, so that no more than the text and one record
is ever in memory.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from services.backups.trail_events import TrailEvent, event_of

MOST_BYTES = 32 * 1024 * 1024
"""Unpacked bytes of one file that are read at most."""

_GZIP = 31  # zlib's word for: a gzip header, and nothing else
_RECORDS = re.compile(r'\s*\{\s*"Records"\s*:\s*\[\s*')
_BETWEEN = re.compile(r"\s*,\s*|\s*(?=\])")
_STAMP = re.compile(r"_(\d{8}T\d{4})Z_[A-Za-z0-9]+\.json\.gz")


@dataclass(frozen=True)
class Unreadable:
    """Why a log file could not be read, as a clause that follows "it"."""

    reason: str


def unpacked(data: bytes) -> str | Unreadable:
    """The text of a log file."""
    engine = zlib.decompressobj(_GZIP)
    try:
        content = engine.decompress(data, MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            return Unreadable(f"holds more than {MOST_BYTES:,} bytes")
        if not engine.eof:
            return Unreadable("is cut off")
        return content.decode("utf-8")
    except zlib.error:
        return Unreadable("is not whole gzip data")
    except UnicodeDecodeError:
        return Unreadable("is not text in UTF-8")


def records(text: str, *mentioning: str) -> Iterator[TrailEvent | Unreadable]:
    """The records of a log file in which one of the words stands; the last is `Unreadable` where the text is damaged."""
    start = _RECORDS.match(text)
    if start is None:
        yield Unreadable("holds no list of records")
        return
    decoder, at = json.JSONDecoder(), start.end()
    while text[at : at + 1] != "]":
        try:
            record, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            yield Unreadable(f"stops being JSON at character {at + 1}")
            return
        if any(text.find(word, at, end) >= 0 for word in mentioning):
            event = event_of(record)
            if event is not None:
                yield event
        between = _BETWEEN.match(text, end)
        if between is None:
            yield Unreadable(f"stops being JSON at character {end + 1}")
            return
        at = between.end()


def written_at(key: str) -> datetime | None:
    """The minute in the name of a log file; None for another name."""
    found = _STAMP.search(key)
    if found is None or not key.endswith(found[0]):
        return None
    try:
        return datetime.strptime(found[1], "%Y%m%dT%H%M").replace(tzinfo=UTC)
    except ValueError:
        return None
