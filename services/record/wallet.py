"""One wallet on the record: the values that its recovery needs, and what shows that its backup can be relied on.

The quorum ID is nowhere in a backup and the key ID only in the name of its folder; the shares are sealed to both, so a
wallet whose pair is lost is lost, and one whose pair is mistyped is as good as lost.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal, TypeAlias, get_args

from services import rules
from services.backups.addresses import key_of
from services.backups.curves import Algorithm
from services.backups.shards import parse_key
from services.ledger import DamagedError
from services.problems import ProblemError, refuse

How: TypeAlias = Literal["verify", "rehearsal"]

LONGEST_ADDRESS = 200
_EVIDENCE = 400
_ALGORITHMS: tuple[Algorithm, ...] = get_args(Algorithm)
_ETHEREUM = re.compile(r"0x[0-9A-Fa-f]{40}")
_BITCOIN = re.compile(r"(?:bc1|tb1)[02-9ac-hj-np-z]{11,87}", re.IGNORECASE)
_HEX_KEY = re.compile(r"(?:0x)?[0-9A-Fa-f]{64}")


@dataclass(frozen=True)
class Proof:
    """What showed that the backup is good: a pass of `verify`, or a rehearsal; on a day in ISO 8601."""

    how: How
    on: str
    evidence: str = ""


@dataclass(frozen=True)
class Wallet:
    """A wallet's entry. Empty texts were not given; `written` is the day its oldest backup file was written.

    `fingerprints` are those (SHA-256, hex) of the recovery keys that open it; `file` is a backup file that was seen.
    """

    quorum_id: str
    key_id: str
    algorithm: Algorithm
    address: str = ""
    kit: str = ""
    fingerprints: tuple[str, ...] = ()
    file: str = ""
    written: str = ""
    proofs: tuple[Proof, ...] = ()

    @property
    def rehearsed(self) -> Proof | None:
        """The last rehearsal, which alone shows that the recovery key opens this backup."""
        return self._last("rehearsal")

    @property
    def verified(self) -> Proof | None:
        """The last pass of `verify`."""
        return self._last("verify")

    def proven(self, proof: Proof) -> Wallet:
        """The same with a newer proof in place of an older one of its kind."""
        others = tuple(one for one in self.proofs if one.how != proof.how)
        return replace(
            self, proofs=tuple(sorted((*others, proof), key=lambda one: get_args(How).index(one.how)))
        )

    def _last(self, how: How) -> Proof | None:
        return next((proof for proof in self.proofs if proof.how == how), None)

    @property
    def typing_check(self) -> str:
        """Eight hex digits that tell whether quorum ID and key ID were typed from paper without a slip.

        The beginning of the SHA-256 of `<quorum_id>-<key_id>`, the label that the shares are sealed with.
        """
        digest = hashlib.sha256(f"{self.quorum_id}-{self.key_id}".encode()).hexdigest()
        return f"{digest[:4]} {digest[4:8]}"


def checked(wallet: Wallet, *, seen: bool = False) -> Wallet:
    """The wallet with its values in their one form. `seen`: verification found this key ID in the bucket.

    Errors: `invalid-answer`, naming the value.
    """
    return replace(
        wallet,
        quorum_id=uuid_of(wallet.quorum_id, "quorum_id"),
        key_id=_key_id(wallet.key_id, seen=seen),
        algorithm=algorithm_of(wallet.algorithm),
        address=_address(wallet.address, wallet.algorithm),
        kit=_ruled(rules.kit_name, wallet.kit, "kit"),
        fingerprints=tuple(_ruled(rules.fingerprint, one, "fingerprint") for one in wallet.fingerprints),
    )


def uuid_of(text: str, where: str) -> str:
    """A quorum ID in its one form. Errors: `invalid-answer`, at `where`."""
    return _uuid(text, "quorum ID", where, "the quorum's page in Palisade")


def _uuid(text: str, called: str, where: str, source: str) -> str:
    try:
        return str(uuid.UUID(text.strip()))
    except ValueError:
        raise refuse(
            "invalid-answer",
            f"The {called} is no UUID (32 hexadecimal digits in groups of 8, 4, 4, 4 and 12).",
            f"Copy it from {source}: one wrong digit, and the wallet cannot be recovered.",
            where=where,
        ) from None


def _key_id(text: str, *, seen: bool) -> str:
    if seen and parse_key(f"{text}/recovery_shard-0.txt") is not None:
        return text  # as the folder is spelt, whatever it looks like: the seal fits this spelling
    try:
        return _uuid(text, "key ID", "key_id", "the wallet's page in Palisade")
    except ProblemError as error:
        more = "If the folder in the bucket is really named so, take it from there: record add --from-verify --key-id ID."
        raise ProblemError(replace(error.problem, remedy=(*error.problem.remedy, more))) from None


def algorithm_of(text: str) -> Algorithm:
    """The algorithm of this name, in any case. Errors: `invalid-answer`."""
    name = text.strip().upper()
    if name not in _ALGORITHMS:
        raise refuse(
            "invalid-answer",
            f"There is no key algorithm {text[:40]!r}.",
            f"It is {' or '.join(_ALGORITHMS)}; the wallet's page in Palisade and 'palisade-wizard verify' name it.",
            where="algorithm",
        )
    return name


def _ruled(rule: Any, text: str, where: str) -> str:
    if not text.strip():
        return ""
    try:
        return str(rule(text.strip()))
    except ProblemError as error:
        raise ProblemError(error.problem.at(where)) from None


def _address(text: str, algorithm: str) -> str:
    address = text.strip()
    if not address:
        return ""
    if len(address) > LONGEST_ADDRESS or not address.isprintable() or " " in address:
        raise refuse(
            "invalid-answer",
            f"An address is one word of at most {LONGEST_ADDRESS} characters.",
            "Copy it from the wallet's page in Palisade.",
            where="address",
        )
    kind = _kind_of(address)
    if kind is not None and kind != algorithm_of(algorithm):
        raise refuse(
            "invalid-answer",
            f"The address is that of a wallet with a key of {kind}, and {algorithm_of(algorithm)} is given.",
            "Compare key ID, algorithm and address with Palisade: one of them is another wallet's.",
            where="address",
        )
    return address


def _kind_of(address: str) -> Algorithm | None:
    """The algorithm that an address gives away; most forms do not. 64 hex digits may be a hash as well as a key."""
    if _ETHEREUM.fullmatch(address) or _BITCOIN.fullmatch(address):
        return "SECP256K1"
    if _HEX_KEY.fullmatch(address):
        return None
    return "ED25519" if key_of(address) is not None else None


def same_address(one: str, other: str) -> bool:
    """Whether two addresses are one; letters of hex and of Bitcoin's newer form have no case of their own."""
    loose = all(_ETHEREUM.fullmatch(text) or _BITCOIN.fullmatch(text) for text in (one, other))
    return one.casefold() == other.casefold() if loose else one == other


