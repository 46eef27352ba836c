"""The headless journey, each command a process of its own: on a stock moto server, and on an AWS that enforces."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from screens.host import Connection
from services import setup_file
from services.demo.accounts import Accounts, open_accounts
from services.demo.emulator import Emulator
from services.demo.objects import object_key
from services.demo.palisade import Kit, Service, as_role, assume, read_kit, save_service
from services.demo.profile import child_environment, write_profile
from services.model.calls import Aws, Call, Refused
from services.model.operations import OPERATIONS
from services.model.values import Tree
from tests.planted import AWS_SECRET_KEY, PASSWORD
from tests.wizard.driving import ANSWERS, EXTERNAL_ID, Ran, process
from wizard import stage
from wizard.host import host
from wizard.options import Globals
from wizard.root import Program, Surroundings

DENIED = {"AccessDenied", "AccessDeniedException", "403"}


@dataclass(frozen=True)
class Machine:
    """A computer on which the program runs as a process."""

    folder: Path
    environ: dict[str, str]

    def __call__(self, *arguments: str | Path, log: str = "log") -> Ran:
        shared = ("--state-dir", self.folder / "state", "--log-file", self.folder / log)
        return process(*shared, *arguments, environ=self.environ, cwd=self.folder)

    def calls(self, log: str) -> list[str]:
        """The names of the calls in a log, in order."""
        lines = (self.folder / log).read_text().splitlines()
        return [line.split()[1].removesuffix(":") for line in lines]

    def journey(self, *answers: str) -> None:
        """From nothing to a backup path; every step must end as the contract says."""
        (self.folder / "password").write_text(PASSWORD)
        config = ("--config", "setup.toml")
        assert self("answers", "new", "--out", "setup.toml", *answers, "--json").document["missing"] == []
        keygen = self("keygen", *config, "--out", "keys", "--password-file", "password", "--json")
        assert keygen.status == 0, keygen.err
        assert self("apply", *config, "--yes", "--json").lines[-1]["ok"]
        checked = self("plan", *config, "--check", "--json")
        assert (checked.status, checked.document["steps"]) == (0, [])
        values = self("values", *config, "--json").document
        assert values["public_keys"][0]["sha256"] == keygen.document["sha256"]
        verified = self("verify", *config, "--json")
        assert verified.status == 7, verified.out
        assert {check["status"] for check in verified.document["checks"]} == {"pass", "waiting", "skipped"}
        again = self("apply", *config, "--yes", "--json", log="second")
        assert (again.status, again.lines[-1]["ok"]) == (0, True)
        assert [name for name in self.calls("second") if not OPERATIONS[name].reads] == []
        assert [name for name in self.calls("log") if not OPERATIONS[name].reads]


@contextmanager
def moto() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@pytest.mark.slow
def test_the_journey_on_a_stock_moto_server(tmp_path: Path) -> None:
    with moto() as url:
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        environ = kept | {
            "HOME": str(tmp_path), "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": AWS_SECRET_KEY, "AWS_EC2_METADATA_DISABLED": "true",
        }  # fmt: skip
        Machine(tmp_path, environ).journey(*ANSWERS)


@dataclass(frozen=True)
class Enforcing:
    """A finished set-up in an AWS that enforces policies, and Palisade's side of it."""

    machine: Machine
    emulator: Emulator
    accounts: Accounts
    service: Service
    kit: Kit
    put: str


@contextmanager
def enforcing(folder: Path) -> Iterator[Enforcing]:
    backstage = folder / "backstage"
    backstage.mkdir(mode=0o700)
    with Emulator.start(backstage) as emulator:
        accounts = open_accounts(emulator, stage.sign_in)
        profile = write_profile(backstage, emulator.endpoint, emulator.ca_bundle, accounts.administrator)
        machine = Machine(folder, child_environment(os.environ, profile))
        machine.journey(*ANSWERS, "--palisade-principal-arn", accounts.principal_arn)
        kit = read_kit(machine("values", "--config", "setup.toml", "--json").document)
        service = Service(accounts.palisade, emulator.endpoint, emulator.plain_endpoint, emulator.ca_bundle)
        yield Enforcing(machine, emulator, accounts, service, kit, object_key(stage.wallets()[0], 0))


def denied(aws: Aws, service: str, op: str, **params: Tree) -> bool:
    try:
        aws(Call(service, op, params))
    except Refused as refused:
        return refused.code in DENIED
    return False


