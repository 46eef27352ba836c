"""Opens the demo: a folder, the embedded AWS with its two accounts, and programs that can reach nothing else."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from services import files
from services.file_problems import unread
from services.problems import refuse
from wizard import root, stage

if TYPE_CHECKING:
    from services.demo.palisade import Service
    from wizard.root import Program, Surroundings

ROOT = Path(__file__).resolve().parents[1]
BACKSTAGE = "emulator"


@dataclass(frozen=True)
class Theatre:
    """A running demo. `defaults` are the answers of its setup; `environment` is that of its programs."""

    folder: Path
    endpoint: str
    profile: Path
    service: Service
    defaults: Mapping[str, object]
    environment: Mapping[str, str]

    def child(self, arguments: Sequence[str]) -> list[str]:
        """The command line of the ordinary program in the demo."""
        return [sys.executable, "-P", "-m", "wizard", *arguments]

    def run(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """The ordinary program, from the demo's folder; its output is kept."""
        return subprocess.run(  # noqa: S603 - our own interpreter and program
            self.child(arguments),
            env={**self.environment, "PYTHONUTF8": "1"},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )


def throw_away(wanted: Path | None) -> Path:
    """The demo's folder: the one that was asked for, which must be empty, or a new one among the temporary files."""
    if wanted is None:
        return Path(tempfile.mkdtemp(prefix="palisade-demo-"))
    folder = files.folder(wanted.absolute())
    try:
        filled = any(folder.iterdir())
    except OSError as error:
        raise unread(error, folder) from None
    if filled:
        raise refuse(
            "exists",
            f"{folder} is not empty, and the demo overwrites nothing.",
            "Choose another folder with --dir, or leave it out.",
            where=str(folder),
        )
    return folder


@contextmanager
def opened(program: Program, folder: Path) -> Iterator[Theatre]:
    """The demo with everything that it needs, until the end of the context."""
    from services.demo.accounts import open_accounts
    from services.demo.emulator import Emulator
    from services.demo.palisade import Service, save_service
    from services.demo.profile import write_profile

    backstage = files.folder(folder / BACKSTAGE)
    # Before anything else: this process talks to the embedded AWS, too.
    root.isolate(program.around, backstage / "aws-config")
    with Emulator.start(backstage) as emulator:
        accounts = open_accounts(emulator, stage.sign_in)
        profile = write_profile(backstage, emulator.endpoint, emulator.ca_bundle, accounts.administrator)
        service = Service(accounts.palisade, emulator.endpoint, emulator.plain_endpoint, emulator.ca_bundle)
        save_service(backstage / "service.json", service)
        yield Theatre(
            folder,
            emulator.endpoint,
            profile,
            service,
            _answers(accounts.principal_arn),
            _environment(program.around, profile),
        )


def _answers(principal_arn: str) -> dict[str, object]:
    from services.demo.emulator import REGION

    return {
        "setup.name": "demo-sandbox",
        "setup.environment": "sandbox",
        "aws.region": REGION,
        "aws.profile": "demo",
        "palisade.principal_arn": principal_arn,
        "palisade.external_id": str(uuid.uuid4()),
        "storage.bucket": f"palisade-demo-{uuid.uuid4().hex[:12]}",
        # As hard as production, so that the demo shows every line of it; the lock is short, and gone with the demo.
        "storage.object_lock": "compliance",
        "storage.object_lock_days": 1,
        "storage.noncurrent_versions": 10,
        "storage.noncurrent_days": 90,
        "storage.access_logs": True,
        "hardening.inventory": True,
        "hardening.trail": "create",
        "hardening.data_events": "all",
        "hardening.alarms": True,
        "hardening.alarm_email": "alarms@acme.example",
    }


def _environment(around: Surroundings, profile: Path) -> dict[str, str]:
    """The environment of the demo's programs, which run the same code as this one."""
    from services.demo.profile import child_environment

    environment = child_environment(around.environ, profile)
    if not ROOT.name.endswith("-packages"):
        others = environment.get("PYTHONPATH", "")
        environment["PYTHONPATH"] = f"{ROOT}:{others}" if others else str(ROOT)
    return environment
