"""The real `aws` program for scripts under test, loaded once: what takes its time is starting Python and reading models.

A folder for the PATH holds an `aws` that hands its arguments and streams to a server, which forks a copy of itself that
has the program loaded. The same `aws` can misbehave in one way, as `Faults` says, and writes down what it was asked.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.model.operations import OPERATIONS

SERVICES = ("s3", "iam", "kms", "sts", "logs", "sns", "cloudwatch", "cloudtrail")
LOOKS = (
    "s3api list-buckets",
    "iam list-roles",
    "kms list-keys",
    "sts get-caller-identity",
    "logs describe-log-groups",
    "sns list-topics",
    "cloudwatch describe-alarms",
    "cloudtrail describe-trails",
)
READS = frozenset(name.split(":")[1].lower() for name, operation in OPERATIONS.items() if operation.reads)
CLIENT = """\
#!{python} -IS
import json, os, signal, socket, sys
folder = {folder!r}
argv = sys.argv[1:]
op = argv[1].replace("-", "")
faults = json.loads(os.environ.get("FAULTS", "{{}}"))
with open(os.environ["ASKED"], "a") as log:
    log.write(json.dumps(argv) + "\\n")
writes = op not in {reads!r}
at = sum(json.loads(line)[1].replace("-", "") not in {reads!r} for line in open(os.environ["ASKED"])) if writes else 0
if f"{{argv[0]}} {{argv[1]}}" in faults.get("deny", "").split("|"):
    sys.stderr.write("\\nAn error occurred (%s) when calling the X operation: not for you\\n" % faults["code"])
    os._exit(254)
if writes and faults.get("before") == at:
    os.killpg(0, signal.SIGKILL)
with socket.socket(socket.AF_UNIX) as server:
    server.connect(folder + "/socket")
    socket.send_fds(server, [json.dumps([argv, dict(os.environ), os.getcwd()]).encode() + b"\\n"], [0, 1, 2])
    status = server.recv(16)
if writes and faults.get("after") == at:
    os.killpg(0, signal.SIGKILL)
os._exit(int(status or b"255"))
"""


@dataclass(frozen=True)
class Faults:
    """How the program misbehaves: the nth write ends the script `before` or `after` it; or commands are denied (`kms list-keys|iam get-role`)."""

    before: int = 0
    after: int = 0
    deny: str = ""
    code: str = "AccessDenied"

    @property
    def text(self) -> str:
        return json.dumps({name: value for name, value in vars(self).items() if value})


NO_FAULTS = Faults()


@dataclass
class Ran:
    """How a script ended: its exit status, what it said, and every command that it gave."""

    status: int
    out: str
    err: str
    asked: list[list[str]] = field(default_factory=list)

    @property
    def writes(self) -> list[str]:
        return [" ".join(argv[:2]) for argv in self.asked if argv[1].replace("-", "") not in READS]


def run_script(
    script: Path,
    *options: str,
    path: Path,
    environment: Mapping[str, str],
    shell: str = "dash",
    faults: Faults = NO_FAULTS,
) -> Ran:
    """Runs a script with the `aws` of the folder `path`."""
    asked = script.with_suffix(".asked")
    asked.unlink(missing_ok=True)
    done = subprocess.run(
        [shell, str(script), *options],
        env={**environment, "PATH": f"{path}:/usr/bin:/bin", "ASKED": str(asked), "FAULTS": faults.text},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
        timeout=300,
        check=False,
    )
    lines = asked.read_text().splitlines() if asked.exists() else []
    return Ran(done.returncode, done.stdout, done.stderr, [json.loads(line) for line in lines])


@contextmanager
def aws_cli(folder: Path) -> Iterator[Path]:
    """A folder with such an `aws`, while the context lasts."""
    client = folder / "aws"
    client.write_text(CLIENT.format(python=sys.executable, folder=str(folder), reads=READS))
    client.chmod(0o755)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
        listener.listen(64)
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.aws_cli", str(listener.fileno())],
            cwd=Path(__file__).parent.parent,
            pass_fds=[listener.fileno()],
            stdin=subprocess.PIPE,
            env={"AWS_CONFIG_FILE": os.devnull, "PATH": os.environ["PATH"], "HOME": str(folder)},
            start_new_session=True,
        )
    try:
        yield folder
    finally:
        server.kill()
        server.wait()
        assert server.stdin is not None
        server.stdin.close()


def serve(listener: socket.socket) -> None:
    """Forks a loaded `aws` for every client; never comes back."""
    from awscli.clidriver import create_clidriver

    driver = create_clidriver()
    _warm(driver.session.get_component("data_loader"))
    _practise(driver)
    gc.disable()
    gc.freeze()  # what is not touched need not be copied for every child
    while True:
        client, _ = listener.accept()
        with client:
            if os.fork() == 0:
                _serve_one(client, driver)
        _reap()


def _warm(loader: Any) -> None:
    """Reads every model that a command needs: a loader keeps what it read, and reading is two thirds of a command's time."""
    loader.list_available_services("service-2")
    for shared in ("_retry", "endpoints", "partitions", "sdk-default-configuration"):
        loader.load_data(shared)
    for service in SERVICES:
        for model in ("service-2", "endpoint-rule-set-1", "paginators-1"):
            loader.load_service_model(service, model)


def _practise(driver: Any) -> None:
    """One command of each service, to its end, which is that nobody has signed in: the tables of commands stay."""
    os.environ.update(AWS_DEFAULT_REGION="eu-west-1", AWS_EC2_METADATA_DISABLED="true")
    with contextlib.redirect_stderr(io.StringIO()):
        for look in LOOKS:
            driver.main(look.split())


def _reap() -> None:
    """Forgets the children that have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _serve_one(client: socket.socket, driver: Any) -> None:
    status = 255
    try:
        message, fds, _, _ = socket.recv_fds(client, 1 << 20, 3)
        while not message.endswith(b"\n"):
            message += client.recv(1 << 20)
        argv, environment, cwd = json.loads(message)
        for at, fd in enumerate(fds):
            os.dup2(fd, at)
        models = os.environ["AWS_DATA_PATH"]
        os.environ.clear()
        os.environ.update({"AWS_DATA_PATH": models, **environment})
        os.chdir(cwd)
        status = driver.main(argv)
        sys.stdout.flush()
        sys.stderr.flush()
    except SystemExit as ended:
        status = int(ended.code or 0)
    finally:
        client.sendall(str(status).encode())
        os._exit(0)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