@pytest.mark.slow  # the guides are followed where policies are enforced, too
def test_the_journey_where_policies_are_enforced(tmp_path: Path) -> None:
    with enforcing(tmp_path) as world:
        only_objects_can_be_put_with_the_right_external_id(world)
        nothing_can_be_done_with_another(world)
        nothing_can_be_done_by_another(world)
        playing_palisade_turns_the_checklist_green(world)


def only_objects_can_be_put_with_the_right_external_id(world: Enforcing) -> None:
    kit = world.kit
    assert kit.external_id == EXTERNAL_ID
    role = as_role(world.service, stage.sign_in, kit)
    where = {"Bucket": kit.bucket, "Key": world.put}
    role(Call("s3", "PutObject", {**where, "Body": b"x"}))
    assert denied(role, "s3", "GetObject", **where)
    assert denied(role, "s3", "HeadObject", **where)
    assert denied(role, "s3", "DeleteObject", **where)
    assert denied(role, "s3", "PutObjectTagging", **where, Tagging={"TagSet": []})
    for op in ("ListObjectsV2", "HeadBucket", "GetBucketPolicy", "DeleteBucketPolicy", "DeleteBucket"):
        assert denied(role, "s3", op, Bucket=kit.bucket), op
    assert denied(role, "kms", "DescribeKey", KeyId=kit.kms_key_arn)
    assert denied(role, "kms", "ScheduleKeyDeletion", KeyId=kit.kms_key_arn)
    assert denied(role, "kms", "GenerateDataKey", KeyId=kit.kms_key_arn, KeySpec="AES_256")
    assert denied(role, "iam", "ListRoles")
    assert denied(role, "iam", "CreateUser", UserName="mallory")
    administrator = stage.sign_in(
        world.accounts.administrator,
        region=kit.region,
        endpoint=world.emulator.endpoint,
        ca_bundle=world.emulator.ca_bundle,
    )
    place = {"LocationConstraint": kit.region}
    administrator(Call("s3", "CreateBucket", {"Bucket": "another", "CreateBucketConfiguration": place}))
    assert denied(role, "s3", "PutObject", Bucket="another", Key="x", Body=b"x")
    plain = as_role(world.service, stage.sign_in, kit, tls=False)
    assert denied(plain, "s3", "PutObject", Bucket=kit.bucket, Key="x", Body=b"x")


def nothing_can_be_done_with_another(world: Enforcing) -> None:
    for external_id in (None, EXTERNAL_ID.upper(), EXTERNAL_ID + "x", EXTERNAL_ID[:-1]):
        with pytest.raises(Refused) as refused:
            assume(world.service, stage.sign_in, world.kit, external_id)
        assert refused.value.code in DENIED


def nothing_can_be_done_by_another(world: Enforcing) -> None:
    emulator = world.emulator
    keys = world.accounts.administrator
    stranger = Service(keys, emulator.endpoint, emulator.plain_endpoint, emulator.ca_bundle)
    with pytest.raises(Refused) as refused:
        assume(stranger, stage.sign_in, world.kit, world.kit.external_id)
    assert refused.value.code in DENIED


def playing_palisade_turns_the_checklist_green(world: Enforcing) -> None:
    folder, emulator, kit = world.machine.folder, world.emulator, world.kit
    service_file = save_service(folder / "service.json", world.service)
    told = stage.save(
        folder / "stage.json", stage.Stage(service_file, folder / "keys", {"aws.profile": "demo"})
    )
    administrator = stage.sign_in(
        world.accounts.administrator,
        region=kit.region,
        endpoint=emulator.endpoint,
        ca_bundle=emulator.ca_bundle,
    )
    administrator(Call("s3", "DeleteObject", {"Bucket": kit.bucket, "Key": world.put}))
    around = Surroundings(environ={}, reach=lambda _settings: Connection(administrator, emulator.endpoint))
    options = Globals(state_dir=folder / "state", demo_stage=told)
    shown = host(Program.start(around, json=False).with_options(options), None)
    assert (shown.key_folder, shown.defaults) == (folder / "keys", {"aws.profile": "demo"})
    assert shown.extra_action is not None
    said = list(shown.extra_action.run(setup_file.read(folder / "setup.toml")))
    assert sum(sentence.startswith("✓ wrote ") for sentence in said) == 4
    assert sum(sentence.startswith("✓ refused: ") for sentence in said) >= 5
    assert not [sentence for sentence in said if sentence.startswith("✗")]
    verified = world.machine("verify", "--config", "setup.toml", "--json")
    assert verified.status == 0, verified.out
