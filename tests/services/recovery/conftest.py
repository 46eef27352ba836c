"""Keys that the tests of this folder share."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests import keys


@pytest.fixture(scope="session")
def key() -> rsa.RSAPrivateKey:
    """An acceptable recovery key."""
    return keys.key()


@pytest.fixture(scope="session")
def other_key() -> rsa.RSAPrivateKey:
    """Another one."""
    return keys.other_key()


@pytest.fixture(scope="session")
def weak_key() -> rsa.RSAPrivateKey:
    """RSA with too few bits."""
    return keys.weak_key()


@pytest.fixture(scope="session")
def exponent_3_key() -> rsa.RSAPrivateKey:
    """RSA with enough bits and another exponent."""
    return keys.exponent_3_key()
