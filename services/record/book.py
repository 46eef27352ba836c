"""The record of one set-up: wallets that were added, changed and removed. What is removed stays in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from services import ledger
from services.clock import Clock
from services.ledger import DamagedError, Entry, Ledger
from services.problems import Problem, refuse
from services.record.wallet import Wallet, as_json, checked, of_json, same_address
from services.setup_file import SetupFile
from services.setups import State

_WHAT = frozenset({"added", "changed", "removed", "restored"})


@dataclass(frozen=True)
class Removed:
    """A wallet that was taken off the record, and when."""

    wallet: Wallet
    at: str


@dataclass(frozen=True)
class Record:
    """What is on record now, in the order in which it came. `since` is when the first wallet came, in ISO 8601.

    `lost` are key IDs that the copy of the file knows and the file does not; `unread` is why the copy tells nothing.
    """

    wallets: tuple[Wallet, ...] = ()
    removed: tuple[Removed, ...] = ()
    since: str = ""
    lost: tuple[str, ...] = ()
    unread: Problem | None = None

    def find(self, key_id: str) -> Wallet | None:
        """The wallet with this key ID; case does not tell two apart."""
        return next((one for one in self.wallets if one.key_id.casefold() == key_id.casefold()), None)


def place(setup: SetupFile, state: State) -> Ledger:
    """Where the record of a set-up is: `NAME.record.json` beside its file, and a copy in the state directory."""
    identifier = setup.answers.text("setup.id")
    return Ledger(
        path=ledger.beside(setup.path, "record"),
        copy=state.setups / f"{identifier}.record.json" if identifier else None,
        setup=identifier,
        what="record",
        called="record",
        anew="put the wallets on record anew with 'palisade-wizard record add --config S --from-verify'",
    )


def read(of: Ledger) -> Record:
    """The record; empty where nothing was ever put on it. Errors: `unreadable-file`, `unfit`."""
    entries, copy = ledger.both(of, _check)
    gone = ledger.lost(entries, copy)
    record = _folded(entries)
    lost = dict.fromkeys(str(entry["wallet"]["key_id"]) for entry in gone)
    known = {one.key_id for one in (*record.wallets, *(each.wallet for each in record.removed))}
    return replace(record, lost=tuple(key_id for key_id in lost if key_id not in known), unread=copy.unread)


def add(of: Ledger, clock: Clock, wallet: Wallet) -> Record:
    """Puts a wallet on record, as a person gave it. Errors: `exists` for a double, those of a wrong value."""
    new = checked(wallet)

    def make(record: Record) -> Sequence[tuple[str, Wallet]]:
        _refuse_double(record, new)
        return [("added", new)]

    return _written(of, clock, make)


def take_over(of: Ledger, clock: Clock, new: Iterable[Wallet], proven: Iterable[Wallet]) -> Record:
    """Takes over what verification saw, in one write: new wallets, and known ones with their newer proof."""
    added, known = [checked(one, seen=True) for one in new], [checked(one, seen=True) for one in proven]

    def make(record: Record) -> Sequence[tuple[str, Wallet]]:
        for number, wallet in enumerate(added):
            _refuse_double(replace(record, wallets=(*record.wallets, *added[:number])), wallet)
        changed = [one for one in known if found(record, one.key_id) != one]
        return [*(("added", one) for one in added), *(("changed", one) for one in changed)]

    return _written(of, clock, make)


def change(of: Ledger, clock: Clock, key_id: str, how: Callable[[Wallet], Wallet]) -> Record:
    """Gives a wallet other values; the earlier ones stay in the file's history. Its key ID stays."""

    def make(record: Record) -> Sequence[tuple[str, Wallet]]:
        before = found(record, key_id)
        after = checked(replace(how(before), key_id=before.key_id), seen=True)
        if after == before:
            return ()
        others = replace(record, wallets=tuple(one for one in record.wallets if one is not before))
        _refuse_double(others, after)
        return [("changed", after)]

    return _written(of, clock, make)


def remove(of: Ledger, clock: Clock, key_id: str) -> Record:
    """Takes a wallet off the record; its values stay in the file."""
    return _written(of, clock, lambda record: [("removed", found(record, key_id))])


def restore(of: Ledger, clock: Clock, key_id: str) -> Record:
    """Puts a removed wallet back with the values that it had."""

    def make(record: Record) -> Sequence[tuple[str, Wallet]]:
        gone = [one.wallet for one in record.removed if one.wallet.key_id.casefold() == key_id.casefold()]
        if not gone:
            raise refuse(
                "invalid-answer",
                "No wallet with this key ID was removed.",
                "'palisade-wizard record list --config S --removed' lists those that were.",
                where="key_id",
            )
        _refuse_double(record, gone[-1])
        return [("restored", gone[-1])]

    return _written(of, clock, make)


def _written(of: Ledger, clock: Clock, make: Callable[[Record], Sequence[tuple[str, Wallet]]]) -> Record:
    def entries(before: tuple[Entry, ...]) -> Sequence[Entry]:
        return [{"what": what, "wallet": as_json(wallet)} for what, wallet in make(_folded(before))]

    return _folded(ledger.append(of, clock, _check, entries))


def _folded(entries: Iterable[Entry]) -> Record:
    """What the history adds up to."""
    now: dict[str, Wallet] = {}
    gone: dict[str, Removed] = {}
    since = ""
    for entry in entries:
        wallet, key = of_json(entry["wallet"]), str(entry["wallet"]["key_id"]).casefold()
        since = since or str(entry["at"])
        if entry["what"] == "removed":
            now.pop(key, None)
            gone[key] = Removed(wallet, str(entry["at"]))
        else:
            now[key] = wallet
            gone.pop(key, None)
    return Record(tuple(now.values()), tuple(gone.values()), since)


def _check(entry: Entry) -> None:
    if entry.get("what") not in _WHAT:
        raise DamagedError("an entry in it is of no kind that there is")
    of_json(entry.get("wallet"))


def found(record: Record, key_id: str) -> Wallet:
    """The wallet with this key ID. Errors: `invalid-answer` where it is not on record."""
    wallet = record.find(key_id.strip())
    if wallet is None:
        raise refuse(
            "invalid-answer",
            "No wallet with this key ID is on record.",
            "'palisade-wizard record list --config S' lists them.",
            where="key_id",
        )
    return wallet


def _refuse_double(record: Record, wallet: Wallet) -> None:
    same = record.find(wallet.key_id)
    if same is not None:
        raise refuse(
            "exists",
            f"The wallet {wallet.key_id} is on record already.",
            "Change its values with 'palisade-wizard record change --config S --key-id ID'; the earlier ones are kept.",
            where="key_id",
        )
    for other in record.wallets:
        if wallet.address and other.address and same_address(wallet.address, other.address):
            raise refuse(
                "exists",
                f"The address is on record already, for the wallet {other.key_id}: two wallets never share one.",
                "Compare key ID and address of both with Palisade.",
                where="address",
            )
