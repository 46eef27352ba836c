"""A production set-up with a backup in it on a strict server over TLS, and the three ways to look at it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from botocore.httpsession import URLLib3Session

from services import kit as kits
from services import setup_file, work
from services.aws.port import Port, Settings
from services.demo.accounts import ORGANISATION, Accounts
from services.demo.cloudtrail import deliver
from services.demo.emulator import REGION, Emulator
from services.demo.objects import new_wallet
from services.demo.palisade import Service, read_kit, write_backups
from services.demo.profile import Keys
from services.doctor.audit import audit, of_setup
from services.setups import State
from services.verify.checks import Report
from services.work import Desk
from tests.faults import Faults
from tests.ports import FakeClock
from tests.services.verify.bucket import KEY_ID, OURS, QUORUM
from tests.world import ALARMS, HARD, TRAIL, sample

Lines = Mapping[str, str]
"""Statuses by the names of lines (of steps, for a plan)."""


def over_tls(emulator: Emulator) -> Callable[..., object]:
    """Sends a request to the emulator, past whoever listens."""
    session = URLLib3Session(verify=str(emulator.ca_bundle))
    return lambda _event, request: session.send(request)


def connect(keys: Keys, *, region: str, endpoint: str, ca_bundle: Path) -> Port:
    """The real port for somebody's keys."""
    return Port(settings(keys, region, endpoint, ca_bundle))


def settings(keys: Keys, region: str, endpoint: str, ca_bundle: Path) -> Settings:
    return Settings(
        region=region,
        endpoint_url=endpoint,
        access_key=keys.access_key,
        secret_key=keys.secret_key,
        session_token=keys.session_token or "",
        ca_bundle=str(ca_bundle),
    )


@dataclass
class Stage:
    """The set-up, complete, with one wallet's backup and the trail's records of it."""

    emulator: Emulator
    accounts: Accounts
    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        mine = self.accounts.administrator
        emulator = self.emulator
        self.faults = Faults(over_tls(self.emulator))
        self.aws = Port(settings(mine, REGION, emulator.endpoint, emulator.ca_bundle), self.faults.listen)
        (self.folder / "recovery.pub.der").write_bytes(OURS)
        answers = sample(
            **HARD,
            **TRAIL,
            **ALARMS,
            setup__name="looked-at",
            setup__environment="production",
            aws__region=REGION,
            aws__account=ORGANISATION,
            palisade__principal_arn=self.accounts.principal_arn,
            palisade__quorum_id=QUORUM,
            storage__bucket="acme-looked-at",
            role__name="LookedAt",
            recovery_key__public_files=("recovery.pub.der",),
        )
        self.setup = setup_file.create(self.folder / "setup.toml", answers)
        self._make()

    def desk(self) -> Desk:
        setup = setup_file.read(self.setup.path)
        state = State(self.folder / "state")
        return work.open_desk(setup, self.aws, state, self.clock, self.emulator.endpoint)

    def _make(self) -> None:
        desk = self.desk()
        planned = work.make_plan(desk)
        accepted = tuple(f"{step.risk}:{step.address}" for step in planned.plan.steps if step.risk)
        *_, last = work.carry_out(desk, planned, accepted)
        assert getattr(last, "ok", False), last
        kit = read_kit(kits.as_json(work.kit_values(self.desk())))
        plain, tls = self.emulator.plain_endpoint, self.emulator.endpoint
        service = Service(self.accounts.palisade, tls, plain, self.emulator.ca_bundle)
        wallet = new_wallet(QUORUM, KEY_ID, "SECP256K1", random.Random(1))
        written = list(write_backups(service, connect, kit, [wallet]))
        deliver(connect, service, kit, written, datetime.now(UTC))
        self.clock.began = datetime.now(UTC) + timedelta(minutes=1)

    def plan(self) -> Lines:
        planned = work.make_plan(self.desk())
        work.check_blocked(planned)
        # What could not be looked for beside a resource is a note, and no step.
        unseen = [
            note.address for note in planned.plan.notes if note.says.startswith("Whether there is another")
        ]
        return {
            **{step.address: step.verb for step in planned.plan.steps},
            **{f"beside {name}": "unknown" for name in unseen},
        }

    def verify(self) -> Lines:
        return statuses(work.verify(self.desk()))

    def doctor(self) -> Lines:
        desk = self.desk()
        return statuses(audit(self.aws, of_setup(desk.setup, desk.identity, ()), self.clock.wall()))


def statuses(report: Report) -> Lines:
    return {check.id: check.status for check in report.checks}
