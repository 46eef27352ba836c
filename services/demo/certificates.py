"""A throw-away certificate authority, so that the demo speaks TLS and trusts nobody but itself.

The authority's private key never leaves memory: after the one server certificate is signed it is forgotten, so
the bundle that the demo's programs trust cannot vouch for anything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from services import files

if TYPE_CHECKING:
    from pathlib import Path

LIFETIME = timedelta(days=2)
# Clocks of a laptop that just woke up may stand a little behind.
SLACK = timedelta(hours=1)


@dataclass(frozen=True)
class Certificates:
    """Three PEM files: what clients trust, what the server shows, and the server's key (mode 0600)."""

    ca_bundle: Path
    server: Path
    server_key: Path


def make_certificates(folder: Path, now: datetime) -> Certificates:
    """Make an authority and one certificate for 127.0.0.1 and localhost; `now` carries a time zone."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority_name = _name("Demo certificate authority")
    authority = (
        _begin(authority_name, authority_name, authority_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    server_key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))])
    server = (
        _begin(_name("localhost"), authority_name, server_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(names, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
        )
        .sign(authority_key, hashes.SHA256())
    )
    key_pem = server_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Certificates(
        ca_bundle=_write(folder / "ca.pem", authority.public_bytes(serialization.Encoding.PEM)),
        server=_write(folder / "server.pem", server.public_bytes(serialization.Encoding.PEM)),
        server_key=_write(folder / "server.key", key_pem),
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _begin(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SLACK)
        .not_valid_after(now + LIFETIME)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _write(path: Path, content: bytes) -> Path:
    return files.publish(path, content, 0o600).path
