"""`record`: the offline record of wallets, without which no backup can be opened."""

from __future__ import annotations

from wizard.cli import CONTEXT, RECORDS, LazyGroup
from wizard.options import global_options

command = LazyGroup(
    "record",
    table=RECORDS,
    prefix="record_",
    params=global_options(hidden=True),
    context_settings=CONTEXT,
    help="Keeps quorum ID, key ID, algorithm, address, kit and recovery key of every wallet. The quorum ID is nowhere in "
    "a backup: whoever loses it loses the wallet. The record is NAME.record.json beside the setup file; it holds no secret.",
)
