"""A computer with a set-up whose bucket holds backups, for the commands of the record."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.demo.objects import backup_object, new_wallet, object_key
from services.model.calls import Aws, Call, Reply
from services.recovery.formats import public_key
from tests.ports import FakeClock
from tests.wizard.driving import Ran, Terminal

QUORUM = "20b7aefb-0000-4000-8000-00000000000b"
KEY_ID = "c4b083d4-0000-4000-8000-00000000000a"
OTHER_KEY_ID = "d7a1f2c3-0000-4000-8000-00000000000c"
ETHEREUM = "0x52908400098527886E0F7030069857D2E4169EE7"
HAND = ("--key-id", KEY_ID, "--quorum-id", QUORUM, "--algorithm", "SECP256K1")


@dataclass
class Written:
    """AWS with backups in the bucket, which the account below lets nobody read."""

    below: Aws
    objects: dict[str, bytes] = field(default_factory=dict)

    def __call__(self, call: Call) -> Reply:
        match call.name:
            case "s3:ListObjectsV2":
                return self._list(str(call.params.get("Prefix", "")), by_folder="Delimiter" in call.params)
            case "s3:GetObject":
                aliases = self.below(Call("kms", "ListAliases"))["Aliases"]
                target = next(one["TargetKeyId"] for one in aliases if "palisade" in one["AliasName"])
                arn = self.below(Call("kms", "DescribeKey", {"KeyId": target}))["KeyMetadata"]["Arn"]
                body = self.objects[str(call.params["Key"])]
                return {
                    "Body": body,
                    "ServerSideEncryption": "aws:kms",
                    "SSEKMSKeyId": arn,
                    "VersionId": "v1",
                }
            case _:
                return self.below(call)

    def _list(self, prefix: str, *, by_folder: bool) -> Reply:
        keys = sorted(key for key in self.objects if key.startswith(prefix))
        if by_folder:
            return {"CommonPrefixes": [{"Prefix": f"{key.split('/')[0]}/"} for key in keys]}
        now = FakeClock().wall().isoformat()
        return {"Contents": [{"Key": key, "LastModified": now} for key in keys]}

    def write(self, public: Path, key_id: str, quorum: str = QUORUM, algorithm: Any = "SECP256K1") -> None:
        """What Palisade does when a wallet is created."""
        wallet = new_wallet(quorum, key_id, algorithm, random.Random(1))
        der = public_key(public.read_bytes()).der
        self.objects[object_key(wallet, 0)] = backup_object(wallet, der, 0, rng=random.Random(2))


@dataclass
class Machine:
    """A computer with a set-up that is applied."""

    terminal: Terminal
    setup: Path
    written: Written

    def __call__(self, *words: str | Path, **more: Any) -> Ran:
        return self.terminal(*words, "--config", self.setup, **more)

    @property
    def record(self) -> Path:
        return self.setup.with_name("setup.record.json")

    def palisade(self, key_id: str, **more: Any) -> None:
        self.written.write(self.terminal.folder / "keys" / "recovery.pub.der", key_id, **more)
