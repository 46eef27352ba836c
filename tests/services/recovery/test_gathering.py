"""Shares that are brought together one at a time, with the real child process: what is taken, refused, completed."""

from __future__ import annotations

import os
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.problems import ProblemError
from services.recovery import keyfiles, split
from services.recovery.gathering import Gathering
from services.recovery.keypair import Request
from services.recovery.split import SplitKey
from services.recovery.stages import Stage
from tests.services.recovery.forms import ROUNDS
from tests.services.recovery.independent import check_pair
from tests.services.recovery.test_split import apart, request


@dataclass(frozen=True)
class Left:
    """A split key whose public files an interruption prevented."""

    made: SplitKey
    where: Request

    def words(self, number: int) -> str:
        return self.made.shares[number - 1].read_text().splitlines()[-1]

    def typed(self, number: int) -> bytearray:
        return bytearray(self.words(number).encode())


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> SplitKey:
    return split.splitting(request(tmp_path_factory.mktemp("split")), apart).run()


@pytest.fixture
def left(kept: SplitKey, tmp_path: Path) -> Left:
    shutil.copy(kept.files.private_file, tmp_path / "recovery.pke1")
    return Left(kept, Request(tmp_path, iterations=ROUNDS))


@pytest.fixture
def gathering() -> Gathering:
    found = Gathering(ROUNDS)
    found.begin()
    return found


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def refusal(gathering: Gathering, name: str, content: bytes | bytearray) -> str:
    with pytest.raises(ProblemError) as refused:
        gathering.take(name, bytearray(content))
    problem = refused.value.problem
    assert problem.remedy
    return f"{problem.code}: {problem.summary}"


def test_a_typed_share_and_a_file_complete_the_pair(left: Left, gathering: Gathering) -> None:
    assert not gathering.taken
    typed = left.typed(3)
    taken = gathering.take("typed share 1", typed)
    assert not any(typed), "nothing of the share stays here"
    assert (taken.index, taken.threshold, taken.identifier) == (3, 2, left.made.identifier)
    assert gathering.missing == 1
    gathering.read(left.made.shares[0])
    assert [one.index for one in gathering.taken] == [3, 1]
    assert gathering.missing == 0
    stages: list[Stage] = []
    made = gathering.finish(left.where, stages.append)
    assert made.sha256 == left.made.files.sha256
    assert {"recombine", "share-open", "prove", "public-der"} <= {
        stage.name for stage in stages if stage.done
    }
    combined = split.combining(
        [("a", left.typed(1)), ("b", left.typed(2))],
        made.private_file.read_bytes(),
        reveal=True,
        iterations=ROUNDS,
    ).run()
    assert combined.password is not None
    check_pair(made.private_file, made.public_der, made.public_hex, bytes(combined.password), ROUNDS)
    assert gathering.pid is not None
    assert not alive(gathering.pid)
    assert not any(word in repr(vars(gathering)) for word in left.words(1).split() if len(word) > 7)


def test_what_does_not_belong_is_refused_and_the_others_stay(
    left: Left, gathering: Gathering, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = split.splitting(request(tmp_path / "other"), apart).run()
    gathering.read(left.made.shares[1])
    words = left.words(1).split()
    wrong = " ".join([*words[:9], "palisade", *words[10:]])
    for content, said in (
        (wrong.encode(), "unreadable-file: Word 10 of it is not on the list"),
        (" ".join(words[:32]).encode(), "unreadable-file: A share has 33 words, and it has 32."),
        (b"4711", "unreadable-file: A share is a line of 33 English words, and it is no share."),
        (b"", "unreadable-file: A share is a line"),
        (left.typed(2), "invalid-answer: The same share was given twice: "),
        (other.shares[0].read_bytes(), "invalid-answer: Two sets are mixed: it belongs to another set"),
    ):
        assert refusal(gathering, "it", content).startswith(said)
        assert [one.index for one in gathering.taken] == [2]
    with pytest.raises(ProblemError) as refused:
        gathering.read(tmp_path / "none")
    assert refused.value.problem.code == "unreadable-file"
    with pytest.raises(ProblemError, match="2 shares of this set are needed, and 1"):
        gathering.finish(left.where)
    gathering.take("it", left.typed(1))
    assert refusal(gathering, "it", left.typed(3)).startswith("invalid-answer: The 2 shares that are needed")
    assert gathering.finish(left.where).sha256 == left.made.files.sha256


def test_a_completion_that_fails_can_be_tried_again_elsewhere(
    left: Left, gathering: Gathering, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = split.splitting(request(tmp_path / "other"), apart).run()
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    shutil.copy(other.files.private_file, wrong / "recovery.pke1")
    open_ = tmp_path / "open"
    open_.mkdir()
    (open_ / "recovery.pke1").write_text("no sealed key")
    gathering.read(left.made.shares[0])
    gathering.read(left.made.shares[2])
    for folder, code in (
        (wrong, "wrong-password"),
        (open_, "unreadable-file"),
        (tmp_path / "none", "unreadable-file"),
    ):
        with pytest.raises(ProblemError) as refused:
            gathering.finish(Request(folder, iterations=ROUNDS))
        assert refused.value.problem.code == code
        assert not (folder / "recovery.pub.der").exists()
    assert gathering.finish(left.where).public_der.exists()


@pytest.mark.parametrize("how", ["cancel", "drop", "kill"])
def test_a_gathering_that_ends_early_leaves_nothing(left: Left, gathering: Gathering, how: str) -> None:
    gathering.read(left.made.shares[0])
    assert gathering.pid is not None
    if how == "kill":
        os.kill(gathering.pid, signal.SIGKILL)
    else:
        getattr(gathering, how)()
    if how == "drop":
        assert not alive(gathering.pid)
    else:
        expected = "terminated" if how == "kill" else "interrupted"
        assert refusal(gathering, "it", left.typed(2)).startswith(f"{expected}: ")
    assert keyfiles.leftover(left.where.folder, "recovery") is not None


def test_one_that_was_given_up_never_begins() -> None:
    gathering = Gathering(ROUNDS)
    gathering.drop()
    with pytest.raises(ProblemError) as refused:
        gathering.begin()
    assert refused.value.problem.code == "interrupted"
    assert gathering.pid is None
