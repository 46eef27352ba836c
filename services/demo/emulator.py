"""The embedded AWS of the demo: ministack, as it is installed, in a process of its own on the loopback interface.

The process inherits nothing from the person's environment, keeps its files in one throw-away folder, and cannot
outlive this program: it is killed when the context ends, and ends itself when the pipe to its parent closes.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from services.demo.certificates import make_certificates
from services.own_command import all_parts
from services.problems import ProblemError, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from services.demo.certificates import Certificates

HOST = "127.0.0.1"
REGION = "eu-west-1"
SERVER = Path(__file__).with_name("serve.py")
ROOT = str(Path(__file__).resolve().parents[2])
"""Where the server finds this package, whatever folder the program was started in."""
# Starting takes well under a second; a machine that needs longer than this is not going to make it.
PATIENCE = 30.0


@dataclass(frozen=True)
class Emulator:
    """A running emulator: where it listens, what vouches for it, and where it writes its log.

    `endpoint` speaks TLS under a certificate that `ca_bundle` vouches for; `plain_endpoint` is the same AWS without
    TLS, there to show that it is refused.
    """

    endpoint: str
    plain_endpoint: str
    ca_bundle: Path
    log_file: Path
    pid: int

    @classmethod
    @contextmanager
    def start(cls, folder: Path, patience: float = PATIENCE) -> Iterator[Emulator]:
        """Start the emulator with its files in `folder`, an existing private folder, and kill it at the end.

        Raises `missing-extra` when ministack is not installed and `not-ready` when it does not answer within
        `patience` seconds.
        """
        if find_spec("ministack") is None:
            raise _not_installed()
        certificates = make_certificates(folder, datetime.now(UTC))
        log_file = folder / "emulator.log"
        with ExitStack() as stack:
            tls, plain = _listen(), _listen()
            ports = tls.getsockname()[1], plain.getsockname()[1]
            # The sockets listen already, so no port can be lost to another program and the first request simply
            # waits in the queue. The parent's copies are closed at once: if the child dies, that request fails.
            with tls, plain:
                process = _spawn(folder, log_file, certificates, (tls.fileno(), plain.fileno()), ports[0])
            stack.callback(_end, process)
            _await_answer(ports[0], certificates.ca_bundle, patience, log_file)
            yield cls(
                endpoint=f"https://{HOST}:{ports[0]}",
                plain_endpoint=f"http://{HOST}:{ports[1]}",
                ca_bundle=certificates.ca_bundle,
                log_file=log_file,
                pid=process.pid,
            )


def emulator_environment(folder: Path, port: int, search_path: Sequence[str]) -> Mapping[str, str]:
    """The whole environment of the emulator's process: nothing is inherited.

    `search_path` is where Python finds its modules, as `sys.path`. The container service is pointed at a socket
    that does not exist, because the emulator would otherwise remove containers that it takes for its own.
    """
    return {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PYTHONPATH": ":".join(entry for entry in search_path if entry),
        "AUTH": "true",
        "USE_SSL": "1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": f"unix://{folder}/no-containers.sock",
        "LOG_LEVEL": "INFO",
    }


def _listen() -> socket.socket:
    return socket.create_server((HOST, 0), backlog=128)


def _spawn(
    folder: Path, log_file: Path, certificates: Certificates, sockets: tuple[int, int], port: int
) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-P",  # this folder's module names must not hide the standard library's
        str(SERVER),
        *map(str, sockets),
        str(certificates.server),
        str(certificates.server_key),
    ]
    with log_file.open("xb") as log:  # a new file: a link that waits there is not followed
        return subprocess.Popen(  # noqa: S603 - our own interpreter and our own file
            command,
            cwd=folder,
            env=emulator_environment(folder, port, (*sys.path, ROOT)),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=sockets,
            # Ctrl-C in the terminal is for the program in front, not for this process.
            start_new_session=True,
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill and reap; asking politely can take half a minute, and there is nothing to save."""
    process.kill()
    process.wait()
    if process.stdin is not None:
        process.stdin.close()


def _await_answer(port: int, ca_bundle: Path, patience: float, log_file: Path) -> None:
    context = ssl.create_default_context(cafile=str(ca_bundle))
    connection = http.client.HTTPSConnection(HOST, port, timeout=patience, context=context)
    try:
        connection.request("GET", "/_ministack/health")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise _did_not_start(log_file) from error
    finally:
        connection.close()
    if status != http.client.OK:
        raise _did_not_start(log_file)


def _not_installed() -> ProblemError:
    return refuse(
        "missing-extra",
        "The demo needs the embedded AWS, which is not installed.",
        f"Run this in the program's folder, then try again: {all_parts()}",
        where="ministack",
    )


def _did_not_start(log_file: Path) -> ProblemError:
    return refuse(
        "not-ready",
        "The embedded AWS of the demo did not start.",
        f"Read the last lines of {log_file}: they say why.",
        "Start the demo again; if other programs keep the machine busy, wait until they are done.",
        where=str(log_file),
    )
