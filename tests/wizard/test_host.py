"""What the pages are given of the outer world."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from screens.host import KeyLog
from tests.ports import FakeClock
from tests.wizard.driving import Terminal, refused
from wizard.host import host, key_log
from wizard.options import Globals
from wizard.root import Program, Surroundings

URL = "https://127.0.0.1:4566"


def test_options_and_environment_become_values(tmp_path: Path) -> None:
    around = Surroundings(
        environ={"AWS_ENDPOINT_URL": URL, "NO_COLOR": "1", "TEXTUAL_LOG": "keys.log"}, clock=FakeClock()
    )
    options = Globals(state_dir=tmp_path, region="eu-west-1", profile="kim", no_mouse=True)
    program = replace(Program.start(around, json=False), options=options)
    found = host(program, None)
    assert found.state.folder == tmp_path
    assert found.defaults == {"aws.region": "eu-west-1", "aws.profile": "kim"}
    assert (found.endpoint, found.no_colour, found.mouse, found.key_log) == (
        URL, True, False, KeyLog("keys.log", "TEXTUAL_LOG"),
    )  # fmt: skip
    assert (found.extra_action, found.key_folder, found.open_first) == (None, None, None)
    plain = host(
        replace(program, around=Surroundings(environ={}), options=Globals()), tmp_path / "setup.toml"
    )
    assert (plain.endpoint, plain.no_colour, plain.mouse, plain.key_log) == ("", False, True, None)
    assert plain.open_first == tmp_path / "setup.toml"


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({"TEXTUAL_DEBUG": "1"}, KeyLog("keys.log", "TEXTUAL_DEBUG")),
        ({"TEXTUAL_DEBUG": "0"}, None),
        ({"TEXTUAL": "debug, Devtools"}, KeyLog("Textual's devtools", "TEXTUAL")),
        ({"TEXTUAL": "debug"}, None),
        ({"TEXTUAL_LOG": ""}, None),
        ({"TEXTUAL_SCREENSHOT": "3"}, KeyLog("a picture of the screen", "TEXTUAL_SCREENSHOT")),
    ],
)
def test_whatever_writes_keys_down_is_noticed(environ: dict[str, str], found: KeyLog | None) -> None:
    assert key_log(environ) == found


def test_foreign_programs_see_little_of_the_environment(tmp_path: Path) -> None:
    environ = {
        "PATH": "/opt/bin", "HOME": str(tmp_path), "TERM": "xterm", "SOFTHSM2_CONF": "/c", "AWS_PROFILE": "kim",
    }  # fmt: skip
    around = Surroundings(environ=environ, clock=FakeClock(), mounts=lambda: f"none {tmp_path} tmpfs rw 0 0")
    found = host(replace(Program.start(around, json=False), options=Globals(state_dir=tmp_path)), None)
    assert found.search_path == "/opt/bin"
    assert found.tool_environment == {name: environ[name] for name in ("PATH", "HOME", "TERM")}
    assert found.driver_environment() == {name: environ[name] for name in ("HOME", "SOFTHSM2_CONF")}
    assert "in memory only" in found.findings(tmp_path / "keys")[0].says
    assert len(set(found.token_drivers())) == len(found.token_drivers())
    assert found.keyring is around.keyring


def test_a_setup_file_that_cannot_be_read_is_said_before_a_page_opens(offline: Terminal) -> None:
    refused(offline("--config", offline.setup, "--json", typed=""), "unreadable-file")
