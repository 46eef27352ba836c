"""`record add`: puts wallets on record, from what verification saw or from what a person gives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.own_command import on_setup
from services.problems import refuse
from wizard.cli import Subcommand
from wizard.records import key_id_option, one_wallet, say_changed, tell_of_copy, value_options
from wizard.terminal import agreed

if TYPE_CHECKING:
    from services.record.proposals import Proposals
    from services.setup_file import SetupFile
    from services.verify.checks import Report
    from services.work import Desk
    from wizard.root import Program


@dataclass(frozen=True)
class _Given:
    """What the command line says of wallets; empty where it does not."""

    key_ids: tuple[str, ...] = ()
    quorum_id: str = ""
    algorithm: str = ""
    address: str = ""
    kit: str = ""
    fingerprints: tuple[str, ...] = ()


@click.command(
    "add",
    cls=Subcommand,
    config=True,
    help="Puts wallets on record. With --from-verify it looks at the newest wallets of the bucket, or with --all at every "
    "one that is not on record; it takes over those whose backup passes and is sealed for the quorum ID, gives those on "
    "record the new proof, and says how many it did not look at. Otherwise give --key-id and --algorithm; then "
    "AWS is not asked. Without any value, on a terminal, it proposes what it sees and asks. Exit status 3 if a wallet that "
    "was seen could not be taken over.",
)
@click.option("--from-verify", is_flag=True, help="Take over what verification sees; only reads in AWS.")
@click.option(
    "--all",
    "whole",
    is_flag=True,
    help="With --from-verify: every wallet of the bucket that is not on record, not the newest alone. Reads all their files.",
)
@key_id_option(multiple=True)
@value_options
@click.pass_obj
def command(
    program: Program,
    *,
    config: Path,
    from_verify: bool,
    whole: bool,
    key_ids: tuple[str, ...],
    quorum_id: str | None,
    algorithm: str | None,
    address: str | None,
    kit: str | None,
    fingerprints: tuple[str, ...],
) -> int:
    """See the help text."""
    ids = tuple(dict.fromkeys(key_ids))
    given = _Given(ids, quorum_id or "", algorithm or "", address or "", kit or "", fingerprints)
    if whole and (ids or not from_verify):
        raise refuse(
            "usage",
            "--all goes with --from-verify, and names every wallet by itself.",
            "Write --from-verify --all, without --key-id.",
            where="--all",
        )
    if not from_verify and given != _Given():
        return _by_hand(program, config, given)
    if not from_verify and (not program.around.terminal or program.voice.json):
        raise refuse(
            "usage",
            "What is to be put on record is missing, and nobody can be asked.",
            "Take over what verification sees with --from-verify.",
            "Or give the values: --key-id ID --algorithm SECP256K1|ED25519, and --quorum-id ID.",
            where="--key-id",
        )
    return _from_verify(program, config, given, asks=not from_verify, whole=whole)


def _by_hand(program: Program, config: Path, given: _Given) -> int:
    """One wallet, as the person says; what the set-up knows is filled in."""
    from services import setup_file
    from services.record import book
    from services.record.wallet import Wallet, algorithm_of
    from wizard.render import heads

    key_id = one_wallet(given.key_ids)
    setup = program.setup(config)
    program.voice.tell(heads.set_up(setup.answers))
    answers = setup.answers
    quorum_id = given.quorum_id or answers.text("palisade.quorum_id")
    found_out = ", and 'record add --from-verify' finds it out by itself"
    for value, what, flag, where in (
        (given.algorithm, "The key's algorithm", "--algorithm SECP256K1 or --algorithm ED25519", found_out),
        (quorum_id, "The quorum ID", "--quorum-id ID", " and nowhere in a backup"),
    ):
        if not value:
            raise refuse(
                "usage",
                f"{what} is missing: without it the wallet cannot be recovered.",
                f"Give {flag}; it stands in Palisade{where}.",
                where=flag.partition(" ")[0],
            )
    fingerprint = answers.text("recovery_key.fingerprint")
    wallet = Wallet(
        quorum_id=quorum_id,
        key_id=key_id,
        algorithm=algorithm_of(given.algorithm),
        address=given.address,
        kit=given.kit or answers.text("palisade.kit_name"),
        fingerprints=given.fingerprints or ((fingerprint,) if fingerprint else ()),
    )
    setup = setup_file.identified(setup)
    record = book.add(book.place(setup, program.state), program.around.clock, wallet)
    say_changed(program, setup, "It is on record, not verified yet, in", record.wallets[-1])
    return 0


def _from_verify(program: Program, config: Path, given: _Given, *, asks: bool, whole: bool) -> int:
    """Everything that verification sees, or the wallets that were named."""
    from services.record import book
    from services.record.proposals import adding, left_out, proposals
    from wizard.render import heads
    from wizard.render.plain import endpoint_lines

    if given.algorithm or given.fingerprints:
        raise refuse(
            "usage",
            "Verification finds out algorithm and recovery key by itself.",
            "Leave --algorithm and --fingerprint out, or leave --from-verify out.",
            where="--from-verify",
        )
    if given.address or given.kit:
        one_wallet(given.key_ids)
    setup = program.setup(config)
    program.voice.tell(heads.set_up(setup.answers))
    answered = setup.answers.text("palisade.quorum_id")
    book.read(book.place(setup, program.state))  # a damaged record is told before AWS is asked
    setup, report, endpoint = _looked(program, config, given, whole=whole)
    if endpoint:
        program.voice.tell(endpoint_lines(endpoint))
    place = book.place(setup, program.state)
    found = proposals(report, book.read(place), setup, program.around.clock.wall(), given.address)
    if given.kit:
        found = replace(found, new=tuple(replace(one, kit=given.kit) for one in found.new))
    add_all = "" if whole else adding(config, answered, "--all", quorum_id=given.quorum_id)
    left = left_out(found, add_all)
    if asks:
        _ask(program, found)
    book.take_over(place, program.around.clock, found.new, found.proven)
    _tell(program, setup, found, endpoint, named_alone=bool(given.key_ids))
    if left:
        program.voice.tell(f"! {left}")
    missing = set(given.key_ids) - {one.key_id for one in (*found.new, *found.proven)}
    return 3 if found.against or missing else 0


def _looked(program: Program, config: Path, given: _Given, *, whole: bool) -> tuple[SetupFile, Report, str]:
    """What verification sees, with the quorum ID that was given in place of the set-up's."""
    from services import kit
    from services.record.wallet import uuid_of
    from services.work import Question, verify

    over: dict[str, object] = {}
    if given.quorum_id:
        over["palisade.quorum_id"] = uuid_of(given.quorum_id, "quorum_id")
    kit.recovery_keys(program.setup(config, over))
    desk = program.desk(config, over)
    if not whole:
        return desk.setup, verify(desk, Question(given.key_ids, None, given.address)), desk.endpoint
    strangers, complete = _strangers(desk)
    report = verify(desk, Question(strangers, None, given.address))
    return desk.setup, replace(report, more=not complete), desk.endpoint


