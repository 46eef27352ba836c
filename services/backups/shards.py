"""Judges one backup object without the private key: what can be seen is reported, what cannot is not claimed.

Whether the ciphertexts decrypt cannot be seen here (`UNPROVEN` says so in words for people); that those which the
object opens belong to this key ID, `sealed` shows. Every byte of an object is untrusted: a flaw is a finding, never an exception.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass

from services.backups.curves import Algorithm, RootKey, root_key
from services.backups.envelope import MAX_BYTES, Envelope, read_envelope, too_large
from services.backups.findings import OTHER_KEY, WRITE_AGAIN, Finding, Status, finding, shown, worst
from services.backups.players import Players, curve_mismatch, read_players
from services.backups.sealed import sealed

# Key IDs are UUIDs in every sample, but nobody promises it. What else stands at this level is not a backup.
_KEY = re.compile(
    r"(?P<key_id>[A-Za-z0-9][A-Za-z0-9_-]{0,127})/(?P<file>recovery_shard-(?P<n>0|[1-9][0-9]{0,5})\.txt)"
)


@dataclass(frozen=True)
class ShardKey:
    """The parts of an object key `<key_id>/recovery_shard-<number>.txt`."""

    key_id: str
    file: str
    number: int


@dataclass(frozen=True)
class ShardFacts:
    """What an object says of itself; None where it is not readable. `size` is in bytes, the digests are hex."""

    size: int
    recovery_key_sha256: str | None = None
    algorithm: Algorithm | None = None
    root_key_sha256: str | None = None
    players: int | None = None
    threshold: int | None = None
    index: int | None = None


@dataclass(frozen=True)
class ShardReport:
    """Everything that was found about one object; `held` says whether it names one of the kit's recovery keys."""

    key_id: str
    file: str
    held: bool
    findings: tuple[Finding, ...]
    facts: ShardFacts

    @property
    def status(self) -> Status:
        """The gravest status of the findings."""
        return worst(self.findings)


def parse_key(key: str) -> ShardKey | None:
    """Reads an S3 object key; None if it does not have the form of a backup object."""
    found = _KEY.fullmatch(key)
    return ShardKey(found["key_id"], found["file"], int(found["n"])) if found else None


def check_id(key_id: str, file: str, what: str) -> str:
    """The stable identifier of one check of one object."""
    return f"backup.shard.{key_id}.{file}.{what}"


def check_shard(
    body: bytes, key_id: str, file: str, recovery_keys: Collection[bytes], quorum_id: str = ""
) -> ShardReport:
    """Judges the content of `<key_id>/<file>` against the kit's recovery public keys (SPKI DER, one or more).

    With the wallet's `quorum_id` also whether it is sealed for this wallet. Give at most `envelope.MAX_BYTES` + 1 bytes: a larger object fails without being read.
    """
    outer, envelope = read_envelope(body)
    if envelope is None:
        return ShardReport(key_id, file, False, outer, ShardFacts(len(body)))
    root = root_key(envelope.root_spki) if envelope.root_spki else None
    inner: tuple[Finding, ...] = ()
    players = Players()
    if envelope.recovery_data:
        inner, players = read_players(envelope.recovery_data, root)
    held = envelope.recovery_key is not None and envelope.recovery_key in recovery_keys
    findings = (
        *outer,
        *_index(envelope, parse_key(f"{key_id}/{file}")),
        *_recovery_key(envelope, recovery_keys),
        *_algorithm(envelope, root, players),
        *_unreadable_root(envelope, root),
        *inner,
        *_sealed(envelope, players, held, quorum_id, key_id),
    )
    return ShardReport(key_id, file, held, findings, _facts(len(body), envelope, root, players))


def unread(size: int, key_id: str, file: str) -> ShardReport | None:
    """The report of an object that is refused for its size (in bytes) before anything is read; None if it may be read."""
    if size <= MAX_BYTES:
        return None
    return ShardReport(key_id, file, False, (too_large(),), ShardFacts(size))


def _facts(size: int, envelope: Envelope, root: RootKey | None, players: Players) -> ShardFacts:
    return ShardFacts(
        size=size,
        recovery_key_sha256=_sha256(envelope.recovery_key) if envelope.recovery_key else None,
        algorithm=root.algorithm if root else None,
        root_key_sha256=root.sha256 if root else None,
        players=players.count,
        threshold=players.threshold,
        index=envelope.index,
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _index(envelope: Envelope, key: ShardKey | None) -> tuple[Finding, ...]:
    if envelope.index is None:  # `fields` has said so
        return ()
    if key is not None and envelope.index != key.number:
        evidence = f"The index is {envelope.index}, unlike the file name; the recovery tool does not mind."
    else:
        evidence = f"The index is {envelope.index}."
    return (finding("index", "pass", evidence),)


def _recovery_key(envelope: Envelope, recovery_keys: Collection[bytes]) -> tuple[Finding, ...]:
    if envelope.recovery_key is None:
        return ()
    digest = _sha256(envelope.recovery_key)
    if envelope.recovery_key not in recovery_keys:
        ours = ", ".join(sorted(_sha256(key) for key in recovery_keys)) or "none, as no public key was given"
        evidence = f"The object names the recovery key with SHA-256 {digest}; the kit has {ours}."
        return (finding("recovery-key", "fail", evidence, OTHER_KEY),)
    if not envelope.recovery_key_lower:
        evidence = f"It is the kit's recovery key (SHA-256 {digest}), but in upper-case hex."
        remedy = (
            "Ask Palisade why the object differs; the recovery tool compares the text and refuses the file "
            "until the hex in a copy of it is in lower case."
        )
        return (finding("recovery-key", "warn", evidence, remedy),)
    return (finding("recovery-key", "pass", f"It names the recovery key with SHA-256 {digest}."),)


def _algorithm(envelope: Envelope, root: RootKey | None, players: Players) -> tuple[Finding, ...]:
    if not envelope.algorithm_absent and envelope.algorithm not in ("SECP256K1", "ED25519"):
        evidence = f"keyAlgorithm is {shown(envelope.algorithm)} instead of SECP256K1 or ED25519."
        return (finding("algorithm", "fail", evidence, WRITE_AGAIN),)
    if root is None:  # nothing to compare with, and `root-key` says why
        return ()
    if not envelope.algorithm_absent and envelope.algorithm != root.algorithm:
        evidence = f"keyAlgorithm is {envelope.algorithm}, but the root key is of {root.algorithm}."
        return (finding("algorithm", "fail", evidence, WRITE_AGAIN),)
    mismatch = curve_mismatch(players, root)
    if mismatch:
        return (finding("algorithm", "fail", mismatch, WRITE_AGAIN),)
    source = "keyAlgorithm is absent; the root key tells" if envelope.algorithm_absent else "It is"
    note = " Recovery needs --key-type ED25519." if root.algorithm == "ED25519" else ""
    return (finding("algorithm", "pass", f"{source} {root.algorithm}.{note}"),)


def _sealed(
    envelope: Envelope, players: Players, held: bool, quorum_id: str, key_id: str
) -> tuple[Finding, ...]:
    if not held or envelope.recovery_key is None or not players.openings:  # other findings say what is wrong
        return ()
    return (sealed(envelope.recovery_key, players.openings, quorum_id, key_id),)


def _unreadable_root(envelope: Envelope, root: RootKey | None) -> tuple[Finding, ...]:
    if root is not None or envelope.root_spki is None:
        return ()
    evidence = "walletRootPublicKeyPkixBase64 holds no public key of secp256k1 or ed25519."
    return (finding("root-key", "fail", evidence, WRITE_AGAIN),)
