"""No secret leaves the files that are meant for it, whatever happens: everything that was written or said is searched.

The real child works on a known password or on shares; it is killed, cancelled, or fails, at every stage. What is
searched: all files below the test's folder, what the program of the test printed (with the traceback of an error that
nobody handled), the words of every problem, reprs of everything in sight.
"""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from services.problems import ProblemError
from services.recovery import check, keypair, pke1, share_files, slip39, split
from services.recovery.dealing import Dealing
from services.recovery.keypair import Request
from services.recovery.stages import SAYS
from tests import planted
from tests.sampling import every
from tests.search import Search, files_below, key_secrets, private_marks, word_runs
from tests.services.recovery.forms import ROUNDS, hexed, private

PASSWORD = planted.PASSWORD.encode()
PLANTED = Search({"password": PASSWORD})
ROOT = Path(keypair.__file__).parents[2]
SPLIT_STAGES = [
    "generate", "seal", "split", "share-write", "share-read", "recombine",
    "write", "read", "open", "prove", "public-der", "public-hex",
]  # fmt: skip

HOW = ["kill", pytest.param("cancel", marks=pytest.mark.slow), pytest.param("break", marks=pytest.mark.slow)]

# Runs one piece of work in a process of its own, so that all that a program says and shows can be searched.
PROGRAM = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from services.recovery import keypair, split
from services.recovery.stages import Stage
what, how, name, folder = sys.argv[2], sys.argv[3], sys.argv[4], Path(sys.argv[5])
if what == "keygen":
    password = bytearray(sys.stdin.buffer.read())
    work = keypair.generating(keypair.Request(folder / "keys", iterations=1000), password)
else:
    sticks = tuple(folder / f"stick-{n}" for n in (1, 2, 3))
    request = split.SplitRequest(folder / "keys", 2, sticks, False, iterations=1000)
    work = split.splitting(request, lambda path: path.name)
def say(stage):
    print(stage, stage.says, repr(work), repr(vars(work)), flush=True)
    if stage.name == name and not stage.done:
        if how == "kill":
            os.kill(work.pid, signal.SIGKILL)
        elif how == "cancel":
            work.cancel()
        elif how == "break":
            raise RuntimeError("the interface failed")
