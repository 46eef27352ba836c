"""Values in Markdown, judged by a real reader: they come back as they are, and none becomes markup, link or HTML."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.export.document.markdown import block, code, document, heading, items, plain, table, text
from tests.services.export.reading import QUIET, READERS, kinds, said

NASTY = (
    "a|b", "\\|", "`", "``x``", "*bold*", "__x__", "~~gone~~", "<script>alert(1)</script>", "<!-- hidden -->", "&lt;", "&#60;",
    "[x](https://evil.example)", "![x](y)", "<https://evil.example>", "https://evil.example", "www.evil.example",
    "evil.example", "kim@evil.example", "mailto:kim@evil.example", "# heading", "- item", "1. item", "1) item", "> quote",
    "===", "---", "***", "```", "~~~", "a\nb", "a\r\n# b", "\x1b[31mred", "\u202eevil", "\u200b", "\ud800", "[^1]", "$x$",
    "  two  blanks  ", "::: note", "\\", "https:\\/\\/x", "[a]: https://evil.example",
)  # fmt: skip
VALUES = st.one_of(
    st.text(), st.text("`|\\*_[]()<>&#!~-+.=:/@w htps1)\n\t$;\"'{}^0aZ"), st.sampled_from(NASTY)
)


@settings(max_examples=400, deadline=None)
@given(VALUES, VALUES)
def test_a_cell_gives_its_value_back(one: str, other: str) -> None:
    written = table(("A", "B"), [(text(one), code(other))])
    for reader in READERS:
        tokens = reader.parse(written)
        assert [t.type for t in tokens].count("td_open") == 2, written
        assert kinds(tokens) <= QUIET - {"softbreak"}, written
        cells = [token for token in tokens if token.type == "inline"]
        assert said(cells[2]) == plain(one), written
        if other:
            assert [child.type for child in cells[3].children or ()] == ["code_inline"], written
            assert said(cells[3]) == plain(other), written


@settings(max_examples=400, deadline=None)
@given(VALUES.filter(lambda value: plain(value).strip() != ""))
def test_a_line_gives_its_value_back(value: str) -> None:
    shapes = {
        heading(3, value): "heading_open",
        items([text(value)]): "bullet_list_open",
        text(value): "paragraph_open",
    }
    for written, kind in shapes.items():
        for reader in READERS:
            tokens = reader.parse(written)
            assert tokens[0].type == kind, written
            assert kinds(tokens) <= {"text"}, written
            (inline,) = [token for token in tokens if token.type == "inline"]
            assert said(inline) == plain(value), written


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_a_block_ends_where_it_should(value: str) -> None:
    tokens = READERS[0].parse(block(value) + "\n\nThe end.")
    assert [token.type for token in tokens] == ["fence", "paragraph_open", "inline", "paragraph_close"]
    assert tokens[0].content == "".join(f"{plain(line)}\n" for line in value.split("\n"))


@settings(max_examples=100, deadline=None)
@given(st.recursive(st.one_of(VALUES, st.integers(), st.booleans(), st.none()), lambda v: st.lists(v) | st.dictionaries(VALUES, v)))  # fmt: skip
def test_a_document_is_exact(value: object) -> None:
    tokens = READERS[0].parse(document(value))  # type: ignore[arg-type]
    assert [token.type for token in tokens] == ["fence"]
    assert json.loads(tokens[0].content) == value
    assert all(c.isprintable() or c == "\n" for c in tokens[0].content)


@pytest.mark.parametrize("value", ["\x1b[2J", "\u202etxt.exe", "\ufeff", "\x00", "\ud800", "\u2028"])
def test_what_cannot_be_printed_is_spelled_out(value: str) -> None:
    for written in (text(value), code(value), block(value), document(value), heading(1, value)):
        assert all(c.isprintable() or c == "\n" for c in written)


def test_a_name_reads_well_as_it_is_written() -> None:
    arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd"
    assert text(f"encrypts with {arn}, every day") == f"encrypts with {arn}, every day"
    assert code(arn) == f"`{arn}`"
