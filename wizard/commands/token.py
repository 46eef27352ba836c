"""`token`: an HSM or smart card that guards the sealed key or its password."""

from __future__ import annotations

from wizard.cli import CONTEXT, TOKENS, LazyGroup
from wizard.options import global_options

command = LazyGroup(
    "token",
    table=TOKENS,
    prefix="token_",
    params=global_options(hidden=True),
    context_settings=CONTEXT,
    help="Lets a PKCS#11 token (an HSM, a smart card) guard the sealed private key or its password, behind its PIN. "
    "The token cannot decrypt for the vendor's recovery tool: a key that cannot leave its HSM recovers nothing. "
    "Keep another copy of the sealed file. Needs the extra 'hsm'.",
)
