"""Folders in which commands crash, and the search of everything that they leave there and say."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from services.problems import KINDS
from services.recovery import keyfiles, pke1, share_files, slip39, split_operations
from services.recovery.proof import Bench
from services.recovery.stages import silent
from tests import keys, planted
from tests.crashes import Crash
from tests.search import Search, files_below, key_secrets, private_marks, word_runs
from tests.services.recovery.forms import hexed, private
from tests.wizard.crashing import Outcome, Run, crashed
from tests.wizard.driving import Terminal

ROUNDS = 2
SHARE_FILE = re.compile(r"\.?recovery\.share-\d-of-3\.txt(\.[0-9a-f]{16}\.tmp)?")
LOUD = {
    "PYTHONFAULTHANDLER": "1",
    "PYTHONDEVMODE": "1",
    "PYTHONWARNINGS": "always",
    "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": planted.AWS_SECRET_KEY,
    "AWS_SESSION_TOKEN": planted.AWS_SESSION_TOKEN,
    "AWS_EC2_METADATA_DISABLED": "true",
}
KILLED, FAULT = KINDS["terminated"], KINDS["our-bug"]


@dataclass(frozen=True)
class Kept:
    """What was made before: a key in files of all kinds, sealed with the password; and shares that open it."""

    folder: Path
    key: rsa.RSAPrivateKey


def keep(folder: Path) -> Kept:
    """Makes it, in an empty folder."""
    key = keys.key()
    (folder / "maker.key").write_bytes(private(key))
    (folder / "own.pem").write_bytes(private(key, Encoding.PEM))
    sealed = pke1.seal(hexed(private(key)), planted.PASSWORD.encode(), iterations=ROUNDS)
    (folder / "sealed.pke1").write_bytes(sealed)
    (folder / "password.txt").write_text(planted.PASSWORD + "\n")
    (folder / "pin.txt").write_text(planted.PIN + "\n")
    sticks = [folder / name for name in "abc"]
    for stick in sticks:
        stick.mkdir()
    of, shares = keyfiles.paths(folder / "split", "recovery"), share_files.share_paths(sticks, "recovery")
    split_operations.generate(of, shares, 2, Bench(silent, ROUNDS), make=lambda: key)
    return Kept(folder, key)


Words = Callable[[Kept, Path], tuple[str | Path, ...]]
"""The words of a command that works in this folder; SETUP stands for its setup file."""


@dataclass
class Scene:
    """A folder in which commands crash; each gets a folder of its own in it."""

    folder: Path
    kept: Kept
    environ: Mapping[str, str]

    def run(self, crash: Crash, words: Words, *, child: bool = True) -> Run:
        """A run of the words that are given for its folder."""
        place = self.folder / re.sub(r"\W+", "-", f"{crash} {'inside' if child else 'outside'}")
        place.mkdir()
        setup = Terminal(place).answered()
        for name in "abc":
            (place / name).mkdir()
        shutil.copy(self.kept.folder / "sealed.pke1", place / "left.pke1")
        loud = ("--state-dir", place / "state", "--log-file", place / "log", "-v")
        given = {"SETUP": setup}
        return Run(
            [str(given.get(str(word), word)) for word in (*loud, *words(self.kept, place))], crash, child
        )

    def play(self, *runs: Run) -> list[Outcome]:
        """Lets them crash, sees that they did, and that nothing is anywhere."""
        key = self.kept.folder / "maker.key"
        outcomes, said = crashed(self.folder, key, runs, {**LOUD, **self.environ})
        assert not [str(one.run.crash) for one in outcomes if not one.evidence], said.decode()[-2000:]
        assert any(one.evidence["within"] for one in outcomes), "no crash had a secret within reach"
        nothing_found(self.folder, self.kept, said)
        limits = [path.read_text() for path in (self.folder / "evidence").glob("*.limits")]
        assert all(re.search(r"Max core file size +[01] ", limit) for limit in limits), (
            "memory could be dumped"
        )
        for one in outcomes:
            if one.run.child:
                assert one.status == (KILLED if one.run.crash.how == "kill" else FAULT), one
        return outcomes


def nothing_found(folder: Path, kept: Kept, said: bytes) -> None:
    """The search, over what was printed and every file; in the one file of a secret, that secret alone is found."""
    there = [(path, content) for path, content in files_below(folder) if path.parent.name != "backstage"]
    shares = {path: line_of(content) for path, content in there if SHARE_FILE.fullmatch(path.name)}
    known = [
        line_of((kept.folder / name / f"recovery.share-{n}-of-3.txt").read_bytes())
        for n, name in enumerate("abc", 1)
    ]
    secrets = {**planted.ALL, **key_secrets(kept.key), **combined([*shares.values(), *known])}
    search = Search(secrets, [line for line in (*shares.values(), *known) if line])
    assert not search.inside(said) + private_marks(said) + word_runs(said)
    for path, content in there:
        found = search.inside(content) + private_marks(content)
        if path in shares:
            own = Search({}, [line for line in shares.values() if line and line != shares[path]])
            assert not own.inside(content), f"{path} holds another share too"
            assert not [name for name in found if not name.startswith("words of share")], path
            assert path.stat().st_mode & 0o077 == 0
        else:
            assert not found + word_runs(content), path
    assert not list(folder.rglob("core*")), "memory was written to the disk"


def line_of(content: bytes) -> str:
    return " ".join(share_files.words_of(content) or [])


def combined(lines: list[str]) -> dict[str, bytes]:
    """The secrets of the shares that belong together, as bytes and as the password that they are."""
    groups: dict[tuple[int, ...], list[slip39.Share]] = {}
    for line in dict.fromkeys(lines):
        share = slip39.read(line.split())
        if isinstance(share, slip39.Share):
            groups.setdefault(share.group, []).append(share)
    found = [slip39.recover(shares[:2]) for shares in groups.values() if len(shares) > 1]
    return {
        f"secret {n} as {kind}": value
        for n, one in enumerate(found)
        for kind, value in (("bytes", one), ("password", one.hex().encode()))
    }
