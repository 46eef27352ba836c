"""Files as they come back from a bad stick, an editor or an attacker: valid ones in which something was changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

SIGNS = (
    "\x00",
    "\x1b[2J",
    "\u202e",
    "\u2028",
    "\x85",
    "\ud800",
    "\ufeff",
    "é",
    "𝄞",
    "\r\n",
    '"',
    "\\",
    "'",
    "'''",
)
"""Signs that readers of text stumble over."""

NUMBERS = (-1, 0, 2**31, 2**63, 2**64, 1e308, float("inf"), float("nan"), -0.0)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(NUMBERS)
    | st.text(max_size=30)
    | st.sampled_from(SIGNS),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8) | st.sampled_from(SIGNS), inner, max_size=4)
    ),
    max_leaves=8,
)
"""Any JSON value; lone surrogates included, which JSON can spell and UTF-8 cannot."""

DEEP = (b"[" * 200_000, b'{"a":' * 100_000, b"[[" * 2_000 + b"]]" * 2_000)
"""JSON whose nesting is the trouble."""


@st.composite
def changed(draw: st.DrawFn, valid: bytes, most: int = 3) -> bytes:
    """The bytes with a bit turned, a piece cut, doubled, moved or replaced, or another encoding; up to `most` times."""
    content = valid
    for _ in range(draw(st.integers(1, most))):
        content = draw(st.sampled_from(_CHANGES))(draw, content)
    return content


def _at(draw: st.DrawFn, content: bytes) -> int:
    return draw(st.integers(0, max(0, len(content) - 1)))


def _turned(draw: st.DrawFn, content: bytes) -> bytes:
    if not content:
        return b"\x01"
    at = _at(draw, content)
    return content[:at] + bytes([content[at] ^ 1 << draw(st.integers(0, 7))]) + content[at + 1 :]


def _cut_off(draw: st.DrawFn, content: bytes) -> bytes:
    return content[: _at(draw, content)]


def _taken_out(draw: st.DrawFn, content: bytes) -> bytes:
    at = _at(draw, content)
    return content[:at] + content[at + draw(st.integers(1, 60)) :]


def _doubled(draw: st.DrawFn, content: bytes) -> bytes:
    at = _at(draw, content)
    piece = content[at : at + draw(st.integers(1, 400))]
    return content[: at + len(piece)] + piece + content[at + len(piece) :]


def _moved(draw: st.DrawFn, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    if len(lines) < 2:
        at = _at(draw, content)
        return content[at:] + content[:at]
    one = lines.pop(draw(st.integers(0, len(lines) - 1)))
    lines.insert(draw(st.integers(0, len(lines))), one)
    return b"".join(lines)


def _put_in(draw: st.DrawFn, content: bytes) -> bytes:
    at = _at(draw, content)
    new = draw(
        st.binary(max_size=12)
        | st.sampled_from(SIGNS).map(lambda sign: sign.encode("utf-8", "surrogatepass"))
    )
    return content[:at] + new + content[at + draw(st.integers(0, 12)) :]


def _encoded(draw: st.DrawFn, content: bytes) -> bytes:
    name = draw(st.sampled_from(("utf-16", "utf-8-sig", "utf-32", "latin-1")))
    return content.decode("latin-1").encode(name)


def _other_lines(draw: st.DrawFn, content: bytes) -> bytes:
    return content.replace(b"\n", draw(st.sampled_from((b"\r\n", b"\r", b"\n\n", b"\x00\n", b""))))


_CHANGES: tuple[Callable[[st.DrawFn, bytes], bytes], ...] = (
    _turned, _cut_off, _taken_out, _doubled, _moved, _put_in, _encoded, _other_lines,
)  # fmt: skip


@st.composite
def changed_json(draw: st.DrawFn, valid: bytes) -> bytes:
    """A JSON document in which values were put in the place of others, or taken out, and which is JSON still."""
    document = json.loads(valid)
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(document))
        if not places:
            break
        holder, key = draw(st.sampled_from(places))
        if draw(st.booleans()) and isinstance(holder, dict):
            holder[draw(st.sampled_from(("new", str(key))))] = draw(JSON)
        elif draw(st.booleans()):
            holder[key] = draw(JSON)
        else:
            del holder[key]
    return json.dumps(document).encode()


def _places(tree: Any) -> Any:
    """Every value below a tree, as what holds it and its key there."""
    entries = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in list(entries):
        yield tree, key
        yield from _places(value)
