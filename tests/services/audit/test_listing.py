"""The list engine: every version once, whatever the names, the pages, the crashes and the moods of AWS."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audit.database import opened
from services.audit.listing import SIDE_BY_SIDE, Listing, read
from services.audit.pages import FRESH, Mark, Pages, Row
from services.audit.parts import OTHERS, PARTS, beginnings, jump, part_of, prefix_of
from services.audit.polite import TIMES, Polite
from services.events import Progressed
from services.model.calls import Call, Refused
from services.problems import ProblemError
from tests.fleet import key_id
from tests.ports import FakeClock, Throttling
from tests.services.audit.stacked import WRITTEN, Stack, Version, files, listed, there
from tests.tally import count
from tests.world import ACCOUNT, BUCKET

ROOT = Path(__file__).parents[3]
ODD = (
    "0",
    "9",
    "a",
    "f",
    "g",
    "A0",
    "F",
    "F9",
    " ",
    "é",
    "9z",
    "f\U0010fffe",
    "fz",
    "`",
    ":",
    "@x",
    "\U0001f511",
    "~",
    "00",
)
KEYS = st.text(
    st.sampled_from("09aFfgzZ:/`\u00e9\U0001f511\U0010fffe-"), min_size=1, max_size=4
) | st.sampled_from(ODD)


def bucket(page: int = 5) -> Stack:
    """Sixty wallets, odd names, versions and delete markers, in small pages."""
    names = [f"{key_id(number)}/recovery_shard-{n}.txt" for number in range(60) for n in range(3)]
    old = [Version(name, 1, f"old-{n}") for n, name in enumerate(names[::7])]
    new = [Version(v.key, 0, v.id, marker=v.key in names[::11]) for v in files([*names, *ODD])]
    return Stack([*old, *new], page)


def pages_of(stack: Stack) -> int:
    """How many pages a whole listing has."""
    assert sum(1 for part in PARTS for _ in _all(stack, part))
    return stack.count("ListObjectVersions")


def test_every_version_is_listed_once(tmp_path: Path) -> None:
    stack = bucket()
    assert listed(stack, tmp_path) == there(stack)
    assert {str(call.params["Prefix"]) for call in stack.calls} == {prefix_of(part) for part in PARTS}


@settings(max_examples=150, deadline=None)
@given(keys=st.lists(KEYS, max_size=40), page=st.integers(1, 7))
def test_whatever_the_names_and_the_pages(keys: Sequence[str], page: int) -> None:
    stack = Stack(files(keys), page)
    found = [row for part in PARTS for row in _all(stack, part)]
    assert sorted((row.key, row.version_id) for row in found) == sorted((v.key, v.id) for v in stack.versions)
    count("inputs generated")


def _all(stack: Stack, part: str) -> Iterator[Row]:
    listing, mark = Listing(stack, BUCKET, ACCOUNT, FakeClock()), Mark()
    while not mark.done:
        page = listing._page(part, mark)
        yield from page.rows
        mark = page.mark


@given(KEYS)
def test_a_name_belongs_to_one_part_and_a_jump_leaves_out_no_other(key: str) -> None:
    assert [part for part in PARTS if part_of(key) == part] == [part_of(key)]
    assert key.startswith(prefix_of(part_of(key)))
    if part_of(key) != OTHERS:
        after = jump(OTHERS, key)
        between = [odd for odd in ODD if key < odd <= after]
        assert all(part_of(odd) != OTHERS for odd in between)


def test_the_beginnings_of_all_parts_are_all_letters_that_a_key_id_begins_with() -> None:
    letters = [letter for part in PARTS for letter in beginnings(part)]
    assert len(letters) == len(set(letters)) == 62


@pytest.mark.parametrize("last", [1, 9, 23])
def test_killed_in_earnest_and_resumed_nothing_is_lost_or_double(tmp_path: Path, last: int) -> None:
    stack = bucket()
    child = [sys.executable, "-m", "tests.services.audit.crashing_list", str(tmp_path), str(last)]
    ended = subprocess.run(
        child, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )
    assert ended.returncode == -9, ended.stderr.decode()
    assert listed(stack, tmp_path) == there(stack)
    # What was committed before the kill is not asked for again: at most the pages that were under way are.
    assert stack.count("ListObjectVersions") <= pages_of(bucket()) - last + 2 * SIDE_BY_SIDE
    count("writes killed")


def test_ended_after_any_page_and_resumed(tmp_path: Path) -> None:
    """Every page is the last one of a run, until all are there."""
    stack, runs = bucket(page=40), 0
    while True:
        with opened(tmp_path / "audit.duckdb") as database:
            pages = Pages(database)
            begun = pages.begin(BUCKET, ACCOUNT, WRITTEN + timedelta(minutes=runs))
            assert begun == WRITTEN
            before = pages.marks()
            if all(mark.done for mark in before.values()):
                break
            part = next(part for part, mark in before.items() if not mark.done)
            page = Listing(stack, BUCKET, ACCOUNT, FakeClock())._page(part, before[part])
            pages.add({part: page})
        runs += 1
    assert listed(stack, tmp_path, FakeClock(began=WRITTEN + timedelta(hours=2))) == there(stack)
    assert runs >= len(PARTS)


def test_a_listing_that_is_old_or_of_another_bucket_is_begun_anew(tmp_path: Path) -> None:
    listed(bucket(), tmp_path)
    stack = Stack(files(["a/1"]))
    assert listed(stack, tmp_path, FakeClock(began=WRITTEN + FRESH)) == there(bucket())
    assert not stack.calls
    assert listed(stack, tmp_path, FakeClock(began=WRITTEN + FRESH + timedelta(seconds=1))) == there(stack)
    with opened(tmp_path / "audit.duckdb") as database:
        pages = Pages(database)
        now = WRITTEN + FRESH + timedelta(seconds=2)
        assert pages.begin("another-bucket", ACCOUNT, now) == now
        assert pages.count() == 0


def test_a_denied_part_is_named_and_the_others_are_listed(tmp_path: Path) -> None:
    stack = bucket()
    stack.denied = frozenset({"3", "a"})
    listing = Listing(stack, BUCKET, ACCOUNT, FakeClock())
    with opened(tmp_path / "audit.duckdb") as database:
        pages = Pages(database)
        pages.begin(BUCKET, ACCOUNT, WRITTEN)
        list(listing.run(pages))
        wanted = [v for v in stack.versions if part_of(v.key) not in {"3", "a"}]
        assert pages.count() == len(wanted)
        assert {part: problem.code for part, problem in listing.denied.items()} == {
            "3": "denied",
            "a": "denied",
        }


def test_a_busy_aws_is_waited_for_longer_each_time(tmp_path: Path) -> None:
    stack, clock = bucket(), FakeClock(began=WRITTEN)
    busy = Throttling(stack, "s3:ListObjectVersions", 5, code="SlowDown", status=503)
    polite = Polite(busy, clock)
    assert listed(polite, tmp_path, clock) == there(stack)
    assert polite.waits == 5
    assert clock.slept
    patient = FakeClock()
    never = Polite(Throttling(stack, "s3:ListObjectVersions", 1000, code="SlowDown", status=503), patient)
    with pytest.raises(Refused):
        never(Call("s3", "ListObjectVersions", {"Bucket": BUCKET, "ExpectedBucketOwner": ACCOUNT}))
    assert patient.slept == [1, 2, 4, 8, 16, 32, 32]
    assert never.waits == TIMES - 1
    count("faults injected", 5 + TIMES)


def test_what_ends_a_listing_keeps_what_was_listed(tmp_path: Path) -> None:
    stack = bucket()
    failing = Throttling(stack, "s3:ListObjectVersions", 1000, code="ExpiredToken")

    def some_answers(call: Call) -> object:
        return stack(call) if stack.count("ListObjectVersions") < 20 else failing(call)

    with pytest.raises(ProblemError) as raised:
        listed(some_answers, tmp_path)  # type: ignore[arg-type]
    assert raised.value.problem.code == "sign-in"
    stack.calls.clear()
    assert listed(stack, tmp_path) == there(stack)
    count("faults injected")


def test_a_list_that_does_not_go_forward_is_refused() -> None:
    here = Mark("3a", "v1")
    for answer in ({"NextKeyMarker": "3a", "NextVersionIdMarker": "v1"}, {"NextKeyMarker": "30"}, {}):
        with pytest.raises(ProblemError) as raised:
            read("3", here, {"IsTruncated": True, **answer})
        assert "does not go forward" in raised.value.problem.summary


def test_rows_from_before_the_mark_are_not_taken_again() -> None:
    rows = [
        {"Key": key, "VersionId": "v", "IsLatest": True, "LastModified": WRITTEN.isoformat()}
        for key in ("30", "3b", "4")
    ]
    assert [row.key for row in read("3", Mark("3a"), {"Versions": rows}).rows] == ["3b"]


def test_a_bucket_that_changes_meanwhile_gives_no_doubles(tmp_path: Path) -> None:
    stack = bucket()
    changed: list[Version] = []

    def change(call: Call) -> None:
        number = stack.count("ListObjectVersions")
        if number % 3 == 0:
            changed.append(Version(f"{key_id(1000 + number)}/recovery_shard-0.txt", 0, f"new-{number}"))
            stack.versions.append(changed[-1])
            stack.__post_init__()

    before = there(stack)
    stack.before = change
    found = listed(stack, tmp_path)
    assert len(found) == len(set(found))
    assert set(before) <= set(found) <= set(there(stack))
    assert changed


def test_progress_tells_count_rate_and_what_is_left(tmp_path: Path) -> None:
    clock, stack = FakeClock(began=WRITTEN), bucket()
    stack.before = lambda _call: clock.sleep(1)
    with opened(tmp_path / "audit.duckdb") as database:
        pages = Pages(database)
        pages.begin(BUCKET, ACCOUNT, WRITTEN)
        told = list(Listing(stack, BUCKET, ACCOUNT, clock).run(pages))
    assert all(isinstance(each, Progressed) for each in told)
    assert "versions listed" in told[-1].says
    assert " a second" in told[-1].says
    assert any(" left" in each.says for each in told)
