"""The record and what differs from it, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from services.record.paper import proof_words, rows

if TYPE_CHECKING:
    from services.record.book import Record
    from services.record.proposals import Proposals
    from services.record.wallet import Wallet


def record_text(record: Record, *, removed: bool, verbose: bool) -> str:
    """Every wallet in three lines, or in all of its values if `verbose`; the removed ones if they are asked for."""
    lines = [f"{_count(len(record.wallets))} on record.", ""] if record.wallets else []
    for wallet in record.wallets:
        lines += [*wallet_lines(wallet, verbose=verbose), ""]
    if not record.wallets:
        lines += ["No wallet is on record yet.", ""]
    if removed:
        for one in record.removed:
            lines += [f"Removed at {one.at}:", *wallet_lines(one.wallet, verbose=verbose), ""]
    elif record.removed:
        lines += [
            f"{_count(len(record.removed))} removed from the record: --removed shows what the file keeps.",
            "",
        ]
    return "\n".join(lines).rstrip("\n")


def wallet_lines(wallet: Wallet, *, verbose: bool = False) -> Iterator[str]:
    """A wallet on record."""
    if verbose:
        yield from (f"  {label:<13} {value}" for label, value in rows(wallet))
        return
    sign = "✓" if wallet.proofs else "·"
    more = "".join(f", {text}" for text in (wallet.address, wallet.kit) if text)
    yield f"{sign} {wallet.key_id}  {wallet.algorithm}{more}"
    yield f"  quorum {wallet.quorum_id}"
    yield f"  {proof_words(wallet)}"


def warnings(record: Record) -> Iterator[str]:
    """What is to be minded about the record itself."""
    yield from copy_warnings(record)
    bare = [wallet for wallet in record.wallets if not wallet.proofs]
    if bare:
        yield (
            f"· {_count(len(bare))} on record {'is' if len(bare) == 1 else 'are'} not verified: 'record add "
            "--from-verify' holds the values against the backup itself."
        )


def copy_warnings(record: Record) -> Iterator[str]:
    """What the copy in the state directory says against the record."""
    if record.unread is not None:
        yield " ".join(("!", record.unread.summary, *record.unread.remedy))
    if record.lost:
        yield (
            f"! The copy in the state directory knows {_count(len(record.lost))} that this file does not "
            f"({', '.join(record.lost[:3])}{' …' if len(record.lost) > 3 else ''}): the file was put back from an older "
            "one. Add them again, or put the copy back."
        )


def proposal_lines(found: Proposals) -> Iterator[str]:
    """What verification offers for the record."""
    for wallet in found.new:
        yield f"+ {wallet.key_id}  {wallet.algorithm}, quorum {wallet.quorum_id}"
        yield f"    {proof_words(wallet)}"
    for wallet in found.proven:
        yield f"= {wallet.key_id} is on record and agrees: {proof_words(wallet)}"
    yield from (f"! {sentence}" for sentence in found.against)


def _count(number: int) -> str:
    return f"{number} wallet{'s' * (number != 1)}"
