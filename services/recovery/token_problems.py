"""What a person is told when a PKCS#11 token refuses; loaded in the child process alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from services.own_command import all_parts
from services.problems import ProblemError, refuse

_SIZE = frozenset({"DeviceMemory", "DataLenRange", "AttributeValueInvalid"})
"""How tokens say that an object is too large for them."""

_TOLD: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "PinLocked": (
            "unfit",
            "The PIN of the token is locked after too many wrong ones.",
            "Its administrator can unlock it with the security officer's PIN.",
        ),
        "PinExpired": (
            "unfit",
            "The PIN of the token has expired.",
            "Set a new one with the token's own program.",
        ),
        "UserPinNotInitialized": (
            "unfit",
            "The token has no PIN yet.",
            "Set one with the token's own program, then try again.",
        ),
        "TokenWriteProtected": ("folder", "The token is write-protected.", "Unlock it, or use another one."),
        "SessionReadOnly": ("folder", "The token is write-protected.", "Unlock it, or use another one."),
        "DeviceRemoved": ("folder", "The token was pulled out.", "Plug it in again, then try again."),
        "TokenNotPresent": ("folder", "The token is not there.", "Plug it in, then try again."),
        "DeviceMemory": ("limit", "The token is full.", "Remove something from it, or use another one."),
        "NoSuchToken": ("unreadable-file", "The token is not there.", "Plug it in, then try again."),
        "UserAlreadyLoggedIn": (
            "locked",
            "Another program uses the token.",
            "End that program, then try again.",
        ),
        "SessionCount": ("locked", "Too many programs use the token.", "End one of them, then try again."),
    }
)


@contextmanager
def told() -> Iterator[None]:
    """Give each error of a token its words. Only its name is told: what a driver writes may hold anything."""
    import pkcs11

    try:
        yield
    except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange):
        raise wrong_pin() from None
    except pkcs11.PKCS11Error as error:
        name = type(error).__name__
        unknown = (
            "unfit",
            f"The token refuses, and says “{name}”.",
            "See what its own documentation says of that.",
        )
        code, summary, remedy = _TOLD.get(name, unknown)
        raise refuse(code, summary, remedy, where="token") from None


@contextmanager
def while_storing(size: int) -> Iterator[None]:
    """The same for errors that mean, while an object is made, that it is too large."""
    import pkcs11

    try:
        yield
    except pkcs11.PKCS11Error as error:
        if type(error).__name__ not in _SIZE:
            raise
        raise refuse(
            "limit",
            f"The token does not take an object of {size} bytes.",
            "Store the password of the sealed file in the token instead, and keep the file itself offline.",
            where="token",
        ) from None


def wrong_pin() -> ProblemError:
    """The refusal of a PIN."""
    return refuse(
        "wrong-password",
        "The PIN of the token is wrong.",
        "Type it again with care: after a few wrong ones a token locks itself.",
        where="token",
    )


def missing_extra() -> ProblemError:
    """The refusal where the extra is not installed."""
    return refuse(
        "missing-extra",
        "The part of the program that speaks to PKCS#11 tokens is not installed.",
        f"Run this in the program's folder, then try again: {all_parts()}",
        where="hsm",
    )


def no_module(module: Path) -> ProblemError:
    """The refusal of a path where nothing is."""
    return refuse(
        "unreadable-file",
        f"There is no PKCS#11 module at {module}.",
        "Give the path of the library that came with the token; its name ends in .so or .dylib.",
        where=module,
    )


def bad_module(module: Path, name: str) -> ProblemError:
    """The refusal of a file that cannot be loaded as a driver."""
    return refuse(
        "unreadable-file",
        f"{module} is no PKCS#11 module, or it does not find its own configuration ({name}).",
        "Check the path, and that the token's own program works for you.",
        where=module,
    )


def label_taken(label: str) -> ProblemError:
    """The refusal to store under a label that is taken."""
    return refuse(
        "exists",
        f"The token holds an object {label!a} already, which is never overwritten.",
        "Choose another label.",
        where=label,
    )


def no_object(label: str, found: int) -> ProblemError:
    """The refusal to read what is not there, or not unique."""
    how = "no object" if not found else f"{found} objects"
    return refuse(
        "unreadable-file",
        f"The token holds {how} with the label {label!a}.",
        "Check the label, and that this is the right token.",
        where=label,
    )


def spoiled() -> ProblemError:
    """The refusal of a token that changes what it is given."""
    return refuse(
        "unfit",
        "The token does not give back what was stored in it; the object was taken out again.",
        "Use another token, or keep the sealed file offline without one.",
        where="token",
    )


def not_private() -> ProblemError:
    """The refusal of a token that hides nothing."""
    return refuse(
        "unfit",
        "The token shows the object without its PIN; the object was taken out again.",
        "Use another token, or keep the sealed file offline without one.",
        where="token",
    )
