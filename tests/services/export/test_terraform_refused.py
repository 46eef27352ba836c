"""What a Terraform file is not written for, and what stands in none."""

from __future__ import annotations

import pytest

from services.engine.world import Absent, Unknown, World
from services.export import terraform
from services.export.subject import Subject
from services.problems import Problem, ProblemError
from tests.services.export.terraform_subjects import PRODUCTION, exported, subject, there
from tests.services.export.test_terraform_standing import AUDIT
from tests.world import EXTERNAL_ID, KEY_ARN, OTHER_SETUP, sample


def test_what_aws_did_not_tell_and_what_is_another_set_ups_stop_the_export() -> None:
    answers = sample()
    world = there(answers)
    denied = Problem("denied", "Denied.", ("Ask.",))

    def refused(found: Subject) -> str:
        with pytest.raises(ProblemError) as caught:
            terraform.text(found)
        return caught.value.problem.code

    unknown = World({**world.resources, "bucket": Unknown(denied)}, world.sides)
    assert refused(subject(answers, unknown)) == "denied"
    hidden = World(world.resources, {**world.sides, "bucket.policy": Unknown(denied)})
    assert refused(subject(answers, hidden)) == "denied"
    assert refused(subject(answers, there(answers, theirs={"role": "other-setup"}))) == "taken"
    assert OTHER_SETUP not in terraform.text(subject(answers))
    assert refused(subject(sample(storage__kms_key=KEY_ARN), World({"key": Absent()}))) == "unfit"
    assert refused(subject(sample(hardening__trail=AUDIT), World({"trail": Absent()}))) == "unfit"


def test_the_external_id_stands_where_it_must_and_nowhere_else() -> None:
    file = exported(subject(sample(**PRODUCTION)))
    assert file.text.count(EXTERNAL_ID) == 2
    (output,) = [block for block in file.top.inner("output") if block.labels == ("external_id",)]
    assert output.arguments == {"value": EXTERNAL_ID, "sensitive": True}
    trust = file.plain(file.resources["aws_iam_role", "role"])["assume_role_policy"]
    assert trust["Statement"][0]["Condition"] == {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}
