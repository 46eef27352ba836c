"""The shares on their way to the custodians: what outlives a single page, and is no secret.

The secret itself is in the child process of the `Dealing`, which ends with the hand-out.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.recovery import custodians
from services.recovery.custodians import Custody
from services.recovery.dealing import Deal, Dealing
from services.recovery.keyfiles import KeyFiles
from services.recovery.keypair import Request
from services.recovery.stages import Say


@dataclass(eq=False)
class HandOut:
    """`at` is the number of the share whose turn it is, from 1."""

    names: tuple[str, ...]
    threshold: int
    dealing: Dealing
    deal: Deal | None = None
    at: int = 1
    finishing: bool = False
    unwanted: bool = False

    @property
    def custodian(self) -> str:
        return self.names[self.at - 1]

    @property
    def complete(self) -> bool:
        """Whether every custodian has shown that the share was written down."""
        return self.deal is not None and not self.dealing.missing

    @property
    def custody(self) -> Custody:
        """Who holds which share."""
        return custodians.custody(self.deal.identifier if self.deal else 0, self.threshold, self.names)

    def finish(self, request: Request, say: Say) -> KeyFiles:
        """Makes the key that the shares open; from a thread. After a problem it can be tried again, elsewhere."""
        self.finishing = True
        try:
            made = self.dealing.finish(request, say)
            self.unwanted = True
            return made
        finally:
            self.finishing = False
            if self.unwanted:
                self.drop()

    def drop(self) -> None:
        """Lets the child go, with the secret; a key that is being made is finished first."""
        self.unwanted = True
        if not self.finishing:
            self.dealing.cancel()
            self.dealing.close()
