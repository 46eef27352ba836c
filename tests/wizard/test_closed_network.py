"""The program talks to AWS's endpoint and to nobody else: no telemetry, no look for updates, no names asked for.

Heard are the interpreter's own audit events, so whichever library tried; and the whole program runs once where the
kernel has no network at all.
"""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests import planted
from tests.ports import FakeClock
from tests.wire import closed
from tests.wizard.driving import ANSWERS, ROOT, Stream, Terminal, at_once
from wizard.cli import COMMANDS, run
from wizard.root import Surroundings

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": planted.AWS_SECRET_KEY}
NO_FILES = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}


def test_commands_that_work_offline_try_no_network(offline: Terminal) -> None:
    folder, account = offline.folder, ("--aws-account", "123456789012")
    with closed() as wire:
        setup = offline.with_key()
        for words in (
            ("--help",),
            ("--version",),
            *((name, "--help") for name in COMMANDS),
            ("answers", "check", "--config", setup),
            ("answers", "explain", "storage.bucket"),
            ("answers", "template", "--from", setup, "--out", folder / "t.toml"),
            (
                "keycheck",
                folder / "keys" / "recovery.pke1",
                "--password-file",
                offline.password_file,
                "--prove",
            ),
            ("export", "--config", setup, "--format", "aws-cli", "--offline", *account),
            ("export", "--config", setup, "--format", "terraform", "--offline", *account),
            ("export", "--config", setup, "--format", "markdown", "--offline", *account),
            ("record", "list", "--config", setup),
            ("lifecycle", "--config", setup),
            ("completion", "bash"),
            ("manual",),
        ):
            ran = offline(*words)
            assert ran.status == 0, (words, ran.err)
    assert wire.tried == []


def _run(environ: dict[str, str], *words: str | Path) -> tuple[int, str]:
    """One run over the real port, which boto3 configures from the environment of the process."""
    err = Stream()
    around = Surroundings(
        environ=environ, stdin=Stream(), stdout=Stream(), stderr=err, clock=FakeClock(), later=at_once
    )
    status = run(list(map(str, words)), around)
    raw = err.buffer
    assert isinstance(raw, io.BytesIO)
    return status, raw.getvalue().decode()


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The AWS settings of the process: none but those that a test makes."""
    for name in [*os.environ]:
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    for name, value in NO_FILES.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_commands_on_aws_reach_the_endpoint_and_nothing_else(
    tmp_path: Path, moto_server: str, credentials: pytest.MonkeyPatch
) -> None:
    for name, value in KEYS.items():
        credentials.setenv(name, value)
    setup = Terminal(tmp_path).with_key()
    where = urlsplit(moto_server)
    assert where.hostname is not None
    assert where.port is not None
    base = ("--state-dir", tmp_path / "state", "--endpoint-url", moto_server)
    with closed((where.hostname, where.port)) as wire:
        for words, expected in (
            (("plan", "--config", setup), {0}),
            (("apply", "--config", setup, "--yes"), {0}),
            (("verify", "--config", setup), {3, 5, 7}),
            (("doctor", "--config", setup), {0, 3, 5}),
            (("export", "--config", setup, "--format", "markdown"), {0}),
            (("bundle", "--config", setup, "--yes", "--out", tmp_path / "b.zip"), {0}),
            (("destroy", "--config", setup, "--yes"), {0, 5, 6, 7}),
        ):
            status, said = _run({}, *base, *words)
            assert status in expected, (words, said)
    assert wire.elsewhere == []
    assert {one[1:] for one in wire.tried} == {(where.hostname, where.port)}


@pytest.mark.parametrize("asked", [True, False], ids=["no-keys", "no-keys-and-no-metadata"])
def test_without_keys_only_the_metadata_service_of_aws_is_asked_for_some(
    tmp_path: Path, credentials: pytest.MonkeyPatch, asked: bool
) -> None:
    """botocore's own chain ends at the address that a computer of AWS's has for this; a variable turns that off."""
    if not asked:
        credentials.setenv("AWS_EC2_METADATA_DISABLED", "true")
    setup = Terminal(tmp_path).answered()
    with closed() as wire:
        status, said = _run({}, "--state-dir", tmp_path / "state", "plan", "--config", setup)
    assert status == 4, said
    assert {host for _, host, _ in wire.tried} == ({"169.254.169.254"} if asked else set())


def test_everything_offline_works_where_the_kernel_has_no_network(tmp_path: Path) -> None:
    """Also what a child process does, which the audit events of this one do not tell."""
    unshare = shutil.which("unshare")
    if (
        unshare is None
        or subprocess.run([unshare, "-n", "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("a network namespace of its own is not permitted here")
    (tmp_path / "password.txt").write_text(planted.PASSWORD)
    script = (
        "import sys\n"
        "from wizard.cli import run\n"
        "from wizard.root import Surroundings\n"
        "for words in (['answers', 'new', '--out', 'a.toml', *sys.argv[1:]],\n"
        "              ['keygen', '--config', 'a.toml', '--out', 'keys', '--password-file', 'password.txt'],\n"
        "              ['export', '--config', 'a.toml', '--format', 'aws-cli', '--offline', '--aws-account', '123456789012']):\n"
        "    status = run(['--state-dir', 'state', *words], Surroundings(pbkdf2_iterations=2))\n"
        "    assert status == 0, words\n"
    )
    (tmp_path / "program.py").write_text(script)
    ran = subprocess.run(
        [unshare, "-n", sys.executable, "program.py", *ANSWERS],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=100,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "keys" / "recovery.pub.der").exists()


def test_the_wire_hears_what_is_tried() -> None:
    with closed() as wire:
        for host in ("192.0.2.1", "localhost"):
            with pytest.raises(OSError, match="unreachable"):
                socket.create_connection((host, 9), timeout=1)
    assert {host for _, host, _ in wire.tried} == {"192.0.2.1", "localhost"}
    with socket.socket() as listening, socket.socket() as other:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        other.connect(listening.getsockname())
    assert len(wire.tried) == 2, "it still hears after its end"
