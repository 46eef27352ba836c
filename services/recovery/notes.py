"""The sentences of a key file's description: what is unusual, what the recovery tool will say, what to do."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from services.recovery.encoding import Coding, Oddity

_ODD: dict[Oddity, str] = {
    "utf-16": "The text is UTF-16, as some Windows programs write it, which the recovery tool does not read.",
    "byte-order-mark": "The text begins with a byte-order mark, which the recovery tool does not read.",
    "0x": "The hex text begins with 0x, which the recovery tool does not read.",
    "whitespace": "The hex text has blanks or newlines in it.",
    "upper-case": "The hex text has upper-case digits.",
    "surrounding-text": "There is other text around the key.",
}
_ORDER: tuple[Oddity, ...] = (
    "utf-16",
    "byte-order-mark",
    "0x",
    "whitespace",
    "upper-case",
    "surrounding-text",
)

CONVERT = "Convert it to a sealed file before you rely on it."
"""For a key that is good but for its form."""

_CLOSED = "The key is closed: only opening it with its password shows which key it is."
_CLOSED_PKE1 = f"{_CLOSED} Until then nothing proves that the recovery tool takes it."
_BARE = "The private key lies open in this file: whoever reads the file can recover every wallet."


def odd(oddities: AbstractSet[Oddity]) -> tuple[str, ...]:
    """One sentence for each unusual thing about the text."""
    return tuple(_ODD[oddity] for oddity in _ORDER if oddity in oddities)


def closed(by: str) -> tuple[str, ...]:
    """For a file under a password that nobody gave; `by` is `pke1` or `openssl`."""
    return (_CLOSED_PKE1 if by == "pke1" else _CLOSED,)


def sealed_content(coding: Coding, oddities: AbstractSet[Oddity]) -> tuple[str, ...]:
    """For a sealed file that was opened."""
    said = odd(oddities)
    if coding != "hex":
        return (
            *said,
            "The sealed file holds the key in a form that the recovery tool does not read.",
            CONVERT,
        )
    if "whitespace" in oddities:
        return (
            *said,
            "Inside a sealed file they let the recovery tool's own validation pass and its recovery fail.",
            CONVERT,
        )
    return (*said, CONVERT) if oddities - {"upper-case"} else said


def public(coding: Coding, structure: str, oddities: AbstractSet[Oddity]) -> tuple[str, ...]:
    """For a public key file."""
    said = ["This is the public half, for Palisade; recovering wallets needs the private one."]
    said += odd(oddities)
    if coding == "pem" or structure != "spki" or oddities:
        said.append(
            "Palisade's form is SPKI as DER or as lower-case hex text without a newline; "
            "the program writes both when it takes the key over."
        )
    return tuple(said)


def private(coding: Coding, oddities: AbstractSet[Oddity], encrypted: bool) -> tuple[str, ...]:
    """For a private key file that is not sealed in the recovery tool's own way."""
    said = list(odd(oddities))
    if not encrypted:
        said.append(_BARE)
    match coding:
        case "pem":
            said += ["The recovery tool refuses PEM files, also those that openssl writes.", CONVERT]
        case "der":
            said += [
                "The recovery tool refuses binary DER; it wants the key as hex text or sealed.",
                CONVERT,
            ]
        case _ if encrypted:
            said += ["The recovery tool does not open keys that openssl encrypted.", CONVERT]
        case _ if oddities - {"whitespace", "upper-case"}:
            said.append(CONVERT)
        case _:
            pass
    return tuple(said)


def wrong_key(algorithm: str, bits: int | None, exponent: int | None) -> str:
    """Why a key is not RSA-4096 with exponent 65537."""
    must = "a recovery key must be RSA with 4096 bits and exponent 65537"
    if algorithm == "rsa-pss":
        return f"This RSA key is bound to PSS signatures and must not encrypt; {must} for encryption."
    if algorithm != "rsa":
        name = {"ec": "an elliptic-curve", "dsa": "a DSA", "ed25519": "an Ed25519", "ed448": "an Ed448"}
        return f"This is {name.get(algorithm, 'another kind of')} key; {must}."
    if bits != 4096:
        return f"This RSA key has {bits} bits; {must}."
    return f"This RSA key has the public exponent {exponent}; {must}."
