"""The recovery data inside a backup object: one entry per MPC player, of which everything but the secrets can be judged.

The counts of a genuine sample (2 players, 80 ciphertexts) are not rules; the relations between the counts are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.backups.curves import CURVES, RootKey, root_point
from services.backups.encoding import NotJson, base64_field, parse_json, whole_number
from services.backups.findings import WRITE_AGAIN, Finding, finding, shown
from services.backups.sealed import Opening

VERSION = "3"  # the one version of recovery data that the vendor's recovery tool and this program know
CIPHERTEXT_BYTES = 512  # one RSA-4096 block

_HALVES = ("ys", "vs", "rs", "combination")


@dataclass(frozen=True)
class Players:
    """What the entries agree upon; None where they do not, or where it cannot be read.

    `openings` are those of all players; there are none unless all arrays are in order.
    """

    count: int | None = None
    threshold: int | None = None
    curves: tuple[object, ...] = ()
    openings: tuple[Opening, ...] = ()


def read_players(data: str, root: RootKey | None) -> tuple[tuple[Finding, ...], Players]:
    """Judges the base64 text of the recovery data, against the root key if that is readable."""
    opened, document = _open(data)
    if document is None:
        return (opened,), Players()
    entries = _entries(document)
    if entries is None:
        evidence = (
            f"recovery_data is {shown(document.get('recovery_data'))}; it must list one object per player."
        )
        return (finding("recovery-data", "fail", evidence, WRITE_AGAIN),), Players()
    version = _version(document, entries)
    if version.status == "fail":  # a layout that nobody here knows: no claim about it
        return (opened, version), Players()
    arrays = _arrays(entries)
    agreed = Players(
        len(entries),
        _threshold(entries),
        tuple(entry.get("curve") for entry in entries),
        _openings(entries) if arrays.status == "pass" else (),
    )
    root_key = () if root is None else (_root_key(entries, root),)
    return (opened, version, _players(entries), *root_key, arrays), agreed


def _open(data: str) -> tuple[Finding, Mapping[str, object] | None]:
    decoded = base64_field(data)
    if decoded is None:
        return finding("recovery-data", "fail", "partialRecoveryDataHex is not base64.", WRITE_AGAIN), None
    parsed = parse_json(decoded)
    if isinstance(parsed, NotJson):
        evidence = f"partialRecoveryDataHex holds no JSON: it {parsed.reason}."
        return finding("recovery-data", "fail", evidence, WRITE_AGAIN), None
    if parsed.ambiguous or not isinstance(parsed.value, dict):
        evidence = "partialRecoveryDataHex holds no JSON object, or one that names a field twice."
        return finding("recovery-data", "fail", evidence, WRITE_AGAIN), None
    return finding("recovery-data", "pass", f"It is JSON of {len(decoded):,} bytes."), parsed.value


def _entries(document: Mapping[str, object]) -> Sequence[Mapping[str, object]] | None:
    listed = document.get("recovery_data")
    if not isinstance(listed, list):
        return None
    entries = [entry for entry in listed if isinstance(entry, dict)]
    return entries if entries and len(entries) == len(listed) else None


def _version(document: Mapping[str, object], entries: Sequence[Mapping[str, object]]) -> Finding:
    versions = [document.get("version"), *(entry["version"] for entry in entries if "version" in entry)]
    strange = [version for version in versions if version != VERSION]
    if strange:
        evidence = f'The version is {shown(strange[0])}; this program and the recovery tool know "{VERSION}".'
        remedy = (
            "Look for a newer recovery tool and a newer release of this program, and rehearse a recovery."
        )
        return finding("version", "fail", evidence, remedy)
    return finding("version", "pass", f'The version is "{VERSION}".')


def _threshold(entries: Sequence[Mapping[str, object]]) -> int | None:
    values = {whole_number(entry.get("threshold")) for entry in entries}
    return values.pop() if len(values) == 1 else None


def _players(entries: Sequence[Mapping[str, object]]) -> Finding:
    count = len(entries)
    threshold = _threshold(entries)
    numbers = [whole_number(entry.get("player_index")) for entry in entries]
    if count < 2:
        evidence = "There is one player; a recovery needs at least two."
    elif None in numbers or len(set(numbers)) < count:
        evidence = "The player_index of the players is missing, not a whole number, or there twice."
    elif not threshold:
        evidence = "The players do not name one and the same threshold from 1 up."
    elif count <= threshold:
        evidence = f"There are {count} players; the threshold of {threshold} needs at least {threshold + 1}."
    else:
        return finding("players", "pass", f"There are {count} players, and the threshold is {threshold}.")
    return finding("players", "fail", evidence, WRITE_AGAIN)


def _root_key(entries: Sequence[Mapping[str, object]], root: RootKey) -> Finding:
    for number, entry in enumerate(entries):
        encoded = base64_field(entry.get("public_key"))
        if encoded is None or root_point(root.algorithm, encoded) != root:
            evidence = f"The public_key of player entry {number} is not the root key that the object names."
            return finding("root-key", "fail", evidence, WRITE_AGAIN)
    return finding("root-key", "pass", f"The SHA-256 of the root key is {root.sha256}.")


def curve_mismatch(players: Players, root: RootKey) -> str:
    """A sentence if some player's curve is not that of the root key, else nothing."""
    expected = CURVES[root.algorithm]
    foreign = [curve for curve in players.curves if curve != expected]
    return (
        f'A player names the curve {shown(foreign[0])}; the root key needs "{expected}".' if foreign else ""
    )


