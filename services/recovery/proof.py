"""Storing a private key and proving, from the file on the medium alone, that it works.

Order: seal, write, read back, open and compare, then a round trip: what the public key encrypts, the private key out
of the file decrypts. A key counts as stored only after all of it.
"""

from __future__ import annotations

import contextlib
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from services import files
from services.problems import ProblemError, refuse
from services.recovery import formats, keys, pke1
from services.recovery.formats import Recognised
from services.recovery.keyfiles import Format
from services.recovery.passwords import ITERATIONS
from services.recovery.stages import Say, stage

PRIVATE = 0o400
"""Mode of private files: readable by their owner, writable by nobody."""

PUBLIC = 0o444


@dataclass(frozen=True)
class Bench:
    """What key work needs of its surroundings, and how many rounds seal a file."""

    say: Say
    iterations: int = ITERATIONS
    disk: files.Disk = files.DISK
    clock: Callable[[], float] = time.monotonic


def store_private(
    key: rsa.RSAPrivateKey,
    path: Path,
    format_: Format,
    password: bytes | bytearray,
    bench: Bench,
    *,
    ready: Callable[[], None] = lambda: None,
) -> files.Published:
    """Write the private key to a new file and prove the file. Errors: `bad-password`, `exists`, `folder`, `our-bug`.

    `ready` is called when all is ready to be written; a polite request to end waits from then until the file is whole.
    """
    content = keys.private_hex(key)
    if format_ == "pke1":
        with stage("seal", bench.say, bench.clock):
            content = pke1.seal(content, password, iterations=bench.iterations)
    with uninterrupted():
        ready()
        with stage("write", bench.say, bench.clock):
            published = files.publish(path, content, PRIVATE, bench.disk)
    with stage("read", bench.say, bench.clock):
        if files.read_back(path) != content:
            raise spoiled(path)
    opened = open_private(path, password if format_ == "pke1" else None, bench)
    if keys.private_hex(private_of(opened)) != keys.private_hex(key):
        raise spoiled(path)
    prove(opened, keys.spki(key.public_key()), path, bench)
    return published


def open_private(path: Path, password: bytes | bytearray | None, bench: Bench) -> Recognised:
    """Open a private key file that must be acceptable. Errors: `unreadable-file`, `wrong-password`, `unacceptable-key`."""
    with stage("open", bench.say, bench.clock):
        found = formats.recognise(files.read_back(path), password, iterations=bench.iterations)
        private_of(found)
    return found


def private_of(found: Recognised) -> rsa.RSAPrivateKey:
    """The private key that was recognised, if it can be a recovery key."""
    description = found.description
    if not description.is_private:
        raise refuse(
            "unreadable-file",
            "This file holds a public key, but the private one is needed here.",
            "Give the file with the private key.",
        )
    if description.acceptable is None:
        raise refuse(
            "wrong-password",
            "The private key is closed, and no password was given.",
            "Give the password of the file.",
        )
    if not isinstance(found.private, rsa.RSAPrivateKey) or not description.acceptable:
        raise formats.unacceptable(description)
    return found.private


def prove(found: Recognised, public_der: bytes, path: Path, bench: Bench) -> None:
    """Show that the opened private key undoes what the public key does, the way backups are encrypted."""
    with stage("prove", bench.say, bench.clock):
        if not round_trip(private_of(found), public_der):
            raise spoiled(path)


def round_trip(private: rsa.RSAPrivateKey, public_der: bytes) -> bool:
    """OAEP with SHA-256 and a label, with a message that nobody knew before."""
    public = load_der_public_key(public_der)
    if not isinstance(public, rsa.RSAPublicKey):
        return False
    message, label = secrets.token_bytes(32), secrets.token_bytes(32)
    oaep = padding.OAEP(mgf=padding.MGF1(SHA256()), algorithm=SHA256(), label=label)
    try:
        return private.decrypt(public.encrypt(message, oaep), oaep) == message
    except ValueError:
        return False


def publish_public(path: Path, content: bytes, name: str, bench: Bench) -> files.Published:
    """Write one form of the public key to a new file and read it back."""
    with stage(name, bench.say, bench.clock), uninterrupted():
        published = files.publish(path, content, PUBLIC, bench.disk)
        if files.read_back(path) != content:
            raise spoiled(path)
    return published


def spoiled(path: Path) -> ProblemError:
    """The refusal of a medium that does not give back what was written."""
    return refuse(
        "folder",
        f"{path} does not hold what was written to it: the medium is faulty.",
        "Do not use this file; make the key pair again on another medium.",
        where=str(path),
    )


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Let a polite request to end wait until a file is whole, so that no temporary copy is left behind."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
