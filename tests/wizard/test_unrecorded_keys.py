"""A run that is cut off between a whole key pair and its record: the next one says so, and how it goes on.

On the command line and line by line; the page has the same in `tests/screens/test_unrecorded_key_page.py`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.planted import PASSWORD
from tests.wizard.driving import Terminal, refused
from tests.wizard.keys_by_line import answers, at_the_key, opens
from tests.wizard.script import squeezed

TYPED = {"New password": [PASSWORD], "The same again": [PASSWORD]}


def pair(folder: Path) -> Mapping[Path, bytes]:
    """The three files of the key, without its sheet."""
    return {path: path.read_bytes() for path in folder.iterdir() if path.suffix != ".txt"}


@pytest.fixture
def cut_off(offline: Terminal) -> Terminal:
    """A set-up as the crash leaves it: no record, no sheet, and the pair in the folder `keys`."""
    before = offline.answered().read_bytes()
    offline.setup.unlink()
    offline.with_key()
    (offline.folder / "keys" / "recovery.txt").unlink()
    offline.setup.write_bytes(before)
    assert not answers(offline).texts("recovery_key.public_files")
    return offline


def again(machine: Terminal, *more: str | Path) -> tuple[str | Path, ...]:
    secret = ("--password-file", machine.password_file)
    return (
        "keygen",
        "--config",
        machine.setup,
        "--out",
        machine.folder / "keys",
        *(more or secret),
        "--json",
    )


ODD = ("no\u00a0break", "tab\there", "by\udce9te", " blank")
"""Names of folders that a setup file cannot hold."""


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("more", [(), ("--complete",), ("--shares", "2", "--threshold", "2")], ids=len)
def test_no_key_is_made_where_the_setup_file_cannot_name_it(
    offline: Terminal, odd: str, more: tuple[str, ...]
) -> None:
    setup, out = offline.answered(), offline.folder / odd
    before = setup.read_bytes()
    words: list[str | Path] = ["--password-file", offline.password_file]
    if "--shares" in more:
        words = [word for n in "ab" for word in ("--share-dir", offline.folder / n)]
    refusal = refused(
        offline("keygen", "--config", setup, "--out", out, *more, *words, "--json"), "invalid-answer"
    )
    assert refusal["where"] == "recovery_key.public_files"
    assert "cannot name the folder" in refusal["summary"]
    assert not out.exists()
    assert setup.read_bytes() == before


@pytest.mark.slow
def test_line_by_line_such_a_folder_is_asked_for_again(offline: Terminal) -> None:
    folder = offline.folder / "stick"
    ran, script = at_the_key(
        offline, {"Folder": [f"{folder}\u00a0x", str(folder)], "Name": ["acme"], **TYPED}
    )
    assert ran.status == 0, ran.err
    assert script.used_up()
    assert squeezed("cannot name the folder") in squeezed(ran.err)
    assert opens(offline, PASSWORD)


def test_the_same_command_names_the_one_that_goes_on_and_that_one_does(cut_off: Terminal) -> None:
    before = pair(cut_off.folder / "keys")
    problem = refused(cut_off(*again(cut_off)), "exists")
    assert "A whole key pair is there already" in problem["summary"]
    (command,) = re.findall("mends that: “([^”]+)”", " ".join(problem["remedy"]))
    words = shlex.split(command)
    assert words[0] == "palisade-wizard"
    assert cut_off(*words[1:]).status == 0
    assert pair(cut_off.folder / "keys") == before
    assert opens(cut_off, PASSWORD)
    assert (cut_off.folder / "keys" / "recovery.txt").exists()


def test_without_a_setup_file_only_the_sheet_is_missing(cut_off: Terminal) -> None:
    keys = cut_off.folder / "keys"
    ran = cut_off("keygen", "--out", keys, "--password-file", cut_off.password_file, "--json")
    (line,) = (line for line in refused(ran, "exists")["remedy"] if "mends that" in line)
    assert "--config" not in line


def test_cut_off_between_the_setup_file_and_the_sheet_it_goes_on_too(cut_off: Terminal) -> None:
    assert cut_off(*again(cut_off, "--complete")).status == 0
    sheet = cut_off.folder / "keys" / "recovery.txt"
    sheet.unlink()
    recorded = cut_off.setup.read_bytes()
    assert cut_off(*again(cut_off, "--complete")).status == 0
    assert sheet.exists()
    assert cut_off.setup.read_bytes() == recorded


def test_another_key_is_not_taken_for_the_recorded_one(cut_off: Terminal) -> None:
    assert cut_off(*again(cut_off, "--complete")).status == 0
    keys = cut_off.folder / "others"
    assert cut_off("keygen", "--out", keys, "--password-file", cut_off.password_file).status == 0
    ran = cut_off("keygen", "--config", cut_off.setup, "--out", keys, "--complete", "--json")
    assert "has a recovery key already" in refused(ran, "exists")["summary"]


def test_public_files_that_do_not_agree_are_no_pair(cut_off: Terminal) -> None:
    public = cut_off.folder / "keys" / "recovery.pub.hex"
    public.chmod(0o600)
    public.write_text("00")
    problem = refused(cut_off(*again(cut_off)), "exists")
    assert "is never overwritten" in problem["summary"]
    assert "whole key pair" not in problem["summary"]


@pytest.mark.parametrize("said", ["yes", "no"])
def test_line_by_line_it_is_recorded_if_that_is_wanted(cut_off: Terminal, said: str) -> None:
    keys = cut_off.folder / "keys"
    before = pair(keys)
    asked = {"Folder": [str(keys)], "Name": ["recovery", "other"], "Yes or no": [said, "no"]}
    ran, _ = at_the_key(cut_off, {**asked, **TYPED})
    assert ran.status == 0, ran.err
    assert squeezed("A whole key pair is there already") in squeezed(ran.err)
    assert {path: path.read_bytes() for path in before} == before
    private = Path(answers(cut_off).text("recovery_key.private_file"))
    assert cut_off.folder / private == keys / ("recovery.pke1" if said == "yes" else "other.pke1")
    assert opens(cut_off, PASSWORD)
    assert (squeezed("It was proven when it was made, and not again") in squeezed(ran.err)) is (said == "yes")
