"""An account with a report in S3 and an Athena that answers: the emulator, and what it lacks supplied from outside.

The emulator runs each statement as it is, in DuckDB, over the files that are in its S3. It does not follow the lines of
`symlink.txt`, and leaves an answer in another file than it says: a port between the two does both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from services.aws.port import Port, Settings
from services.demo.emulator import REGION, Emulator
from services.model.calls import Aws, Call, Reply
from tests.world import ACCOUNT, BUCKET, do

STORE, ANSWERS, GROUP = "acme-inventory", "acme-answers", "audit"
LIMIT = 10_000_000_000
DAY, STAMP = "2026-11-22T01-00Z", "2026-11-22-01-00"


@dataclass
class Supplied:
    """The emulator's AWS, with links followed before the first question and answers put where they are said to be."""

    aws: Aws
    calls: list[Call] = field(default_factory=list)
    placed: set[str] = field(default_factory=set)

    def __call__(self, call: Call) -> Reply:
        self.calls.append(call)
        if call.op == "StartQueryExecution" and str(call.params["QueryString"]).startswith("WITH"):
            self._follow()
        reply = self.aws(call)
        if call.op == "GetQueryExecution" and reply["QueryExecution"]["Status"]["State"] == "SUCCEEDED":
            self._place(reply["QueryExecution"]["ResultConfiguration"]["OutputLocation"])
        return reply

    def _follow(self) -> None:
        found = do(self.aws, "s3", "ListObjectsV2", Bucket=STORE, Prefix=f"{BUCKET}/")
        for key in [each["Key"] for each in found.get("Contents", []) if each["Key"].endswith("symlink.txt")]:
            lines = do(self.aws, "s3", "GetObject", Bucket=STORE, Key=key)["Body"].decode().split()
            for line in lines:
                source = line.removeprefix(f"s3://{STORE}/")
                body = do(self.aws, "s3", "GetObject", Bucket=STORE, Key=source)["Body"]
                beside = key.replace("symlink.txt", source.rpartition("/")[2])
                do(self.aws, "s3", "PutObject", Bucket=STORE, Key=beside, Body=body)
            do(self.aws, "s3", "DeleteObject", Bucket=STORE, Key=key)

    def _place(self, said: str) -> None:
        bucket, _, key = said.removeprefix("s3://").partition("/")
        if key in self.placed:
            return
        self.placed.add(key)
        there = f"{key}/{key.rpartition('/')[2]}"
        found = do(self.aws, "s3", "ListObjectsV2", Bucket=bucket, Prefix=there).get("Contents", [])
        if found:
            body = do(self.aws, "s3", "GetObject", Bucket=bucket, Key=there)["Body"]
            do(self.aws, "s3", "PutObject", Bucket=bucket, Key=key, Body=body)


@contextmanager
def opened(folder: Path) -> Iterator[Aws]:
    """The account, with everything in it that an audit asks for."""
    with Emulator.start(folder) as running:
        aws = signed_in(running)
        furnish(aws)
        yield aws


def signed_in(emulator: Emulator) -> Aws:
    """The account over the emulator's socket, through the program's own port."""
    return Port(
        Settings(
            region=REGION,
            endpoint_url=emulator.endpoint,
            access_key=ACCOUNT,
            secret_key="root",
            ca_bundle=str(emulator.ca_bundle),
        )
    )


def furnish(aws: Aws) -> None:
    """The buckets, the workgroup and the database that somebody who asks Athena has."""
    where = {"LocationConstraint": REGION}
    for bucket in (STORE, ANSWERS):
        do(aws, "s3", "CreateBucket", Bucket=bucket, CreateBucketConfiguration=where)
    results = {"OutputLocation": f"s3://{ANSWERS}/audit/"}
    settings = {"ResultConfiguration": results, "BytesScannedCutoffPerQuery": LIMIT}
    do(aws, "athena", "CreateWorkGroup", Name=GROUP, Configuration=settings)
    do(aws, "glue", "CreateDatabase", DatabaseInput={"Name": "default"})


def deliver(aws: Aws, report: Path) -> str:
    """A report as S3 delivers it, of a configuration of its own, which is returned: the manifest in a folder of its own, the
    data for all reports together, the index.
    """
    root, links = f"{BUCKET}/{hashlib.sha256(str(report).encode()).hexdigest()[:8]}", list[str]()
    for name in ("manifest.json", "manifest.checksum"):
        body = (report / name).read_bytes()
        do(aws, "s3", "PutObject", Bucket=STORE, Key=f"{root}/{DAY}/{name}", Body=body)
    for path in sorted((report / "data").iterdir()):
        # The manifest of a planted report names its files so.
        key = f"{BUCKET}/config/data/{path.name}"
        do(aws, "s3", "PutObject", Bucket=STORE, Key=key, Body=path.read_bytes())
        links.append(f"s3://{STORE}/{key}")
    index = f"{root}/hive/dt={STAMP}/symlink.txt"
    do(aws, "s3", "PutObject", Bucket=STORE, Key=index, Body="\n".join(links).encode())
    return f"s3://{STORE}/{root}"
