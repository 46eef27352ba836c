"""The stand-in for Palisade writes with the form's values alone, and the refusals it shows are real ones."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.demo.accounts import ORGANISATION, PALISADE, Accounts, Connect
from services.demo.emulator import REGION, Emulator
from services.demo.objects import DemoWallet, new_wallet, object_key
from services.demo.palisade import (
    Kit,
    Service,
    as_itself,
    load_service,
    read_kit,
    recovery_keys,
    save_service,
    write_backups,
)
from services.demo.refusals import Refusal, refusals
from services.model import policies
from services.model.calls import Call, Refused
from services.model.values import encode

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from services.demo.profile import Keys
    from services.model.calls import Aws, Reply
    from services.model.values import Tree

EXTERNAL_ID = "demo-external-id"
WALLETS = (
    new_wallet("0a9f0a52-3a3f-4f2e-8f1c-0d0b5f1d2c3a", "6d2e5a1c-7f7e-4a55-9b0a-3b6c2f1e4d5f", "SECP256K1"),
    new_wallet("0a9f0a52-3a3f-4f2e-8f1c-0d0b5f1d2c3a", "f1b0c2d3-e4f5-4a6b-8c7d-9e0f1a2b3c4d", "ED25519"),
)


@dataclass(frozen=True)
class Stage:
    """A provisioned account: the administrator's AWS, Palisade's side, and the form's values."""

    administrator: Aws
    service: Service
    values: dict[str, Any]

    @property
    def kit(self) -> Kit:
        return read_kit(self.values)


def make_object(wallet: DemoWallet, recovery_key: bytes, index: int) -> bytes:
    return f"{wallet.key_id} {index} ".encode() + recovery_key


def text(policy: Tree) -> str:
    return str(encode(policy))


