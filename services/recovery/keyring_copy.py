"""A copy of the password in the keyring of this computer: a convenience in a sandbox, no backup, never in production.

Many of the backends that `keyring` can find lose what they are given, keep it as plain text or ask on the terminal.
So only known ones are used, and only after a probe under a time-out: a locked keyring may wait for a person for ever.
"""

from __future__ import annotations

import contextlib
import hmac
import secrets
import threading
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from services.problems import ProblemError, refuse

Result = TypeVar("Result")

SERVICE = "palisade-wizard"
SECONDS = 10.0
LONGEST = 1280
"""Characters that the Windows Credential Manager keeps."""

ALLOWED = frozenset(
    {
        "keyring.backends.macOS.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.kwallet.DBusKeyringKWallet4",
        "keyring.backends.libsecret.Keyring",
    }
)
_CHAIN = "keyring.backends.chainer.ChainerBackend"


class Backend(Protocol):
    """What is used of a backend of `keyring`."""

    def set_password(self, service: str, username: str, password: str, /) -> None: ...

    def get_password(self, service: str, username: str, /) -> str | None: ...

    def delete_password(self, service: str, username: str, /) -> None: ...


def usable(backend: Backend) -> Backend:
    """The first known backend: this one or, if it only passes on to others, one of those. Errors: `unfit`."""
    name = _name(backend)
    if name in ALLOWED:
        return backend
    chained: Sequence[Backend] = getattr(backend, "backends", ()) if name == _CHAIN else ()
    for other in chained:
        if _name(other) in ALLOWED:
            return other
    raise refuse(
        "unfit",
        f"This computer has no keyring that keeps passwords safely (it offers {name}).",
        "Keep the password in a password manager or on paper instead.",
        where="keyring",
    )


def store(
    backend: Backend,
    fingerprint: str,
    password: bytes | bytearray,
    *,
    production: bool,
    seconds: float = SECONDS,
) -> None:
    """Keep a copy of the password of the key with this fingerprint, and read it back.

    The keyring wants a Python string, which cannot be wiped: this is why it is offered in a sandbox only.
    Errors: `refused` in production, `unfit` for a keyring that is unknown or fails the probe, `busy` for one that hangs.
    """
    if production:
        raise refuse(
            "refused",
            "The password of a production key is never kept in a computer's keyring.",
            "Keep it offline, apart from the sealed file.",
            where="keyring",
        )
    if len(password) > LONGEST:
        raise refuse(
            "unfit", f"The keyring keeps at most {LONGEST} characters.", "Keep the password elsewhere."
        )
    keyring = usable(backend)
    _probe(keyring, seconds)
    text = bytes(password).decode("ascii")
    _kept(keyring, fingerprint, text, seconds)


def fetch(backend: Backend, fingerprint: str, seconds: float = SECONDS) -> bytearray | None:
    """The copy, or None if there is none; wipe it after use. Errors: `unfit`, `busy`."""
    keyring = usable(backend)
    found = _within(seconds, lambda: keyring.get_password(SERVICE, fingerprint))
    return None if found is None else bytearray(found.encode())


def forget(backend: Backend, fingerprint: str, seconds: float = SECONDS) -> None:
    """Delete the copy, if there is one. Errors: `unfit`, `busy`."""
    keyring = usable(backend)
    if _within(seconds, lambda: keyring.get_password(SERVICE, fingerprint)) is not None:
        _within(seconds, lambda: keyring.delete_password(SERVICE, fingerprint))


def _probe(keyring: Backend, seconds: float) -> None:
    """Store, read and delete something worthless before the password is trusted to it."""
    user = f"probe-{secrets.token_hex(8)}"
    _kept(keyring, user, secrets.token_hex(32), seconds)
    _within(seconds, lambda: keyring.delete_password(SERVICE, user))
    if _within(seconds, lambda: keyring.get_password(SERVICE, user)) is not None:
        raise _unreliable()


def _kept(keyring: Backend, user: str, text: str, seconds: float) -> None:
    _within(seconds, lambda: keyring.set_password(SERVICE, user, text))
    found = _within(seconds, lambda: keyring.get_password(SERVICE, user))
    if found is None or not hmac.compare_digest(found.encode(), text.encode()):
        with contextlib.suppress(ProblemError):
            _within(seconds, lambda: keyring.delete_password(SERVICE, user))
        raise _unreliable()


def _within(seconds: float, call: Callable[[], Result]) -> Result:
    """Call a keyring in a thread of its own, and leave that behind if it does not come back."""
    results: list[Result] = []
    failed: list[str] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as error:  # noqa: BLE001 - each backend has errors of its own, whose texts may hold anything
            failed.append(type(error).__name__)

    thread = threading.Thread(target=run, daemon=True, name="keyring")
    thread.start()
    thread.join(seconds)
    if results:
        return results[0]
    if failed:
        raise refuse(
            "unfit",
            f"The keyring of this computer failed ({failed[0]}).",
            "Unlock it and try again, or keep the password elsewhere.",
            where="keyring",
        )
    raise refuse(
        "busy",
        f"The keyring of this computer did not answer within {seconds:g} seconds.",
        "Unlock it and try again, or keep the password elsewhere.",
        where="keyring",
    )


def _unreliable() -> ProblemError:
    return refuse(
        "unfit",
        "The keyring of this computer does not give back what was stored in it.",
        "Keep the password elsewhere.",
        where="keyring",
    )


def _name(backend: object) -> str:
    kind = type(backend)
    return f"{kind.__module__}.{kind.__qualname__}"
