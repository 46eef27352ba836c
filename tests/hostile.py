"""Texts that somebody else can put into a name, a tag, a message or a file to act on a terminal, a page or a document.

Each holds MARK behind whatever could begin a line or a command: where MARK begins a line of a report, or a character
of `ACTS` gets through, the text acted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

MARK = "FORGED"

_BREAKS = ("\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")

TEXTS: Mapping[str, str] = {
    "markup": f"[red]{MARK}[/red] [@click=app.quit]{MARK}[/] [link=https://x.example]{MARK}[/link] [/] [b][[/x]",
    "escape": f"\x1b[31m\x1b[2J\x1b[1;1H{MARK}\x1b[0m",
    "clipboard": f"\x1b]52;c;Rk9SR0VE\x07 \x1b]0;{MARK}\x07 \x1b]8;;https://x.example\x1b\\{MARK}\x1b]8;;\x1b\\",
    "device": "\x1bP$q\x1b\\ \x1b[c \x1b[6n \x1b]10;?\x07 \x1bc",
    "c1": f"\x9b31m{MARK}\x9d0;{MARK}\x9c \x90q\x9c \x8d",
    "controls": "".join(map(chr, range(1, 32))) + "\x7f",
    "bidi": f"\u202e{MARK}\u202c \u2066{MARK}\u2069 \u200f \u061c",
    "unseen": "a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg\U000e0041\U000e007f",
    "lines": "".join(f"{break_}✓ {MARK} is right." for break_ in _BREAKS),
    "tabs": f"\t{MARK}\t\t\v",
    "storm": "Z" + "\u0335\u0300\u0316" * 60,
    "surrogate": "a\ud800b\udfffc\udc80",
    "nul": f"a\x00{MARK}",
    "markdown": f"](x) `{MARK}` | a | ![x](y) <script>{MARK}</script> # {MARK}\n\n## {MARK}\n| {MARK} |",
    "html": f"<img src=x onerror={MARK}> &lt;b&gt; <!-- {MARK} -->",
    "formula": f"=cmd|' /C calc'!A0 =HYPERLINK(\"x\") @{MARK} +1 -1",
    "shell": f"'; {MARK}; ' $({MARK}) `{MARK}` ${{{MARK}}} \" \\ && {MARK} #",
    "template": f'${{{MARK}}} %{{ if true }} "${{file(\\"x\\")}}" {{{{ x }}}} !Sub ${{AWS::Region}} &a *a {{% x %}}',
    "yaml": f"- {MARK}: |\n  {MARK}\n...\n---\n{MARK}: !!python/object:x",
    "json": f'", "event": "succeeded", "x": "{MARK}\\u0022}}\n{{"event": "{MARK}"}}',
    "calendar": f"x\r\nBEGIN:VALARM\r\nACTION:{MARK}\r\nEND:VALARM",
    "long": "long " * 20_000,
}
"""By what they try."""

ACTS = re.compile(
    "[" + "".join(re.escape(chr(c)) for c in (*range(9), *range(11, 32), *range(127, 160))) + "]"
    "|[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f\ud800-\udfff]"
)
"""Characters that act on a terminal or cannot be seen; a line break is looked for by what stands behind it."""


def faults(text: str) -> list[str]:
    """What acted in a text that was printed; empty if all of it is only to be read."""
    found = [f"{match.group()!a} at {match.start()}" for match in ACTS.finditer(text)]
    begins = re.compile(rf"^[\s✓✗!?·…+~=|#>\-\"'{{\[]*{MARK}", re.MULTILINE)
    found += [f"a forged line: {match.group()!r}" for match in begins.finditer(text)]
    run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if run == 5:
            found.append("a storm of marks")
    return found
