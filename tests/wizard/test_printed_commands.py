"""The commands that the program prints run as they stand, wherever the set-up lies."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from services.model.calls import Aws
from tests.documents.test_commands_of_pages import SHORT, refusal
from tests.wizard.driving import ANSWERS, Ran, Terminal

FOLDER = "kim's set-ups"
KEY_ID = "5f0c7b1e-9a52-4b6e-8f3d-2d6a1f0c9e11"
WALLET = (
    "--quorum-id",
    "0d4e7b1e-9a52-4b6e-8f3d-2d6a1f0c9e11",
    "--key-id",
    KEY_ID,
    "--algorithm",
    "SECP256K1",
)


_PRINTED = re.compile(
    r"“palisade-wizard ([^”\n]*)”|'palisade-wizard ([^'\n]*)'|palisade-wizard ((?:[a-z]+ )+[^\n]*)"
)


def printed(ran: Ran) -> list[list[str]]:
    """The words of each command of the program as they are copied: what stands in quotes, or else all up to the line's end."""
    found = _PRINTED.findall(ran.out + ran.err)
    return [shlex.split("".join(texts)) for texts in found]


def name_the_place(ran: Ran, place: Path, count: int = 1) -> None:
    """There are so many, each has the place as one word, and the program takes them all."""
    found = [words for words in printed(ran) if str(place) in words]
    assert len(found) >= count, ran.out + ran.err
    told = [(words, said) for words in printed(ran) if (said := refusal(words)) and not SHORT.search(said)]
    assert not told


def test_a_set_up_below_a_folder_with_blank_and_quote(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    person = Terminal(folder)
    name_the_place(person("answers", "new", "--out", person.setup, *ANSWERS), person.setup)
    template = folder / "all of them.toml"
    name_the_place(person("answers", "template", "--from", person.setup, "--out", template), template)
    setup = person.setup
    name_the_place(person("record", "export", "--config", setup), setup)
    name_the_place(person("record", "add", "--config", setup, *WALLET), setup)
    name_the_place(person("record", "remove", "--config", setup, "--key-id", KEY_ID, "--yes"), setup, 2)
    name_the_place(person("lifecycle", "--config", setup, "--about", "key-reshare"), setup, 4)
    name_the_place(person("lifecycle", "--config", setup, "--about", "personnel-change"), setup, 2)


@pytest.mark.parametrize("argument", ["--json", "-v"])
def test_a_remedy_names_the_set_up_in_words_and_holds_its_place_in_json(
    tmp_path: Path, argument: str
) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    person = Terminal(folder)
    ran = person("values", "--config", person.answered(), argument)
    assert ran.status == 2
    if argument == "--json":
        assert "'palisade-wizard keygen --config S --out DIR'" in ran.problem["remedy"][0]
    else:
        name_the_place(ran, person.setup)


def test_a_key_pair_that_is_there_already(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    person = Terminal(folder)
    person.with_key()
    ran = person("keygen", "--out", folder / "keys", "--password-file", person.password_file)
    assert ran.status == 6
    name_the_place(ran, folder / "keys")


@pytest.mark.slow
def test_a_set_up_in_aws_below_a_folder_with_blank_and_quote(tmp_path: Path, aws: Aws) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    person = Terminal(folder, aws)
    setup = person.with_key()
    name_the_place(person("keygen", "--config", setup, "--out", folder / "keys", "--complete"), setup)
    name_the_place(person("plan", "--config", setup), setup)
    name_the_place(person("plan", "--config", setup, "--out", folder / "the plan"), folder / "the plan")
    name_the_place(person("apply", "--config", setup, "--yes"), setup)
    name_the_place(person("values", "--config", setup), setup)
    name_the_place(person("doctor", "--config", setup), setup)
    name_the_place(person("destroy", "--config", setup, "--yes"), setup)
