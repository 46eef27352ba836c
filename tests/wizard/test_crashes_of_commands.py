"""No crash of a command, at any stage of the key step, leaves a secret anywhere but in the one file meant for it.

The program runs with everything turned on that makes Python talk. The crash comes in the child or in the program, as an
error whose text is every local variable, or as a kill. Searched are all files, both streams, arguments and environment.
"""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from services.recovery import token
from services.recovery.stages import SAYS, SPLIT, TOKEN
from tests import planted
from tests.crashes import Crash, How, at_stage
from tests.programs import need
from tests.sampling import every
from tests.wizard.crashing import Run
from tests.wizard.scenes import FAULT, Kept, Scene, Words, keep

WRITES = [Crash("services/files.py", name) for name in ("_fill", "_linked", "_sync_folder")]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return keep(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def scene(tmp_path: Path, kept: Kept) -> Scene:
    return Scene(tmp_path, kept, {"TEXTUAL_LOG": str(tmp_path / "textual.log")})


def otherwise(how: How, *crashes: Crash) -> list[Crash]:
    """The same crashes in another way."""
    return [replace(crash, how=how) for crash in crashes]


def keygen(kept: Kept, place: Path) -> tuple[str | Path, ...]:
    password = ("--password-file", kept.folder / "password.txt")
    return ("keygen", "--config", "SETUP", "--out", place / "keys", *password, "--keyring")


def splitting(_: Kept, place: Path) -> tuple[str | Path, ...]:
    sticks = (word for name in "abc" for word in ("--share-dir", place / name))
    return (
        "keygen",
        "--config",
        "SETUP",
        "--out",
        place / "keys",
        "--shares",
        "3",
        "--threshold",
        "2",
        *sticks,
    )


def combining(kept: Kept, _: Path) -> tuple[str | Path, ...]:
    shares = (kept.folder / name / f"recovery.share-{n}-of-3.txt" for n, name in ((1, "a"), (3, "c")))
    return (
        "shares",
        "combine",
        *shares,
        "--sealed",
        kept.folder / "split" / "recovery.pke1",
        "--reveal",
        "--json",
    )


def completing(kept: Kept, place: Path) -> tuple[str | Path, ...]:
    password = ("--password-file", kept.folder / "password.txt")
    return ("keygen", "--config", "SETUP", "--out", place, "--name", "left", "--complete", *password)


def completing_with_shares(kept: Kept, place: Path) -> tuple[str | Path, ...]:
    _, _, one, two, *_ = combining(kept, place)
    return ("keygen", "--out", place, "--name", "split", "--complete", "--share", one, "--share", two)


def converting(kept: Kept, place: Path) -> tuple[str | Path, ...]:
    password = ("--new-password-file", kept.folder / "password.txt")
    out = ("--convert-to", "pke1", "--out", place / "new.pke1")
    return ("keycheck", kept.folder / "own.pem", "--prove", *out, *password, "--json")


def opening(kept: Kept, _: Path) -> tuple[str | Path, ...]:
    return (
        "keycheck",
        kept.folder / "sealed.pke1",
        "--prove",
        "--password-file",
        kept.folder / "password.txt",
    )


def planning(_: Kept, __: Path) -> tuple[str | Path, ...]:
    return ("plan", "--config", "SETUP")


RECOGNISE, ROUND_TRIP = Crash("recovery/formats.py", "recognise"), Crash("recovery/proof.py", "round_trip")
CHILD = [
    (keygen, [*map(at_stage, SAYS), at_stage("public-hex", nth=2), *WRITES]),
    (splitting, [*map(at_stage, [*SPLIT][:-1]), at_stage("write"), *WRITES]),
    (combining, [Crash("recovery/combining.py", "read"), *map(at_stage, ("recombine", "share-open"))]),
    (completing, [*map(at_stage, ("open", "prove", "public-der"))]),
    (opening, [RECOGNISE, ROUND_TRIP]),
    (converting, [at_stage("seal"), at_stage("open")]),
]


@pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("words", "crashes"), every(3, CHILD), ids=[words.__name__ for words, _ in CHILD])
def test_a_crash_of_the_child(scene: Scene, words: Words, crashes: list[Crash], step: int) -> None:
    """All crashes, or every fourth one; of making a key a kill at each place where there is no other crash."""
    kills = otherwise("kill", *(crashes[step - 1 :: step] if words is keygen else crashes[-1:]))
    panics = otherwise("panic", crashes[-1])
    scene.play(*(scene.run(crash, words) for crash in (*crashes[::step], *kills, *panics)))


