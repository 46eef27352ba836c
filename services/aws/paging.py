"""Where a list goes on that is asked for page by page: a place where it has been would never end."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from services.problems import refuse


@dataclass
class Onward:
    """The places at which the list of one operation (`s3:ListObjectsV2`) went on so far."""

    name: str
    been: set[Hashable] = field(default_factory=set)

    def to(self, place: Hashable) -> None:
        """Raises `busy` if the list was there before."""
        if place in self.been:
            raise refuse(
                "busy",
                "A list of AWS's does not go forward: the same page came twice.",
                "Run the same command again in a minute; nothing is lost.",
                where=self.name,
            )
        self.been.add(place)
