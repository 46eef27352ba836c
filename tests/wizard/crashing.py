"""Runs commands one after the other in a process of its own, each of which crashes somewhere: see `Run`.

Started as `python -m tests.wizard.crashing FOLDER`. Runs, evidence and what became of them are files in that folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.crashes import Crash, arm, disarm
from tests.crashing_child import stand_in
from tests.services.recovery.keyrings import known
from tests.wizard.driving import ROOT
from wizard.__main__ import main
from wizard.root import Surroundings


@dataclass(frozen=True)
class Run:
    """One command line, and where it crashes: in the child that does the key work, or in the program itself."""

    arguments: Sequence[str]
    crash: Crash
    child: bool = True


@dataclass(frozen=True)
class Outcome:
    """How a run ended; empty evidence means that the place of the crash was never reached."""

    run: Run
    status: int
    evidence: Mapping[str, object] = field(default_factory=dict)


def crashed(
    folder: Path, key: Path, runs: Sequence[Run], environ: Mapping[str, str]
) -> tuple[list[Outcome], bytes]:
    """What became of these runs, and everything that they printed. `key` is taken instead of making one.

    The folder gets a folder `evidence` for what the crashes saw of their processes from outside.
    """
    backstage, evidence = folder / "backstage", folder / "evidence"
    for one in (backstage, evidence):
        one.mkdir(exist_ok=True)
    (backstage / "runs.json").write_text(json.dumps({"key": str(key), "runs": [asdict(run) for run in runs]}))
    ended = subprocess.run(
        [
            "sh",
            "-c",
            'ulimit -c unlimited; exec "$@"',
            "sh",
            sys.executable,
            "-m",
            "tests.wizard.crashing",
            str(folder),
        ],
        env={**os.environ, **environ, "PYTHONPATH": str(ROOT)},
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=100,
    )
    statuses = {int(path.stem): int(path.read_text()) for path in backstage.glob("*.status")}
    outcomes = []
    for number, run in enumerate(runs):
        found = evidence / f"{number}.json"
        reached = json.loads(found.read_text()) if found.exists() else {}
        outcomes.append(Outcome(run, statuses.get(number, ended.returncode), reached))
    return outcomes, ended.stdout + ended.stderr


def play(folder: Path) -> None:
    """All runs in turn; a panic in the program itself is the end of the process, as it is for the program."""
    backstage, backend = folder / "backstage", known()
    told = json.loads((backstage / "runs.json").read_text())
    sys.executable = str(stand_in(backstage))
    for number, run in enumerate(told["runs"]):
        crash, evidence = Crash(**run["crash"]), folder / "evidence" / str(number)
        spec = {
            "key": told["key"],
            "evidence": str(evidence),
            "crash": run["crash"] if run["child"] else None,
        }
        (backstage / "spec.json").write_text(json.dumps(spec))
        sys.argv = ["palisade-wizard", *run["arguments"]]
        if not run["child"]:
            arm(crash, evidence)
        try:
            main(
                Surroundings(keyring=lambda: backend, mounts=lambda: "", leave=sys.exit, pbkdf2_iterations=2)
            )
        except SystemExit as ended:
            (backstage / f"{number}.status").write_text(str(ended.code))
        finally:
            disarm()
        if not run["child"]:  # what the person put into the program's environment is theirs to keep there
            evidence.with_suffix(".environ").unlink(missing_ok=True)


if __name__ == "__main__":
    play(Path(sys.argv[1]))
