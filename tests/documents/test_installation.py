"""The documented installation brings the program into a terminal, and nothing of the environment in which keys are made.

A folder of a virtual environment in the PATH has its `pip` and `python3` too: what somebody installs would get in there.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.documents.fences import PAGES, PROGRAM, ROOT, blocks, commands

INSTALLING = [page for page in PAGES if "\n## Install it\n" in page.read_text("utf-8")]
OWN = ("pip", "pip3", "python", "python3")


def fake(folder: Path, *names: str) -> None:
    """Programs that do nothing."""
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)


def links(page: Path) -> list[str]:
    """The commands of the installation behind those that make the environment and fill it, but for calls of the program."""
    text = page.read_text("utf-8").split("\n## Install it\n")[1].split("\n## ")[0]
    (block,) = (block for block in blocks(text) if "-m venv" in block.text)
    found = [one.text for one in commands(block)]
    assert [line.split()[1:3] for line in found[:3]] == [
        ["-m", "venv"],
        ["install", "--require-hashes"],
        ["install", "--no-index"],
    ]
    return [line for line in found[3:] if not line.startswith(PROGRAM)]


def added(page: Path) -> list[str]:
    """What a page has put into the file that a shell begins with."""
    return re.findall(r"(?:^|`)(export PATH=[^`\n]*)", page.read_text("utf-8"), re.MULTILINE)


def test_the_two_pages_are_read() -> None:
    assert [page.relative_to(ROOT).as_posix() for page in INSTALLING] == [
        "README.md",
        "docs/guide-administrator.md",
    ]


@pytest.mark.parametrize("page", INSTALLING, ids=lambda page: page.stem)
@pytest.mark.parametrize("known", [True, False], ids=["the folder is in the PATH", "it is not"])
@pytest.mark.parametrize("times", [1, 2])
def test_a_terminal_finds_the_program_and_its_own_python(
    page: Path, known: bool, times: int, tmp_path: Path
) -> None:
    home, own = tmp_path / "kim's home", tmp_path / "own"
    fake(home / ".palisade-wizard" / "bin", *OWN, PROGRAM)
    fake(own, *OWN)
    before = [f'export PATH="{home}/.local/bin:$PATH"'] if known else []
    asked = [f"command -v {name}" for name in (*OWN, PROGRAM)]
    ran = subprocess.run(
        [
            "/bin/sh",
            "-ec",
            "\n".join([*before, *links(page) * times, *([] if known else added(page)), *asked]),
        ],
        env={"HOME": str(home), "PATH": f"{own}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == [*(str(own / name) for name in OWN), f"{home}/.local/bin/{PROGRAM}"]


def test_no_page_puts_a_folder_before_those_that_the_reader_has() -> None:
    told = {page.name: added(page) for page in PAGES if added(page)}
    assert set(told) == {page.name for page in INSTALLING}
    assert all(line.startswith('export PATH="$PATH:') for lines in told.values() for line in lines)
