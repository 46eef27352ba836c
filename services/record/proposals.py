"""What verification saw, as proposals for the record: new wallets, fresh proofs for known ones, and what stands against."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from services.backups.addresses import key_of
from services.backups.findings import shown
from services.own_command import on_setup
from services.problems import ProblemError
from services.record.book import Record
from services.record.wallet import Proof, Wallet, checked
from services.setup_file import SetupFile
from services.verify.checks import Report
from services.verify.seen import Seen


@dataclass(frozen=True)
class Proposals:
    """`new` wallets, `proven` ones that are on record and agree (with the newer proof), and sentences `against`.

    `unread` wallets were not looked at, and of those the `unrecorded` are not on record; `more`: there are others still.
    """

    new: tuple[Wallet, ...] = ()
    proven: tuple[Wallet, ...] = ()
    against: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    unrecorded: tuple[str, ...] = ()
    more: bool = False


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
    unrecorded = tuple(key_id for key_id in report.unread if record.find(key_id) is None)
    return Proposals(tuple(new), tuple(proven), tuple(against), report.unread, unrecorded, report.more)


def left_out(found: Proposals, add_all: str) -> str:
    """Which wallets of the bucket were not looked at, and what to do; empty if every one was.

    `add_all` is the command for every one that is not on record; empty where it was just that.
    """
    if found.more and not add_all:
        return (
            "The bucket has more folders than were looked through, so there may be wallets that are not on record: name "
            "those that you know of with --key-id."
        )
    least, number = "At least " * found.more, len(found.unrecorded)
    if number:
        are, were = ("is", "was") if number == 1 else ("are", "were")
        return (
            f"{least}{_count(number)} of the bucket that {are} not on record {were} not looked at, because only the newest "
            f"are: put every one on record with “{add_all}”."
        )
    if found.more:
        return (
            "The bucket holds more wallets than were looked at: put every one that is not on record on it with "
            f"“{add_all}”."
        )
    number = len(found.unread)
    if number:
        return (
            f"{_count(number)} on record {'was' if number == 1 else 'were'} not looked at, because only the newest are: "
            "name those that need the new proof with --key-id."
        )
    return ""


def adding(setup: Path | None, answered: str, *more: str, quorum_id: str = "") -> str:
    """The command that puts on record what verification sees, as a shell takes it.

    The quorum ID is nowhere in the bucket, so it stands in the command unless it is the one that the setup file answers;
    ID stands for one that nobody knows yet.
    """
    named = () if answered and quorum_id in {"", answered} else ("--quorum-id", quorum_id or "ID")
    return on_setup("record add", setup, "--from-verify", *more, *named)


def _count(number: int) -> str:
    return f"{number} wallet{'s' * (number != 1)}"


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