def _strangers(desk: Desk) -> tuple[tuple[str, ...], bool]:
    """Every wallet of the bucket that is not on record (none of them, and the newest are looked at), and whether these
    are all."""
    from services.problems import ProblemError
    from services.record import book
    from services.record.comparing import compare

    answers, record = desk.setup.answers, book.read(book.place(desk.setup, desk.state))
    found = compare(desk.aws, answers.text("storage.bucket"), desk.identity.account, record.wallets)
    if found.problem is not None:
        raise ProblemError(found.problem)
    return found.not_on_record, found.whole


def _ask(program: Program, found: Proposals) -> None:
    """Shows what would be put on record, and has it agreed to."""
    from wizard.render.record import proposal_lines

    for line in proposal_lines(found):
        program.voice.tell(line)
    if not found.new and not found.proven:
        return
    if not agreed(program.around, "Put this on record? Only 'yes' is taken as consent: "):
        raise refuse(
            "consent",
            "You did not agree, so nothing was put on record.",
            "Run the command again when you do.",
        )


def _tell(program: Program, setup: SetupFile, found: Proposals, endpoint: str, *, named_alone: bool) -> None:
    from services.record import book
    from services.record.wallet import as_json
    from wizard.render.jsonl import named, with_endpoint
    from wizard.render.record import proposal_lines

    path = book.place(setup, program.state).path
    if program.voice.json:
        document: dict[str, object] = {
            **named(setup),
            "file": str(path),
            "added": [as_json(one) for one in found.new],
            "proven": [as_json(one) for one in found.proven],
            "against": list(found.against),
            "not_looked_at": list(found.unread),
            "complete": None if named_alone else not (found.unrecorded or found.more),
        }
        program.voice.document(with_endpoint(document, endpoint))
    else:
        lines = list(proposal_lines(found))
        program.voice.data(
            "\n".join(lines) if lines else "No wallet's backup was seen, so nothing was put on record."
        )
    program.voice.tell(f"The record is {path}.")
    tell_of_copy(program, setup)
    if found.new:
        program.voice.tell(
            f"Print it: {on_setup('record export', setup.path, '--format', 'text', '--out', 'RECORD.txt')}"
        )
