"""A full apply, process start included, against the same writes made one by one with the `aws` program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore import xform_name

from benchmarks.measure import PYTHON, Row, in_turn, process
from services import setup_file
from services.answers import Answers
from services.blueprint import blueprint
from services.demo.accounts import ORGANISATION, open_accounts
from services.demo.emulator import REGION, Emulator
from services.demo.profile import child_environment, write_profile
from services.engine.plan import plan
from services.engine.world import Present, State, World
from services.model.calls import Call, filled, outputs
from wizard.stage import sign_in


def rows(runs: int) -> list[Row]:
    """One row, or none where there is no `aws` program."""
    if shutil.which("aws") is None:
        return []
    with tempfile.TemporaryDirectory() as folder, _emulated(Path(folder)) as environ:
        return [
            in_turn(
                "apply",
                lambda: _ours(Path(folder), environ),
                "the same writes with the aws program",
                lambda: _theirs(environ),
                runs,
            )
        ]


@contextmanager
def _emulated(folder: Path) -> Iterator[dict[str, str]]:
    inside = folder / "emulator"
    inside.mkdir()
    with Emulator.start(inside) as emulator:
        accounts = open_accounts(emulator, sign_in)
        profile = write_profile(folder, emulator.endpoint, emulator.ca_bundle, accounts.administrator)
        yield child_environment(dict(os.environ), profile)


def _answers() -> Answers:
    name = f"bench-{uuid.uuid4().hex[:8]}"
    return Answers().updated(
        {
            "setup.id": str(uuid.uuid4()),
            "setup.name": name,
            "setup.environment": "sandbox",
            "aws.region": REGION,
            "palisade.principal_arn": "arn:aws:iam::444455556666:root",
            "palisade.external_id": str(uuid.uuid4()),
            "storage.bucket": f"{name}-backup",
            "role.name": f"{name}-role",
        }
    )


def _ours(folder: Path, environ: dict[str, str]) -> float:
    answers = _answers()
    path = setup_file.create(folder / f"{answers.text('setup.name')}.toml", answers).path
    command = [
        PYTHON,
        "-m",
        "wizard",
        "--state-dir",
        str(folder / "state"),
        "apply",
        "--config",
        str(path),
        "--yes",
    ]
    return process(command, environ)


def _theirs(environ: dict[str, str]) -> float:
    answers = _answers()
    resources = blueprint(answers, ORGANISATION)
    made: dict[str, State] = {}
    begin = time.perf_counter()
    for step in plan(resources, World()).steps:
        if step.call is None:
            continue
        call = filled(step.call, World(made).output)
        reply = _aws(call, environ)
        if step.verb == "create" and call.outputs:
            made[step.resource.name] = Present(outputs(call, reply), "created")
    return time.perf_counter() - begin


def _aws(call: Call, environ: dict[str, str]) -> dict[str, Any]:
    service = "s3api" if call.service == "s3" else call.service
    words = [
        service,
        xform_name(call.op, "-"),
        "--cli-input-json",
        json.dumps(call.params),
        "--output",
        "json",
    ]
    done = subprocess.run(["aws", *words], check=True, capture_output=True, env=environ)
    return dict(json.loads(done.stdout)) if done.stdout.strip() else {}
