"""Key work that is killed before any call that changes the file system: no half file, no lost key, no secret elsewhere.

The work runs in a copy of this process that SIGKILL ends, with a key that was made before; the next run completes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from services import papers
from services.problems import ProblemError
from services.recovery import (
    check,
    formats,
    keyfiles,
    keys,
    operations,
    pke1,
    proof,
    share_files,
    slip39,
    split,
    split_operations,
)
from services.recovery.proof import Bench
from services.recovery.stages import silent
from tests import planted, tally
from tests.killed import at_file_event
from tests.search import Search, files_below, key_secrets, private_marks
from tests.services.recovery.forms import ROUNDS

BENCH = Bench(silent, ROUNDS)
PASSWORD = planted.PASSWORD.encode()


def where(folder: Path) -> keyfiles.Paths:
    return keyfiles.paths(folder / "keys", "recovery")


def whole_or_absent(folder: Path, key: rsa.RSAPrivateKey) -> None:
    """Every final name is absent or holds what it is meant to; nobody else can read the private one."""
    of, der = where(folder), keys.spki(key.public_key())
    for path, content in ((of.public_der, der), (of.public_hex, der.hex().encode())):
        assert not path.exists() or path.read_bytes() == content
        assert not path.exists() or of.sealed.exists(), "no public file without its private one"
    if of.sealed.exists():
        opened = pke1.unseal(of.sealed.read_bytes(), PASSWORD, iterations=ROUNDS)
        assert opened == keys.private_hex(key)
    search = Search({**key_secrets(key), "password": PASSWORD})
    for path, content in files_below(folder):
        assert not search.inside(content) + private_marks(content), path
        assert path.stat().st_mode & 0o077 == 0 or {".der", ".hex"} & set(path.suffixes), path


EVENTS = 1 + 3 * 7
"""The folder, then for each of the three files: open, write, mode, sync, link, unlink, sync of the folder."""


@pytest.mark.parametrize(
    "nth", [pytest.param(n, marks=() if n % 4 == 2 else pytest.mark.slow) for n in range(1, EVENTS + 1)]
)
def test_a_key_with_a_password_is_completed(tmp_path: Path, key: rsa.RSAPrivateKey, nth: int) -> None:
    of = where(tmp_path)
    assert at_file_event(lambda: generate(of, key), nth).killed
    whole_or_absent(tmp_path, key)
    left = keyfiles.leftover(tmp_path / "keys", "recovery")
    sealed, whole = nth >= 1 + 6, papers.whole_pair(tmp_path / "keys", "recovery")
    assert (left is not None, whole is not None) == (sealed and nth < 1 + 2 * 7 + 6, nth >= 1 + 2 * 7 + 6)
    if left is not None:
        operations.complete(of, "pke1", PASSWORD, BENCH)
        assert not keyfiles.temporary(of), "no copy of the private key is left under another name"
    elif whole is None:
        generate(of, key)
    made = papers.whole_pair(tmp_path / "keys", "recovery")
    assert made is not None
    assert made.sha256 == keys.fingerprint(keys.spki(key.public_key()))
    whole_or_absent(tmp_path, key)
    tally.count("writes killed")


def generate(of: keyfiles.Paths, key: rsa.RSAPrivateKey) -> None:
    operations.generate(of, "pke1", PASSWORD, BENCH, make=lambda: key)


def test_key_work_has_as_many_file_events_as_the_crash_test_counts(
    tmp_path: Path, key: rsa.RSAPrivateKey
) -> None:
    run = at_file_event(lambda: generate(where(tmp_path / "inner"), key))
    assert (run.status, run.events) == (0, EVENTS + 1), "one folder more"


CONVERTING = [(form, nth) for form in keyfiles.FORMATS for nth in range(1, 7 + 1)]
"""Open, write, mode, sync, link, unlink, sync of the folder."""


@pytest.mark.parametrize(
    ("form", "nth"),
    [
        pytest.param(*case, marks=() if case in {("hex", 5), ("hex", 6)} else pytest.mark.slow)
        for case in CONVERTING
    ],
)
def test_a_conversion_leaves_no_copy_behind_once_it_is_run_again(
    tmp_path: Path, key: rsa.RSAPrivateKey, form: keyfiles.Format, nth: int
) -> None:
    """Also where the first run came far enough for the second to be refused; what only looks like a copy stays."""
    out, kept = tmp_path / "tool.private.hex", tmp_path / ".another.hex.0123456789abcdef.tmp"
    kept.write_bytes(b"theirs")
    assert at_file_event(lambda: convert(key, out, form), nth).killed
    left = [path for path in tmp_path.iterdir() if path not in {out, kept}]
    assert len(left) == (1 if 2 <= nth <= 6 else 0)
    assert out.exists() == (nth >= 6)
    assert all(path.stat().st_mode & 0o077 == 0 for path in left)
    if out.exists():
        with pytest.raises(ProblemError) as refused:
            check.converting(b"", out, form, new_password=bytearray(PASSWORD))
        assert refused.value.problem.code == "exists"
    else:
        convert(key, out, form)
    assert sorted(tmp_path.iterdir()) == [kept, out]
    data, password = out.read_bytes(), PASSWORD if form == "pke1" else None
    assert (
        proof.private_of(formats.recognise(data, password, iterations=ROUNDS)).private_numbers()
        == key.private_numbers()
    )
    tally.count("writes killed")


def test_a_conversion_has_as_many_file_events_as_the_crash_test_counts(
    tmp_path: Path, key: rsa.RSAPrivateKey
) -> None:
    run = at_file_event(lambda: convert(key, tmp_path / "tool.private.hex", "hex"))
    assert (run.status, run.events) == (0, 7)


def convert(key: rsa.RSAPrivateKey, out: Path, form: keyfiles.Format) -> None:
    data = keys.private_hex(key)
    operations.convert(data, None, out, format_=form, new_password=PASSWORD, bench=BENCH)


SECRET = bytes(range(32))


SHARES = 3 * 7
SPLITTING = SHARES + EVENTS


@pytest.mark.parametrize(
    "nth",
    [pytest.param(n, marks=() if n in {9, 21, 31} else pytest.mark.slow) for n in range(1, SPLITTING + 1)],
)
def test_a_key_whose_password_is_split_has_all_of_its_shares(
    tmp_path: Path, key: rsa.RSAPrivateKey, nth: int
) -> None:
    """A sealed file never exists without all of its shares, and shares without it open nothing and are told of."""
    sticks = [tmp_path / f"stick-{name}" for name in "abc"]
    for stick in sticks:
        stick.mkdir()
    of, shares = where(tmp_path), share_files.share_paths(sticks, "recovery")
    assert at_file_event(lambda: deal(of, shares, key), nth).killed
    there = [path for path in shares if path.exists()]
    opened = [slip39.read(share_files.words_of(path.read_bytes()) or []) for path in there]
    assert all(isinstance(one, slip39.Share) for one in opened), "a share file is whole or absent"
    for path, content in files_below(tmp_path):
        assert not Search(key_secrets(key)).inside(content) + private_marks(content), path
        assert SECRET.hex().encode() not in content
    tally.count("writes killed")
    if of.sealed.exists():
        assert len(there) == 3
        if keyfiles.leftover(of.sealed.parent, "recovery") is not None:
            operations.complete(of, "pke1", SECRET.hex().encode(), BENCH)
        assert papers.whole_pair(of.sealed.parent, "recovery") is not None
        return
    assert not of.public_der.exists()
    again = split.SplitRequest(of.sealed.parent, 2, tuple(sticks), False)
    if not there:
        split.splitting(again, lambda path: path)  # it may begin anew
        return
    with pytest.raises(ProblemError) as refused:
        split.splitting(again, lambda path: path)
    assert any("its shares open nothing" in sentence for sentence in refused.value.problem.remedy)


def deal(of: keyfiles.Paths, shares: Sequence[Path], key: rsa.RSAPrivateKey) -> None:
    split_operations.generate(of, shares, 2, BENCH, make=lambda: key, random=lambda _: SECRET)
