"""Whatever a text holds, it means itself in HCL: fuzzed, with a parser that is not ours as the judge."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.export import hcl
from services.export.hcl import Attribute, Block, Comment, Expr
from services.model.values import Json, Ref, Text, Tree
from tests.services.export import hcl_reading as reading

NASTY = [
    "",
    "${",
    "%{",
    "$${",
    "%%{",
    "${aws:username}",
    "$${aws:username}",
    "$$${x}",
    "%{ if true }",
    "${${x}}",
    '${ "}" }',
    "%{\n}",
    "${\x1f}",
    "a\\",
    '"',
    '\\"',
    "\\${x}",
    "$",
    "%",
    "${x",
    "$\\{x}",
    "line\nline\r\n\ttab",
    "\x00\x1b[2J\x7f\x85",
    "\u2028\u2029\ufeff\u202e",
    "é漢字👩‍👩‍👧\U000e0001",
    "# no comment",
    "// no /* comment */",
    "<<EOF",
    "EOF\n}",
]
TEXTS = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.lists(st.sampled_from(["$", "%", "{", "}", '"', "\\", "\n", "a", " ", "#", "u0024"])).map("".join),
)
TREES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**12), 10**12), TEXTS),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(TEXTS, inner)),
    max_leaves=12,
)


def resolve(ref: Ref) -> Expr | str:
    return Expr(f"aws_kms_key.{ref.resource}.{ref.output}") if ref.resource != "theirs" else "${theirs}"


def written(value: Tree) -> Any:
    """A value as a file has it, read back."""
    found = reading.read(hcl.document((Attribute("it", value),), resolve))
    assert found.blocks == ()
    assert set(found.arguments) == {"it"}
    return found.arguments["it"]


@settings(deadline=None)
@given(TEXTS)
def test_a_text_means_itself(text: str) -> None:
    assert written(text) == text
    assert reading.value(hcl.quoted(text)) == text


@settings(deadline=None)
@given(TREES)
def test_a_value_means_itself(tree: Any) -> None:
    assert written(tree) == tree
    assert written(Json(tree)) == reading.Encoded(tree)


@settings(deadline=None)
@given(TEXTS, TEXTS, TEXTS)
@example("$", "%", "{x}")
@example("100%", "", "}")
def test_a_text_with_references_in_it_keeps_what_is_around_them(one: str, two: str, three: str) -> None:
    def literal(text: str) -> str:
        return text.replace("{", "{{").replace("}", "}}")

    template = f"{literal(one)}{{}}{literal(two)}{{}}{literal(three)}"
    found = written(Text(template, (Ref("key"), Ref("theirs"))))
    assert isinstance(found, reading.Joined)
    told = reading.resolved(found, lambda path: f"<{path}>")
    assert told == f"{one}<aws_kms_key.key.arn>{two}${{theirs}}{three}"


def test_a_reference_to_what_is_known_is_a_text() -> None:
    assert written(Ref("theirs")) == "${theirs}"
    assert written(Text("a{}b", (Ref("theirs"),))) == "a${theirs}b"


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_nothing_gets_out_of_a_comment(one: str, two: str) -> None:
    body = (Comment(one), Attribute("it", 1), hcl.note(two, one), Block("b", (one,), (Comment(two),)))
    found = reading.read(hcl.document(body, resolve))
    assert found == reading.Read("", (), {"it": 1}, (reading.Read("b", (one,), {}, ()),))


@settings(deadline=None)
@given(TREES, TEXTS)
def test_a_file_has_no_line_that_a_terminal_or_an_editor_would_read_otherwise(tree: Any, text: str) -> None:
    body = (Comment(text), Attribute("it", {"a": tree, text: tree}))
    lines = hcl.document(body, resolve).split("\n")
    assert all(line.isprintable() and line == line.rstrip() for line in lines)


def test_numbers_are_written_as_they_are() -> None:
    assert [written(n) for n in (1.0, 1.5, -3, 10**30)] == [1, 1.5, -3, 10**30]


def test_bytes_are_no_value() -> None:
    with pytest.raises(TypeError):
        written(b"x")


LAID_OUT = """\
# What it is.
#
# And why.
resource "aws_thing" "name" {
  one  = 1
  long = "x"
  many = [
    "a",
    "b",
  ]
  four = ["a"]
  none = []

  # said: of what follows.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "x"
        Action = "y"
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
      },
      {},
    ]
    "for" = null
  })

  # tags: theirs.
  tags = {
    team = "desk"

    "größe" = "5"

    a     = "b"
    "c.d" = true
  }

  empty {}

  inner {
    x = false
  }

  depends_on = [
    a.b,
    c.d,
  ]
}
""".replace("${NAME}", "c.d").replace("    a    =", "    a     =")
"""As `terraform fmt` leaves it; see docs/exports.md."""


def test_the_layout_is_that_of_terraform_fmt() -> None:
    statement: Tree = {"Sid": "x", "Action": "y", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    body = (
        Comment("What it is.\n\nAnd why."),
        Block(
            "resource",
            ("aws_thing", "name"),
            (
                Attribute("one", 1),
                Attribute("long", "x"),
                Attribute("many", ["a", "b"]),
                Attribute("four", ["a"]),
                Attribute("none", []),
                Comment("said: of what follows."),
                Attribute(
                    "policy", Json({"Version": "2012-10-17", "Statement": [statement, {}], "for": None})
                ),
                Comment("tags: theirs."),
                Attribute("tags", {"team": "desk", "größe": "5", "a": "b", "c.d": True}),
                Block("empty", (), ()),
                Block("inner", (), (Attribute("x", False),)),
                Attribute("depends_on", [Expr("a.b"), Expr("c.d")]),
            ),
        ),
    )
    assert hcl.document(body, resolve) == LAID_OUT


def test_long_sentences_are_broken_and_commands_are_not() -> None:
    command = f"Run: aws s3api do --bucket {'b' * 150}"
    found = hcl.note("word " * 60, "", command)
    lines = found.text.split("\n")
    assert max(map(len, lines[:-2])) <= 110
    assert lines[-2:] == ["", command]
    assert json.dumps(lines[0]).count("word") > 10
