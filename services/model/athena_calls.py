"""The calls of a question that Athena answers, as data, and the rights that they need.

Athena reads the tables, and writes the answer, in the name of whoever asks: the rights for that are the asker's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.model.calls import Call
from services.model.coverage_reads import get
from services.model.place import Place


def workgroup(name: str) -> Call:
    """The settings of a workgroup."""
    return Call("athena", "GetWorkGroup", {"WorkGroup": name})


def start(sql: str, name: str, database: str, token: str) -> Call:
    """Begins a statement in a workgroup. The same token (32 to 128 characters) never begins it a second time."""
    return Call(
        "athena",
        "StartQueryExecution",
        {
            "QueryString": sql,
            "ClientRequestToken": token,
            "QueryExecutionContext": {"Database": database},
            "WorkGroup": name,
        },
    )


def execution(query: str) -> Call:
    """How far a query is."""
    return Call("athena", "GetQueryExecution", {"QueryExecutionId": query})


def stop(query: str) -> Call:
    """Ends a query that is not done."""
    return Call("athena", "StopQueryExecution", {"QueryExecutionId": query})


def head(bucket: str, account: str, key: str) -> Call:
    """Whether a file is there, and how large it is."""
    found = get(bucket, account, key)
    return Call(found.service, "HeadObject", found.params)


@dataclass(frozen=True)
class Where:
    """Where a question is asked. `report` and `results` are `BUCKET/PREFIX`, without `s3://`."""

    workgroup: str
    database: str
    report: str
    results: str

    def grants(self, place: Place) -> Mapping[str, tuple[str, ...]]:
        """Each action that these calls need, also for what Athena does in the asker's name, with what it is needed on."""
        s3 = f"arn:{place.partition}:s3:::"
        (report, results) = (s3 + each.partition("/")[0] for each in (self.report, self.results))
        read, written = (f"{s3}{_below(each)}*" for each in (self.report, self.results))
        here = f"{place.region}:{place.account}"
        group = (f"arn:{place.partition}:athena:{here}:workgroup/{self.workgroup}",)
        glue = f"arn:{place.partition}:glue:{here}:"
        tables = (
            f"{glue}catalog",
            f"{glue}database/{self.database}",
            f"{glue}table/{self.database}/{TABLES}*",
        )
        own = ("GetWorkGroup", "StartQueryExecution", "GetQueryExecution", "StopQueryExecution")
        return {
            **{f"athena:{op}": group for op in own},
            **{f"glue:{op}": tables for op in ("GetDatabase", "GetTable", "CreateTable")},
            "s3:GetObject": tuple(sorted({read, written})),
            "s3:ListBucket": tuple(sorted({report, results})),
            "s3:GetBucketLocation": tuple(sorted({report, results})),
            "s3:PutObject": (written,),
            "s3:AbortMultipartUpload": (written,),
            "s3:ListMultipartUploadParts": (written,),
        }


TABLES = "palisade_inventory_"
"""What the name of every table begins with."""


def _below(place: str) -> str:
    """A place as the beginning of the names of the files in it."""
    bucket, _, prefix = place.partition("/")
    return f"{bucket}/{prefix.strip('/')}/" if prefix.strip("/") else f"{bucket}/"
