"""The pictures of the README show the program as it is, and nothing of the computer on which they were taken."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.documents.fences import ROOT
from tests.documents.pictures import FOLDER, PICTURES, plain, take

README = (ROOT / "README.md").read_text("utf-8")
IN_CI = "recovery-key"
"""The one that is taken anew on every change; the others at night."""


@pytest.mark.parametrize(
    "name", [n if n == IN_CI else pytest.param(n, marks=pytest.mark.slow) for n in PICTURES]
)
def test_a_picture_taken_anew_is_the_one_in_the_readme(name: str) -> None:
    assert take(PICTURES[name]) == (FOLDER / f"{name}.svg").read_text("utf-8"), "run 'make pictures'"


def test_there_is_a_picture_of_each_page_and_the_readme_shows_it_in_words_too() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.svg" for name in PICTURES}
    shown = dict(re.findall(r"!\[([^\]]+)\]\(assets/pictures/([\w-]+\.svg)\)", README))
    assert set(shown.values()) == {path.name for path in FOLDER.iterdir()}
    assert all(len(words) > 20 for words in shown)


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.stem)
def test_a_picture_is_small_and_tells_nothing_but_the_page(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text) < 40_000
    words = [part.text for part in ElementTree.fromstring(text).iter() if part.text]
    assert len(words) > 30
    asked = text.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"//|url\((?!#t-)|@import|href|<script|<image", asked), "a host would be asked"
    assert not re.search(r"/(tmp|home|root|var|Users|work)\b|\b20\d\d-\d\d|\\n", asked), (
        "it tells of its computer"
    )


def test_what_a_host_would_be_asked_for_is_left_out() -> None:
    font = '<style>@font-face { src: url("https://example.com/a.woff2"); }\n.terminal-1-r1 { fill: #fff }</style>'
    assert plain(f"<!-- by -->{font}") == "<style>\n.t-r1 { fill: #fff }</style>\n"
