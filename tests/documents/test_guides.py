"""The guides tell the truth: every command in them runs as it stands, on an AWS that enforces policies.

On every change the guide for administrators is followed; the other two, and the README by itself, at night. What the
README and the first guide have in common is held together in `test_the_readme_is_the_guide_in_short`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from screens import flow
from services.verify.checks import Check, Report, Status
from tests.documents.fences import PAGES, ROOT, Block, Command, blocks, commands
from tests.documents.reader import Reader, desk, printed, reading
from wizard.manual.about import STATUSES
from wizard.playing import QUORUM
from wizard.render.plain import STATUS

GUIDES = {name: ROOT / "docs" / f"guide-{name}.md" for name in ("administrator", "support", "repeat")}
README = ROOT / "README.md"


def run(page: Path) -> list[str]:
    """The commands of a page that are run."""
    found = (block for block in blocks(page.read_text("utf-8")) if block.language == "sh")
    return [" ".join(one.text.split()) for block in found for one in commands(block)]


@pytest.mark.parametrize(
    "pages",
    [
        pytest.param([GUIDES["administrator"]], id="administrator"),
        # The second asks about the set-up that the first has made.
        pytest.param([GUIDES["administrator"], GUIDES["support"]], id="support", marks=pytest.mark.slow),
        pytest.param([GUIDES["repeat"]], id="repeat", marks=pytest.mark.slow),
        pytest.param([README], id="readme", marks=pytest.mark.slow),
    ],
)
@pytest.mark.timeout(400)
def test_a_page_is_followed_word_for_word(pages: list[Path], tmp_path: Path) -> None:
    with reading(tmp_path) as reader:
        for page in pages:
            assert reader.follows(page) == len(run(page)) > 5


def test_the_readme_is_the_guide_in_short() -> None:
    guide = iter(run(GUIDES["administrator"]))
    for command in run(README):
        assert command in guide, f"{command}: the guide does not have it, or in another order"


def test_only_the_guides_and_the_readme_have_blocks_that_are_run() -> None:
    """A block marked `sh` elsewhere would look as if it had been run."""
    marked = {
        p for p in PAGES if any(b.language in {"sh", "bash", "shell"} for b in blocks(p.read_text("utf-8")))
    }
    assert marked == {*GUIDES.values(), README}


def test_the_guide_names_the_steps_of_the_wizard() -> None:
    rows = re.findall(r"^\| (\d) ([^|]+) \|", GUIDES["administrator"].read_text("utf-8"), re.MULTILINE)
    assert [title for _, title in rows] == [step.title for step in flow.STEPS]
    assert [int(number) for number, _ in rows] == list(range(1, len(flow.STEPS) + 1))


def test_the_guide_names_buttons_and_sentences_that_the_pages_have() -> None:
    told = set(re.findall(r"(?<!\*)\*([A-Z][^*]+)\*(?!\*)", GUIDES["administrator"].read_text("utf-8")))
    assert {"Create these", "I run every command", "Verified: the backup path works"} <= told
    source = "".join(
        path.read_text("utf-8") for path in [*(ROOT / "screens").rglob("*.py"), ROOT / "services" / "kit.py"]
    )
    there = {name for name in told if name in source or name in {"Create", "Endpoint"}}
    assert told == there


@pytest.mark.parametrize("name", ["support", "repeat"])
def test_the_exit_codes_in_a_guide_are_all_that_a_command_ends_with_by_itself(name: str) -> None:
    rows = re.findall(r"^\| (\d+) \| ", GUIDES[name].read_text("utf-8"), re.MULTILINE)
    assert [int(code) for code in rows] == sorted(code for code in STATUSES if code < 128)


def test_the_signs_in_the_guide_are_those_of_the_report_with_their_exit_codes() -> None:
    rows = re.findall(r"^\| (\S) \| [^|]+ \| (\d*) ?\|$", GUIDES["support"].read_text("utf-8"), re.MULTILINE)
    told = {sign: int(code or 0) for sign, code in rows}
    for status in get_args(Status):
        assert told.pop(STATUS[status]) == Report((Check("x", "X", status, "", ""),)).exit_code, status
    assert told == {}


def test_a_block_is_read_as_a_shell_reads_it() -> None:
    text = "a --x \\\n    y # exit code 3\n\n# remark\nfor n in b c; do\n  d $n\ndone\n(\n  e\n)\n"
    assert list(commands(Block("sh", text, 5))) == [
        Command("a --x \\\n    y # exit code 3", 3, 5),
        Command("for n in b c; do\n  d $n\ndone", 0, 9),
        Command("(\n  e\n)", 0, 12),
    ]
    with pytest.raises(AssertionError, match="ends within a command"):
        list(commands(Block("sh", "for n in b; do\n", 1)))


@pytest.mark.parametrize("shown", ["two\none\n", "one\nthree\n", "  one\n"])
def test_output_that_does_not_come_or_not_in_this_order_is_seen(shown: str) -> None:
    printed(Block("text", "one\n…\ntwo\n", 1), "one\nand\ntwo\n", "here")
    with pytest.raises(AssertionError, match="is not printed"):
        printed(Block("text", shown, 1), "one\nand\ntwo\n", "here")


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("```sh\npalisade-wizard answers check --config none.toml\n```\n", "ended with 2, not 0"),
        ("```sh\ntrue # exit code 7\n```\n", "ended with 0, not 7"),
        ("```sh\necho one\n```\n\n```text\ntwo\n```\n", "is not printed"),
    ],
    ids=["it fails", "it does not fail", "it prints something else"],
)
def test_a_page_that_does_not_tell_the_truth_is_seen(page: str, said: str, tmp_path: Path) -> None:
    work, environ = desk(tmp_path)
    (tmp_path / "page.md").write_text(page)
    with pytest.raises(AssertionError, match=said):
        Reader(work, environ).follows(tmp_path / "page.md")


def test_the_examples_name_one_quorum() -> None:
    for page in (*GUIDES.values(), README):
        assert set(re.findall(r"quorum-id (\S+)", page.read_text("utf-8"))) <= {QUORUM}
