"""A reader of Markdown that owes nothing to what wrote it: headings, tables and documents, as markdown-it sees them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

READERS = (
    MarkdownIt("gfm-like"),
    MarkdownIt("commonmark").enable(["table", "strikethrough"]),
    MarkdownIt("js-default"),
)
"""The strictest about markup first: it even takes names with dots for links."""

QUIET = frozenset({"text", "text_special", "code_inline", "strong_open", "strong_close", "softbreak"})
"""What may be in a line: nothing that leads anywhere, and nothing of HTML."""


@dataclass
class Section:
    """What stands below a heading: its tables, each as rows of cells, its documents and its paragraphs."""

    title: str
    level: int
    tables: list[list[list[str]]] = field(default_factory=list)
    fences: list[tuple[str, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def said(inline: Token) -> str:
    """The text of a line, without its markup."""
    return "".join(child.content for child in inline.children or ())


def kinds(tokens: list[Token]) -> set[str]:
    """The kinds of everything inside lines, and of blocks that could lead elsewhere."""
    inner = {child.type for token in tokens for child in token.children or ()}
    return inner | {token.type for token in tokens if token.type.startswith("html")}


def sections(text: str) -> list[Section]:
    """The document by its headings."""
    tokens = READERS[0].parse(text)
    found = [Section("", 0)]
    for at, token in enumerate(tokens):
        match token.type:
            case "heading_open":
                found.append(Section(said(tokens[at + 1]), int(token.tag[1])))
            case "table_open":
                found[-1].tables.append([])
            case "tr_open":
                found[-1].tables[-1].append([])
            case "inline" if tokens[at - 1].type in {"td_open", "th_open"}:
                found[-1].tables[-1][-1].append(said(token))
            case "inline" if tokens[at - 1].type == "paragraph_open":
                found[-1].lines.append(said(token))
            case "fence":
                found[-1].fences.append((token.info, token.content))
            case _:
                pass
    return found


def titled(found: list[Section], title: str) -> Section:
    """The one section of this title."""
    (section,) = [section for section in found if section.title == title]
    return section


def rows(found: list[Section], *head: str) -> Iterator[list[str]]:
    """The rows of every table with this head."""
    for section in found:
        for table in section.tables:
            if table[0] == list(head):
                yield from table[1:]


def documents(found: list[Section]) -> dict[str, Any]:
    """The exact values, by the title above each."""
    (at,) = [n for n, section in enumerate(found) if section.title == "Exact values"]
    return {section.title: json.loads(section.fences[0][1]) for section in found[at + 1 :]}


SETTINGS = ("Setting", "Wanted", "In AWS", "State")


def states(found: list[Section]) -> list[str]:
    """The state of every setting, in the order of the document."""
    return [row[3] for row in rows(found, *SETTINGS)]
