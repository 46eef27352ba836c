"""The recovery key line by line: made, split, completed, and guarded; nothing secret is shown but what must be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.planted import OLD_PASSWORD, PASSWORD
from tests.wizard.driving import Terminal
from tests.wizard.keys_by_line import KEY, answers, at_the_key, opens
from tests.wizard.script import Script, squeezed, state

TYPED = {"New password": [PASSWORD], "The same again": [PASSWORD]}
NAMES = {"Custodian 1": ["Ada"], "Custodian 2": ["Ben"], "Custodian 3": ["Cleo, board"], "Custodian 4": [""]}


def apart(path: Path) -> str:
    """Disks as custodians have them: one for each folder."""
    return str(path)


def test_a_key_is_made_with_a_password_that_is_typed_twice(offline: Terminal) -> None:
    folder = offline.folder / "stick"
    ran, script = at_the_key(
        offline,
        {
            "Folder": [str(folder)],
            "Name": ["no/slash", "acme"],
            "New password": ["short", PASSWORD, PASSWORD],
            "The same again": [OLD_PASSWORD, PASSWORD],
        },
    )
    assert ran.status == 0, ran.err
    assert script.used_up()
    for sentence in (
        "fewer than 8 characters",
        "The two passwords are not the same",
        "Strong, if nobody can guess",
    ):
        assert squeezed(sentence) in squeezed(ran.err)
    assert opens(offline, PASSWORD)
    assert {path.name for path in folder.iterdir()} == {
        "acme.pke1",
        "acme.pub.der",
        "acme.pub.hex",
        "acme.txt",
    }
    assert answers(offline).text("recovery_key.custody") == "file"


@pytest.mark.slow
def test_a_password_that_the_program_makes_is_shown_once_and_typed_back(offline: Terminal) -> None:
    made: list[str] = []

    def answer(script: Script, label: str) -> str:
        if label == "Yes or no":  # make one; but keep no copy in the keyring
            return "no" if made else "yes"
        if label == "Type it from your paper: ":
            shown = script.screen.written.split("kept nowhere:")[1].split()[0]
            made.append(shown)
            return shown
        return ""

    ran, _ = at_the_key(offline, {}, otherwise=answer)
    assert ran.status == 0, ran.err
    assert ran.err.count(made[0]) == 1
    assert opens(offline, made[0])


@pytest.mark.parametrize("kind", ["split", "2"])
def test_a_key_is_split_into_folders(offline: Terminal, kind: str) -> None:
    offline.disk = apart
    for name in "abc":
        (offline.folder / name).mkdir()
    folders = {
        f"Folder for {name}": ["nowhere", str(offline.folder / folder)]
        for name, folder in zip(("Ada", "Ben", "Cleo, board"), "abc", strict=True)
    }
    ran, script = at_the_key(
        offline,
        {
            KEY: [kind],
            **NAMES,
            "Needed to open it": ["4", "2"],
            "Where do the shares go": ["folders"],
            **folders,
        },
    )
    assert ran.status == 0, ran.err
    assert script.used_up()
    assert squeezed("3 shares; any 2 together open the key; 1 may be lost") in squeezed(ran.err)
    assert answers(offline).text("recovery_key.custody") == "split"
    shares = [next((offline.folder / name).glob("*.share-*")) for name in "ac"]
    sealed = answers(offline).text("recovery_key.private_file")
    assert offline("shares", "combine", *shares, "--sealed", sealed).status == 0
    assert "Cleo, board" in Path(sealed).with_suffix(".txt").read_text()


def test_shares_are_handed_out_one_at_a_time_and_asked_about(offline: Terminal) -> None:
    seen: dict[int, str] = {}

    def answer(script: Script, label: str) -> str:
        if not label.startswith("Word "):
            return ""
        words = script.shown_words()
        if not seen:
            seen[0] = "asked"
            return "abacus"  # no word of the list: asked again
        seen[len(seen)] = " ".join(words.values())
        return words[int(label.removeprefix("Word "))]

    ran, script = at_the_key(
        offline, {KEY: ["split"], **NAMES, "Where do the shares go": ["screen"]}, otherwise=answer, words=True
    )
    assert ran.status == 0, ran.err
    assert "is not what the share says" in ran.err
    assert script.asked.count("Press Enter to see the words") == 3
    assert len({*seen.values()} - {"asked"}) == 3
    first, *_, last = [words for words in dict.fromkeys(seen.values()) if words != "asked"]
    paths = [offline.folder / f"typed.share-{number}-of-3.txt" for number in (1, 3)]
    for path, words in zip(paths, (first, last), strict=True):
        path.write_text(f"{words}\n")
    sealed = answers(offline).text("recovery_key.private_file")
    assert offline("shares", "combine", *paths, "--sealed", sealed).status == 0
    for path in (*state(offline).folder.rglob("*"), *Path(sealed).parent.iterdir()):
        assert not path.is_file() or first.encode() not in path.read_bytes()


def test_a_hand_out_that_is_stopped_makes_no_key(offline: Terminal) -> None:
    answered = {KEY: ["split"], **NAMES, "Where do the shares go": ["screen", "quit"]}
    ran, _ = at_the_key(offline, {**answered, "Press Enter to see the words": ["back"]}, words=True)
    assert ran.status == 0, ran.err
    assert squeezed("The shares that were written down so far open nothing") in squeezed(ran.err)
    assert not answers(offline).texts("recovery_key.public_files")


@pytest.mark.slow
def test_what_an_interruption_left_is_completed_with_its_password(offline: Terminal) -> None:
    keys = offline.folder / "keys"
    assert (
        offline("keygen", "--out", keys, "--name", "acme", "--password-file", offline.password_file).status
        == 0
    )
    for path in (*keys.glob("*.pub.*"), keys / "acme.txt"):
        path.unlink()
    where = {"Folder": [str(keys)] * 2, "Name": ["acme"] * 2}
    ran, _ = at_the_key(offline, {**where, "Password of the sealed file": [OLD_PASSWORD, PASSWORD]})
    assert ran.status == 0, ran.err
    assert squeezed("An earlier run was interrupted") in squeezed(ran.err)
    assert squeezed("the password is wrong or the file is damaged") in squeezed(ran.err)
    assert opens(offline, PASSWORD)


def test_what_an_interruption_left_of_a_split_is_completed_with_shares(offline: Terminal) -> None:
    offline.disk = apart
    folders = [offline.folder / name for name in "abc"]
    for folder in folders:
        folder.mkdir()
    keys = offline.folder / "keys"
    wanted = [word for folder in folders for word in ("--share-dir", folder)]
    split = ("keygen", "--out", keys, "--name", "acme", "--shares", "3", "--threshold", "2", *wanted)
    assert offline(*split).status == 0
    for path in keys.glob("*.pub.*"):
        path.unlink()
    (offline.folder / "no-share").write_text("not one word of a share")
    first, second, _ = (next(folder.glob("*.share-*")) for folder in folders)
    words = second.read_text().splitlines()[-1].upper().split()
    ran, script = at_the_key(
        offline,
        {
            KEY: ["split"],
            "Folder": [str(keys)],
            "Name": ["acme"],
            "The next share": ["file", "file", "paper"],
            "Share file": [str(offline.folder / "no-share"), str(first)],
            "Word 1 of 33": [" ".join(words[:20])],
            "Word 21 of 33": [" ".join(words[20:])],
        },
    )
    assert ran.status == 0, ran.err
    assert script.used_up()
    assert "1 here, 1 still needed." in ran.err
    assert answers(offline).text("recovery_key.custody") == "split"
    assert (keys / "acme.pub.der").exists()


@pytest.mark.slow
def test_an_hsm_is_named_with_its_commands(offline: Terminal) -> None:
    ran, _ = at_the_key(offline, {KEY: ["hsm"], **TYPED})
    assert ran.status == 0, ran.err
    assert "token store" in ran.err
    assert opens(offline, PASSWORD)


def test_existing_files_are_never_overwritten(offline: Terminal) -> None:
    folder = offline.folder / "stick"
    folder.mkdir()
    (folder / "acme.pub.der").write_bytes(b"another key")
    ran, _ = at_the_key(offline, {"Folder": [str(folder)], "Name": ["acme", "other"], **TYPED})
    assert ran.status == 0, ran.err
    assert "acme.pub.derexistsalready" in squeezed(ran.err)
    assert (folder / "acme.pub.der").read_bytes() == b"another key"
    assert answers(offline).text("recovery_key.private_file").endswith("other.pke1")
