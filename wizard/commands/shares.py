"""`shares`: what custodians do with their shares when they come together."""

from __future__ import annotations

from wizard.cli import CONTEXT, SHARES, LazyGroup
from wizard.options import global_options

command = LazyGroup(
    "shares",
    table=SHARES,
    prefix="shares_",
    params=global_options(hidden=True),
    context_settings=CONTEXT,
    help="Works with the shares that 'keygen --shares' made. Nothing here asks AWS.",
)
