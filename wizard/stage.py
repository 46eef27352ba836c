"""The demo's stage: what the ordinary program is told about the stand-in for Palisade, and the one action more.

The stand-in gets the `values` document and nothing else of this program, as Palisade does.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from services import files, json_text
from services.model.calls import Refused
from services.problems import Problem, ProblemError

if TYPE_CHECKING:
    from screens.host import ExtraAction
    from services.demo.objects import DemoWallet
    from services.demo.palisade import Kit, Service
    from services.demo.profile import Keys
    from services.model.calls import Aws
    from services.setup_file import SetupFile
    from wizard.root import Program


@dataclass(frozen=True)
class Stage:
    """`service_file` holds the stand-in's access, `key_folder` is where keys may lie, `defaults` are answers."""

    service_file: Path
    key_folder: Path
    defaults: Mapping[str, object]


def save(path: Path, stage: Stage) -> Path:
    """Leaves the stage in a file for the program that plays on it."""
    held = {
        "service_file": str(stage.service_file),
        "key_folder": str(stage.key_folder),
        "defaults": dict(stage.defaults),
    }
    return files.publish(path, json.dumps(held).encode(), 0o600).path


def load(path: Path) -> Stage:
    """What `save` left. Errors: `unreadable-file`."""
    try:
        held = json_text.parsed(files.read_small(path))
        return Stage(Path(held["service_file"]), Path(held["key_folder"]), dict(held["defaults"]))
    except (ValueError, KeyError, TypeError):
        raise ProblemError(
            Problem(
                "unreadable-file",
                "The file of the demo's stage is damaged.",
                ("Start the demo again.",),
                str(path),
            )
        ) from None


def sign_in(keys: Keys, *, region: str, endpoint: str, ca_bundle: Path) -> Aws:
    """AWS as whoever holds the keys sees it."""
    from services.aws.port import Port, Settings

    return Port(
        Settings(
            region=region,
            endpoint_url=endpoint,
            access_key=keys.access_key,
            secret_key=keys.secret_key,
            session_token=keys.session_token or "",
            ca_bundle=str(ca_bundle),
        )
    )


def wallets(quorum_id: str = "") -> tuple[DemoWallet, ...]:
    """One wallet of each algorithm, in one quorum."""
    from services.demo.objects import new_wallet

    quorum = quorum_id or str(uuid.uuid4())
    return (
        new_wallet(quorum, str(uuid.uuid4()), "SECP256K1"),
        new_wallet(quorum, str(uuid.uuid4()), "ED25519"),
    )


@dataclass(frozen=True)
class Deed:
    """What the stand-in did, in words; `held` is false where something was allowed that must be refused."""

    says: str
    held: bool = True


def perform(service: Service, kit: Kit, made: Sequence[DemoWallet]) -> Iterator[Deed]:
    """Palisade's part: writes the backups of some wallets; then CloudTrail's, if there is a trail."""
    from services.demo.cloudtrail import deliver
    from services.demo.palisade import Written, write_backups

    done: list[Written] = []
    try:
        for written in write_backups(service, sign_in, kit, made):
            done.append(written)
            yield Deed(
                f"✓ wrote {written.key}: {written.size // 1024} KB, {written.encryption} with your key"
            )
        for delivered in deliver(sign_in, service, kit, done, datetime.now(UTC)):
            group = f" and the log group {delivered.log_group}" if delivered.log_group else ""
            yield Deed(
                f"✓ CloudTrail's stand-in delivered {delivered.records} records to {delivered.bucket}{group}"
            )
    except Refused as refused:
        raise _refused(refused) from None


def attempt(service: Service, kit: Kit, written_key: str) -> Iterator[Deed]:
    """What must be refused, tried for real."""
    from services.demo.refusals import refusals

    try:
        for refusal in refusals(service, sign_in, kit, written_key):
            sign, verdict = ("✓", "refused") if refusal.held else ("✗", "NOT refused")
            yield Deed(f"{sign} {verdict}: {refusal.title}. {refusal.expected}", refusal.held)
    except Refused as refused:
        raise _refused(refused) from None


def _refused(refused: Refused) -> ProblemError:
    return ProblemError(
        Problem(
            "denied",
            f"A stand-in of the demo may not write: AWS answered {refused.code} to {refused.call.name}.",
            ("Check with the plan that AWS is as this set-up wants it, then let Palisade try again.",),
            refused.call.name,
        )
    )


def play_palisade(program: Program, stage: Stage) -> ExtraAction:
    """The button on the verification page."""
    from screens.host import ExtraAction

    def run(setup: SetupFile) -> Iterator[str]:
        from services import kit
        from services.demo.objects import object_key
        from services.demo.palisade import load_service, read_kit
        from services.work import kit_values, open_desk

        answers = setup.answers
        made = program.connect(answers.text("aws.profile"), answers.text("aws.region"))
        desk = open_desk(setup, made.aws, program.state, program.around.clock, made.endpoint)
        entered = read_kit(kit.as_json(kit_values(desk)))
        service, new = load_service(stage.service_file), wallets(answers.text("palisade.quorum_id"))
        yield "Palisade creates two wallets, assumes your role from its own account, and writes their backups."
        yield from (deed.says for deed in perform(service, entered, new))
        yield "Now what nobody may do, tried for real:"
        yield from (deed.says for deed in attempt(service, entered, object_key(new[0], 0)))

    return ExtraAction(
        "Play Palisade",
        "A stand-in for Palisade creates two wallets and writes their backups with the values of the kit.",
        run,
    )
