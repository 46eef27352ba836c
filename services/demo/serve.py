"""The emulator's own process: serves ministack, as it was installed, on two sockets that it inherits.

In front of it stands an actor who keeps what it lacks: the inventories of buckets (`inventories.py`).

Started as a file by `emulator.py`, never imported by the product. It serves one application over TLS and over
plain HTTP, because the demo shows that a bucket policy refuses requests without TLS, and that can only be shown
where such a request arrives. It lives as long as somebody holds the other end of its standard input: when the
program that started it is gone, however it ended, the pipe closes and the process ends itself.

    serve.py TLS_SOCKET PLAIN_SOCKET CERTIFICATE KEY
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading


def end_with_parent() -> None:
    """Wait for the end of standard input, then leave without any farewell, which could take half a minute."""
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGKILL)


def main(tls_socket: str, plain_socket: str, certificate: str, key: str) -> None:
    """Serve until killed."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    from services.demo.inventories import in_front_of

    config = Config()
    config.bind = [f"fd://{tls_socket}"]
    config.insecure_bind = [f"fd://{plain_socket}"]
    config.certfile = certificate
    config.keyfile = key
    config.keep_alive_timeout = 75
    asyncio.run(serve(in_front_of(app), config))


if __name__ == "__main__":
    main(*sys.argv[1:])
