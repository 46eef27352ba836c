"""SeaweedFS, a real S3 server, as a judge of bucket policies over HTTPS and plain HTTP; started and ended by the tests.

It evaluates the policy before it stores anything. It cannot store under a KMS key: an upload that the policy allows
and that asks for one ends in 500, a refused one in 403, so the two are told apart.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from services.demo.certificates import make_certificates
from tests.programs import need

HOST = "127.0.0.1"
PATIENCE = 60.0
"""Seconds for starting; three are usual."""

_KEYS = {"accessKey": "AKIAEXAMPLE", "secretKey": "example"}
_IDENTITIES = {"identities": [{"name": "operator", "credentials": [_KEYS], "actions": ["Admin"]}]}
_ASKING = Config(
    # Checksums in trailers, which newer clients send by default, are not understood by this server.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    retries={"mode": "standard", "total_max_attempts": 1},
    connect_timeout=5,
    read_timeout=20,
    s3={"addressing_style": "path"},
)


@dataclass(frozen=True)
class Seaweed:
    """The same buckets over TLS and without, as somebody whom only the bucket policy holds back."""

    tls: Any
    plain: Any
    endpoint: str


def status(client: Any, op: str, **params: Any) -> int:
    """The HTTP status of one request."""
    try:
        reply = getattr(client, op)(**params)
    except ClientError as error:
        return int(error.response["ResponseMetadata"]["HTTPStatusCode"])
    return int(reply["ResponseMetadata"]["HTTPStatusCode"])


@contextmanager
def started(folder: Path) -> Iterator[Seaweed]:
    """The server with its files in `folder`."""
    # The virtual environment's programs need not be on PATH.
    program = need(str(Path(sys.executable).with_name("weed")))
    certificates = make_certificates(folder, datetime.now(UTC))
    (folder / "identities.json").write_text(json.dumps(_IDENTITIES))
    (folder / "data").mkdir()
    master, volume, filer, plain, tls = _ports(5)
    command = [
        program,
        "-logtostderr=true",
        "server",
        f"-ip={HOST}",
        f"-ip.bind={HOST}",
        f"-dir={folder / 'data'}",
        "-filer",
        "-s3",
        f"-master.port={master}",
        f"-volume.port={volume}",
        f"-filer.port={filer}",
        f"-s3.port={plain}",
        f"-s3.port.https={tls}",
        f"-s3.cert.file={certificates.server}",
        f"-s3.key.file={certificates.server_key}",
        f"-s3.config={folder / 'identities.json'}",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",  # like the other's, its port is fixed, and a second server beside this one ends over it
        "-master.telemetry=false",
        "-master.volumeSizeLimitMB=64",
        "-volume.max=100",  # every bucket takes some of them
    ]
    endpoint = f"https://{HOST}:{tls}"
    with ExitStack() as stack:
        log = stack.enter_context((folder / "log").open("wb"))
        process = subprocess.Popen(
            command, cwd=folder, env={"HOME": str(folder)}, stdout=log, stderr=subprocess.STDOUT
        )
        stack.callback(process.wait)
        stack.callback(process.kill)
        found = Seaweed(
            _client(endpoint, certificates.ca_bundle),
            _client(f"http://{HOST}:{plain}", certificates.ca_bundle),
            endpoint,
        )
        _await(process, found, folder / "log")
        yield found


def _client(endpoint: str, ca_bundle: Path) -> Any:
    session = boto3.session.Session(_KEYS["accessKey"], _KEYS["secretKey"], None, "eu-west-1")
    return session.client("s3", endpoint_url=endpoint, verify=str(ca_bundle), config=_ASKING)


def _ports(count: int) -> list[int]:
    """Free ports; each has a second one of the server's, ten thousand above, so those must be free as well."""
    found: list[int] = []
    with ExitStack() as stack:
        while len(found) < count:
            first = stack.enter_context(socket.create_server((HOST, 0)))
            number = int(first.getsockname()[1])
            if number > 55_000:
                continue
            try:
                stack.enter_context(socket.create_server((HOST, number + 10_000)))
            except OSError:
                continue
            found.append(number)
    return found


def _await(process: subprocess.Popen[bytes], server: Seaweed, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            server.tls.create_bucket(Bucket="is-it-there")
            server.plain.head_bucket(Bucket="is-it-there")
        except (ClientError, BotoCoreError):
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"SeaweedFS did not start: {log.read_text(errors='replace')[-2000:]}")
