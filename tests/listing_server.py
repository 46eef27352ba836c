"""A bucket of many files on a real socket, in a process of its own: only the two listings, and as quick as they come.

`python -m tests.listing_server WALLETS MILLISECONDS` prints its port. Every answer takes at least so many milliseconds, which
is what a network and S3 take; the text of a page is made once and kept.
"""

from __future__ import annotations

import sys
import time
from bisect import bisect_left, bisect_right
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit
from xml.sax.saxutils import escape

from tests.fleet import FILES, key_id

PAGE = 1000
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
_WRITTEN = "2026-11-20T12:00:00.000Z"
_ABOUT = (
    "<ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm>"
    "<ChecksumType>FULL_OBJECT</ChecksumType><Size>300000</Size>"
)
"""What S3 tells of every object since it makes a checksum of those that come without one."""

WALLETS, LATENCY = (int(sys.argv[1]), int(sys.argv[2]) / 1000) if __name__ == "__main__" else (0, 0.0)
KEYS = sorted(f"{key_id(number)}/recovery_shard-{n}.txt" for number in range(WALLETS) for n in range(FILES))


def _slice(prefix: str, after: str) -> tuple[list[str], bool]:
    begin = max(bisect_left(KEYS, prefix), bisect_right(KEYS, after) if after else 0)
    end = bisect_left(KEYS, prefix + "\U0010ffff")
    return KEYS[begin : min(begin + PAGE, end)], begin + PAGE < end


@cache
def versions(prefix: str, after: str) -> bytes:
    """A page of ListObjectVersions."""
    keys, more = _slice(prefix, after)
    rows = "".join(
        f"<Version><Key>{quote(key)}</Key><VersionId>v{abs(hash(key))}</VersionId><IsLatest>true</IsLatest>"
        f"<LastModified>{_WRITTEN}</LastModified>{_ABOUT}<Owner><ID>0123</ID></Owner>"
        "<StorageClass>STANDARD</StorageClass></Version>"
        for key in keys
    )
    onward = (
        f"<NextKeyMarker>{quote(keys[-1])}</NextKeyMarker><NextVersionIdMarker>v{abs(hash(keys[-1]))}</NextVersionIdMarker>"
        if more
        else ""
    )
    head = f"<Name>b</Name><Prefix>{escape(prefix)}</Prefix><EncodingType>url</EncodingType><IsTruncated>{str(more).lower()}</IsTruncated>"
    return f"{_HEAD}<ListVersionsResult {_SPACE}>{head}{onward}{rows}</ListVersionsResult>".encode()


@cache
def objects(prefix: str, after: str) -> bytes:
    """A page of ListObjectsV2."""
    keys, more = _slice(prefix, after)
    rows = "".join(
        f"<Contents><Key>{quote(key)}</Key><LastModified>{_WRITTEN}</LastModified>{_ABOUT}"
        "<StorageClass>STANDARD</StorageClass></Contents>"
        for key in keys
    )
    onward = f"<NextContinuationToken>{keys[-1]}</NextContinuationToken>" if more else ""
    head = f"<Name>b</Name><Prefix>{escape(prefix)}</Prefix><EncodingType>url</EncodingType><KeyCount>{len(keys)}</KeyCount><IsTruncated>{str(more).lower()}</IsTruncated>"
    return f"{_HEAD}<ListBucketResult {_SPACE}>{head}{onward}{rows}</ListBucketResult>".encode()


class Handler(BaseHTTPRequestHandler):
    """Answers the listings, and nothing else."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        time.sleep(LATENCY)
        asked = {
            name: values[0]
            for name, values in parse_qs(urlsplit(self.path).query, keep_blank_values=True).items()
        }
        prefix = asked.get("prefix", "")
        body = (
            versions(prefix, asked.get("key-marker", ""))
            if "versions" in asked
            else objects(prefix, asked.get("continuation-token", ""))
        )
        self.send_response(200)
        self.send_header("Content-Type", "application/xml")
        self.send_header("x-amz-request-id", "0123456789ABCDEF")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
