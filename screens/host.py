"""What the pages are given by the program around them: the outer world as a few values and functions."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from services.recovery.passwords import ITERATIONS

if TYPE_CHECKING:
    from services.clock import Clock
    from services.model.calls import Aws
    from services.recovery.keyring_copy import Backend
    from services.recovery.medium import Finding
    from services.setup_file import SetupFile
    from services.setups import State


@dataclass(frozen=True)
class Connection:
    """A way to AWS. `endpoint` is empty unless it is not AWS's own: then every page names it."""

    aws: Aws
    endpoint: str = ""


@dataclass(frozen=True)
class ExtraAction:
    """One more button on the verification page; `run` yields sentences about what it does. The demo has one."""

    label: str
    says: str
    run: Callable[[SetupFile], Iterator[str]]


@dataclass(frozen=True)
class KeyLog:
    """A place to which what is typed or shown goes, and the environment variable that makes it so."""

    place: str
    variable: str


@dataclass(frozen=True)
class Host:
    """`connect(profile, region)` signs in; both may be empty. `profiles` lists the AWS profiles of this computer.

    `open_first` is a setup file to open at once. `defaults` are answers that a new setup starts with.
    """

    state: State
    clock: Clock
    connect: Callable[[str, str], Connection]
    profiles: Callable[[], tuple[str, ...]]
    warm: Callable[[], None] = lambda: None
    open_first: Path | None = None
    defaults: dict[str, object] = field(default_factory=dict)
    extra_action: ExtraAction | None = None
    no_colour: bool = False
    draws_boxes: bool = True
    """Whether the terminal has the signs of which boxes are drawn; else a picture is made of plain ASCII."""
    key_folder: Path | None = None
    endpoint: str = ""
    """The endpoint that the environment sets, if it is not AWS's own: named before anybody has signed in."""
    mouse: bool = True
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())
    """Makes an external ID when the person asks for one."""
    iterations: int = ITERATIONS
    """Rounds of the sealed key's password hash; only tests lower it."""
    key_log: KeyLog | None = None
    """Where every key press is written, if somebody turned that on: no password is taken then."""
    findings: Callable[[Path], tuple[Finding, ...]] = lambda _folder: ()
    """What to know of the medium of a folder before a private key goes there; asked in a thread."""
    keyring: Callable[[], Backend] | None = None
    """Where a copy of a sandbox key's password can be kept; None where it is not offered."""
    search_path: str = ""
    """The text of PATH, on which the vendor's recovery tool is looked for."""
    tool_environment: Mapping[str, str] = field(default_factory=dict)
    """What the vendor's tool sees of the environment."""
    token_drivers: Callable[[], tuple[Path, ...]] = lambda: ()
    """The PKCS#11 modules that are installed in the usual places."""
    driver_environment: Callable[[], Mapping[str, str]] = dict
    """What such a module sees of the environment."""
    tokens_possible: Callable[[], bool] = lambda: find_spec("pkcs11") is not None
    """Whether the extra that speaks to tokens is installed."""
