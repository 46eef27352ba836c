"""A stand-in for Palisade's MPC service: it writes backups with nothing but the values of the Create kit form.

It lives in another account, holds only its own keys, assumes the organisation's role with the external ID, and
uploads without any encryption header, so that what protects the backups is the organisation's set-up alone. It
reads nothing else of the program: what works for it here was complete in the `values` document.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from services import files, json_text
from services.demo.objects import DemoWallet, backup_object, object_key
from services.demo.profile import Keys
from services.model.calls import Call
from services.problems import refuse

if TYPE_CHECKING:
    from services.demo.accounts import Connect
    from services.model.calls import Aws

MakeObject: TypeAlias = Callable[[DemoWallet, bytes, int], bytes]

SESSION = "palisade-mpc"
# A wallet has several files: one per recovery public key, and more than one even if the kit has a single key.
FEWEST_FILES = 2


@dataclass(frozen=True)
class Service:
    """Palisade's own side: its principal's keys and where AWS is, with and without TLS."""

    keys: Keys
    endpoint: str
    plain_endpoint: str
    ca_bundle: Path


@dataclass(frozen=True)
class Kit:
    """What the Create kit form holds; `public_keys` are the recovery public keys as SPKI DER."""

    bucket: str
    role_arn: str
    region: str
    external_id: str
    kms_key_arn: str
    public_keys: tuple[bytes, ...]

    @property
    def account(self) -> str:
        """The organisation's account, as the role's ARN tells it."""
        return self.role_arn.split(":")[4]


@dataclass(frozen=True)
class Written:
    """One backup object as AWS acknowledged it; `size` in bytes, the rest empty where AWS did not say.

    `session_key` is the public identifier of the session's access key.
    """

    key: str
    size: int
    version_id: str
    encryption: str
    kms_key_arn: str
    session_key: str = ""


def read_kit(document: Mapping[str, Any]) -> Kit:
    """The kit that a `values --json` document describes. Raises KeyError if the document lacks a value."""
    return Kit(
        bucket=document["bucket"],
        role_arn=document["role_arn"],
        region=document["region"],
        external_id=document["external_id"],
        kms_key_arn=document["kms_key_arn"],
        public_keys=tuple(bytes.fromhex(key["der_hex"]) for key in document["public_keys"]),
    )


def save_service(path: Path, service: Service) -> Path:
    """Leave the service's access in a file for its owner alone, for the program that plays Palisade."""
    held = {
        "access_key": service.keys.access_key,
        "secret_key": service.keys.secret_key,
        "endpoint": service.endpoint,
        "plain_endpoint": service.plain_endpoint,
        "ca_bundle": str(service.ca_bundle),
    }
    return files.publish(path, json.dumps(held).encode(), 0o600).path


def load_service(path: Path) -> Service:
    """What `save_service` left. Errors: `unreadable-file`, also of a file of that name that is no demo's."""
    try:
        held = json_text.parsed(files.read_small(path))
        access, secret, endpoint, plain, bundle = (held[name] for name in _HELD)
        if all(isinstance(value, str) for value in (access, secret, endpoint, plain, bundle)):
            return Service(Keys(access, secret), endpoint, plain, Path(bundle))
    except (ValueError, LookupError, TypeError):
        pass
    raise refuse(
        "unreadable-file",
        f"{path} is not the file in which a demo keeps the access of its Palisade.",
        "Start the demo again; for any other AWS the real Palisade must write.",
        where=path,
    )


_HELD = ("access_key", "secret_key", "endpoint", "plain_endpoint", "ca_bundle")


def write_backups(
    service: Service,
    connect: Connect,
    kit: Kit,
    wallets: Sequence[DemoWallet],
    make_object: MakeObject = backup_object,
) -> Iterator[Written]:
    """Write every wallet's backup objects, one a step; the work is done as the steps are taken.

    `make_object` takes a wallet, a recovery public key and an index, and gives the object's content. Raises
    `Refused` when AWS turns the role or an upload down.
    """
    keys = assume(service, connect, kit, kit.external_id)
    role = _with(keys, service.endpoint, service, connect, kit)
    for wallet in wallets:
        for index, recovery_key in enumerate(recovery_keys(kit)):
            content = make_object(wallet, recovery_key, index)
            key = object_key(wallet, index)
            reply = role(Call("s3", "PutObject", {"Bucket": kit.bucket, "Key": key, "Body": content}))
            yield Written(
                key=key,
                size=len(content),
                version_id=reply.get("VersionId", ""),
                encryption=reply.get("ServerSideEncryption", ""),
                kms_key_arn=reply.get("SSEKMSKeyId", ""),
                session_key=keys.access_key,
            )


def recovery_keys(kit: Kit) -> Iterator[bytes]:
    """Which recovery public key each object of a wallet is sealed to: every key of the kit at least once."""
    return islice(cycle(kit.public_keys), max(FEWEST_FILES, len(kit.public_keys)))


def as_itself(service: Service, connect: Connect, kit: Kit) -> Aws:
    """AWS as Palisade's own principal sees it, before it assumes any role."""
    return connect(service.keys, region=kit.region, endpoint=service.endpoint, ca_bundle=service.ca_bundle)


def assume(service: Service, connect: Connect, kit: Kit, external_id: str | None) -> Keys:
    """The keys of a session in the organisation's role. Raises `Refused` where the role does not trust this."""
    params: dict[str, str] = {"RoleArn": kit.role_arn, "RoleSessionName": SESSION}
    if external_id is not None:
        params["ExternalId"] = external_id
    session = as_itself(service, connect, kit)(Call("sts", "AssumeRole", params))["Credentials"]
    return Keys(session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])


def as_role(service: Service, connect: Connect, kit: Kit, *, tls: bool = True) -> Aws:
    """AWS as a session in the organisation's role sees it; the session itself is always opened over TLS."""
    keys = assume(service, connect, kit, kit.external_id)
    return _with(keys, service.endpoint if tls else service.plain_endpoint, service, connect, kit)


def _with(keys: Keys, endpoint: str, service: Service, connect: Connect, kit: Kit) -> Aws:
    return connect(keys, region=kit.region, endpoint=endpoint, ca_bundle=service.ca_bundle)
