"""A production set-up by `apply`, process start included, against the exported script, which is the `aws` program's way."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import PYTHON, Row, in_turn, process
from services import setup_file
from services.answers import Answers
from services.demo.accounts import open_accounts
from services.demo.emulator import REGION, Emulator
from services.demo.profile import Keys, child_environment, write_profile
from wizard.stage import sign_in

ACCEPTED = ("--accept", "irreversible", "--accept", "cost")


def rows(runs: int) -> list[Row]:
    """One row, or none where there is no `aws` program."""
    if shutil.which("aws") is None:
        return []
    with tempfile.TemporaryDirectory() as folder, emulated(Path(folder)) as ground:
        return [
            in_turn(
                "apply",
                lambda: _ours(Path(folder), ground.environ),
                "the exported script, with the aws program",
                lambda: _theirs(Path(folder), ground.environ),
                runs,
                warm=False,
            )
        ]


@dataclass(frozen=True)
class Ground:
    """An embedded AWS with an administrator, and the environment of programs that use it."""

    emulator: Emulator
    administrator: Keys
    environ: dict[str, str]


@contextmanager
def emulated(folder: Path) -> Iterator[Ground]:
    """The embedded AWS, empty, with its files in the folder."""
    inside = folder / "emulator"
    inside.mkdir()
    with Emulator.start(inside) as emulator:
        keys = open_accounts(emulator, sign_in).administrator
        profile = write_profile(folder, emulator.endpoint, emulator.ca_bundle, keys)
        yield Ground(emulator, keys, child_environment(dict(os.environ), profile))


def production() -> Answers:
    """The answers of a production set-up of a new name."""
    name = f"bench-{uuid.uuid4().hex[:8]}"
    return Answers().updated(
        {
            "setup.id": str(uuid.uuid4()),
            "setup.name": name,
            "setup.environment": "production",
            "aws.region": REGION,
            "palisade.principal_arn": "arn:aws:iam::444455556666:root",
            "palisade.external_id": str(uuid.uuid4()),
            "storage.bucket": f"{name}-backup",
            "role.name": f"{name}-role",
            "hardening.alarm_email": "security@example.com",
        }
    )


def program(folder: Path, *words: str) -> list[str]:
    """The program with a state folder of its own."""
    return [PYTHON, "-m", "wizard", "--state-dir", str(folder / "state"), *words]


def _setup(folder: Path) -> str:
    answers = production()
    return str(setup_file.create(folder / f"{answers.text('setup.name')}.toml", answers).path)


def _ours(folder: Path, environ: dict[str, str]) -> float:
    setup = _setup(folder)
    return process(program(folder, "apply", "--config", setup, "--yes", *ACCEPTED), environ)


def _theirs(folder: Path, environ: dict[str, str]) -> float:
    setup = _setup(folder)
    script = f"{setup}.sh"
    exporting = program(folder, "export", "--config", setup, "--format", "aws-cli", "--out", script)
    subprocess.run(exporting, check=True, capture_output=True, env=environ)
    begin = time.perf_counter()
    subprocess.run(["sh", script, *ACCEPTED], check=True, capture_output=True, env=environ)
    return time.perf_counter() - begin
