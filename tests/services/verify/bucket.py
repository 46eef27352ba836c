"""A bucket in memory that answers the calls of the checklist as S3 does, with the wallet that is in it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from services.demo.objects import backup_object, new_wallet, object_key
from services.model.calls import Call, Refused, Reply
from services.verify.backups import Watched, look
from services.verify.checks import Check
from services.verify.files import Wanted
from tests.world import ACCOUNT, BUCKET, KEY_ARN

KEY_ID = "c4b083d4-0000-4000-8000-00000000000a"
QUORUM = "20b7aefb-0000-4000-8000-00000000000b"
NOW = datetime(2026, 11, 22, 14, 3, 12, tzinfo=UTC)


def public_key(seed: int) -> bytes:
    """SPKI DER of an RSA-4096 public key to which no private key belongs."""
    modulus = random.Random(seed).getrandbits(4096) | 1 << 4095 | 1
    key = rsa.RSAPublicNumbers(65537, modulus).public_key()
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


OURS, FOREIGN = public_key(1), public_key(2)
WALLET = new_wallet(QUORUM, KEY_ID, "SECP256K1", random.Random(1))
FILE = object_key(WALLET, 0)
BODY = backup_object(WALLET, OURS, 0, rng=random.Random(2))


@dataclass
class Bucket:
    """`objects` by key; `headers` go with every file; `written` is when each was written, if not now."""

    objects: dict[str, bytes] = field(default_factory=dict)
    key_arn: str | None = KEY_ARN
    algorithm: str = "aws:kms"
    version: str | None = "v1"
    denied: frozenset[str] = frozenset()
    code: str = "AccessDenied"
    headers: Mapping[str, Any] = field(default_factory=dict)
    retention: Mapping[str, Any] | None = None
    written: Mapping[str, datetime] = field(default_factory=dict)
    deleted: Mapping[str, datetime] = field(default_factory=dict)
    """Files behind a delete marker of that moment."""
    calls: list[Call] = field(default_factory=list)

    @cached_property
    def keys(self) -> list[str]:
        return sorted(self.objects)

    def __call__(self, call: Call) -> Reply:
        self.calls.append(call)
        assert call.params["ExpectedBucketOwner"] == ACCOUNT
        if call.name in self.denied:
            status = 503 if self.code == "SlowDown" else 403 if self.code == "AccessDenied" else 400
            raise Refused(call, self.code, "no", status)
        match call.name:
            case "s3:ListObjectsV2":
                return self._list(call)
            case "s3:ListObjectVersions":
                return {"DeleteMarkers": [self._marker(k) for k in self.deleted if _under(k, call)]}
            case "s3:GetObjectRetention":
                if self.retention is None:
                    raise Refused(call, "NoSuchObjectLockConfiguration", "none", 404)
                return {"Retention": self.retention}
            case _:
                return {
                    "Body": self.objects[str(call.params["Key"])],
                    "ServerSideEncryption": self.algorithm,
                    "SSEKMSKeyId": self.key_arn,
                    "VersionId": self.version,
                    **self.headers,
                }

    def _list(self, call: Call) -> Reply:
        prefix, most = str(call.params["Prefix"]), int(str(call.params["MaxKeys"]))
        names = [key for key in self.keys if key.startswith(prefix)]
        if call.params.get("Delimiter"):
            names = sorted({_folder(key) for key in names})
        begin = int(str(call.params.get("ContinuationToken", 0)))
        page = names[begin : begin + most]
        more = {"NextContinuationToken": str(begin + most)} if len(names) > begin + most else {}
        contents = [self._entry(key) for key in page if not key.endswith("/")]
        folders = [{"Prefix": key} for key in page if key.endswith("/")]
        return {"Contents": contents, "CommonPrefixes": folders, "IsTruncated": bool(more), **more}

    def _entry(self, key: str) -> dict[str, Any]:
        body = self.objects[key]
        when = self.written.get(key, NOW)
        return {
            "Key": key,
            "LastModified": when.isoformat(),
            "Size": len(body),
            "ETag": f"e{hash(body)}",
        }

    def _marker(self, key: str) -> dict[str, Any]:
        when = self.deleted[key].isoformat()
        return {"Key": key, "VersionId": "m1", "IsLatest": True, "LastModified": when}

    def count(self, op: str) -> int:
        return sum(call.op == op for call in self.calls)


def _under(key: str, call: Call) -> bool:
    return key.startswith(str(call.params["Prefix"]))


def _folder(key: str) -> str:
    return key.split("/", 1)[0] + "/" if "/" in key else key


WANTED = Wanted(BUCKET, ACCOUNT, "eu-west-1", KEY_ARN, (OURS,), "user/kim", quorum_id=QUORUM)


def seen(
    bucket: Bucket, wanted: Wanted = WANTED, watched: Watched | None = None, now: datetime = NOW
) -> dict[str, Check]:
    """The lines of one look, by identifier."""
    return {check.id: check for check in look(bucket, wanted, now, watched).checks}


SHARD = f"backup.shard.{KEY_ID}.recovery_shard-0.txt"
