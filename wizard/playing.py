"""`demo --play`: what a person does in Palisade's console, done by the stand-in on the AWS that `demo --serve` keeps.

It knows that AWS by the variables that `demo --serve` printed, and works for no other: the endpoint that the set-up is
reached at must be the stand-in's own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from services import seen
from services.own_command import on_setup
from services.problems import ProblemError, refuse
from wizard import stage

if TYPE_CHECKING:
    from wizard.root import Program

QUORUM = "4b9f0c1e-3f52-4c8a-9d6e-2a7b1c5d8e90"
"""The quorum of the demo where the setup file names none: the example of the guides."""


def play(program: Program, config: Path) -> int:
    """A kit with the values of a set-up, a quorum that has it, and two wallets on it, whose backups arrive.

    Errors: `usage` where no served demo is at hand, `denied` where the set-up does not let Palisade write.
    """
    from services import kit
    from services.demo.palisade import load_service, read_kit
    from services.work import kit_values

    profile = program.around.environ.get("AWS_CONFIG_FILE", "")
    file = Path(profile).parent / "service.json"
    if not profile or not seen.file(file):
        raise _no_demo()
    service = load_service(file)
    desk = program.desk(config)
    if desk.endpoint != service.endpoint:
        raise _no_demo()
    entered = read_kit(kit.as_json(kit_values(desk)))
    wallets = stage.wallets(desk.setup.answers.text("palisade.quorum_id") or QUORUM)
    told = []
    for deed in stage.perform(service, entered, wallets):
        told.append(deed.says)
        if not program.voice.json:
            program.voice.data(deed.says)
    quorum, keys = wallets[0].quorum_id, [wallet.key_id for wallet in wallets]
    if program.voice.json:
        program.voice.document({"quorum_id": quorum, "key_ids": keys, "said": told})
    program.voice.tell(f"In the demo's Palisade there is now a quorum with the ID {quorum}.")
    program.voice.tell(f"It has two wallets, with the key IDs {' and '.join(keys)}.")
    program.voice.tell(f"Next: {on_setup('verify', config, '--palisade-quorum-id', quorum)}")
    return 0


def _no_demo() -> ProblemError:
    return refuse(
        "usage",
        "No AWS of a demo is at hand here, and for any other the real Palisade must write.",
        "Start 'palisade-wizard demo --serve' in another terminal, and paste the lines that it prints into this one.",
        where="--play",
    )
