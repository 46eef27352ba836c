"""The two accounts of the demo: the organisation's, with an administrator, and Palisade's, with its service.

The emulator takes twelve digits as the root user of that account, who stands above every policy. Root makes the two
here, once, and else only does what AWS itself would (`cloudtrail.py`, `inventories.py`): the programs of the demo sign in
as ordinary IAM users, whom policies bind.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from services.demo.emulator import REGION
from services.demo.profile import Keys
from services.model.calls import Call

if TYPE_CHECKING:
    from pathlib import Path

    from services.demo.emulator import Emulator
    from services.model.calls import Aws
    from services.model.values import Tree

ORGANISATION = "111122223333"
PALISADE = "444455556666"
ADMINISTRATOR = "administrator"
SERVICE = "palisade-mpc"
FULL_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess"


class Connect(Protocol):
    """Opens AWS, as one function, to whoever holds the keys; `ca_bundle` vouches for an https endpoint."""

    def __call__(self, keys: Keys, *, region: str, endpoint: str, ca_bundle: Path) -> Aws: ...


@dataclass(frozen=True)
class Accounts:
    """Who exists in the demo: the administrator's keys, Palisade's keys, and the principal that these act as."""

    administrator: Keys
    palisade: Keys
    principal_arn: str


def open_accounts(emulator: Emulator, connect: Connect) -> Accounts:
    """Create the administrator and Palisade's service in a fresh emulator."""

    def root(account: str) -> Aws:
        keys = Keys(account, "root")
        return connect(keys, region=REGION, endpoint=emulator.endpoint, ca_bundle=emulator.ca_bundle)

    organisation, palisade = root(ORGANISATION), root(PALISADE)
    organisation(_iam("CreateUser", UserName=ADMINISTRATOR))
    organisation(_iam("AttachUserPolicy", UserName=ADMINISTRATOR, PolicyArn=FULL_ACCESS))
    service = palisade(_iam("CreateUser", UserName=SERVICE))
    palisade(
        _iam("PutUserPolicy", UserName=SERVICE, PolicyName="everywhere", PolicyDocument=_rights_of_its_own())
    )
    return Accounts(
        administrator=_new_keys(organisation, ADMINISTRATOR),
        palisade=_new_keys(palisade, SERVICE),
        principal_arn=str(service["User"]["Arn"]),
    )


def _iam(op: str, **params: Tree) -> Call:
    return Call("iam", op, params)


def _new_keys(aws: Aws, user: str) -> Keys:
    made = aws(_iam("CreateAccessKey", UserName=user))["AccessKey"]
    return Keys(str(made["AccessKeyId"]), str(made["SecretAccessKey"]))


def _rights_of_its_own() -> str:
    """What Palisade's own account lets its service try in other accounts: it is for these to refuse."""
    statement = {"Effect": "Allow", "Action": ["sts:AssumeRole", "s3:*"], "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
