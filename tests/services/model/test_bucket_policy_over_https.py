"""The bucket policy as a real S3 server enforces it, over HTTPS and plain HTTP, in both header forms.

Rows about old TLS are not here: today's TLS libraries do not speak 1.0 and 1.1 any more, so no client can ask.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from services.model import policies
from services.model.calls import Call, Refused, Reply
from services.verify.policy_documents import Where
from services.verify.probes import probe_all
from tests.judge import KEY_ID, PLACES, SSE, SSE_C, key_arn, plain
from tests.seaweed import Seaweed, started, status
from tests.uploads import NAMES, upload

AWS = PLACES[0]
KEY = key_arn(*AWS)
FILE = "key-id/recovery_shard-0.txt"
REFUSED = 403
STORED = 200
ALLOWED_WITHOUT_KMS = 500
"""What the server answers to an allowed upload that asks for a KMS key, because it has no KMS."""

PARAMETERS = {SSE: "ServerSideEncryption", KEY_ID: "SSEKMSKeyId", SSE_C: "SSECustomerAlgorithm"}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    with started(tmp_path_factory.mktemp("seaweed")) as running:
        for strict in (False, True):
            guarded(running, bucket(strict), strict=strict)
        yield running


def bucket(strict: bool) -> str:
    return "backups-strict" if strict else "backups-tolerant"


def guarded(server: Seaweed, name: str, *, strict: bool) -> None:
    policy = plain(policies.bucket_policy(f"arn:aws:s3:::{name}", KEY, strict=strict))
    server.tls.create_bucket(Bucket=name)
    server.tls.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))


def put(client: Any, name: str, headers: dict[str, str]) -> int:
    params: dict[str, Any] = {PARAMETERS[key]: value for key, value in headers.items()}
    if SSE_C in headers:
        params["SSECustomerKey"] = "0" * 32
    return status(client, "put_object", Bucket=name, Key=FILE, Body=b"x", **params)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_which_uploads_the_server_takes(server: Seaweed, name: str, strict: bool) -> None:
    row = upload(AWS, KEY, name)
    taken = ALLOWED_WITHOUT_KMS if SSE in row.headers else STORED
    expected = taken if row.taken(strict=strict) else REFUSED
    assert put(server.tls, bucket(strict), row.headers) == expected


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("name", ["no headers", "our key"])
def test_the_server_takes_no_upload_without_tls(server: Seaweed, name: str, strict: bool) -> None:
    assert put(server.plain, bucket(strict), upload(AWS, KEY, name).headers) == REFUSED


@pytest.mark.parametrize("strict", [False, True])
def test_the_server_gives_nothing_without_tls(server: Seaweed, strict: bool) -> None:
    for op, params in (("list_objects_v2", {}), ("get_object", {"Key": FILE})):
        assert status(server.plain, op, Bucket=bucket(strict), **params) == REFUSED
        assert status(server.tls, op, Bucket=bucket(strict), **params) != REFUSED


def test_the_server_judges_by_the_policy_and_not_by_itself(server: Seaweed) -> None:
    server.tls.create_bucket(Bucket="unguarded")
    for name in NAMES:
        assert put(server.tls, "unguarded", upload(AWS, KEY, name).headers) != REFUSED
    assert put(server.plain, "unguarded", {}) == STORED


def as_port(server: Seaweed, call: Call) -> Reply:
    try:
        reply: Reply = getattr(server.tls, xform_name(call.op))(**call.params)
    except ClientError as error:
        answer, meta = error.response["Error"], error.response["ResponseMetadata"]
        raise Refused(call, answer["Code"], answer["Message"], meta["HTTPStatusCode"]) from None
    return reply


@pytest.mark.parametrize("strict", [False, True])
def test_every_probe_is_refused_by_the_server_and_taken_by_an_unguarded_bucket(
    server: Seaweed, strict: bool
) -> None:
    def run(name: str) -> dict[str, str]:
        where = Where("role", "", name, KEY, "123456789012", AWS[1], AWS[0])
        checks = probe_all(
            lambda c: as_port(server, c), where, strict=strict, name="x", endpoint=server.endpoint
        )
        return {check.id: check.status for check in checks}

    # This server does not say which policy refused: refused, then, and no green line.
    assert set(run(bucket(strict)).values()) == {"warn"}
    open_ = f"open-{bucket(strict)}"
    server.tls.create_bucket(Bucket=open_)
    server.tls.put_bucket_versioning(Bucket=open_, VersioningConfiguration={"Status": "Enabled"})
    found = run(open_)
    # The rest ends in 500, because this server has no KMS: not refused, and so not green.
    stored = {"policy.probe.customer-key"} | ({"policy.probe.no-headers"} if strict else set())
    assert found == {line: "fail" if line in stored else "waiting" for line in found}
    assert not server.tls.list_object_versions(Bucket=open_).get("Versions")
