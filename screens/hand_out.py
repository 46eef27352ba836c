"""The shares on their way to the custodians: what outlives a single page, and is no secret.

The secret itself is in the child process of the `Dealing`, which ends with the hand-out.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.recovery import custodians
from services.recovery.custodians import Custody
from services.recovery.dealing import Deal, Dealing


@dataclass(eq=False)
class HandOut:
    """`at` is the number of the share whose turn it is, from 1."""

    names: tuple[str, ...]
    threshold: int
    dealing: Dealing
    deal: Deal | None = None
    at: int = 1

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
