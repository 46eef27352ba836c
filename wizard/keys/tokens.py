"""Which token is meant, and through which driver."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from services.problems import refuse
from wizard.options import PATH, SECRET

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from services.recovery.token import Driver, Token
    from wizard.root import Program

Command = TypeVar("Command", bound="Callable[..., object]")


def module_option(command: Command) -> Command:
    """`--module PATH`."""
    return click.option(
        "--module",
        type=PATH,
        metavar="PATH",
        help="The PKCS#11 driver of the token (found in the usual places).",
    )(command)


def token_options(command: Command) -> Command:
    """The options that name a token, an object in it, and its PIN."""
    for option in (
        click.option("--pin-file", type=SECRET, metavar="F", help="Take the PIN from F (- is the standard input)."),
        click.option("--label", default="recovery", show_default=True, help="How the object is called in the token."),
        click.option("--serial", default="", metavar="NUMBER", help="Its serial number, where two have the same label."),
        click.option("--token", "token_label", required=True, metavar="LABEL", help="The label of the token."),
    ):  # fmt: skip
        command = option(command)
    return module_option(command)


def installed() -> tuple[Path, ...]:
    """The drivers in the usual places, each once, whatever links lead to it."""
    from services.recovery.token import modules

    return tuple(dict.fromkeys(path.resolve() for path in modules()))


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What of an environment a driver may see."""
    from services.recovery.token import environment_for_drivers

    return environment_for_drivers(environ)


def driver(program: Program, module: Path | None) -> Driver:
    """The driver that was named, or the only one that is installed; with what it reads of the environment."""
    from services.recovery.token import Driver

    seen = environment(program.around.environ)
    if module is not None:
        return Driver(_loadable(module.absolute()), seen)
    found = installed()
    if len(found) == 1:
        return Driver(found[0], seen)
    if not found:
        raise refuse(
            "usage",
            "No driver of a token was found in the usual places.",
            "Give the maker's PKCS#11 module with --module PATH.",
            where="--module",
        )
    raise refuse(
        "usage",
        "Several drivers of tokens are installed, and nothing says which one is meant.",
        *(f"Give one with --module {path}." for path in found),
        where="--module",
    )


def _loadable(module: Path) -> Path:
    """The driver's path, which what loads it takes as text alone."""
    try:
        os.fsencode(module).decode("utf-8")
    except UnicodeDecodeError:
        raise refuse(
            "unreadable-file",
            f"The path of the driver, {str(module)!a}, has bytes that are no text, so it cannot be loaded from there.",
            "Make a link to it with a name of unaccented letters, and give that with --module.",
            where="--module",
        ) from None
    return module


def find(program: Program, of: Driver, label: str, serial: str) -> Token:
    """The one token with this label, ready to be used. Errors: `unreadable-file`, `usage`, `unfit`."""
    from services.recovery import token

    found = token.listing(of).run()
    meant = [one for one in found if one.label == label and serial in {"", one.serial}]
    if not meant:
        raise refuse(
            "unreadable-file",
            f"No token with the label {label!a} is plugged in.",
            "See which there are with 'palisade-wizard token list'.",
            where="--token",
        )
    if len(meant) > 1:
        raise refuse(
            "usage",
            f"{len(meant)} tokens have the label {label!a}.",
            "Say which one with --serial NUMBER, from 'palisade-wizard token list'.",
            where="--serial",
        )
    if not meant[0].ready:
        raise refuse(
            "unfit",
            f"The token {label!a} cannot be used. {meant[0].note}",
            "Set it up with the tool of its maker, then try again.",
            where="--token",
        )
    if meant[0].note:
        program.voice.tell(f"! {meant[0].note}")
    return meant[0]
