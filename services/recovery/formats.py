"""What a key file is: public or private, sealed or open, which key, and whether the vendor's recovery tool takes it.

The tool takes a private key only as hex text of PKCS#8 or PKCS#1, or sealed around exactly such text; the files that
`openssl` writes are none of these. A public key is for Palisade: SPKI as DER, or its hex.

`kind` is `pke1`, or `<private|public>-<pem|hex|der>-<structure>` with the structures `pkcs8`, `pkcs1`, `sec1` (and
`encrypted-pkcs8`, `encrypted-traditional` for files under a password of OpenSSL's) or `spki`, `pkcs1`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes

from services.problems import ProblemError, refuse
from services.recovery import keys, notes, pke1
from services.recovery.encoding import Encoded, decode
from services.recovery.passwords import ITERATIONS

BITS = 4096
EXPONENT = 65537


@dataclass(frozen=True)
class Description:
    """What can be said of a key file; `bits`, `exponent` and `sha256` are None while it is closed.

    `sha256` is the fingerprint: SHA-256 of the public half as SPKI DER, in lower-case hex. `algorithm` is `rsa`,
    `rsa-pss`, `ec`, `ed25519`, `ed448`, `dsa`, `other` or, while closed, empty.
    """

    kind: str
    is_private: bool
    sealed: bool
    algorithm: str
    bits: int | None
    exponent: int | None
    sha256: str | None
    recovery_tool_accepts: bool
    notes: tuple[str, ...] = ()

    @property
    def acceptable(self) -> bool | None:
        """Whether it is RSA-4096 with exponent 65537; None while the file is closed."""
        if not self.algorithm:
            return None
        return (self.algorithm, self.bits, self.exponent) == ("rsa", BITS, EXPONENT)


@dataclass(frozen=True)
class Recognised:
    """A description and, if the file was open or was opened, the keys themselves."""

    description: Description
    public: PublicKeyTypes | None = None
    private: PrivateKeyTypes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class PublicKey:
    """An acceptable recovery public key: SPKI DER, its lower-case hex, the fingerprint."""

    der: bytes
    hex: str
    sha256: str
    bits: int
    exponent: int


def describe(data: bytes) -> Description:
    """Say what a key file is, without a password. Errors: `unreadable-file`."""
    return recognise(data).description


def public_key(data: bytes) -> PublicKey:
    """Take an existing public key for the kit. Errors: `unacceptable-key` with the reason, `unreadable-file`."""
    found = recognise(data)
    description = found.description
    if description.is_private:
        raise refuse(
            "unacceptable-key",
            "This file holds a private key, but the public one is needed here.",
            "Give the file with the public key, and keep this one offline.",
        )
    if not isinstance(found.public, rsa.RSAPublicKey) or not description.acceptable:
        raise unacceptable(description)
    der = keys.spki(found.public)
    return PublicKey(der, der.hex(), keys.fingerprint(der), BITS, EXPONENT)


def unacceptable(description: Description) -> ProblemError:
    """The refusal of a key that is not RSA-4096 with exponent 65537."""
    return refuse(
        "unacceptable-key",
        notes.wrong_key(description.algorithm, description.bits, description.exponent),
        "Let the program make a new key pair, or give an RSA key with 4096 bits and exponent 65537.",
    )


def recognise(
    data: bytes, password: bytes | bytearray | None = None, *, iterations: int = ITERATIONS
) -> Recognised:
    """Say what a key file is; with a password, open it too.

    Errors: `unreadable-file`, and `wrong-password` if a password was given and does not open it.
    """
    encoded = decode(data)
    if encoded.coding == "pke1":
        return _recognise_sealed(encoded, password, iterations)
    public = keys.load_public(encoded)
    if public is not None:
        return _of_public(encoded, public)
    private, encrypted = keys.load_private(encoded, password)
    return _of_private(encoded, private, encrypted)


def _recognise_sealed(encoded: Encoded, password: bytes | bytearray | None, iterations: int) -> Recognised:
    if password is None:
        if len(encoded.body) <= pke1.START + pke1.TAG:
            raise pke1.too_short()
        return Recognised(Description("pke1", True, True, "", None, None, None, True, notes.closed("pke1")))
    content = decode(pke1.unseal(encoded.body, password, iterations=iterations))
    private = _content(content)
    rsa_text = content.coding == "hex" and keys.algorithm(private.public_key(), content.body) == "rsa"
    taken = rsa_text and content.oddities <= {"upper-case"}
    form = _Form("pke1", True, taken, notes.sealed_content(content.coding, content.oddities))
    return _opened(form, private, content.body)


def _content(content: Encoded) -> PrivateKeyTypes:
    """The private key in a sealed file that opened."""
    if content.coding == "pke1" or keys.load_public(content) is not None:
        private = None
    else:
        private, _ = keys.load_private(content, None)
    if private is None:
        raise refuse(
            "unreadable-file",
            "The sealed file opens, but what is in it is no private key that is ready to be used.",
            "Check that this is the right file.",
        )
    return private


def _of_public(encoded: Encoded, key: PublicKeyTypes) -> Recognised:
    structure = keys.public_structure(encoded.body)
    plain = encoded.coding in ("der", "hex") and not encoded.oddities
    taken = plain and structure == "spki" and keys.algorithm(key, encoded.body) == "rsa"
    said = notes.public(encoded.coding, structure, encoded.oddities)
    form = _Form(f"public-{encoded.coding}-{structure}", False, taken, said)
    return Recognised(_description(form, False, key, encoded.body), key)


def _of_private(encoded: Encoded, key: PrivateKeyTypes | None, encrypted: bool) -> Recognised:
    structure = keys.private_structure(encoded)
    kind = f"private-{encoded.coding}-{structure}"
    said = notes.private(encoded.coding, encoded.oddities, encrypted)
    if key is None:
        said = (*said, *notes.closed("openssl"))
        return Recognised(Description(kind, True, True, "", None, None, None, False, said))
    taken = (
        encoded.coding == "hex"
        and structure in ("pkcs8", "pkcs1")
        and encoded.oddities <= {"whitespace", "upper-case"}
        and keys.algorithm(key.public_key(), encoded.body) == "rsa"
    )
    return _opened(_Form(kind, encrypted, taken, said), key, encoded.body)


@dataclass(frozen=True)
class _Form:
    """What is known of a file apart from its key."""

    kind: str
    sealed: bool
    taken: bool
    notes: tuple[str, ...]


def _opened(form: _Form, private: PrivateKeyTypes, body: bytes) -> Recognised:
    public = private.public_key()
    return Recognised(_description(form, True, public, body), public, private)


def _description(form: _Form, is_private: bool, key: PublicKeyTypes, body: bytes) -> Description:
    description = Description(
        kind=form.kind,
        is_private=is_private,
        sealed=form.sealed,
        algorithm=keys.algorithm(key, body),
        bits=keys.bits(key),
        exponent=key.public_numbers().e if isinstance(key, rsa.RSAPublicKey) else None,
        sha256=keys.fingerprint(keys.spki(key)),
        recovery_tool_accepts=form.taken,
        notes=form.notes,
    )
    if description.acceptable:
        return description
    why = notes.wrong_key(description.algorithm, description.bits, description.exponent)
    return replace(description, notes=(why, *(note for note in form.notes if note != notes.CONVERT)))
