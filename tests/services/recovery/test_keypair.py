"""The key step as the interfaces use it, with the real child process."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.problems import ProblemError
from services.recovery import keyfiles, keypair
from services.recovery.keypair import Request
from services.recovery.passwords import ITERATIONS
from services.recovery.stages import SAYS, Stage
from tests.sampling import every
from tests.services.recovery.forms import PASSWORD, ROUNDS
from tests.services.recovery.independent import check_pair

ROOT = Path(keypair.__file__).parents[2]


def quick(folder: Path) -> Request:
    return Request(folder, iterations=ROUNDS)


def secret() -> bytearray:
    return bytearray(PASSWORD)


@pytest.mark.slow
def test_the_real_thing_is_read_by_an_independent_reader(tmp_path: Path) -> None:
    heard: list[str] = []
    password = secret()
    made = keypair.generate(
        Request(tmp_path / "new" / "folder"), password, lambda stage: heard.append(stage.name)
    )
    check_pair(made.private_file, made.public_der, made.public_hex, PASSWORD, ITERATIONS)
    assert list(dict.fromkeys(heard)) == list(SAYS)
    assert not any(password)
    assert made.private_file == tmp_path / "new" / "folder" / "recovery.pke1"
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert (made.bits, made.exponent, made.format) == (4096, 65537, "pke1")


def test_an_open_private_file_is_written_if_asked_for_by_name(tmp_path: Path) -> None:
    made = keypair.generate(Request(tmp_path, "plain", "hex"), bytearray())
    check_pair(made.private_file, made.public_der, made.public_hex, None)
    assert made.private_file.name == "plain.private.hex"


@pytest.mark.parametrize("name", every(3, SAYS, start=2))
def test_killed_at_any_stage_the_pair_is_completed_or_made_anew(tmp_path: Path, name: str) -> None:
    work = keypair.generating(quick(tmp_path), secret())

    def kill(stage: Stage) -> None:
        if stage.name == name and not stage.done and work.pid is not None:
            os.kill(work.pid, signal.SIGKILL)

    # The last stages are short: the kill may come too late for them, and then the pair is whole.
    try:
        work.run(kill)
    except ProblemError as error:
        code = error.problem.code
    else:
        code = "done"
    assert code in ("terminated", "done")
    of = keyfiles.paths(tmp_path, "recovery")
    left = keyfiles.leftover(tmp_path, "recovery")
    if left is not None:
        keypair.complete(quick(tmp_path), secret())
    elif not of.public_hex.exists():
        assert not of.public_der.exists()
        keypair.generate(quick(tmp_path), secret())
    check_pair(of.sealed, of.public_der, of.public_hex, PASSWORD, ROUNDS)


def test_cancelled_work_stops_and_leaves_nothing(tmp_path: Path) -> None:
    work = keypair.generating(quick(tmp_path), secret())

    def cancel(stage: Stage) -> None:
        if stage.name == "generate":
            work.cancel()

    with pytest.raises(ProblemError) as refused:
        work.run(cancel)
    assert refused.value.problem.code == "interrupted"
    assert list(tmp_path.iterdir()) == []


def test_work_that_is_cancelled_before_it_begins_never_begins(tmp_path: Path) -> None:
    password = secret()
    work = keypair.generating(quick(tmp_path), password)
    work.cancel()
    with pytest.raises(ProblemError) as refused:
        work.run()
    assert refused.value.problem.code == "interrupted"
    assert work.pid is None
    assert not any(password)


def test_an_interface_that_fails_takes_the_child_with_it(tmp_path: Path) -> None:
    work = keypair.generating(quick(tmp_path), secret())

    def interrupt(_: Stage) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work.run(interrupt)
    assert work.pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(work.pid, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_child_has_no_environment_no_core_dumps_and_no_secret_in_its_arguments(tmp_path: Path) -> None:
    work = keypair.generating(quick(tmp_path), secret())
    seen: dict[str, bytes] = {}

    def look(_: Stage) -> None:
        for what in ("cmdline", "environ", "limits"):
            if what not in seen:  # at the last stage the child may have ended already
                try:
                    seen[what] = Path(f"/proc/{work.pid}/{what}").read_bytes()
                except PermissionError:
                    assert what == "environ"  # nobody but root looks into a process that may not be dumped
                    seen[what] = b""

    work.run(look)
    assert PASSWORD not in seen["cmdline"] + seen["environ"]
    assert seen["environ"].strip(b"\0") == b""
    core = next(line for line in seen["limits"].splitlines() if line.startswith(b"Max core file size"))
    assert core.split()[4] == (b"1" if resource.getrlimit(resource.RLIMIT_CORE)[1] else b"0")


def test_bad_requests_are_refused_before_any_process(tmp_path: Path) -> None:
    (tmp_path / "taken.pub.hex").write_bytes(b"theirs")
    cases = {
        "invalid-answer": Request(tmp_path, "../up"),
        "exists": Request(tmp_path, "taken"),
    }
    for code, request in cases.items():
        with pytest.raises(ProblemError) as refused:
            keypair.generating(request, secret())
        assert refused.value.problem.code == code
    with pytest.raises(ProblemError) as refused:
        keypair.generating(Request(tmp_path), bytearray(b"short"))
    assert refused.value.problem.code == "bad-password"
    with pytest.raises(ProblemError) as refused:
        keypair.completing(Request(tmp_path), secret())
    assert refused.value.problem.code == "unreadable-file"
    assert [path.name for path in tmp_path.iterdir()] == ["taken.pub.hex"]


def test_a_problem_of_the_child_arrives_as_it_was_told(tmp_path: Path) -> None:
    keypair.generate(quick(tmp_path), secret())
    (tmp_path / "recovery.pub.hex").unlink()
    with pytest.raises(ProblemError) as refused:
        keypair.complete(quick(tmp_path), bytearray(b"another password"))
    problem = refused.value.problem
    assert (problem.code, problem.exit_code) == ("wrong-password", 2)
    assert problem.remedy
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ProblemError) as refused:
        keypair.generate(Request(tmp_path / "file" / "below"), secret())
    assert refused.value.problem.code == "folder"


PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from services.recovery import check, keypair
made = keypair.generate(keypair.Request(Path(sys.argv[2]), iterations=1000), bytearray(sys.stdin.buffer.read()))
assert "cryptography" not in sys.modules, "the parent loaded cryptography"
assert keypair.__file__.startswith(sys.argv[1])
print(made.sha256)
"""


def test_it_works_from_any_place_and_the_parent_never_loads_cryptography(tmp_path: Path) -> None:
    installed = tmp_path / "lib" / "site-packages"
    shutil.copytree(ROOT / "services", installed / "services")
    (tmp_path / "json.py").write_text("raise SystemExit('a foreign module was loaded')", "ascii")
    keys = tmp_path / "keys"
    command = [sys.executable, "-I", "-c", PROGRAM, str(installed), str(keys)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, input=PASSWORD, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    made = keyfiles.paths(keys, "recovery")
    check_pair(made.sealed, made.public_der, made.public_hex, PASSWORD, ROUNDS)
