"""The steps of a plan as commands: what they say is what the program would do, and the external ID is not shown."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import botocore.session
import pytest

from services.engine.plan import plan
from services.engine.world import World
from services.export.steps import PRINTS, by_hand, listing
from services.model.calls import Aws, filled
from services.model.operations import OPERATIONS
from tests.aws_cli import run_script
from tests.exporting import Ground
from tests.ports import keeping_rules
from tests.programs import need
from tests.services.export.test_script_text import LOOKUP, in_the_shell
from tests.world import ALARMS, EXTERNAL_ID, HARD, TRAIL, Journey, sample_blueprint

FULL = sample_blueprint(**HARD, **TRAIL, **ALARMS)
REGION = "eu-west-1"
NO_STEPS = {
    *("s3:PutObject", "s3:DeleteObject", "sts:AssumeRole"),
    *("kms:ScheduleKeyDeletion", "s3:DeleteObjects", "s3:AbortMultipartUpload"),
    *("athena:StartQueryExecution", "athena:StopQueryExecution"),
}
"""Probes, the stand-in's sign-in, and what only `destroy` and `audit` do: no step of a plan."""


def test_every_step_has_a_command_in_the_order_of_the_plan() -> None:
    found = plan(FULL, World())
    steps = by_hand(found, World(), REGION, EXTERNAL_ID)
    assert [each.step for each in steps] == list(found.steps)
    for each in steps:
        assert f"--region {REGION}" in each.whole
        assert each.expect.endswith(".")
    assert {each.step.address for each in steps if each.risk} == {"bucket.object-lock", "trail.selectors"}


def test_the_external_id_is_only_in_what_is_copied_and_what_is_shown_stops_without_it() -> None:
    steps = by_hand(plan(FULL, World()), World(), REGION, EXTERNAL_ID)
    hiding = [each for each in steps if each.hides]
    assert [each.step.address for each in hiding] == ["role"]
    assert all(EXTERNAL_ID not in each.shown for each in steps)
    (role,) = hiding
    assert EXTERNAL_ID in role.whole
    text = f"aws() {{ echo called; }}\n{role.shown}"
    stopped = subprocess.run([need("dash")], input=text, capture_output=True, text=True, check=False)
    assert stopped.returncode != 0
    assert stopped.stdout == ""
    (argv,) = in_the_shell([f"EXTERNAL_ID={EXTERNAL_ID}", role.shown])
    assert role.step.call is not None
    assert argv[argv.index("--assume-role-policy-document") + 1].count(EXTERNAL_ID) == 1


def test_a_step_has_the_real_values_once_aws_told_them(aws: Aws) -> None:
    journey = Journey(aws, sample_blueprint())
    assert journey.run().ok
    world = journey.observe()
    only_keys = replace(world, resources={n: s for n, s in world.resources.items() if n in {"key", "alias"}})
    steps = by_hand(plan(journey.blueprint, only_keys), only_keys, REGION, EXTERNAL_ID)
    assert steps
    assert not [each.step.address for each in steps if "${" in each.whole]
    for argv, each in zip(in_the_shell([s.whole for s in steps]), steps, strict=True):
        assert each.step.call is not None
        assert argv[0]
        assert filled(each.step.call, world.output)


def test_what_is_said_to_be_printed_is_what_awss_model_prints() -> None:
    """A reply without members prints nothing."""
    session = botocore.session.get_session()
    wrong = []
    for name, operation in OPERATIONS.items():
        service, op = name.split(":")
        shape = session.get_service_model(service).operation_model(op).output_shape
        emitted = not operation.reads and name not in NO_STEPS
        if emitted and (name in PRINTS) is not bool(shape is not None and shape.members):
            wrong.append(name)
    # The reply of UpdateRole has no members; that of TagResource of some services neither.
    assert wrong == []


def test_nothing_to_do_has_no_commands(aws: Aws) -> None:
    journey = Journey(keeping_rules(aws), sample_blueprint())
    assert journey.run().ok
    world = journey.observe()
    assert by_hand(plan(journey.blueprint, world), world, REGION, EXTERNAL_ID) == ()


def test_the_listing_is_a_script_that_shellcheck_passes(tmp_path: Path) -> None:
    text = listing(plan(FULL, World()), World(), REGION, EXTERNAL_ID)
    path = tmp_path / "commands.sh"
    path.write_text(text)
    done = subprocess.run(
        [need("shellcheck"), "--shell=sh", str(path)], capture_output=True, text=True, check=False
    )
    assert done.stdout == ""
    assert EXTERNAL_ID not in text
    assert LOOKUP


@pytest.mark.timeout(300)
def test_the_listing_run_from_top_to_bottom_makes_the_set_up(account: Ground) -> None:
    """Every variable that a command uses was filled by one before it."""
    text = listing(plan(account.blueprint, World()), World(), account.answers.text("aws.region"), EXTERNAL_ID)
    path = account.folder / "commands.sh"
    path.write_text("set -eu\n" + text.replace("EXTERNAL_ID=''", f"EXTERNAL_ID={EXTERNAL_ID}"))
    ran = run_script(path, path=account.path, environment=account.environment)
    assert (ran.status, ran.err) == (0, "")
    assert account.journey.plan().steps == ()
    assert account.keys() == 1
