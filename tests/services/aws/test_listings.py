"""Pages of versions are read as botocore reads them, or left to botocore."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.parsers import create_parser
from hypothesis import given
from hypothesis import strategies as st

from services.aws import listings
from services.aws.listings import EMPTY, read, take
from services.aws.port import Port, Settings
from services.model.calls import Aws, Call
from tests.world import BUCKET, do

SPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
OWNER = "<Owner><ID>01</ID><DisplayName>kim</DisplayName></Owner>"
ENTRIES = (
    ('<Version><Key>a/b</Key><VersionId>v1</VersionId><IsLatest>true</IsLatest><LastModified>2026-11-20T12:00:00.000Z</LastModified>'
    f'<ETag>&quot;d4&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>300000</Size><StorageClass>STANDARD</StorageClass>{OWNER}</Version>'),
    ("<Version><Key>c%20d</Key><VersionId>null</VersionId><IsLatest>false</IsLatest><LastModified>2026-11-20T12:00:00Z</LastModified>"
    "<ChecksumAlgorithm>CRC32</ChecksumAlgorithm><Size>0</Size><ChecksumAlgorithm>SHA256</ChecksumAlgorithm></Version>"),
    ("<DeleteMarker><Key>e</Key><VersionId>v2</VersionId><IsLatest>true</IsLatest><LastModified>2026-11-20T12:00:00.000Z</LastModified>"
    f"{OWNER}</DeleteMarker>"),
)  # fmt: skip
HEAD = "<Name>b</Name><Prefix></Prefix><KeyMarker/><MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType><IsTruncated>{}</IsTruncated>"
ONWARD = "<NextKeyMarker>e</NextKeyMarker><NextVersionIdMarker>v2</NextVersionIdMarker>"


def page(*entries: str, head: str = HEAD.format("false"), space: str = SPACE) -> bytes:
    return f"<?xml version='1.0' encoding='UTF-8'?>\n<ListVersionsResult {space}>{head}{''.join(entries)}</ListVersionsResult>".encode()


_MODEL = botocore.session.Session().get_service_model("s3").operation_model("ListObjectVersions")


def botocores(body: bytes) -> dict[str, Any]:
    """botocore's own reading, with moments as they stand in the page."""
    parser = create_parser("rest-xml")
    parser._timestamp_parser = str
    answer = {"status_code": 200, "headers": {}, "body": body, "context": {}}
    found: dict[str, Any] = parser.parse(answer, _MODEL.output_shape)
    return {name: value for name, value in found.items() if name != "ResponseMetadata"}


@given(
    entries=st.lists(st.sampled_from(ENTRIES), max_size=6),
    head=st.sampled_from(
        [HEAD.format("false"), HEAD.format("true") + ONWARD, "<IsTruncated>true</IsTruncated>"]
    ),
    space=st.sampled_from([SPACE, ""]),
)
def test_a_page_is_read_as_botocore_reads_it(entries: list[str], head: str, space: str) -> None:
    body = page(*entries, head=head, space=space)
    assert read(body) == botocores(body)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<", b"<html/>", page(head=""), page("<Version><Key>a</Key></Version>"), page("<Surprise/>"),
        page(ENTRIES[0].replace("true", "perhaps")), page(ENTRIES[0].replace("300000", "many")),
        page(ENTRIES[0].replace("<Key>a/b", "<RestoreStatus><IsRestoreInProgress>true</IsRestoreInProgress></RestoreStatus><Key>a/b")),
        page("<CommonPrefixes><Prefix>a</Prefix></CommonPrefixes>"), page(head="<IsTruncated>maybe</IsTruncated>"),
        page(head="<IsTruncated>true</IsTruncated><Name><b/></Name>"),
    ],
)  # fmt: skip
def test_what_is_not_fully_known_is_left_to_botocore(body: bytes) -> None:
    answer, ours = {"status_code": 200, "body": body}, dict[str, Any]()
    take(answer, ours)
    assert (answer["body"], ours) == (body, {})


def test_an_error_is_botocores() -> None:
    answer, ours = {"status_code": 403, "body": page()}, dict[str, Any]()
    take(answer, ours)
    assert (answer["body"], ours) == (page(), {})
    taken = {"status_code": 200, "body": page()}
    take(taken, ours)
    assert taken["body"] == EMPTY
    assert ours["IsTruncated"] is False


def test_through_the_port_names_are_decoded_and_nobody_reads_the_page_again(aws: Aws) -> None:
    """moto encodes names as S3 does when it is asked to, and botocore always asks."""
    do(
        aws,
        "s3",
        "CreateBucket",
        Bucket=BUCKET,
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
    )
    do(aws, "s3", "PutBucketVersioning", Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    names = ["a b+c/é", "x"]
    for name in names:
        do(aws, "s3", "PutObject", Bucket=BUCKET, Key=name, Body=b"1")
    do(aws, "s3", "DeleteObject", Bucket=BUCKET, Key="x")
    seen = list[bytes]()

    def listen(events: Any) -> None:
        events.register_first(
            "before-parse.s3.*", lambda response_dict, **_: seen.append(response_dict["body"])
        )

    found = Port(Settings(region="eu-west-1"), listen)(Call("s3", "ListObjectVersions", {"Bucket": BUCKET}))
    assert seen == [EMPTY]
    assert sorted(each["Key"] for each in found["Versions"]) == sorted(names)
    assert [each["Key"] for each in found["DeleteMarkers"]] == ["x"]
    assert listings.read(EMPTY) is None
