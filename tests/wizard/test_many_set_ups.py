"""Three set-ups from one template against one AWS that enforces, from nothing to verified, with nobody at the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.clock import SystemClock
from services.demo.accounts import open_accounts
from services.demo.emulator import REGION, Emulator
from services.demo.palisade import Service, read_kit
from tests.wizard.driving import EXTERNAL_ID, Terminal
from wizard import stage

NAMES = ("blue", "green")


@dataclass(frozen=True)
class Cloud:
    """The machine, Palisade's side, and the template that all set-ups are made from."""

    machine: Terminal
    service: Service
    template: Path


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    backstage = tmp_path / "backstage"
    backstage.mkdir(mode=0o700)
    with Emulator.start(backstage) as emulator:
        accounts = open_accounts(emulator, stage.sign_in)
        endpoint, bundle = emulator.endpoint, emulator.ca_bundle
        aws = stage.sign_in(accounts.administrator, region=REGION, endpoint=endpoint, ca_bundle=bundle)
        service = Service(accounts.palisade, endpoint, emulator.plain_endpoint, bundle)
        template = tmp_path / "team.toml"
        template.write_text(
            f'[aws]\nregion = "{REGION}"\n[palisade]\nprincipal_arn = "{accounts.principal_arn}"\n'
            f'external_id = "{EXTERNAL_ID}"\n[storage]\nbucket = "{{team}}-palisade-{{name}}-{{date}}"\n'
            '[tags]\nteam = "{team}"\n'
        )
        yield Cloud(Terminal(tmp_path, aws, endpoint, clock=SystemClock()), service, template)


@pytest.mark.slow
def test_a_loop_over_names_makes_verifies_and_leaves_the_others_alone(cloud: Cloud) -> None:
    machine = cloud.machine
    for name in NAMES:
        setup, keys = machine.folder / f"{name}.toml", machine.folder / f"keys-{name}"
        made = machine(
            "answers", "new", "--out", setup, "--template", cloud.template, "--fill", "team=acme", "--json"
        )
        assert (made.status, made.document["missing"]) == (0, []), made.err
        password = ("--password-file", machine.password_file)
        assert machine("keygen", "--config", setup, "--out", keys, *password, "--no-sheet").status == 0
        applied = machine("apply", "--config", setup, "--yes", "--json")
        assert (applied.status, applied.lines[-1]["ok"]) == (0, True), applied.out
        kit = read_kit(machine("values", "--config", setup, "--json").document)
        assert machine("verify", "--config", setup).status == 7, "nothing was backed up yet"
        wallets = stage.wallets()
        assert all(deed.held for deed in stage.perform(cloud.service, kit, wallets))
        ids = [word for wallet in wallets for word in ("--key-id", wallet.key_id)]
        verified = machine("verify", "--config", setup, *ids, "--json")
        assert verified.status == 0, [
            c for c in verified.document["checks"] if c["status"] not in {"pass", "skipped"}
        ]
    for one in NAMES:
        again = machine("plan", "--config", machine.folder / f"{one}.toml", "--check", "--json")
        assert (again.status, again.document["steps"]) == (0, [])
        for two in NAMES:
            if one != two:
                pair = (machine.folder / f"{name}.toml" for name in (one, two))
                assert machine("answers", "compare", *pair).status == 0
