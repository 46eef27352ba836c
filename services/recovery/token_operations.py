"""The child's work with a PKCS#11 token: private data objects that are stored, read back, and hidden without the PIN."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from services import seen
from services.problems import refuse
from services.recovery import token_problems
from services.recovery.operations import Json, Parameters, Secrets
from services.recovery.stages import Say, stage
from services.recovery.token import APPLICATION

if TYPE_CHECKING:
    import pkcs11

Open = Callable[..., Any]
"""Opens a session on one token: `pkcs11.Token.open`."""


def load(module: Path) -> Any:
    """The driver. Errors: `missing-extra`, `unreadable-file`."""
    try:
        import pkcs11
    except ImportError:
        raise token_problems.missing_extra() from None
    if not seen.file(module):
        raise token_problems.no_module(module)
    try:
        return pkcs11.lib(str(module))
    except pkcs11.PKCS11Error as error:
        raise token_problems.bad_module(module, type(error).__name__) from None


def tokens(driver: Any) -> list[pkcs11.Token]:
    """The tokens that have been set up; empty slots and blank tokens are passed over."""
    import pkcs11

    found = []
    for slot in driver.get_slots(token_present=True):
        try:
            token = slot.get_token()
        except (pkcs11.TokenNotPresent, pkcs11.TokenNotRecognised):
            continue
        if token.flags & pkcs11.TokenFlag.TOKEN_INITIALIZED:
            found.append(token)
    return found


def describe(token: Any) -> Json:
    """The fields of `token.Token`."""
    import pkcs11

    note = ""
    if token.flags & pkcs11.TokenFlag.USER_PIN_LOCKED:
        note = "Its PIN is locked."
    elif not token.flags & pkcs11.TokenFlag.USER_PIN_INITIALIZED:
        note = "It has no PIN yet."
    elif token.flags & pkcs11.TokenFlag.WRITE_PROTECTED:
        note = "It is write-protected."
    ready = not note
    if ready and token.flags & pkcs11.TokenFlag.USER_PIN_FINAL_TRY:
        note = "One more wrong PIN locks it."
    return {
        "label": token.label,
        "serial": _serial(token),
        "manufacturer": token.manufacturer_id,
        "model": token.model,
        "ready": ready,
        "note": note,
    }


def store(open_: Open, label: str, content: bytes, pin: str, say: Say) -> Json:
    """Store a private token object under a free label; in a session of its own, read it back and compare.

    An object that the token shows without the PIN, or gives back changed, is taken out again.
    """
    with _session(open_, pin, say, rw=True) as session:
        if list(_objects(session, label)):
            raise token_problems.label_taken(label)
        with stage("token-write", say, time.monotonic), token_problems.while_storing(len(content)):
            session.create_object(_template(label, content))
    with stage("token-read", say, time.monotonic):
        same = hmac.compare_digest(read(open_, label, pin), content)
    with stage("token-hidden", say, time.monotonic):
        hidden = _hidden(open_, label)
    if not (same and hidden):
        with _session(open_, pin, lambda _: None, rw=True) as session:
            for found in _objects(session, label):
                found.destroy()
        raise token_problems.spoiled() if not same else token_problems.not_private()
    return {"size": len(content)}


def read(open_: Open, label: str, pin: str, say: Say = lambda _: None) -> bytes:
    """The content of the one object with this label. Errors: `unreadable-file`."""
    import pkcs11

    with _session(open_, pin, say, rw=False) as session:
        found = list(_objects(session, label))
        if len(found) != 1:
            raise token_problems.no_object(label, len(found))
        return bytes(found[0][pkcs11.Attribute.VALUE])


def _hidden(open_: Open, label: str) -> bool:
    with token_problems.told(), open_() as session:
        return not list(_objects(session, label))


def _objects(session: Any, label: str) -> Iterator[Any]:
    import pkcs11

    wanted = {
        pkcs11.Attribute.CLASS: pkcs11.ObjectClass.DATA,
        pkcs11.Attribute.LABEL: label,
        pkcs11.Attribute.APPLICATION: APPLICATION,
    }
    return iter(session.get_objects(wanted))


def _template(label: str, content: bytes) -> dict[Any, Any]:
    import pkcs11

    return {
        pkcs11.Attribute.CLASS: pkcs11.ObjectClass.DATA,
        pkcs11.Attribute.TOKEN: True,
        pkcs11.Attribute.PRIVATE: True,
        pkcs11.Attribute.LABEL: label,
        pkcs11.Attribute.APPLICATION: APPLICATION,
        pkcs11.Attribute.VALUE: content,
    }


@contextmanager
def _session(open_: Open, pin: str, say: Say, *, rw: bool) -> Iterator[Any]:
    with token_problems.told():
        with stage("token-login", say, time.monotonic):
            session = open_(rw=rw, user_pin=pin)
        with session:
            yield session


def _serial(token: Any) -> str:
    return str(token.serial.decode("ascii", "replace")).strip()


def _chosen(parameters: Parameters) -> Any:
    """The token that was asked for, even if another one has the same label."""
    driver = load(Path(parameters["module"]))
    with token_problems.told():
        for token in tokens(driver):
            if (token.label, _serial(token)) == (parameters["token"], parameters["serial"]):
                return token
    raise refuse(
        "unreadable-file",
        f"The token {parameters['token']!a} is not there.",
        "Plug it in, then try again.",
        where=parameters["token"],
    )


def _list(parameters: Parameters, _: Secrets, __: Say) -> Json:
    driver = load(Path(parameters["module"]))
    with token_problems.told():
        return {"tokens": [describe(token) for token in tokens(driver)]}


def _store(parameters: Parameters, secrets: Secrets, say: Say) -> Json:
    token = _chosen(parameters)
    pin = _pin(secrets["pin"])
    return store(token.open, parameters["label"], bytes(secrets["content"]), pin, say)


def _read(parameters: Parameters, secrets: Secrets, say: Say) -> Json:
    found = read(_chosen(parameters).open, parameters["label"], _pin(secrets["pin"]), say)
    return {"content": bytearray(found)}


def _pin(pin: bytearray) -> str:
    try:
        return bytes(pin).decode("utf-8")
    except UnicodeDecodeError:
        raise token_problems.wrong_pin() from None


WORK: Mapping[str, Callable[[Parameters, Secrets, Say], Json]] = MappingProxyType(
    {"token-list": _list, "token-store": _store, "token-read": _read}
)
"""What an order can ask for."""
