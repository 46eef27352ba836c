"""Journals that a crash, an editor or another program left behind: whole lines count, and no line stops the program."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import last_errors
from services.engine.journal import Journal, keys_made
from services.setups import State
from tests.generated import share
from tests.mutations import DEEP, JSON, SIGNS, changed, changed_json
from tests.ports import FakeClock
from tests.world import KEY_ARN

CLOCK = FakeClock(began=datetime(2026, 11, 22, 12, 0, tzinfo=UTC))
LINES = (
    {"at": "2026-11-22T12:00:00Z", "event": "started", "verb": "create", "address": "key", "title": "KMS key"},
    {"at": "2026-11-22T12:00:01Z", "event": "succeeded", "address": "key", "arn": KEY_ARN},
    {"at": "2026-11-22T12:00:02Z", "event": "started", "verb": "create", "address": "bucket", "title": "bucket a"},
    {"at": "2026-11-22T12:00:03Z", "event": "failed", "address": "bucket", "problem": {"code": "taken"}},
    {"at": "2026-11-22T12:00:04Z", "event": "started", "verb": "delete", "address": "key", "title": "KMS key"},
    {"at": "2026-11-22T12:00:05Z", "event": "destroyed", "titles": ["KMS key"]},
)  # fmt: skip
WHOLE = b"".join(json.dumps(line).encode() + b"\n" for line in LINES)
ODD = st.one_of(
    changed(json.dumps(LINES[0]).encode()),
    changed_json(json.dumps(LINES[0]).encode()),
    changed_json(json.dumps(LINES[4]).encode()),
    JSON.map(lambda tree: json.dumps(tree).encode()),
    st.sampled_from(DEEP),
    st.binary(max_size=60),
)


def journal(content: bytes, folder: str) -> Journal:
    path = Path(folder) / "journal.jsonl"
    path.write_bytes(content)
    return Journal(path, CLOCK)


@share(4)
@given(lines=st.lists(ODD, max_size=4), end=st.sampled_from((b"", b"\n")))
def test_odd_lines_are_passed_over_and_the_whole_ones_count(lines: list[bytes], end: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        odd = b"\n".join(line.replace(b"\n", b" ") for line in lines) + b"\n"
        found = journal(odd + WHOLE[: len(WHOLE) // 2].rpartition(b"\n")[0] + b"\n" + end, folder)
        assert [entry for entry in found.entries() if entry in LINES[:2]][-2:] == list(LINES[:2])
        assert all(moment.tzinfo is not None for moment in (*found.begun().values(), *found.ended().values()))
        assert "KMS key" in found.begun()
        assert keys_made(found.path)["key"] == KEY_ARN
        found.unanswered()


@share(4)
@given(content=changed(WHOLE, 6) | st.binary(max_size=200))
def test_what_is_written_behind_any_content_is_read_again(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = journal(content, folder)
        found.append({"event": "started", "verb": "create", "address": "x", "title": "the new one"})
        assert found.path.read_bytes().startswith(content)
        assert found.begun()["the new one"] == CLOCK.wall().replace(microsecond=0)
        assert "the new one" in found.unanswered()


@share(4)
@given(text=st.text(max_size=40) | st.sampled_from(SIGNS))
def test_every_text_in_an_entry_comes_back_in_its_line(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = journal(b"", folder)
        entry = {"event": "note", "said": text}
        found.append(entry)
        found.append(entry)
        assert [one["said"] for one in found.entries()] == [text, text]


@pytest.mark.parametrize("at", ["2026-11-22", "2026-11-22T12:00:00", "20261122", "0001-01-01T00:00:00+14:00"])
def test_a_moment_without_a_zone_is_one_in_utc(tmp_path: Path, at: str) -> None:
    line = json.dumps({**LINES[0], "at": at}).encode() + b"\n"
    begun = journal(line, str(tmp_path)).begun()
    assert all(moment.tzinfo is not None for moment in begun.values())
    assert all(moment <= CLOCK.wall() for moment in begun.values())


@share(2)
@given(content=changed(WHOLE, 4) | JSON.map(lambda tree: json.dumps(tree).encode()) | st.sampled_from(DEEP))
def test_kept_errors_and_drafts_of_any_content_are_read_or_passed_over(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        state = State(Path(folder))
        state.setups.mkdir()
        state.errors.write_bytes(content)
        (state.setups / "x.drafts.json").write_bytes(content)
        assert all(isinstance(entry, dict) for entry in last_errors.read(state))
        drafts = state.drafts("x")
        assert all(isinstance(text, str) for pair in drafts.items() for text in pair)
        state.keep_drafts("x", drafts)
        assert state.drafts("x") == drafts


def test_signs_that_end_a_line_for_python_end_none_in_a_journal(tmp_path: Path) -> None:
    line = json.dumps({**LINES[0], "said": "one\u2028two\x85three"}, ensure_ascii=False).encode() + b"\n"
    assert "KMS key" in journal(line, str(tmp_path)).begun()
