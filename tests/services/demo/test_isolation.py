"""Nothing in the demo can reach a real account, whatever the person's environment says.

A trap on loopback stands for everything that must not be reached: other endpoints, credential servers, proxies. The
whole start of the demo runs in an environment that points to it from everywhere, and so does boto3 in a child.
"""

from __future__ import annotations

import json
import os
import socketserver
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.demo.accounts import ADMINISTRATOR, ORGANISATION, Accounts
from services.demo.profile import child_environment, write_profile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from services.demo.emulator import Emulator

ROOT = Path(__file__).parents[3]
# What the child may have of AWS and proxies: each leads to the demo or switches something off.
OURS = {
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_PROFILE",
    "NO_PROXY",
}
# An ordinary program of the demo, as far as AWS is concerned.
CHILD = """
import json
import boto3
session = boto3.session.Session()
clients = {name: session.client(name) for name in ("sts", "s3", "kms", "iam")}
arn = clients["sts"].get_caller_identity()["Arn"]
clients["s3"].list_buckets(), clients["kms"].list_keys(), clients["iam"].list_roles()
print(json.dumps({
    "arn": arn,
    "region": session.region_name,
    "endpoints": sorted({client.meta.endpoint_url for client in clients.values()}),
}))
"""
# The demo's own start, in the person's environment, with a child at its end.
START = """
import os, pathlib, subprocess, sys
from services.demo.emulator import Emulator
from services.demo.profile import Keys, child_environment, write_profile
folder = pathlib.Path(sys.argv[1])
with Emulator.start(folder) as emulator:
    profile = write_profile(folder, emulator.endpoint, emulator.ca_bundle, Keys("111122223333", "root"))
    child = [sys.executable, "-c", sys.argv[2]]
    sys.exit(subprocess.run(child, env=child_environment(os.environ, profile)).returncode)
"""


class Trap(socketserver.ThreadingTCPServer):
    """Takes every connection, notes its first bytes, and turns it away."""

    daemon_threads = True

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _Note)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Note(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Trap)
        self.server.seen.append(self.request.recv(1024)[:60])
        self.request.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


@contextmanager
def trap() -> Iterator[Trap]:
    with Trap() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def hostile(home: Path, where: str) -> dict[str, str]:
    """An environment in which every setting that boto3 knows leads to the trap."""
    config = home / ".aws"
    config.mkdir(parents=True)
    settings = f"endpoint_url = http://{where}\nregion = us-gov-west-1\nca_bundle = /nowhere.pem\n"
    keys = "aws_access_key_id = AKIAHOSTILEHOSTILE00\naws_secret_access_key = hostile\n"
    (config / "config").write_text(f"[default]\n{settings}{keys}[profile demo]\n{settings}{keys}")
    (config / "credentials").write_text(f"[default]\n{keys}[demo]\n{keys}")
    url = f"http://{where}"
    endpoints = {f"AWS_ENDPOINT_URL{service}": url for service in ("", "_S3", "_STS", "_KMS", "_IAM")}
    proxies = {
        spelling: url
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY")
        for spelling in (name, name.lower())
    }
    return {
        **{name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "TMPDIR"}},
        **endpoints,
        **proxies,
        "HOME": str(home),
        "no_proxy": "hostile.example",
        "AWS_ACCESS_KEY_ID": "AKIAHOSTILEHOSTILE00",
        "AWS_SECRET_ACCESS_KEY": "hostile",
        "AWS_SESSION_TOKEN": "hostile",
        "AWS_PROFILE": "demo",
        "AWS_DEFAULT_PROFILE": "demo",
        "AWS_REGION": "us-gov-west-1",
        "AWS_DEFAULT_REGION": "us-gov-west-1",
        "AWS_CONFIG_FILE": str(config / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(config / "credentials"),
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{url}/hostile",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": url,
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(config / "credentials"),
        "AWS_ROLE_ARN": "arn:aws:iam::999999999999:role/hostile",
        "AWS_CA_BUNDLE": "/nowhere.pem",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "BOTO_CONFIG": str(config / "credentials"),
        "REQUESTS_CA_BUNDLE": "/nowhere.pem",
        "SSL_CERT_FILE": "/nowhere.pem",
        # Settings of the emulator itself, which would open it to the network or to another trust.
        "BIND_HOST": "0.0.0.0",
        "AUTH": "false",
        "GATEWAY_PORT": "1",
        "PERSIST_STATE": "1",
    }


def run(program: str, environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def reached(finished: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert finished.returncode == 0, finished.stderr
    found: dict[str, Any] = json.loads(finished.stdout)
    return found


def test_the_hostile_environment_does_lead_to_the_trap(tmp_path: Path) -> None:
    with trap() as server:
        finished = run(CHILD, hostile(tmp_path / "home", server.address))
    assert finished.returncode != 0
    assert server.seen


@pytest.fixture(scope="module")
def profile(emulator: Emulator, accounts: Accounts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("profile")
    return write_profile(folder, emulator.endpoint, emulator.ca_bundle, accounts.administrator)


def test_the_childs_boto3_reaches_the_emulator_alone(
    tmp_path: Path, emulator: Emulator, profile: Path
) -> None:
    with trap() as server:
        environment = child_environment(hostile(tmp_path / "home", server.address), profile)
        found = reached(run(CHILD, environment))
    assert found == {
        "arn": f"arn:aws:iam::{ORGANISATION}:user/{ADMINISTRATOR}",
        "region": "eu-west-1",
        "endpoints": [emulator.endpoint],
    }
    assert server.seen == []


def test_the_demos_own_start_is_not_led_astray_either(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    folder.mkdir(mode=0o700)
    with trap() as server:
        found = reached(run(START, hostile(tmp_path / "home", server.address), str(folder), CHILD))
    assert found["arn"] == f"arn:aws:iam::{ORGANISATION}:root"
    assert all(endpoint.startswith("https://127.0.0.1:") for endpoint in found["endpoints"])
    assert server.seen == []


def test_no_hostile_value_is_left_in_the_childs_environment(tmp_path: Path) -> None:
    where = "127.0.0.1:9"
    environment = child_environment(hostile(tmp_path / "home", where), tmp_path / "aws-config")
    assert {name for name in environment if name.startswith("AWS_") or "PROXY" in name.upper()} == OURS
    tainted = ("AKIAHOSTILE", "hostile.example", where, "/nowhere.pem", "us-gov")
    assert not {name for name, value in environment.items() if any(taint in value for taint in tainted)}


MIXED = st.text("ABZabz_09", max_size=8)
PERILOUS = st.one_of(
    st.builds("{}{}".format, st.sampled_from(("AWS_", "aws_", "Aws_")), MIXED),
    st.builds("{}{}".format, MIXED, st.sampled_from(("_PROXY", "_proxy", "_Proxy"))),
)


@given(
    perilous=st.dictionaries(PERILOUS, st.just("elsewhere")),
    harmless=st.dictionaries(st.sampled_from(("TERM", "HOME", "LANG", "NO_COLOR")), st.text(max_size=5)),
)
def test_every_spelling_is_dropped_and_the_rest_is_kept(
    perilous: dict[str, str], harmless: dict[str, str]
) -> None:
    environment = child_environment({**perilous, **harmless}, Path("/demo/aws-config"))
    assert "elsewhere" not in environment.values()
    assert harmless.items() <= environment.items()


def test_the_profile_holds_what_the_child_needs_and_its_owner_alone_reads_it(profile: Path) -> None:
    assert profile.stat().st_mode & 0o777 == 0o600
    assert profile.read_text().count("[") == 1
