"""An AWS that says who is signed in and goes silent then: whatever else it is asked, it takes and does not answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from tests import planted
from tests.world import ACCOUNT

_WHO = f"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::{ACCOUNT}:user/kim</Arn><UserId>AIDAEXAMPLE</UserId><Account>{ACCOUNT}</Account>
</GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>"""
_PATIENCE = 60.0


class Mute(ThreadingHTTPServer):
    """`asked`: something was asked that gets no answer, and so hangs."""

    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Asked)
        self.asked, self.over = Event(), Event()

    @property
    def environ(self) -> Mapping[str, str]:
        """What leads a program here."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.server_port}",
            "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": planted.AWS_SECRET_KEY,
        }

    def until_asked(self, meanwhile: Callable[[], object]) -> None:
        end = time.monotonic() + _PATIENCE
        while not self.asked.is_set():
            meanwhile()
            assert time.monotonic() < end, "nothing was asked"


class _Asked(BaseHTTPRequestHandler):
    server: Mute

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        if b"Action=GetCallerIdentity" not in body:
            self.hang()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(_WHO)))
        self.end_headers()
        self.wfile.write(_WHO.encode())

    def hang(self) -> None:
        self.server.asked.set()
        self.server.over.wait()
        self.close_connection = True

    do_GET = do_HEAD = do_PUT = do_DELETE = hang  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Nothing is told."""


@contextmanager
def mute() -> Iterator[Mute]:
    """It, for as long as the block lasts."""
    with Mute() as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
