"""Values as YAML that every reader takes for the same: CloudFormation's, this program's and a person's editor.

Readers differ in what they take for a number, a date or a yes (`1e3`, `089999999999`, `2012-10-17`, `on`, `y`). So a
text is only written bare where no reader could take it for anything else, and what is not ASCII is written as its code.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from services.model.values import Tree

if TYPE_CHECKING:
    import yaml

_BARE = re.compile(r"[A-Za-z][A-Za-z0-9_./+@-]*(?::{1,3}[A-Za-z0-9_./+@-]+)*")
_NOT_A_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "none"})
_WIDTH = 100_000
"""Never a line broken within a value: a broken one is hard to copy, search and compare."""


_LONG = 80
"""Characters of a text that has a line of its own."""


def bare(text: str) -> bool:
    """Whether a text stands for itself without quotes, whoever reads it."""
    return _BARE.fullmatch(text) is not None and text.lower() not in _NOT_A_TEXT


def dumped(tree: Tree) -> str:
    """The tree as YAML in its own order, ending with a line feed; what has one plain value shares a line, and so do tags.

    CloudFormation takes only so many bytes, and every line begins with its indent.
    """
    import yaml

    return yaml.dump(
        tree, Dumper=_dumper(), sort_keys=False, default_flow_style=False, allow_unicode=False, width=_WIDTH
    )


@cache
def _dumper() -> type[yaml.SafeDumper]:
    import yaml

    class Careful(yaml.SafeDumper):
        def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
            return True

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        style = None if bare(value) else "|" if _readable_block(value) else "'"
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    def mapping(dumper: yaml.SafeDumper, value: dict[str, object]) -> yaml.MappingNode:
        node = dumper.represent_dict(value)
        if value.keys() == {"Key", "Value"}:
            node.flow_style = True
            for _, part in node.value:
                part.style = "'"  # a bare text with a colon is no text to every reader here
        elif value.keys() == {"Fn::GetAtt"}:
            node.flow_style = node.value[0][1].flow_style = True
        elif len(node.value) == 1 and _on_a_line(node.value[0][1]):
            node.flow_style = True
        return node

    def listing(dumper: yaml.SafeDumper, value: list[object]) -> yaml.SequenceNode:
        node = dumper.represent_list(value)
        if len(node.value) == 1 and _on_a_line(node.value[0]):
            node.flow_style = True
        return node

    def _on_a_line(value: yaml.Node) -> bool:
        match value:
            case yaml.ScalarNode():
                return value.style != "|" and len(value.value) < _LONG
            case yaml.CollectionNode():
                return bool(value.flow_style) and len(value.value) == 1
            case _:
                return False

    Careful.add_representer(str, text)
    Careful.add_representer(dict, mapping)
    Careful.add_representer(list, listing)
    return Careful


def _readable_block(text: str) -> bool:
    """Whether a text of several lines can stand as it is."""
    lines = text.split("\n")
    return (
        len(lines) > 2
        and text.endswith("\n")
        and not text.endswith("\n\n")
        and all(line == line.rstrip() and line.isascii() and line.isprintable() for line in lines)
        and not lines[0].startswith(" ")
        and lines[0] != ""
    )


def commented(text: str, indent: str = "") -> str:
    """A text as one line of comment: whatever could end the line is a blank, what is not ASCII its code."""
    line = "".join(character if character.isprintable() else " " for character in text)
    return f"{indent}# {line}".rstrip().encode("ascii", "backslashreplace").decode() + "\n"


def indented(text: str, by: str = "  ") -> str:
    """Dumped YAML one level deeper; blocks of text move with it, which YAML takes for the same."""
    return "".join(by + line if line.strip() else line for line in text.splitlines(keepends=True))
