"""Ports around the port: one that cannot write, one for a few files of its own, one that tells, one that asks once."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock

from services.model.calls import Aws, Call, Refused, Reply
from services.model.operations import reads
from services.printable import one_line
from services.problems import ProblemError, refuse


@dataclass(frozen=True)
class ReadOnly:
    """Makes reading calls only: what is given this port cannot change anything, by construction."""

    aws: Aws

    def __call__(self, call: Call) -> Reply:
        if not reads(call):
            raise refuse(
                "our-bug",
                f"A part of the program that may only read wanted to call {call.name}; it was stopped.",
                "Nothing was changed. Report this fault of the program.",
                where=call.name,
            )
        return self.aws(call)


@dataclass
class OwnUploads:
    """Uploads below one folder of one bucket, and deletes exactly the versions that these uploads made; nothing else."""

    aws: Aws
    bucket: str
    folder: str
    made: set[tuple[str, str]] = field(default_factory=set)

    def __call__(self, call: Call) -> Reply:
        key, version = str(call.params.get("Key", "")), str(call.params.get("VersionId", ""))
        here = call.params.get("Bucket") == self.bucket and key.startswith(self.folder)
        if here and call.name == "s3:PutObject":
            reply = self.aws(call)
            if reply.get("VersionId"):
                self.made.add((key, str(reply["VersionId"])))
            return reply
        if here and call.name == "s3:DeleteObject" and (key, version) in self.made:
            return self.aws(call)
        raise refuse(
            "our-bug",
            f"A part of the program that may only write files of its own wanted to call {call.name}; it was stopped.",
            "Nothing was changed. Report this fault of the program.",
            where=call.name,
        )


@dataclass
class OwnQueries:
    """Reads, has Athena answer questions in one workgroup, and ends those that it began; nothing else.

    A question only reads: what else it may be is the definition of a table that is not there yet.
    """

    aws: Aws
    workgroup: str
    begun: set[str] = field(default_factory=set)

    def __call__(self, call: Call) -> Reply:
        if reads(call):
            return self.aws(call)
        query = str(call.params.get("QueryExecutionId", ""))
        if call.name == "athena:StartQueryExecution" and self._may(call):
            reply = self.aws(call)
            self.begun.add(str(reply["QueryExecutionId"]))
            return reply
        if call.name == "athena:StopQueryExecution" and query in self.begun:
            return self.aws(call)
        raise refuse(
            "our-bug",
            f"A part of the program that may only ask Athena wanted to call {call.name}; it was stopped.",
            "Nothing was changed. Report this fault of the program.",
            where=call.name,
        )

    def _may(self, call: Call) -> bool:
        statement = str(call.params["QueryString"])
        return call.params.get("WorkGroup") == self.workgroup and statement.startswith(STATEMENTS)


STATEMENTS = ("WITH ", "CREATE EXTERNAL TABLE IF NOT EXISTS ")
"""How the statements begin that may be run: Athena takes one statement at a time."""


@dataclass(frozen=True)
class Logged:
    """Tells every call and how it ended: names and outcomes, never parameters or replies."""

    aws: Aws
    log: Callable[[str], None]

    def __call__(self, call: Call) -> Reply:
        try:
            reply = self.aws(call)
        except Refused as refused:
            self.log(f"{call.name}: {one_line(refused.code)}")
            raise
        except ProblemError as error:
            self.log(f"{call.name}: {error.problem.code}")
            raise
        self.log(f"{call.name}: ok")
        return reply


@dataclass
class Once:
    """Makes each reading call once, however many ask: for one observation, thrown away after it."""

    aws: Aws
    replies: dict[str, Future[Reply]] = field(default_factory=dict)
    guard: Lock = field(default_factory=Lock)

    def __call__(self, call: Call) -> Reply:
        key = json.dumps([call.name, call.region, call.params], sort_keys=True, default=str)
        with self.guard:
            first = key not in self.replies
            reply = self.replies.setdefault(key, Future())
        if first:
            try:
                reply.set_result(self.aws(call))
            except BaseException as failure:
                reply.set_exception(failure)
                raise
        try:
            return reply.result()
        except Refused as refused:
            raise Refused(call, refused.code, refused.message, refused.status) from None