def as_json(wallet: Wallet) -> dict[str, object]:
    """The JSON shape, in the file and on the standard output."""
    return {
        "quorum_id": wallet.quorum_id,
        "key_id": wallet.key_id,
        "algorithm": wallet.algorithm,
        "address": wallet.address,
        "kit": wallet.kit,
        "recovery_key_fingerprints": list(wallet.fingerprints),
        "backup_file": wallet.file,
        "backup_written": wallet.written,
        "verified": [asdict(proof) for proof in wallet.proofs],
    }


def of_json(value: Any) -> Wallet:
    """What `as_json` gave. Raises `DamagedError`."""
    try:
        proofs = tuple(_proof(one) for one in value["verified"])
        wallet = Wallet(
            quorum_id=_text(value["quorum_id"]),
            key_id=_text(value["key_id"]),
            algorithm=algorithm_of(_text(value["algorithm"])),
            address=_text(value["address"]),
            kit=str(value["kit"]),  # its own rule says what a kit may be called
            fingerprints=tuple(_text(one) for one in value["recovery_key_fingerprints"]),
            file=_text(value["backup_file"]),
            written=_day(value["backup_written"]) if value["backup_written"] else "",
            proofs=proofs,
        )
        return checked(wallet, seen=True)
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedError(f"a wallet in it cannot be read ({type(error).__name__})") from None
    except ProblemError as error:
        raise DamagedError(f"a wallet in it has a wrong value: {error.problem.summary.rstrip('.')}") from None


def _proof(value: Mapping[str, Any]) -> Proof:
    if value["how"] not in get_args(How):
        raise ValueError(value["how"])
    return Proof(value["how"], _day(value["on"]), _text(value["evidence"]))


def _day(value: object) -> str:
    return date.fromisoformat(_text(value)).isoformat()


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.isprintable() or len(value) > _EVIDENCE:
        raise ValueError
    return value
