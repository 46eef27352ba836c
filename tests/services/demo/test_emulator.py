"""The emulator answers over TLS and without, on loopback alone, and never outlives what started it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from services.demo.emulator import Emulator, emulator_environment
from services.problems import ProblemError

ROOT = Path(__file__).parents[3]
HEALTH = "/_ministack/health"
# A parent that says where its emulator listens and then waits until it is killed.
PARENT = """
import pathlib, sys
from services.demo.emulator import Emulator
with Emulator.start(pathlib.Path(sys.argv[1])) as emulator:
    print(emulator.plain_endpoint, emulator.pid, flush=True)
    sys.stdin.read()
"""
WITHOUT_EXTRA = """
import pathlib, sys
sys.modules["ministack"] = None
from services.demo.emulator import Emulator
from services.problems import ProblemError
try:
    with Emulator.start(pathlib.Path(sys.argv[1])):
        print("started")
except ProblemError as error:
    print(error.problem.code, *error.problem.remedy)
"""


def address(endpoint: str) -> tuple[str, int]:
    parts = urlsplit(endpoint)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port


def status_of(connection: http.client.HTTPConnection) -> int:
    try:
        connection.request("GET", HEALTH)
        return connection.getresponse().status
    finally:
        connection.close()


def assert_gone(pid: int) -> None:
    """Neither the process nor anything that it started is left; it leads a process group of its own."""
    with pytest.raises(ProcessLookupError):
        os.killpg(pid, 0)


def test_it_answers_over_tls_to_those_who_trust_its_authority(emulator: Emulator) -> None:
    context = ssl.create_default_context(cafile=str(emulator.ca_bundle))
    assert (
        status_of(http.client.HTTPSConnection(*address(emulator.endpoint), timeout=10, context=context))
        == 200
    )


def test_nobody_else_is_asked_to_trust_it(emulator: Emulator) -> None:
    context = ssl.create_default_context()
    with pytest.raises(ssl.SSLCertVerificationError):
        status_of(http.client.HTTPSConnection(*address(emulator.endpoint), timeout=10, context=context))


def test_it_answers_without_tls_on_another_port(emulator: Emulator) -> None:
    assert status_of(http.client.HTTPConnection(*address(emulator.plain_endpoint), timeout=10)) == 200


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_listens_on_these_two_loopback_ports_and_nowhere_else(emulator: Emulator) -> None:
    ports = {address(endpoint)[1] for endpoint in (emulator.endpoint, emulator.plain_endpoint)}
    assert listening(emulator.pid) == {f"0100007F:{port:04X}" for port in ports}


def listening(pid: int) -> set[str]:
    """The addresses on which a process accepts connections, as the kernel writes them."""
    own = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            if state == "0A" and f"socket:[{inode}]" in own:
                found.add(local)
    return found


def test_its_files_are_private_and_in_its_folder(emulator: Emulator) -> None:
    files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in emulator.ca_bundle.parent.iterdir()}
    assert {name: files[name] for name in ("ca.pem", "server.pem", "server.key")} == dict.fromkeys(
        ("ca.pem", "server.pem", "server.key"), 0o600
    )
    assert emulator.log_file.parent == emulator.ca_bundle.parent


def test_the_authority_keeps_no_private_key(emulator: Emulator) -> None:
    keys = [path.name for path in emulator.ca_bundle.parent.iterdir() if b"PRIVATE KEY" in path.read_bytes()]
    assert keys == ["server.key"]


def test_it_is_gone_when_the_context_ends(tmp_path: Path) -> None:
    with Emulator.start(tmp_path) as emulator:
        pid = emulator.pid
        os.killpg(pid, 0)
    assert_gone(pid)


def test_it_is_gone_when_the_context_ends_in_an_error(tmp_path: Path) -> None:
    pids: list[int] = []

    def fail() -> None:
        with Emulator.start(tmp_path) as emulator:
            pids.append(emulator.pid)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert_gone(pids[0])


def test_it_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        endpoint, _pid = parent.stdout.readline().split()
        with socket.create_connection(address(endpoint), timeout=30) as connection:
            parent.send_signal(signal.SIGKILL)
            # The end of the emulator closes or resets the connection; a survivor would leave this to time out.
            with suppress(ConnectionResetError):
                assert connection.recv(1) == b""
    assert parent.returncode == -signal.SIGKILL


def test_too_little_patience_is_a_problem_that_names_the_log(tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as caught, Emulator.start(tmp_path, patience=0.001):
        pass
    assert caught.value.problem.code == "not-ready"
    assert str(tmp_path / "emulator.log") in caught.value.problem.remedy[0]


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", WITHOUT_EXTRA, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.startswith("missing-extra ")
    assert "-m pip install --require-hashes -r requirements/all.txt" in told.stdout


def test_its_environment_holds_what_it_is_given_and_no_more(tmp_path: Path) -> None:
    environment = emulator_environment(tmp_path, 4711, ["", "/a", "/b"])
    assert not [name for name in environment if name.startswith("AWS_") or name.upper().endswith("_PROXY")]
    assert environment["PYTHONPATH"] == "/a:/b"
    assert environment["AUTH"] == "true"
