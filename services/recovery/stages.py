"""The stages of key work, so that the interface can show each proof while the child process works on it.

Each stage is one opaque call or two: elapsed seconds can be shown, a percentage cannot.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

SAYS: Mapping[str, str] = MappingProxyType(
    {
        "generate": "Making the RSA-4096 key pair",
        "seal": "Sealing the private key with the password",
        "write": "Writing the private file",
        "read": "Reading the private file back from the medium",
        "open": "Opening what was read and comparing it",
        "prove": "Encrypting with the public key, decrypting with the private key from the file",
        "public-der": "Writing the public key as DER, for the upload",
        "public-hex": "Writing the public key as hex text",
    }
)
"""What a person reads for each stage, in the order in which they happen."""

SPLIT: Mapping[str, str] = MappingProxyType(
    {
        "split": "Splitting the password into shares",
        "share-write": "Writing each share to its folder",
        "share-read": "Reading the shares back from their folders",
        "recombine": "Recombining every group of shares that is just large enough",
        "share-open": "Opening the sealed key with what the shares give",
    }
)
"""The same for shares."""

TOKEN: Mapping[str, str] = MappingProxyType(
    {
        "token-login": "Logging in to the token",
        "token-write": "Storing it in the token",
        "token-read": "Reading it back from the token",
        "token-hidden": "Looking whether the token hides it without the PIN",
    }
)
"""The same for tokens."""

_ALL: Mapping[str, str] = MappingProxyType({**SAYS, **SPLIT, **TOKEN})


@dataclass(frozen=True)
class Stage:
    """A stage that began (`done` false) or succeeded after so many seconds."""

    name: str
    done: bool = False
    seconds: float = 0.0

    @property
    def says(self) -> str:
        return _ALL[self.name]


Say = Callable[[Stage], None]


@contextlib.contextmanager
def stage(name: str, say: Say, clock: Callable[[], float]) -> Iterator[None]:
    """Tell the beginning of a stage and, unless it fails, its end."""
    began = clock()
    say(Stage(name))
    yield
    say(Stage(name, done=True, seconds=clock() - began))


def silent(_: Stage) -> None:
    """For those who do not want to know."""