def provisioned(name: str, emulator: Emulator, accounts: Accounts, connect: Connect, *, lax: bool) -> Stage:
    """Key, bucket and role under `name`, as the guide has them or, if `lax`, with every door open."""
    aws = connect(
        accounts.administrator, region=REGION, endpoint=emulator.endpoint, ca_bundle=emulator.ca_bundle
    )

    def make(service: str, op: str, **params: Tree) -> Any:
        return aws(Call(service, op, params))

    key = make("kms", "CreateKey")["KeyMetadata"]["Arn"]
    make("s3", "CreateBucket", Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rules: list[Tree] = [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]
    make("s3", "PutBucketEncryption", Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})
    make("s3", "PutBucketVersioning", Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    arn = f"arn:aws:s3:::{name}"
    trust = text(policies.trust_policy(accounts.principal_arn, EXTERNAL_ID))
    rights = text(policies.role_policy(arn, key, REGION, "aws"))
    if lax:
        make("s3", "DeletePublicAccessBlock", Bucket=name)
        make("s3", "PutBucketPolicy", Bucket=name, Policy=allow("s3:*", [arn, f"{arn}/*"]))
        trust, rights = allow("sts:AssumeRole", None), allow("s3:*", "*", principal=None)
    else:
        make(
            "s3", "PutBucketPolicy", Bucket=name, Policy=text(policies.bucket_policy(arn, key, strict=False))
        )
    role = make("iam", "CreateRole", RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    make("iam", "PutRolePolicy", RoleName=name, PolicyName="backup", PolicyDocument=rights)
    return Stage(
        administrator=aws,
        service=Service(accounts.palisade, emulator.endpoint, emulator.plain_endpoint, emulator.ca_bundle),
        values={
            "bucket": name,
            "role_arn": role,
            "region": REGION,
            "external_id": EXTERNAL_ID,
            "kms_key_arn": key,
            "public_keys": [{"der_hex": "a1"}, {"der_hex": "a2"}, {"der_hex": "a3"}],
        },
    )


def allow(action: str, resource: Tree, principal: Tree = "*") -> str:
    given = {"Resource": resource, "Principal": principal}
    statement = {"Effect": "Allow", "Action": action, **{k: v for k, v in given.items() if v is not None}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(scope="module")
def stage(emulator: Emulator, accounts: Accounts, connect: Connect) -> Stage:
    return provisioned("palisade-guided", emulator, accounts, connect, lax=False)


@pytest.fixture(scope="module")
def lax(emulator: Emulator, accounts: Accounts, connect: Connect) -> Stage:
    return provisioned("palisade-lax", emulator, accounts, connect, lax=True)


def test_both_sides_are_ordinary_users_of_two_accounts(
    emulator: Emulator, accounts: Accounts, connect: Connect
) -> None:
    def identity(keys: Keys) -> Any:
        aws = connect(keys, region=REGION, endpoint=emulator.endpoint, ca_bundle=emulator.ca_bundle)
        return aws(Call("sts", "GetCallerIdentity"))["Arn"]

    assert identity(accounts.administrator).startswith(f"arn:aws:iam::{ORGANISATION}:user/")
    assert identity(accounts.palisade) == accounts.principal_arn
    assert accounts.principal_arn.startswith(f"arn:aws:iam::{PALISADE}:user/")


def test_every_wallet_is_written_for_every_recovery_key_under_the_organisations_key(
    stage: Stage, connect: Connect
) -> None:
    kit = stage.kit
    written = list(write_backups(stage.service, connect, kit, WALLETS, make_object))
    wanted = {
        object_key(wallet, index): make_object(wallet, recovery_key, index)
        for wallet in WALLETS
        for index, recovery_key in enumerate(kit.public_keys)
    }
    assert [item.key for item in written] == list(wanted)
    for item in written:
        found = stage.administrator(Call("s3", "GetObject", {"Bucket": kit.bucket, "Key": item.key}))
        assert found["Body"].read() == wanted[item.key]
        assert (found["SSEKMSKeyId"], item.kms_key_arn) == (kit.kms_key_arn, kit.kms_key_arn)
        assert (found["VersionId"], item.size) == (item.version_id, len(wanted[item.key]))


def test_objects_of_real_shape_are_written_by_default(stage: Stage, connect: Connect, spki: bytes) -> None:
    kit = replace(stage.kit, public_keys=(spki,))
    written = list(write_backups(stage.service, connect, kit, WALLETS[:1]))
    assert len(written) == 2
    assert all(220_000 <= item.size <= 350_000 for item in written)


def test_a_guided_set_up_refuses_every_attempt(stage: Stage, connect: Connect) -> None:
    shown = list(refusals(stage.service, connect, stage.kit, written(stage, connect)))
    assert [refusal for refusal in shown if not refusal.held] == []
    assert len({refusal.title for refusal in shown}) == len(shown) >= 9
    assert not leaking(shown, EXTERNAL_ID)


def test_a_lax_set_up_is_exposed_by_every_attempt(lax: Stage, connect: Connect) -> None:
    shown = list(refusals(lax.service, connect, lax.kit, written(lax, connect)))
    assert {refusal.title for refusal in shown if refusal.held} == set()


@pytest.mark.parametrize(
    ("code", "held"),
    [
        ("AccessDenied", True),
        ("AccessDeniedException", True),
        ("403", True),
        ("NoSuchBucket", False),
        ("InvalidArgument", False),
        ("SignatureDoesNotMatch", False),
        ("404", False),
    ],
)
def test_only_a_denial_counts_as_a_refusal(stage: Stage, code: str, *, held: bool) -> None:
    def failing(keys: Keys, *, region: str, endpoint: str, ca_bundle: Path) -> Aws:
        def call(asked: Call) -> Reply:
            if asked.params.get("ExternalId") == EXTERNAL_ID:
                return {"Credentials": {"AccessKeyId": "A", "SecretAccessKey": "s", "SessionToken": "t"}}
            raise Refused(asked, code, "as told")

        return call

    shown = list(refusals(stage.service, failing, stage.kit, "written"))
    assert {refusal.held for refusal in shown} == {held}
    assert {refusal.observed for refusal in shown} == {f"{code}: as told"}


def written(stage: Stage, connect: Connect) -> str:
    return next(iter(write_backups(stage.service, connect, stage.kit, WALLETS, make_object))).key


def leaking(shown: Iterable[Refusal], secret: str) -> list[Refusal]:
    return [refusal for refusal in shown if secret in f"{refusal.title}{refusal.expected}{refusal.observed}"]


@pytest.mark.parametrize("wrong", ["external_id", "role_arn"])
def test_a_value_that_is_wrong_in_the_form_writes_nothing(stage: Stage, connect: Connect, wrong: str) -> None:
    kit = read_kit({**stage.values, wrong: f"{stage.values[wrong]}x"})
    with pytest.raises(Refused) as caught:
        next(write_backups(stage.service, connect, kit, WALLETS, make_object))
    assert caught.value.code == "AccessDenied"


def test_the_access_survives_its_file_and_hides_its_secret(
    stage: Stage, connect: Connect, tmp_path: Path
) -> None:
    path = save_service(tmp_path / "palisade.json", stage.service)
    assert path.stat().st_mode & 0o777 == 0o600
    loaded = load_service(path)
    assert loaded == stage.service
    assert loaded.keys.secret_key not in repr(loaded)
    assert as_itself(loaded, connect, stage.kit)(Call("sts", "GetCallerIdentity"))["Account"] == PALISADE


@given(st.lists(st.binary(min_size=1), min_size=1, max_size=6, unique=True))
def test_every_recovery_key_has_an_object_and_no_wallet_has_a_single_one(keys: list[bytes]) -> None:
    kit = Kit("bucket", "role", REGION, EXTERNAL_ID, "key", tuple(keys))
    sealed = list(recovery_keys(kit))
    assert set(sealed) == set(keys)
    assert len(sealed) == max(2, len(keys))
