"""One call as one command of the `aws` program.

A parameter is an option of its own, as AWS documents its commands: `--bucket NAME`, `--policy '{…}'`. Structures are
JSON, which every option of that kind takes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from services.export.shell import WIDTH, Naming, Piece, pieces, word
from services.model.calls import Call
from services.model.operations import OPERATIONS
from services.model.values import Json, Tree

_SERVICES = {"s3": "s3api"}
_OPTIONS = {("sns:Subscribe", "Endpoint"): "notification-endpoint"}
"""Where the program calls a parameter otherwise than the API."""
_STEP = "    "
_SHORT = 90


def kebab(name: str) -> str:
    """An operation or parameter as the command line spells it: `ListObjectsV2` is `list-objects-v2`."""
    apart = re.sub(r"(.)([A-Z][a-z]+)", r"\1-\2", name)
    apart = re.sub(r"([a-z])([0-9]+)$", r"\1-\2", apart)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", apart).lower()


def does(call: Call) -> str:
    """What a call is for, and the rights that it needs, in one line."""
    row = OPERATIONS[call.name]
    return f"{row.does} ({', '.join(row.actions)})"


def command(
    call: Call,
    naming: Naming,
    *,
    query: str = "",
    output: str = "",
    region: str = "",
    documents: Mapping[str, str] | None = None,
    indent: str = "",
    ascii_only: bool = True,
) -> str:
    """The command; over several lines if it is long.

    `region` is where to ask if the call does not say it. `query` is a word of the shell already. `documents` has names
    of shell functions by the quoted document that they print: it is not written a second time.
    """
    service = _SERVICES.get(call.service, call.service)
    parts = [f"aws {service} {kebab(call.op)}"]
    where = word(*pieces(call.region, naming, str)) if call.region else region and word(region)
    if where:
        parts.append(f"--region {where}")
    for name, value in call.params.items():
        option = _OPTIONS.get((call.name, name), kebab(name))
        parts.append(_option(option, value, naming, documents or {}, ascii_only))
    parts += [f"--query {query}"] if query else []
    parts += [f"--output {output}"] if output else []
    line = " ".join(parts)
    if len(indent) + len(line) <= WIDTH and "\n" not in line:
        return indent + line
    return indent + f" \\\n{indent}{_STEP}".join(parts)


def _option(name: str, value: Tree, naming: Naming, documents: Mapping[str, str], ascii_only: bool) -> str:
    option = f"--{name}"
    if isinstance(value, bool):
        return option if value else f"--no-{name}"
    text = word(*_value(value, naming, ascii_only))
    if text in documents:
        return f'{option} "$({documents[text]})"'
    return f"{option}={text}" if text.startswith(("-", "'-")) else f"{option} {text}"


def _value(value: Tree, naming: Naming, ascii_only: bool) -> Sequence[Piece]:
    match value:
        case Json(tree):
            return document(tree, naming, ascii_only=ascii_only)
        case Mapping():
            return document(value, naming, ascii_only=ascii_only)
        case Sequence() if not isinstance(value, str | bytes):
            return document(value, naming, ascii_only=ascii_only)
        case _:
            return pieces(value, naming, str)


def document(tree: Tree, naming: Naming, *, ascii_only: bool = True) -> Sequence[Piece]:
    """JSON that a person can read; plain ASCII, so that no setting of the terminal can change it."""

    return pieces(tree, naming, lambda filled: _json(filled, "", ascii_only=ascii_only))


def _json(value: object, indent: str, *, ascii_only: bool) -> str:
    """JSON in which whatever fits on a line stands on one."""
    line = json.dumps(value, ensure_ascii=ascii_only)
    if len(indent) + len(line) <= _SHORT or not isinstance(value, dict | list) or not value:
        return line
    deeper = f"{indent}  "
    if isinstance(value, dict):
        parts = [
            f"{json.dumps(key, ensure_ascii=ascii_only)}: {_json(part, deeper, ascii_only=ascii_only)}"
            for key, part in value.items()
        ]
        return "{\n" + ",\n".join(deeper + part for part in parts) + f"\n{indent}}}"
    listed = ",\n".join(deeper + _json(part, deeper, ascii_only=ascii_only) for part in value)
    return f"[\n{listed}\n{indent}]"
