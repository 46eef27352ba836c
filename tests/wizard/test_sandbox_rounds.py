"""Sandbox rounds on an AWS that enforces: apply, backups, verify, destroy, again and again, beside another set-up.

Nothing may be left but KMS keys that wait for their deletion, and nothing of the neighbour may ever change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.demo.accounts import Accounts, open_accounts
from services.demo.emulator import REGION, Emulator
from services.demo.palisade import Service, read_kit, write_backups
from services.model.calls import Aws, Call
from tests.account import Listing, everything
from tests.wizard.driving import Terminal
from wizard import stage

HARD = (
    *(
        "--set",
        "hardening.trail=create",
        "--set",
        "hardening.data_events=all",
        "--set",
        "hardening.alarms=true",
    ),
    *("--set", "hardening.alarm_email=security@example.com", "--set", "storage.access_logs=true"),
    *("--set", "storage.noncurrent_versions=10", "--set", "storage.noncurrent_days=90"),
)
KINDS = {"bucket", "key", "alias", "role", "trail", "log", "filter", "alarm", "topic", "subscription"}
"""What the neighbour has, so that its loss would show."""

ACCEPTED = ("--accept", "cost", "--accept", "irreversible")


@dataclass(frozen=True)
class Cloud:
    """A fresh account that evaluates policies, with an administrator and Palisade beside it."""

    administrator: Aws
    service: Service
    accounts: Accounts

    def listing(self) -> Listing:
        """Everything but the keys that wait for their deletion."""
        found = everything(self.administrator)
        return {name: told for name, told in found.items() if not name.endswith(" PendingDeletion")}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with Emulator.start(tmp_path_factory.mktemp("rounds")) as emulator:
        accounts = open_accounts(emulator, stage.sign_in)
        yield Cloud(
            stage.sign_in(
                accounts.administrator,
                region=REGION,
                endpoint=emulator.endpoint,
                ca_bundle=emulator.ca_bundle,
            ),
            Service(accounts.palisade, emulator.endpoint, emulator.plain_endpoint, emulator.ca_bundle),
            accounts,
        )


@dataclass(frozen=True)
class SetUp:
    """One set-up on a machine of its own."""

    machine: Terminal
    cloud: Cloud
    config: Path

    @classmethod
    def made(cls, folder: Path, cloud: Cloud, name: str, *flags: str) -> SetUp:
        folder.mkdir()
        machine = Terminal(folder, cloud.administrator, cloud.service.endpoint)
        own = (
            "--setup-name",
            name,
            "--storage-bucket",
            f"palisade-{name}",
            "--role-name",
            f"Palisade-{name}",
        )
        principal = ("--palisade-principal-arn", cloud.accounts.principal_arn)
        return cls(machine, cloud, machine.with_key(*own, *principal, *flags))

    def apply(self) -> None:
        ran = self.machine("apply", "--config", self.config, "--yes", *ACCEPTED, "--json")
        assert ran.status == 0, ran.out

    def backups(self) -> int:
        """What Palisade writes; and what S3 and CloudTrail leave in the buckets for their logs."""
        kit = read_kit(self.machine("values", "--config", self.config, "--json").document)
        written = list(write_backups(self.cloud.service, stage.sign_in, kit, stage.wallets()[:1]))
        self.cloud.administrator(Call("s3", "DeleteObject", {"Bucket": kit.bucket, "Key": written[0].key}))
        named = [b["Name"] for b in self.cloud.administrator(Call("s3", "ListBuckets"))["Buckets"]]
        for bucket in named:
            if bucket.startswith(f"{kit.bucket}-"):
                self.cloud.administrator(
                    Call("s3", "PutObject", {"Bucket": bucket, "Key": "a/log", "Body": b"x"})
                )
        return len(written)

    def verify(self) -> None:
        ran = self.machine("verify", "--config", self.config, "--json")
        failed = [check["id"] for check in ran.document["checks"] if check["status"] in {"fail", "unknown"}]
        assert failed == [], ran.out
        assert any(check["id"].startswith("backup.shard.") for check in ran.document["checks"])

    def destroy(self) -> None:
        ran = self.machine(
            "destroy", "--config", self.config, "--yes", "--accept", "delete-backups", "--json"
        )
        assert ran.status == 0, ran.out
        assert ran.lines[-1]["ok"]


def rounds(cloud: Cloud, folder: Path, number: int) -> None:
    """So many rounds, one of them hardened; each must leave the account as it was."""
    earlier = waiting(cloud)
    neighbour = SetUp.made(folder / "neighbour", cloud, f"neighbour-{number}", *HARD)
    neighbour.apply()
    neighbour.backups()
    plain = SetUp.made(folder / "plain", cloud, f"sandbox-{number}")
    hard = SetUp.made(folder / "hard", cloud, f"hardened-{number}", *HARD)
    before = cloud.listing()
    assert {name.split(" ")[0] for name in before} == KINDS
    for nth in range(number):
        setup = hard if nth == 1 else plain
        setup.apply()
        assert set(cloud.listing()) > set(before)
        assert setup.backups() >= 2
        setup.verify()
        setup.destroy()
        assert cloud.listing() == before
    assert waiting(cloud) - earlier == number + 1
    assert neighbour.machine("plan", "--config", neighbour.config, "--check").status == 0
    neighbour.destroy()


def waiting(cloud: Cloud) -> int:
    """How many keys wait for their end: the one thing that stays of a round."""
    return sum(name.endswith(" PendingDeletion") for name in everything(cloud.administrator))


@pytest.mark.slow
def test_rounds_leave_nothing_behind_and_touch_no_neighbour(cloud: Cloud, tmp_path: Path) -> None:
    rounds(cloud, tmp_path, 2)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_twenty_rounds_leave_nothing_behind_and_touch_no_neighbour(cloud: Cloud, tmp_path: Path) -> None:
    rounds(cloud, tmp_path, 20)
