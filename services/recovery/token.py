"""A PKCS#11 token (an HSM, a smart card) as the keeper of the sealed file or of its password, as the interfaces see it.

The driver of the token is foreign machine code: it is loaded in the child process alone, with the few environment
variables that such drivers read. The extra `hsm` installs what speaks to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from services import seen
from services.problems import refuse
from services.recovery.encoding import MAGIC
from services.recovery.passwords import check_password
from services.recovery.process import Order, Work

What = Literal["sealed-file", "password"]
WHATS: tuple[What, ...] = ("sealed-file", "password")

APPLICATION = "palisade-wizard"
"""By this name the objects are found again."""

MODULES = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
    Path("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"),
    Path("/opt/homebrew/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so"),
    Path("/usr/lib/x86_64-linux-gnu/pkcs11/yubihsm_pkcs11.so"),
    Path("/usr/lib/x86_64-linux-gnu/libykcs11.so"),
    Path("/opt/cloudhsm/lib/libcloudhsm_pkcs11.so"),
    Path("/opt/nfast/toolkits/pkcs11/libcknfast.so"),
    Path("/usr/safenet/lunaclient/lib/libCryptoki2_64.so"),
)
"""Where drivers usually are, for a suggestion."""

VARIABLES = (
    "HOME",
    "SOFTHSM2_CONF",
    "YUBIHSM_PKCS11_CONF",
    "ChrystokiConfigurationPath",
    "CS_PKCS11_R3_CFG",
    "CS_PKCS11_R2_CFG",
    "NFAST_HOME",
    "OPENSC_CONF",
)
"""The environment variables that drivers of tokens read; nothing else reaches the child."""


@dataclass(frozen=True)
class Driver:
    """The PKCS#11 module of a token, and the environment that it needs."""

    module: Path
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Token:
    """A token that is plugged in. `ready`: it has been set up and has a PIN that is not locked; `note` says what not."""

    label: str
    serial: str
    manufacturer: str
    model: str
    ready: bool
    note: str = ""


@dataclass(frozen=True)
class Stored:
    """What a token keeps now, and gave back bit by bit."""

    token: str
    label: str
    what: What
    size: int


@dataclass(frozen=True)
class Held:
    """What a token gave out; wipe `content`."""

    what: What
    content: bytearray = field(repr=False)


def environment_for_drivers(environ: Mapping[str, str]) -> dict[str, str]:
    """What of an environment a driver may see."""
    return {name: environ[name] for name in VARIABLES if name in environ}


def modules(candidates: tuple[Path, ...] = MODULES) -> tuple[Path, ...]:
    """The drivers that are installed in the usual places."""
    return tuple(path for path in candidates if seen.file(path))


def listing(driver: Driver) -> Work[tuple[Token, ...]]:
    """The work of listing the tokens that are plugged in; none is no problem.

    Errors: `missing-extra`, `unreadable-file` for a module that is not there or is no driver.
    """
    order = Order("token-list", {"module": driver.module}, {}, driver.environment)
    return Work(order, lambda answer: tuple(Token(**one) for one in answer["tokens"]))


def storing(
    driver: Driver, token: Token, label: str, what: What, *, content: bytes | bytearray, pin: bytearray
) -> Work[Stored]:
    """The work of storing a private data object in a token and reading it back; its run wipes the PIN.

    Errors: `wrong-password` (the PIN), `unfit` (locked, or the token shows it without the PIN), `exists`, `limit` (too
    large: store the password instead), `folder` (pulled out, write-protected), `missing-extra`, `unreadable-file`.
    """
    check_label(label)
    if what == "password":
        check_password(content)
    elif not content.startswith(MAGIC):
        raise refuse(
            "unreadable-file", "This is no sealed key, so the token is not given it.", "Seal the key first."
        )
    parameters = {**_parameters(driver, token, label), "what": what}
    secrets = {"content": content, "pin": pin}
    order = Order("token-store", parameters, secrets, driver.environment)

    def finish(answer: Mapping[str, Any]) -> Stored:
        return Stored(token.label, label, what, answer["size"])

    return Work(order, finish)


def reading(driver: Driver, token: Token, label: str, pin: bytearray) -> Work[Held]:
    """The work of taking out what was stored under a label; its run wipes the PIN.

    Errors: those of `storing`, and `unreadable-file` where nothing has this label.
    """
    check_label(label)
    order = Order("token-read", _parameters(driver, token, label), {"pin": pin}, driver.environment)

    def finish(answer: Mapping[str, Any]) -> Held:
        content: bytearray = answer["content"]
        return Held("sealed-file" if content.startswith(MAGIC) else "password", content)

    return Work(order, finish)


def check_label(label: str) -> str:
    """The label again, if a token can keep it. Errors: `invalid-answer`."""
    if not 1 <= len(label) <= 64 or not label.isascii() or not label.isprintable():
        raise refuse(
            "invalid-answer",
            f"{label[:80]!a} cannot be the label of an object in a token.",
            "Use 1 to 64 unaccented letters, digits and signs.",
            where="label",
        )
    return label


def _parameters(driver: Driver, token: Token, label: str) -> dict[str, object]:
    return {"module": driver.module, "token": token.label, "serial": token.serial, "label": label}
