"""What comes out the same each time it is worked out is worked out once in a process: it only takes the tests' time."""

from __future__ import annotations

import functools
import pickle
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader

from services.backups.sealed import Seal


def install(patch: pytest.MonkeyPatch) -> None:
    """AWS's models are parsed once a process and copied for each client; the same opening is sealed once."""
    patch.setattr(JSONFileLoader, "_load_file", _copied(JSONFileLoader._load_file))
    patch.setattr(Seal, "encrypt", functools.lru_cache(20_000)(Seal.encrypt))


def _copied(load: Any) -> Any:
    """A loader of its own copies: botocore writes into what it has loaded."""

    @functools.cache
    def pickled(path: str, opener: Any) -> bytes:
        return pickle.dumps(load(JSONFileLoader(), path, opener), pickle.HIGHEST_PROTOCOL)

    def loaded(_self: JSONFileLoader, path: str, opener: Any) -> Any:
        return pickle.loads(pickled(path, opener))

    return loaded
