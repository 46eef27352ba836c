"""A printed command gives a shell back the words that it was made of."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest

from services.own_command import on_setup, own_command, with_setup
from tests.documents.fences import ROOT

ODD = ("a b", "kim's", 'the "old" one', "$HOME", "a;b", "", "*", "zürich", "plain.toml", "~/x", "a`b`")


@pytest.mark.parametrize("odd", ODD)
def test_a_shell_takes_the_words_as_they_were_meant(odd: str) -> None:
    assert shlex.split(own_command("record add", "--out", odd)) == [
        *("palisade-wizard", "record", "add", "--out", odd)
    ]
    assert shlex.split(on_setup("plan", Path("x", odd), odd)) == [
        *("palisade-wizard", "plan", "--config", str(Path("x", odd)), odd)
    ]


def test_without_a_set_up_its_place_is_held() -> None:
    assert on_setup("apply", None, "--yes") == "palisade-wizard apply --config S --yes"


PLACES = ("S", "acme.toml", "my set-ups/a.toml", "kim's/a.toml")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("marks", "command"),
    [
        ("''", "palisade-wizard apply --config S"),
        ("''", "palisade-wizard record add --config S --from-verify --all"),
        ("“”", "palisade-wizard verify --config S --key-id 'a b'"),
    ],
)
def test_a_place_held_in_a_sentence_is_filled(marks: str, command: str, place: str) -> None:
    text = f"Look: {marks[0]}{command}{marks[1]} helps, then 'apply'."
    said = with_setup(text, Path(place)).removeprefix("Look: ").removesuffix(" helps, then 'apply'.")
    assert said[0] + said[-1] == ("“”" if "'" in said[1:-1] else marks)
    assert shlex.split(said[1:-1]) == [place if word == "S" else word for word in shlex.split(command)]
    assert with_setup(text, None) == text


def test_what_holds_no_place_stays() -> None:
    for text in (
        "--config S",
        "use 'apply --config S --yes'",
        "palisade-wizard plan",
        "'palisade-wizard plan'",
    ):
        assert with_setup(text, Path("a b")) == text


ASKED = "from services.own_command import all_parts; print(all_parts())"


def all_parts(python: Path) -> list[str]:
    """The words of the command that a Python prints for adding what is missing."""
    ran = subprocess.run(
        [python, "-c", ASKED],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    said = ran.stdout.strip()
    assert said[0] + said[-1] == "“”"
    return shlex.split(said[1:-1])


def test_parts_are_added_with_the_pip_that_there_is() -> None:
    python, *more = all_parts(Path(sys.executable))
    assert python == sys.executable
    assert more == ["-m", "pip", "install", "--require-hashes", "-r", "requirements/all.txt"]
    assert (ROOT / more[-1]).is_file()


def test_where_there_is_no_pip_the_tool_is_installed_anew_with_every_part(tmp_path: Path) -> None:
    """As in an environment that `uv tool install` made; the README names the same line."""
    place = tmp_path / "kim's tools"
    venv.create(place, with_pip=False)
    *install, wanted = all_parts(place / "bin" / "python")
    assert install == ["uv", "tool", "install", "--force"]
    parts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert set(wanted.removeprefix(".[").removesuffix("]").split(",")) == set(parts) - {"dev"}
    readme = (ROOT / "README.md").read_text("utf-8")
    assert f"`{' '.join(install)} '{wanted}'`" in readme
    assert f"`uv tool install '{wanted}'`" in readme
