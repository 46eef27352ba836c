"""The pieces of key work that the child process does, as functions of their order.

Parameters are JSON; secrets are buffers that the child wipes; results are JSON without secrets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from services import files, seen
from services.problems import refuse
from services.recovery import formats, keyfiles, keys, passwords, proof
from services.recovery.keyfiles import Format, KeyFiles, Paths
from services.recovery.proof import Bench
from services.recovery.stages import Say, stage

Parameters = Mapping[str, Any]
Secrets = Mapping[str, bytearray]
Json = dict[str, object]


def new_key() -> rsa.RSAPrivateKey:
    """A fresh RSA-4096 key with exponent 65537."""
    return rsa.generate_private_key(formats.EXPONENT, formats.BITS)


def generate(
    of: Paths,
    format_: Format,
    password: bytes | bytearray,
    bench: Bench,
    make: Callable[[], rsa.RSAPrivateKey] = new_key,
    *,
    before: Callable[[str], None] | None = None,
) -> KeyFiles:
    """Make a key pair under a free name. Errors: `bad-password`, `exists`, `folder`, `our-bug`.

    `before` gets the fingerprint and does what must be done before the private file exists.
    """
    if format_ == "pke1":
        passwords.check_password(password)
    keyfiles.refuse_existing(of)
    files.folder(of.sealed.parent)
    with stage("generate", bench.say, bench.clock):
        key = make()
    der = keys.spki(key.public_key())

    def ready() -> None:
        if before is not None:
            before(keys.fingerprint(der))

    stored = proof.store_private(key, of.private(format_), format_, password, bench, ready=ready)
    return _publish_both(of, format_, der, stored.notes, bench)


def complete(of: Paths, format_: Format, password: bytes | bytearray, bench: Bench) -> KeyFiles:
    """Write the public files that an interrupted run left out, after proving the private file.

    Errors: `wrong-password`, `unreadable-file`, `unacceptable-key` (also when a public file is of another key).
    """
    path = of.private(format_)
    opened = proof.open_private(path, password if format_ == "pke1" else None, bench)
    der = keys.spki(proof.private_of(opened).public_key())
    proof.prove(opened, der, path, bench)
    return _publish_both(of, format_, der, (), bench)


def _publish_both(of: Paths, format_: Format, der: bytes, notes: tuple[str, ...], bench: Bench) -> KeyFiles:
    """The public files that are missing; those that exist must be of this key."""
    wanted = ((of.public_der, der, "public-der"), (of.public_hex, der.hex().encode("ascii"), "public-hex"))
    for path, content, _ in wanted:
        if seen.anything(path) and files.read_small(path) != content:
            raise refuse(
                "unacceptable-key",
                f"{path} does not hold the public key of {of.private(format_)}.",
                "Move it away and complete the pair again, or choose another name.",
                where=str(path),
            )
    for path, content, name in wanted:
        if not seen.anything(path):
            notes += proof.publish_public(path, content, name, bench).notes
    keyfiles.clear(*of.all)  # the pair is whole
    mark = keys.fingerprint(der)
    private = of.private(format_)
    return KeyFiles(
        of.public_der, of.public_hex, private, format_, mark, formats.BITS, formats.EXPONENT, notes
    )


def check(
    data: bytes, public: bytes | None, password: bytes | bytearray | None, prove: bool, iterations: int
) -> Json:
    """Say what a key file is, whether it belongs to `public`, and, if asked, prove that the private key works."""
    found = formats.recognise(data, password, iterations=iterations)
    said = list(found.description.notes)
    matches: bool | None = None
    if public is not None:
        other = _fingerprint_of(public)
        if found.description.sha256 is None:
            said.append("Whether it belongs to the public key cannot be said before it is opened.")
        else:
            matches = found.description.sha256 == other
            if not matches:
                said.append("It does not belong to the public key that was given.")
    proven = None
    if prove:
        key = proof.private_of(found)
        proven = proof.round_trip(key, keys.spki(key.public_key()))
        said.append(
            "It opens, and it decrypts what its public key encrypts."
            if proven
            else "It opens, but it does not decrypt what its public key encrypts."
        )
    description = found.description
    return {
        "kind": description.kind,
        "is_private": description.is_private,
        "sealed": description.sealed,
        "acceptable": description.acceptable,
        "bits": description.bits,
        "exponent": description.exponent,
        "sha256": description.sha256,
        "recovery_tool_accepts": description.recovery_tool_accepts,
        "matches_public": matches,
        "proven": proven,
        "notes": said,
    }


def _fingerprint_of(public: bytes) -> str:
    description = formats.describe(public)
    if description.is_private or description.sha256 is None:
        raise refuse(
            "unreadable-file",
            "The file that was given as the public key holds a private one.",
            "Give the file with the public key.",
        )
    return description.sha256


def convert(
    data: bytes,
    password: bytes | bytearray | None,
    out: Path,
    *,
    format_: Format,
    new_password: bytes | bytearray,
    bench: Bench,
) -> files.Published:
    """Write the private key of any file in a form that the recovery tool takes, to a new file, and prove it.

    Copies that killed runs left of that file under temporary names, which may be open private keys, go.
    """
    if format_ == "pke1":
        passwords.check_password(new_password)
    found = formats.recognise(data, password, iterations=bench.iterations)
    published = proof.store_private(proof.private_of(found), out, format_, new_password, bench)
    keyfiles.clear(out)
    return published


def _generate(parameters: Parameters, secrets: Secrets, say: Say) -> Json:
    of = keyfiles.paths(Path(parameters["folder"]), parameters["name"])
    bench = Bench(say, parameters["iterations"])
    return keyfiles.as_json(generate(of, parameters["format"], secrets["password"], bench))


def _complete(parameters: Parameters, secrets: Secrets, say: Say) -> Json:
    of = keyfiles.paths(Path(parameters["folder"]), parameters["name"])
    bench = Bench(say, parameters["iterations"])
    return keyfiles.as_json(complete(of, parameters["format"], secrets["password"], bench))


def _check(parameters: Parameters, secrets: Secrets, _: Say) -> Json:
    public = secrets.get("public")
    return check(
        bytes(secrets["data"]),
        None if public is None else bytes(public),
        secrets.get("password"),
        parameters["prove"],
        parameters["iterations"],
    )


def _convert(parameters: Parameters, secrets: Secrets, say: Say) -> Json:
    bench = Bench(say, parameters["iterations"])
    published = convert(
        bytes(secrets["data"]),
        secrets.get("password"),
        Path(parameters["out"]),
        format_=parameters["format"],
        new_password=secrets.get("new_password", bytearray()),
        bench=bench,
    )
    return {"file": str(published.path), "notes": list(published.notes)}


WORK: Mapping[str, Callable[[Parameters, Secrets, Say], Json]] = MappingProxyType(
    {"generate": _generate, "complete": _complete, "check": _check, "convert": _convert}
)
"""What an order can ask for."""