def _arrays(entries: Sequence[Mapping[str, object]]) -> Finding:
    for number, entry in enumerate(entries):
        flaw = _array_flaw(entry)
        if flaw:
            return finding("arrays", "fail", f"In player entry {number}, {flaw}.", WRITE_AGAIN)
    total = sum(_length(entry.get("es")) for entry in entries)
    evidence = (
        f"There are {total} ciphertexts of {CIPHERTEXT_BYTES} bytes, twice as many as of each other array."
    )
    return finding("arrays", "pass", evidence)


def _length(value: object) -> int:
    return len(value) if isinstance(value, list) else 0


def _array_flaw(entry: Mapping[str, object]) -> str:
    """What is wrong with the arrays of one player, as a clause; empty if nothing is."""
    es = entry.get("es")
    if not isinstance(es, list) or not es:
        return "es is missing or empty"
    if any(len(base64_field(each) or b"") != CIPHERTEXT_BYTES for each in es):
        return f"es holds something else than ciphertexts of {CIPHERTEXT_BYTES} bytes"
    for name in _HALVES:
        half = entry.get(name)
        if not isinstance(half, list) or 2 * len(half) != len(es):
            return (
                f"{name} has {_length(half)} values beside {len(es)} ciphertexts, but must have half as many"
            )
        if name != "combination" and any(base64_field(each) is None for each in half):
            return f"{name} holds something else than base64 text"
    return _combination_flaw(entry["combination"], len(es))


def _combination_flaw(combination: object, ciphertexts: int) -> str:
    chosen = [whole_number(each) for each in combination] if isinstance(combination, list) else []
    if any(each is None or each >= ciphertexts for each in chosen) or len(set(chosen)) < len(chosen):
        return "combination holds something else than different positions of es"
    return ""


def _openings(entries: Sequence[Mapping[str, object]]) -> tuple[Opening, ...]:
    """What entries whose arrays are in order open: value and seed of the ciphertexts that `combination` names."""
    found: list[Opening] = []
    for entry in entries:
        es, vs, rs, chosen = (_listed(entry, name) for name in ("es", "vs", "rs", "combination"))
        for position, value, seed in zip(chosen, vs, rs, strict=True):
            ciphertext = es[whole_number(position) or 0]
            found.append(Opening(*(base64_field(each) or b"" for each in (ciphertext, value, seed))))
    return tuple(found)


def _listed(entry: Mapping[str, object], name: str) -> Sequence[object]:
    value = entry.get(name)
    return value if isinstance(value, list) else ()
