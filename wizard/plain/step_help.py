"""What `??` says about a step: the help text of its page as plain paragraphs, or words of its own where that speaks of keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from services import seen

HELP = Path(__file__).resolve().parents[2] / "assets" / "help"

OWN: Mapping[str, str] = MappingProxyType(
    {
        "review": (
            "The list shows everything that will be created or changed, compared with what AWS has now. Looking changes "
            "nothing.\n\n"
            "What this set-up did not make is never touched without your consent. Whatever needs consent says so, and is "
            "agreed to by typing a word. Last comes the word yes for the whole.\n\n"
            "A line with ✗ blocks everything until it is dealt with: it says how. Before anything is written, AWS is looked "
            "at once more; if it has changed meanwhile, nothing is done."
        ),
        "palisade": (
            "Carry the values over one by one: each stands on a line of its own. Or write them to a file for somebody else "
            "who is Owner in Palisade; it holds the external ID, which is confidential.\n\n"
            "The public key is uploaded as a file; the other values are pasted.\n\n"
            "A kit cannot be edited. A wrong value means a new kit, and a new quorum for it."
        ),
        "verify": (
            "Create a wallet on the new quorum: an MPC wallet, not an HSM wallet, which gets no backup. Within a minute or "
            "two a file KEY-ID/recovery_shard-N.txt should be in the bucket.\n\n"
            "The policies are proven by IAM's own simulator, if you may ask it; each line says who judged it.\n\n"
            "What cannot be checked here is that your private key opens the backup: recover the empty wallet once in "
            "sandbox, with Palisade's recovery tool. The word rehearse shows the commands.\n\n"
            "If nothing arrives: compare every value of the kit, see whether the quorum has the kit, and look into "
            "CloudTrail for denied calls of the role."
        ),
    }
)


def step_help(page: str) -> str:
    """The help for a page's step; empty where there is none."""
    path = HELP / f"{page}.md"
    if page in OWN or not seen.file(path):
        return OWN.get(page, "")
    return plain(path.read_text(encoding="utf-8"))


def plain(markdown: str) -> str:
    """The paragraphs of a help text, a line each, without the marks of Markdown."""
    paragraphs = [""]
    for line in markdown.splitlines():
        words = re.sub(r"^#+\s*|\*\*|`|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)", "", line).strip()
        if not words or line.startswith(("#", "* ")) or not paragraphs[-1]:
            paragraphs.append(words)
        else:
            paragraphs[-1] += f" {words}"
        if line.startswith("#"):
            paragraphs.append("")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(paragraphs)).strip()
