"""The record and the duties as lines for a person. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from services.lifecycle.reminders import steps_text
from services.lifecycle.standing import Life, Standing, State
from services.printable import one_line
from services.record.book import Record
from services.record.comparing import Comparison, sentences
from services.record.paper import rows
from services.record.proposals import Proposals, left_out
from services.record.wallet import Wallet

if TYPE_CHECKING:
    from screens.widgets.listing import Line

Row: TypeAlias = "tuple[Line, str]"
"""A line, and what Enter shows."""

_DUE: Mapping[State, str] = MappingProxyType(
    {"due": "!", "soon": "▸", "later": "·", "event": "·", "waiting": "·"}
)


def wallet_row(wallet: Wallet) -> Row:
    """A wallet on record."""
    sign = "✓" if wallet.proofs else "·"
    days = [f"{'verified' if proof.how == 'verify' else 'rehearsed'} {proof.on}" for proof in wallet.proofs]
    stands = ", ".join([*(days or ["not verified"]), *([wallet.address] if wallet.address else [])])
    return (sign, f"{_named(wallet)}\n{one_line(stands)}", 0), details(wallet)


def _named(wallet: Wallet) -> str:
    # The name of a folder in the bucket: anybody who may write there has chosen it.
    return one_line(f"{wallet.key_id}  {wallet.algorithm}")


def details(wallet: Wallet) -> str:
    """Everything about a wallet."""
    lines = [f"{label}: {value}" for label, value in rows(wallet)]
    return "\n".join((*lines, f"Typing check: {wallet.typing_check}"))


def proposal_rows(found: Proposals, add_all: str) -> list[Row]:
    """What verification saw and the record does not have, what stands against taking it over, and what was not looked at."""
    new: list[Row] = [
        (("+", f"{_named(one)}\nseen by verification, not on record yet", 0), details(one))
        for one in found.new
    ]
    left = left_out(found, add_all)
    said = [*found.against, *([left] if left else [])]
    return [*new, *((("!", one_line(sentence), 0), sentence) for sentence in said)]


def compared_rows(found: Comparison) -> list[Row]:
    """What differs between record and bucket."""
    split = (sentence.partition(" ") for sentence in sentences(found))
    return [((sign, one_line(text), 0), text) for sign, _, text in split]


def copy_rows(record: Record) -> list[Row]:
    """What the copy of the file says against it: wallets that it alone knows, or that it cannot be read."""
    texts = []
    if record.unread is not None:
        texts.append(" ".join((record.unread.summary, *record.unread.remedy)))
    if record.lost:
        texts.append(
            f"The copy of this record knows wallets that the file does not: {', '.join(record.lost)}. The file was put back "
            "from an older one. Put them on record again."
        )
    return [(("!", one_line(text), 0), text) for text in texts]


def fresh(found: Proposals, record: Record) -> tuple[Wallet, ...]:
    """The wallets on record whose proof is newer in what was seen."""
    return tuple(one for one in found.proven if record.find(one.key_id) != one)


def duty_row(one: Standing) -> Row:
    """A duty, with everything about it behind."""
    sign = "✓" if one.state == "later" and one.last is not None else _DUE[one.state]
    return (sign, f"{one.duty.title}\n{one.says}", 0), about((one,))


def about(found: Iterable[Standing]) -> str:
    """Why and how, for some duties."""
    return "\n\n".join("\n".join((one.duty.why, "", *steps_text(one.steps))) for one in found)


def verdict(of: Life) -> tuple[str, str]:
    """How many duties are due, and what the diary's copy says against it, with the kind of the line."""
    due = len(of.having("due"))
    says = "No duty is due."
    if due:
        says = f"{due} {'duty is' if due == 1 else 'duties are'} due: Enter on a line with ! says what to do."
    return " ".join((*of.warnings, says)), "warn" if due or of.warnings else "ok"
