"""Law 8 over everything that the commands write and say: passwords nowhere, the external ID only where it belongs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests import planted
from tests.search import Search, files_below, private_marks, word_runs
from tests.wizard.driving import EXTERNAL_ID, ROOT, Terminal


def test_no_secret_in_any_output_or_file(terminal: Terminal) -> None:
    said: dict[str, str] = {}
    log = ("--log-file", terminal.folder / "log", "-v")

    def run(name: str, *arguments: str | Path) -> None:
        ran = terminal(*arguments, *log)
        said[name] = ran.out + ran.err

    setup, password = terminal.answered(), ("--password-file", terminal.password_file)
    keys = terminal.folder / "keys"
    run("keygen", "keygen", "--config", setup, "--out", keys, *password)
    run("keycheck", "keycheck", keys / "recovery.pke1", *password, "--prove", "--json")
    run("check", "answers", "check", "--config", setup)
    run("plan", "plan", "--config", setup)
    run("plan-json", "plan", "--config", setup, "--json", "--out", terminal.folder / "plan")
    run("policy", "policy", "--config", setup)
    run("apply", "apply", "--config", setup, "--yes", "--json")
    changed = ("--palisade-principal-arn", "arn:aws:iam::777788889999:root")
    run("replan", "plan", "--config", setup, "--json", *changed)
    run("reapply", "apply", "--config", setup, "--yes", "--accept", "principal", *changed)
    other = ("--palisade-external-id", "another-external-id")
    run("external", "plan", "--config", setup, *other)
    run("external-json", "plan", "--config", setup, "--json", *other)
    run("verify", "verify", "--config", setup)
    run("verify-json", "verify", "--config", setup, "--json")
    run("values", "values", "--config", setup, "--out", terminal.folder / "values.txt", *changed)
    assert all(said.values())

    private = (keys / "recovery.pke1").read_bytes()
    files = {
        str(path.relative_to(terminal.folder)): content for path, content in files_below(terminal.folder)
    }
    everywhere = {**files, **{name: text.encode() for name, text in said.items()}}
    assert having(planted.ALL, everywhere) == {"password.txt"}
    assert {name for name, content in everywhere.items() if private in content} == {"keys/recovery.pke1"}
    assert having({"external ID": EXTERNAL_ID.encode()}, everywhere) == {"setup.toml", "values.txt"}
    assert not having({"external ID": b"another-external-id"}, everywhere)
    for name, content in everywhere.items():
        assert not private_marks(content) + word_runs(content), name


def having(secrets: Mapping[str, bytes], everywhere: Mapping[str, bytes]) -> set[str]:
    """Where any of these secrets is found."""
    search = Search(secrets)
    return {name for name, content in everywhere.items() if search.inside(content)}


FAULTY = """
import gc, sys, threading
sys.path.insert(0, sys.argv[1])
from wizard.fatal import show_no_tracebacks
show_no_tracebacks()
secret = sys.stdin.read()
class Closing:
    def __del__(self):
        raise ValueError(secret)
def thread():
    raise BaseException(secret)
Closing()
gc.collect()
threading.Thread(target=thread).start()
try:
    raise ValueError(secret)
except ValueError:
    error = RuntimeError(secret)
    error.add_note(secret)
    raise error
"""


def test_what_nobody_caught_is_told_without_its_text() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FAULTY, str(ROOT)],
        input=planted.NEVER,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    for kind in ("ValueError at __del__:", "BaseException at ", "RuntimeError at <module>:"):
        assert f"palisade-wizard: {kind}" in done.stderr
    assert not Search(planted.ALL).inside(done.stdout + done.stderr)
    assert "Traceback" not in done.stderr


def test_the_log_holds_names_and_outcomes_alone(terminal: Terminal) -> None:
    setup = terminal.with_key()
    log = terminal.folder / "log"
    assert terminal("plan", "--config", setup, "--log-file", log).status == 0
    assert log.stat().st_mode & 0o777 == 0o600
    for line in log.read_text().splitlines():
        moment, name, outcome = line.split()
        assert moment.endswith("Z")
        assert name.count(":") == 2
        assert outcome.replace(".", "").isalnum()