print(work.run(say))
"""


def program(folder: Path, what: str, how: str, name: str) -> bytes:
    """Everything that the program says when `how` happens at this stage."""
    for number in (1, 2, 3):
        (folder / f"stick-{number}").mkdir(exist_ok=True)
    command = [sys.executable, "-X", "dev", "-c", PROGRAM, str(ROOT), what, how, name, str(folder)]
    done = subprocess.run(command, input=PASSWORD, capture_output=True, check=False, cwd=folder, timeout=60)
    assert (done.returncode == 0) is (b"Traceback" not in done.stderr)
    return done.stdout + done.stderr


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("name", every(4, SAYS, start=2))
def test_the_password_and_the_key_stay_where_they_belong(tmp_path: Path, how: str, name: str) -> None:
    said = program(tmp_path, "keygen", how, name)
    assert not PLANTED.inside(said) + private_marks(said) + word_runs(said)
    for path, content in files_below(tmp_path):
        assert not PLANTED.inside(content) + private_marks(content), path


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("name", every(6, SPLIT_STAGES, start=3))
def test_shares_stay_in_their_own_files(tmp_path: Path, how: str, name: str) -> None:
    said = program(tmp_path, "split", how, name)
    assert not private_marks(said) + word_runs(said)
    shares = {}
    for path, content in files_below(tmp_path):
        if re.fullmatch(r"\.?recovery\.share-\d-of-3\.txt(\.[0-9a-f]{16}\.tmp)?", path.name):
            shares[path] = content
            assert path.parent.name.startswith("stick-")
            assert path.stat().st_mode & 0o077 == 0
        else:
            assert not word_runs(content) + private_marks(content), path
    whole = [content for path, content in sorted(shares.items()) if path.suffix == ".txt"]
    if len(whole) >= 2:
        secret = slip39.recover([parsed(content) for content in whole[:2]])
        lines = [" ".join(share_files.words_of(content) or []) for content in whole]
        of_all, of_each = secret_of(secret), [Search({}, [line]) for line in lines]
        for path, content in [*files_below(tmp_path), (Path("said"), said)]:
            assert not of_all.inside(content), path
            # One folder never holds a second share.
            assert sum(bool(one.inside(content)) for one in of_each) == (1 if path in shares else 0), path


def secret_of(secret: bytes, shares: Sequence[str] = ()) -> Search:
    """The search for a secret that is split, for the password that it is, and for shares of it."""
    return Search({"secret": secret, "password": secret.hex().encode()}, shares)


def parsed(content: bytes) -> slip39.Share:
    share = slip39.read(share_files.words_of(content) or [])
    assert isinstance(share, slip39.Share)
    return share


def everything(error: BaseException) -> bytes:
    """All that an unhandled error could show: its texts, its chain, its frames."""
    shown = "".join(traceback.TracebackException.from_exception(error).format())
    return (shown + repr(error) + repr(getattr(error, "problem", ""))).encode()


def test_no_refusal_shows_what_it_refuses(
    tmp_path: Path, key: rsa.RSAPrivateKey, weak_key: rsa.RSAPrivateKey
) -> None:
    plain = hexed(private(key))
    sealed = pke1.seal(plain, PASSWORD, iterations=ROUNDS)
    tab = b"\t" + PASSWORD
    search = Search({"password": PASSWORD, **key_secrets(key)})
    (tmp_path / "taken").write_bytes(b"")
    works: list[Callable[[], object]] = [
        lambda: check.keycheck(sealed, password=bytearray(PASSWORD + b"!"), iterations=ROUNDS),
        lambda: check.keycheck(PASSWORD, password=bytearray(PASSWORD), iterations=ROUNDS),
        lambda: check.keycheck(plain + b"x", iterations=ROUNDS),
        lambda: check.keycheck(plain[:-2], iterations=ROUNDS),
        lambda: check.keycheck(plain, plain, iterations=ROUNDS),
        lambda: check.convert(plain, tmp_path / "taken", "pke1", new_password=bytearray(PASSWORD)),
        lambda: check.convert(plain, tmp_path / "new", "pke1", new_password=bytearray(tab)),
        lambda: check.convert(hexed(private(weak_key)), tmp_path / "new", "hex", iterations=ROUNDS),
        lambda: keypair.generate(Request(tmp_path), bytearray(tab)),
        lambda: keypair.generate(Request(tmp_path / "taken"), bytearray(PASSWORD)),
        lambda: keypair.generate(Request(Path("/proc/none")), bytearray(PASSWORD)),
    ]
    for work in works:
        with pytest.raises(ProblemError) as refused:
            work()
        shown = everything(refused.value)
        assert not search.inside(shown) + private_marks(shown)
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_no_value_shows_its_secret(tmp_path: Path, key: rsa.RSAPrivateKey) -> None:
    secret = bytes(range(32))
    lines = slip39.split(secret, 2, 3)
    sealed = pke1.seal(hexed(private(key)), secret.hex().encode(), iterations=ROUNDS)
    given = [(f"share {n}", bytearray(line.encode())) for n, line in enumerate(lines[:2])]
    work = split.combining(given, sealed, reveal=True, iterations=ROUNDS)
    before = repr(work) + repr(vars(work))
    found = work.run()
    shown = (before + repr(found) + str(split.combined_as_json(found))).encode()
    with Dealing(2, 3, ROUNDS) as dealing:
        shown += repr(dealing.begin()).encode()
        with dealing.share(1) as share:
            shown += (repr(share) + repr(dealing) + repr(vars(dealing))).encode()
            with pytest.raises(ProblemError) as refused:
                dealing.finish(Request(tmp_path))
            shown += everything(refused.value)
            assert not Search({}, [" ".join(share.words)]).inside(shown)
    assert not secret_of(secret, lines).inside(shown) + word_runs(shown)
    assert all(not field.repr for field in dataclasses.fields(found) if field.name == "password")


def test_wrong_shares_are_refused_without_a_word_of_them(key: rsa.RSAPrivateKey) -> None:
    lines = slip39.split(bytes(range(32)), 2, 3)
    sealed = pke1.seal(hexed(private(key)), PASSWORD, iterations=ROUNDS)
    words = lines[1].split()
    for changed in ([*words[:9], "zebrafish", *words[10:]], words[:-1], list(reversed(words)), words):
        given = [("one", bytearray(lines[0].encode())), ("two", bytearray(" ".join(changed).encode()))]
        with pytest.raises(ProblemError) as refused:
            split.combining(given, sealed, iterations=ROUNDS).run()
        shown = everything(refused.value)
        assert not secret_of(bytes(range(32)), lines).inside(shown) + word_runs(shown)
        assert b"zebrafish" not in shown


def test_a_bug_in_the_child_shows_no_value(tmp_path: Path) -> None:
    """An order that makes no sense fails deep inside, with its secrets in the frames."""
    from services.recovery.process import Order, Work

    for name in ("generate", "split", "combine", "deal", "token-store", "check", "convert"):
        secrets = {kind: bytearray(PASSWORD) for kind in ("password", "share-0", "sealed", "content", "pin")}
        order = Order(name, {"folder": str(tmp_path), "names": ["one"]}, secrets)
        with pytest.raises(ProblemError) as refused:
            Work(order, lambda answer: answer).run()
        assert refused.value.problem.code in ("our-bug", "unreadable-file")
        assert not PLANTED.inside(everything(refused.value))
