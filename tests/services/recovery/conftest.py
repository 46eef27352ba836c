"""Keys that the tests of this folder share: making one takes a second, so each is made once."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa


@pytest.fixture(scope="session")
def key() -> rsa.RSAPrivateKey:
    """An acceptable recovery key."""
    return rsa.generate_private_key(65537, 4096)


@pytest.fixture(scope="session")
def other_key() -> rsa.RSAPrivateKey:
    """Another one."""
    return rsa.generate_private_key(65537, 4096)


@pytest.fixture(scope="session")
def weak_key() -> rsa.RSAPrivateKey:
    """RSA with too few bits."""
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="session")
def exponent_3_key() -> rsa.RSAPrivateKey:
    """RSA with enough bits and another exponent."""
    return rsa.generate_private_key(3, 4096)