PROGRAM: list[tuple[Words, str, str] | tuple[Words, str, str, int]] = [
    (keygen, "wizard/passwords.py", "given"),
    (keygen, "recovery/strength.py", "strength"),
    (keygen, "recovery/keypair.py", "generating"),
    (keygen, "recovery/process.py", "_launch"),
    (keygen, "recovery/process.py", "send"),
    (keygen, "recovery/process.py", "listen"),
    (keygen, "keys/making.py", "say"),
    (keygen, "recovery/keypair.py", "key_files"),
    (keygen, "services/setup_file.py", "record"),
    (keygen, "keys/copies.py", "kept"),
    (keygen, "recovery/keyring_copy.py", "_kept", 2),
    (keygen, "recovery/keyring_copy.py", "run", 5),
    (keygen, "recovery/keyrings.py", "set_password", 2),
    (keygen, "recovery/sheet.py", "render"),
    (keygen, "keys/words.py", "say"),
    (splitting, "recovery/split.py", "_split_key"),
    (combining, "keys/making.py", "given"),
    (combining, "recovery/process.py", "_secret"),
    (combining, "recovery/split.py", "_combined"),
    (combining, "commands/shares_combine.py", "_say"),
    (converting, "commands/keycheck.py", "_converted"),
    (opening, "recovery/check.py", "verdict"),
    (planning, "services/aws/port.py", "__call__"),
]
PANICS = {"send", "set_password", "given"}
AROUND = {"run", "set_password"}
"""Places in the thread that talks to the keyring, of which the first calls are the probe: the key is finished anyway."""


def outside(scene: Scene, how: How, words: Words, file: str, name: str, nth: int = 1) -> Run:
    return scene.run(Crash(file, name, how, nth=nth), words, child=False)


@pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.slow)])
def test_a_crash_of_the_program(scene: Scene, step: int) -> None:
    """At all places, or at every ninth one of making a key and all others."""
    making = [place for place in PROGRAM if place[0] is keygen]
    places = [*making[::step], *(place for place in PROGRAM if place[0] is not keygen)]
    runs = [outside(scene, "raise", *place) for place in places]
    runs += [outside(scene, "panic", *place) for place in places if place[2] in PANICS]
    for one in scene.play(*runs):
        assert one.status == (0 if one.run.crash.function in AROUND else FAULT), one


TOKEN_PLACE = "recovery/token_operations.py"


@pytest.fixture
def safe(scene: Scene, tmp_path: Path) -> Scene:
    """The scene with a token of SoftHSM that keeps the password under the label “kept”."""
    program, config = need("softhsm2-util"), tmp_path / "softhsm2.conf"
    (tmp_path / "tokens").mkdir()
    config.write_text(
        f"directories.tokendir = {tmp_path}/tokens\nobjectstore.backend = file\nlog.level = DEBUG\n"
    )
    found = {"SOFTHSM2_CONF": str(config)}
    words = ("--init-token", "--free", "--label", "safe", "--so-pin", "so-pin-1", "--pin", planted.PIN)
    subprocess.run([program, *words], env=found, check=True, capture_output=True)
    driver = token.Driver(token.modules()[0], found)
    (one,) = token.listing(driver).run()
    pin, password = (bytearray(text.encode()) for text in (planted.PIN, planted.PASSWORD))
    token.storing(driver, one, "kept", "password", content=password, pin=pin).run()
    return replace(scene, environ={**scene.environ, **found})


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.slow)])
def test_a_crash_while_a_token_works(safe: Scene, step: int) -> None:
    """At all places, or at every third one."""

    def on(kept: Kept, label: str) -> tuple[str | Path, ...]:
        return ("--token", "safe", "--label", label, "--pin-file", kept.folder / "pin.txt")

    def storing(kept: Kept, place: Path) -> tuple[str | Path, ...]:
        password = ("--only-password", "--password-file", kept.folder / "password.txt")
        return ("token", "store", kept.folder / "sealed.pke1", *password, *on(kept, place.name[:40]))

    def reading(kept: Kept, _: Path) -> tuple[str | Path, ...]:
        return ("token", "read", "--reveal", *on(kept, "kept"))

    stages = [*map(at_stage, TOKEN)]
    read = [Crash(TOKEN_PLACE, "read"), Crash(TOKEN_PLACE, "_session")]
    inside = [safe.run(crash, storing) for crash in (*stages, *otherwise("kill", stages[1]))]
    inside += [safe.run(crash, reading) for crash in read]
    places = (
        (storing, "commands/token_store.py", "_password"),
        (storing, "recovery/token.py", "storing"),
        (reading, "wizard/passwords.py", "pin"),
        (reading, "recovery/token.py", "finish"),
        (reading, "commands/token_read.py", "_given_out"),
    )
    runs = [*inside, *(outside(safe, "raise", *place) for place in places)]
    safe.play(*runs[step // 2 :: step])
