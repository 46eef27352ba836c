"""What verification saw, as proposals for the record: new wallets, fresh proofs for known ones, and what stands against."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from services.backups.addresses import key_of
from services.backups.findings import shown
from services.problems import ProblemError
from services.record.book import Record
from services.record.wallet import Proof, Wallet, checked
from services.setup_file import SetupFile
from services.verify.checks import Report
from services.verify.seen import Seen


@dataclass(frozen=True)
class Proposals:
    """`new` wallets, `proven` ones that are on record and agree (with the newer proof), and sentences `against`."""

    new: tuple[Wallet, ...] = ()
    proven: tuple[Wallet, ...] = ()
    against: tuple[str, ...] = ()


def proposals(
    report: Report, record: Record, setup: SetupFile, now: datetime, address: str = ""
) -> Proposals:
    """What the record can take over from a report. `address` is the one that was given for its only wallet."""
    new: list[Wallet] = []
    proven: list[Wallet] = []
    against: list[str] = []
    for one in report.seen:
        known = record.find(one.key_id)
        why = _against(one, known) or _address_against(one, address)
        if why:
            against.append(f"Wallet {shown(one.key_id, 80)}: {why}")
            continue
        wallet = _wallet(one, known, setup, now, address)
        if isinstance(wallet, str):
            against.append(f"Wallet {shown(one.key_id, 80)}: {wallet}")
        else:
            (new if known is None else proven).append(wallet)
    return Proposals(tuple(new), tuple(proven), tuple(against))


def _against(one: Seen, known: Wallet | None) -> str:
    """Why a wallet that was seen cannot go on record as it was seen; empty if it can."""
    if one.foreign:
        return (
            "its shares are not sealed for this quorum ID. If it belongs to another quorum, give that one with "
            "--quorum-id; else do what the checklist says of it."
        )
    if not one.whole or one.algorithm is None:
        return "its backup does not pass the checklist, so do first what the lines with ✗ say."
    if not one.quorum_id:
        return (
            "which quorum it belongs to was not shown. Answer palisade.quorum_id, or give it with --quorum-id; then "
            "its seal is compared."
        )
    if known is None:
        return ""
    if known.algorithm != one.algorithm:
        return f"the record says {known.algorithm}, and its backup has a key of {one.algorithm}. Change the record."
    if known.quorum_id != one.quorum_id:
        return (
            f"the record says quorum {known.quorum_id}, and its shares are sealed for {one.quorum_id}: with the "
            "quorum ID on record it cannot be recovered. Change the record."
        )
    if known.address and _is_key_of_another(known.address, one):
        return (
            "the address on record is not its root key. Compare both with Palisade, then change the record."
        )
    return ""


def _address_against(one: Seen, address: str) -> str:
    if address and _is_key_of_another(address, one):
        return "the address that you gave is not its root key. One of the two is another wallet's."
    return ""


def _is_key_of_another(address: str, one: Seen) -> bool:
    """Only an ED25519 wallet's address can be the key itself, and only some forms of it are."""
    key = key_of(address) if one.algorithm == "ED25519" and not address.startswith("0x") else None
    return key is not None and bool(one.root_key) and key.sha256 != one.root_key


def _wallet(one: Seen, known: Wallet | None, setup: SetupFile, now: datetime, address: str) -> Wallet | str:
    assert one.algorithm is not None  # noqa: S101 - `_against` has seen to it
    base = known or Wallet(
        one.quorum_id, one.key_id, one.algorithm, kit=setup.answers.text("palisade.kit_name")
    )
    files = f"{one.files} file{'s' * (one.files > 1)}"
    says = f"{files} passed ({one.file} first), sealed for this quorum ID and key ID."
    wallet = replace(
        base,
        address=address or base.address,
        fingerprints=one.fingerprints,
        file=one.file,
        written=one.written.date().isoformat(),
    )
    try:
        return checked(wallet.proven(Proof("verify", now.date().isoformat(), says)), seen=True)
    except ProblemError as error:
        return " ".join((error.problem.summary, *error.problem.remedy))
