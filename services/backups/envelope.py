"""The outer layers of a backup object: bytes, base64, JSON, fields; each failure is named, because each has its cause.

Readers return their finding together with what they read, or None where nothing further can be said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from services.backups.encoding import (
    Json,
    NotJson,
    base64_bytes,
    base64_field,
    hex_field,
    parse_json,
    whole_number,
)
from services.backups.findings import WRITE_AGAIN, Finding, finding, shown

MAX_BYTES = 5 * 1024 * 1024  # fifteen times the largest genuine object; more is not read

_BOM = b"\xef\xbb\xbf"
_FOREIGN = re.compile(rb"[^A-Za-z0-9+/=]")
_ALGORITHM = "keyAlgorithm"
_REQUIRED = {
    "index": "a whole number",
    "recoveryPublicKeyHex": "hex text",
    "partialRecoveryDataHex": "text",
    "walletRootPublicKeyPkixBase64": "base64 text",
    "walletPublicKeyBase64": "base64 text",
}
_REPAIR = (
    "Keep the original, and for a recovery use a copy from which everything but the base64 text is removed: "
    "the recovery tool refuses the file as it is."
)


@dataclass(frozen=True)
class Envelope:
    """The fields of a backup object, decoded where they are encoded; None where a field is absent or unreadable.

    `algorithm` is whatever the object says, unless `algorithm_absent`; `recovery_data` is still base64 text.
    """

    index: int | None
    algorithm: object
    algorithm_absent: bool
    recovery_key: bytes | None
    recovery_key_lower: bool
    recovery_data: str | None
    root_spki: bytes | None


def read_envelope(body: bytes) -> tuple[tuple[Finding, ...], Envelope | None]:
    """Opens the layers one by one and stops, without a claim about the rest, at the first that does not open."""
    present = _present(body)
    if present.status == "fail":
        return (present,), None
    base64, inner = _unwrap(body)
    if inner is None:
        return (present, base64), None
    json, fields = _json(inner)
    if fields is None:
        return (present, base64, json), None
    return (present, base64, json, _fields(fields)), _envelope(fields)


def too_large() -> Finding:
    """What is said of an object beyond the limit, whose content nobody looks at."""
    evidence = f"The object is larger than {MAX_BYTES:,} bytes, which no backup object is; it was not read."
    return finding("present", "fail", evidence, WRITE_AGAIN)


def _present(body: bytes) -> Finding:
    if not body:
        return finding("present", "fail", "The object is empty.", WRITE_AGAIN)
    if len(body) > MAX_BYTES:
        return too_large()
    return finding("present", "pass", f"The object has {len(body):,} bytes.")


def _unwrap(body: bytes) -> tuple[Finding, bytes | None]:
    text, flaw = _trim(body)
    decoded = base64_bytes(text)
    if decoded is None:
        return finding("base64", "fail", _why_not_base64(text), WRITE_AGAIN), None
    if flaw:
        evidence = f"The base64 text is whole, but the file has {flaw} that the recovery tool does not take."
        return finding("base64", "warn", evidence, _REPAIR), decoded
    return finding("base64", "pass", f"The base64 text holds {len(decoded):,} bytes."), decoded


def _trim(body: bytes) -> tuple[bytes, str]:
    """The text without what surrounds it, and the name of a flaw that the recovery tool stumbles over, if any."""
    text = body.rstrip(b"\r\n")  # the tool takes line ends at the end of the file
    flaw = ""
    if text.startswith(_BOM):
        text, flaw = text[len(_BOM) :], "a byte-order mark at the start"
    bare = text.strip(b" \t\r\n\v\f")
    if bare != text:
        flaw = flaw or "blanks around the text"
    joined = bare.replace(b"\r", b"").replace(b"\n", b"")
    if joined != bare:
        flaw = flaw or "line breaks inside the text"
    return joined, flaw


def _why_not_base64(text: bytes) -> str:
    if not text:
        return "The file holds nothing but blanks or line ends."
    if text[:1] in (b"{", b"["):
        return "The file holds bare JSON; the base64 encoding around it is missing."
    if text[:1] == b"<":
        return "The file holds an XML or HTML page, for example an error page of S3, instead of a backup."
    foreign = _FOREIGN.search(text)
    if foreign:
        char = shown(foreign[0].decode("latin-1"))
        return f"Character {foreign.start() + 1} of the text, {char}, does not belong to base64."
    if len(text) % 4:
        return f"The base64 text has {len(text):,} characters, which is no multiple of 4: a part is missing."
    return "The base64 text has its padding in the wrong place: it is damaged."


def _json(inner: bytes) -> tuple[Finding, Mapping[str, object] | None]:
    parsed = parse_json(inner)
    if isinstance(parsed, NotJson):
        return finding("json", "fail", _why_not_json(inner, parsed), WRITE_AGAIN), None
    if not isinstance(parsed.value, dict):
        evidence = f"The content is {shown(parsed.value)} instead of a JSON object."
        return finding("json", "fail", evidence, WRITE_AGAIN), None
    if parsed.ambiguous:
        evidence = "The JSON names a field twice, so two readers may see two different backups."
        return finding("json", "fail", evidence, WRITE_AGAIN), None
    return finding("json", "pass", f"The content is one JSON object of {len(inner):,} bytes."), parsed.value


def _why_not_json(inner: bytes, parsed: NotJson) -> str:
    again = base64_bytes(inner.strip())
    if again is not None and isinstance(parse_json(again), Json):
        return "The content is base64 once more: the object was encoded twice."
    if inner.lstrip()[:1] == b"<":
        return "The content is an XML or HTML page instead of a backup."
    return f"The content is not JSON: it {parsed.reason}."


def _envelope(fields: Mapping[str, object]) -> Envelope:
    key_text = fields.get("recoveryPublicKeyHex")
    data = fields.get("partialRecoveryDataHex")
    return Envelope(
        index=whole_number(fields.get("index")),
        algorithm=fields.get(_ALGORITHM),
        algorithm_absent=_ALGORITHM not in fields,
        recovery_key=hex_field(key_text),
        recovery_key_lower=isinstance(key_text, str) and key_text == key_text.lower(),
        recovery_data=data if isinstance(data, str) else None,
        root_spki=base64_field(fields.get("walletRootPublicKeyPkixBase64")),
    )


def _fields(fields: Mapping[str, object]) -> Finding:
    envelope = _envelope(fields)
    readable = {
        "index": envelope.index is not None,
        "recoveryPublicKeyHex": envelope.recovery_key is not None,
        "partialRecoveryDataHex": bool(envelope.recovery_data),
        "walletRootPublicKeyPkixBase64": envelope.root_spki is not None,
        "walletPublicKeyBase64": base64_field(fields.get("walletPublicKeyBase64")) is not None,
    }
    wrong = tuple(
        f"{name} is missing" if name not in fields else f"{name} is not {kind}"
        for name, kind in _REQUIRED.items()
        if not readable[name]
    )
    if wrong:
        return finding("fields", "fail", f"In the object, {', '.join(wrong)}.", WRITE_AGAIN)
    unknown = [name for name in fields if name not in _REQUIRED and name != _ALGORITHM]
    note = f" It also has {len(unknown)} unknown, the first being {shown(unknown[0])}." if unknown else ""
    return finding("fields", "pass", f"All {len(_REQUIRED)} required fields are readable.{note}")
