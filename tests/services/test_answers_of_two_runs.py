"""Two runs that write answers into one setup file at once: nobody's answer is lost, and none is written over unsaid."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import warnings
from pathlib import Path

import pytest

from services import setup_file
from services.alone import alone
from services.problems import ProblemError
from services.record import book
from services.setup_file import SetupFile
from services.setups import State
from tests import tally
from tests.killed import at_file_event, copy
from tests.obstacles import STRANGER
from tests.ports import FakeClock
from tests.services.record.records import PLAIN
from tests.world import sample

ANSWERS: dict[str, object] = {
    "storage.bucket": "acme-other-backup", "role.name": "AcmeBackup", "palisade.kit_name": "acme kit",
    "aws.profile": "acme", "palisade.quorum_id": "20b7aefb-0000-4000-8000-00000000000b", "role.path": "/acme/",
    "storage.access_logs": False, "role.max_session_seconds": 7200,
}  # fmt: skip


@pytest.fixture
def setup(tmp_path: Path) -> SetupFile:
    return setup_file.create(tmp_path / "acme.toml", sample())


def test_eight_processes_at_once_lose_nothing(setup: SetupFile, tmp_path: Path) -> None:
    """Each waits in the kernel until all are there, then writes its answer over what it read long before."""
    reader, writer = os.pipe()
    children = []
    for key, value in ANSWERS.items():
        child = os.fork()
        if child == 0:
            os.close(writer)
            os.read(reader, 1)  # the end of the pipe is the shot
            try:
                setup_file.record(setup, {key: value})
            except BaseException:  # noqa: BLE001 - a copy of the tests must not go on as if it were the tests
                os._exit(1)
            os._exit(0)
        children.append(child)
    os.close(reader)
    os.close(writer)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * len(children)
    found = setup_file.read(setup.path).answers
    assert {key: found.given[key] for key in ANSWERS} == ANSWERS
    assert [path.name for path in tmp_path.iterdir()] == ["acme.toml"]


def test_the_same_question_answered_twice_is_told_and_not_written_over(setup: SetupFile) -> None:
    setup_file.record(setup, {"storage.bucket": "acme-first"})
    before = setup.path.read_bytes()
    with pytest.raises(ProblemError) as caught:
        setup_file.record(setup, {"storage.bucket": "acme-second", "role.name": "AcmeBackup"})
    assert (caught.value.problem.code, caught.value.problem.exit_code) == ("stale", 6)
    assert 'storage.bucket is now "acme-first"' in caught.value.problem.summary
    assert setup.path.read_bytes() == before
    setup_file.record(setup, {"storage.bucket": "acme-first"})
    seen = setup_file.read(setup.path)
    assert (
        setup_file.record(seen, {"storage.bucket": "acme-second"}).answers.text("storage.bucket")
        == "acme-second"
    )


def test_an_answer_that_was_taken_away_meanwhile_is_told(setup: SetupFile) -> None:
    setup_file.record(setup, {"palisade.external_id": None})
    with pytest.raises(ProblemError, match="has no answer there now"):
        setup_file.record(setup, {"palisade.external_id": "another-one"})


def test_who_writes_and_does_not_end_is_waited_for_and_then_told(setup: SetupFile) -> None:
    slept: list[float] = []
    with (
        alone(setup.path),
        pytest.raises(ProblemError) as caught,
        alone(setup.path, 1, slept.append),
    ):
        pass
    assert (caught.value.problem.code, caught.value.problem.exit_code) == ("locked", 7)
    assert 0.9 < sum(slept) < 1.1


def test_the_lock_of_a_run_that_was_killed_is_gone_with_it(setup: SetupFile) -> None:
    run = at_file_event(lambda: setup_file.record(setup, {"role.name": "AcmeBackup"}) and None)
    for nth in range(1, run.events + 1):
        seen = setup_file.read(setup.path)
        assert at_file_event(lambda: setup_file.record(seen, {"role.name": f"Acme{nth}"}), nth).killed  # noqa: B023
        assert setup_file.read(setup.path).answers.text("role.name") in {
            seen.answers.text("role.name"),
            f"Acme{nth}",
        }
        tally.count("writes killed")


@pytest.mark.parametrize("why", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS], ids=errno.errorcode.get)
def test_where_the_medium_knows_no_locks_it_is_written_all_the_same(setup: SetupFile, why: int) -> None:
    record = book.place(setup, State(setup.path.parent / "state"))

    def without_locks() -> int:
        def flock(_descriptor: int, _how: int) -> None:
            raise OSError(why, os.strerror(why))

        vars(fcntl)["flock"] = flock  # in a copy of this process alone
        setup_file.record(setup, {"role.name": "AcmeBackup"})
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            book.add(record, FakeClock(), PLAIN)
        return 0

    assert copy(without_locks) == 0
    assert setup_file.read(setup.path).answers.text("role.name") == "AcmeBackup"
    assert len(book.read(record).wallets) == 1


def test_who_may_only_read_the_folder_holds_nobody_up(setup: SetupFile) -> None:
    folder = os.open(setup.path.parent, os.O_RDONLY)
    file = os.open(setup.path, os.O_RDONLY)
    try:
        for descriptor in (folder, file):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        with alone(setup.path, 0):
            lock = setup.path.with_name(".acme.toml.lock")
            assert stat.S_IMODE(lock.stat().st_mode) == 0o600
    finally:
        os.close(folder)
        os.close(file)
    assert not lock.exists()


def test_a_medium_that_calls_every_file_somebody_else_s_is_written_all_the_same(setup: SetupFile) -> None:
    """As a share over the network that knows this user by another number."""

    def elsewhere() -> int:
        real = os.fstat

        def fstat(descriptor: int) -> os.stat_result:
            return os.stat_result((*real(descriptor)[:4], STRANGER, STRANGER, *real(descriptor)[6:10]))

        vars(os)["fstat"] = fstat  # in a copy of this process alone
        vars(os)["path"].samestat = lambda one, other: one.st_ino == other.st_ino
        with alone(setup.path, 0):
            return 0

    assert copy(elsewhere) == 0
    assert not list(setup.path.parent.glob(".*.lock"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_the_lock_of_another_user_is_told_with_a_way_out(setup: SetupFile) -> None:
    lock = setup.path.with_name(".acme.toml.lock")
    lock.touch()
    os.chown(lock, STRANGER, STRANGER)
    with pytest.raises(ProblemError) as caught, alone(setup.path, 0):
        pass
    assert caught.value.problem.code == "locked"
    assert caught.value.problem.where == str(lock)
    assert "remove that file" in " ".join(caught.value.problem.remedy)
    assert lock.exists()


def test_a_folder_that_is_gone_is_told(setup: SetupFile) -> None:
    with pytest.raises(ProblemError) as caught, alone(setup.path.parent / "gone" / "acme.toml"):
        pass
    assert caught.value.problem.code == "folder"
