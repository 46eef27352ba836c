"""An account on an emulator in which exported scripts run, and the same set-up as the program itself sees it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from services.answers import Answers
from services.aws.port import Port, Settings
from services.blueprint import blueprint
from services.demo.emulator import REGION, Emulator
from services.engine.observe import Ownership, observe
from services.engine.world import World
from services.export import script
from services.export.subject import Subject
from services.model.calls import Aws
from services.model.resource import Blueprint
from services.setup_file import SetupFile
from tests.aws_cli import NO_FAULTS, Faults, Ran, run_script
from tests.world import ACCOUNT, SETUP, Journey, do, sample

ROOT = "root"
"""The emulator's secret key of every account's root user."""


def answers_of(account: str, **values: object) -> Answers:
    """The sample answers in an account, with names that no other account has."""
    given: dict[str, object] = {"aws__region": REGION, "aws__account": account}
    given["storage__bucket"] = f"acme-palisade-{account}"
    given |= values
    return sample(**given)


def subject_of(answers: Answers, account: str = ACCOUNT, world: World | None = None) -> Subject:
    """What an export describes; nothing of it is there unless a world says otherwise."""
    setup = SetupFile(Path("setup.toml"), answers)
    return Subject(setup, account, blueprint(answers, account), World() if world is None else world)


@dataclass(frozen=True)
class Ground:
    """An account; `path` is the folder of the `aws` program that its scripts use."""

    number: str
    aws: Aws
    environment: Mapping[str, str]
    path: Path
    folder: Path
    answers: Answers

    def having(self, **values: object) -> Ground:
        """The same with other answers."""
        return replace(self, answers=self.answers.with_(**values))

    @property
    def blueprint(self) -> Blueprint:
        return blueprint(self.answers, self.number)

    @property
    def journey(self) -> Journey:
        return Journey(self.aws, self.blueprint)

    def world(self) -> World:
        return observe(self.blueprint, self.aws, Ownership(SETUP))

    def export(self, world: World | None = None) -> Path:
        """The script as it is exported now, or for a world."""
        found = self.world() if world is None else world
        path = self.folder / "setup.sh"
        path.write_text(script.text(subject_of(self.answers, self.number, found)), encoding="utf-8")
        return path

    def run(self, path: Path, *options: str, faults: Faults = NO_FAULTS, shell: str = "dash") -> Ran:
        return run_script(
            path, *options, path=self.path, environment=self.environment, shell=shell, faults=faults
        )

    def keys(self) -> int:
        """How many KMS keys the account has."""
        return len(do(self.aws, "kms", "ListKeys")["Keys"])


def ground(emulator: Emulator, path: Path, folder: Path, *, number: int) -> Ground:
    """The account of a number."""
    account = f"{777000000000 + number + 1000 * (os.getpid() % 1000)}"
    aws = Port(
        Settings(
            region=REGION,
            endpoint_url=emulator.endpoint,
            ca_bundle=str(emulator.ca_bundle),
            access_key=account,
            secret_key=ROOT,
        )
    )
    environment = {
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "AWS_CA_BUNDLE": str(emulator.ca_bundle),
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": ROOT,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "NO_PROXY": "*",
    }
    return Ground(account, aws, environment, path, folder, answers_of(account))


def real_aws(folder: Path) -> Path:
    """A folder with nothing but the installed `aws` program."""
    made = folder / "bin"
    made.mkdir()
    (made / "aws").symlink_to(Path(sys.executable).with_name("aws"))
    return made
