"""The page on security claims nothing that no test shows, and names no test that is not there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def claims() -> list[tuple[str, str]]:
    """The rows of what is defended: the claim, and what shows it."""
    part = PAGE.split("## What is defended\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    return [(claim.strip(), shown.strip()) for claim, shown in rows[1:]]


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(one.name for one in tree.body if isinstance(one, kinds) and one.name.startswith("test_"))


@pytest.mark.parametrize(("claim", "shown"), claims(), ids=lambda text: text[:40])
def test_every_claim_names_a_test_and_nothing_else(claim: str, shown: str) -> None:
    assert claim[0].isupper()
    assert _TEST.search(shown)
    assert re.fullmatch(r"[, ]*", _TEST.sub("", shown)), "something is named that is no test"


@pytest.mark.parametrize(("path", "name"), sorted(set(_TEST.findall(PAGE))), ids=lambda text: text)
def test_every_test_that_is_named_is_there(path: str, name: str) -> None:
    assert name in names_in(path)


def test_the_page_has_all_its_parts() -> None:
    assert len(claims()) > 25
    for title in (
        "What is not defended",
        "Who is trusted with what",
        "Reporting a vulnerability",
        "The network",
    ):
        assert f"\n## {title}\n" in PAGE
