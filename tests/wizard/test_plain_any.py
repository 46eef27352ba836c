"""The wizard line by line with a person who types anything: it asks on, or ends in order; it never meets a fault of its own."""

from __future__ import annotations

import tempfile
from collections import deque
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import setup_file
from services.model.calls import Call, Refused, Reply
from tests.generated import share
from tests.mutations import SIGNS
from tests.wizard.driving import Terminal
from tests.wizard.script import Script, left_at, sit

PAGES = ("account", "recovery-key", "storage", "access", "retention", "watching", "review")
LINES = st.lists(
    st.sampled_from(
        ("", "?", "??", "back", "none", "0", "1", "2", "9", "-1", "yes", "no", "create", "off", "a.b")
    )
    | st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=20)
    | st.sampled_from([sign for sign in SIGNS if sign not in {"\ud800", "\r\n"}])
    | st.just("x" * 3000),
    max_size=25,
)


def denying(call: Call) -> Reply:
    raise Refused(call, "AccessDenied", "not authorized", 403)


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Terminal, Path]]:
    """A machine for each page at which somebody left."""
    found = {}
    for page in PAGES:
        machine = Terminal(tmp_path_factory.mktemp(page), denying)
        found[page] = (machine, left_at(machine, page).path)
    return found


@share(1)
@given(page=st.sampled_from(PAGES), typed=LINES, end=st.sampled_from((None, "quit")))
def test_any_lines_are_asked_on_or_end_in_order(
    machines: dict[str, tuple[Terminal, Path]], page: str, typed: list[str], end: str | None
) -> None:
    machine, path = machines[page]
    before = path.read_bytes()
    lines = deque([*typed, *[end] * 40])

    class Anybody(Script):
        def line(self, label: str) -> str | None:
            self.asked.append(label)
            return lines.popleft() if lines else None

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        ran = sit(machine, Anybody(), "--config", path)
    assert ran.status in {0, 2, 4, 5, 6, 7}, ran.err[-1500:]
    assert "fault of its own" not in ran.err
    assert "Traceback" not in ran.err
    assert "is kept" in " ".join(ran.err.split())
    setup_file.read(path)
    path.write_bytes(before)
