"""The exported script with the real `aws` program against an emulator: what it leaves is what the program would have made."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from services.model.calls import Aws, Call, Reply
from tests import tally
from tests.aws_cli import Faults
from tests.exporting import Ground, real_aws
from tests.ports import Crashed
from tests.world import ALARMS, HARD, TRAIL, addresses, do

EVERYTHING = {**HARD, **TRAIL, **ALARMS}
CONSENT = ("--accept", "irreversible", "--accept=cost:trail.selectors")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_installed_program_makes_the_sandbox_and_a_second_run_nothing(account: Ground) -> None:
    """Here alone every command is a process of its own, as on a person's computer."""
    mine = replace(account, path=real_aws(account.folder))
    script = mine.export()
    first = mine.run(script)
    assert (first.status, first.err) == (0, "")
    assert mine.journey.plan().steps == ()
    assert mine.keys() == 1
    second = mine.run(script)
    assert second.status == 0
    assert "Everything is as it should be." in second.out
    assert "done" not in second.out
    assert [path.name for path in mine.folder.iterdir()] == ["bin", "setup.sh"] or not list(
        mine.folder.glob("tmp*")
    )


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_everything_that_production_has_is_made_and_a_second_run_writes_nothing(account: Ground) -> None:
    full = account.having(**EVERYTHING)
    script = full.export()
    first = full.run(script, *CONSENT)
    assert (first.status, first.err) == (0, "")
    assert full.journey.plan().steps == ()
    assert full.keys() == 2
    second = full.run(script)
    assert (second.status, second.writes) == (0, [])
    assert full.keys() == 2


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "more", [{}, pytest.param(EVERYTHING, marks=pytest.mark.slow)], ids=["least", "everything"]
)
def test_what_the_program_made_needs_nothing_of_the_script_and_an_export_after_it_neither(
    account: Ground, more: Mapping[str, object]
) -> None:
    full = account.having(**more)
    before = full.export()
    assert full.journey.run().ok
    for script in (before, full.export()):
        ran = full.run(script, "--check", shell="bash")
        assert (ran.status, ran.writes, ran.err) == (0, [], "")


def test_a_check_tells_what_would_be_written_and_writes_nothing(account: Ground) -> None:
    ran = account.run(account.export(), "--check")
    assert (ran.status, ran.writes) == (3, [])
    told = [line.split(":")[0].split()[-1] for line in ran.out.splitlines() if line.startswith("  + ")]
    assert sorted(told) == sorted(addresses(account.journey.plan()))


def test_what_needs_consent_is_named_and_nothing_is_written_without_it(account: Ground) -> None:
    full = account.having(**{**HARD, "storage__access_logs": False, "hardening__inventory": False})
    script = full.export()
    ran = full.run(script)
    assert (ran.status, ran.writes) == (6, [])
    assert "--accept irreversible:bucket.object-lock" in ran.err
    assert full.run(script, "--accept", "irreversible:bucket.policy").writes == []
    assert full.run(script, "--accept", "all").status == 2
    assert full.run(script, "--accept", "irreversible:bucket.object-lock").status == 0
    assert full.journey.plan().steps == ()


def _killing(when: str, nth: int) -> Faults:
    return Faults(before=nth) if when == "before" else Faults(after=nth)


@pytest.mark.parametrize(
    ("when", "nth"),
    [
        ("after", 1),
        pytest.param("after", 4, marks=pytest.mark.slow),
        pytest.param("before", 7, marks=pytest.mark.slow),
        pytest.param("after", 11, marks=pytest.mark.slow),
    ],
)
def test_killed_at_a_write_and_run_again_it_converges(account: Ground, when: str, nth: int) -> None:
    """After the key was made and before it has its alias, it is found by its tags."""
    script = account.export()
    killed = account.run(script, faults=_killing(when, nth))
    assert killed.status == -9
    again = account.run(script)
    assert (again.status, again.err) == (0, "")
    assert account.journey.plan().steps == ()
    assert account.keys() == 1
    tally.count("writes killed")


WRITES = 54
"""Commands that write, of everything that production has: what a bucket has from its creation is seen and not written again."""


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_killed_after_every_write_of_production_it_converges(account: Ground) -> None:
    """Each run is killed after its first write. The script keeps nothing of its own, so before the next one is the same."""
    full = account.having(**EVERYTHING)
    script = full.export()
    written: list[str] = []
    while (ran := full.run(script, *CONSENT, faults=_killing("after", 1))).status == -9:
        written += ran.writes
        assert len(written) <= WRITES, written
        tally.count("writes killed", 2)
    assert (ran.status, ran.err) == (0, "")
    assert len(written) == WRITES
    assert full.journey.plan().steps == ()
    assert full.keys() == 2


@pytest.fixture
def half_made(account: Ground) -> tuple[Ground, Path]:
    """Everything up to the trail, which has no tags yet; a bucket without notifications; and the script of before."""
    full = account.having(**EVERYTHING)
    script = full.export()
    port = Untagging(full.aws)
    with pytest.raises(Crashed):
        list(replace(full, aws=port).journey.events())
    do(
        full.aws,
        "s3",
        "PutBucketNotificationConfiguration",
        Bucket=full.answers.text("storage.bucket"),
        NotificationConfiguration={},
    )
    return full, script


@dataclass(frozen=True)
class Untagging:
    """Kills the program before the tags of a new trail are set, on an AWS that takes them in a call of their own."""

    aws: Aws

    def __call__(self, call: Call) -> Reply:
        if call.name == "cloudtrail:AddTags":
            raise Crashed
        return self.aws(call)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_what_a_killed_run_left_half_made_is_its_own(half_made: tuple[Ground, Path]) -> None:
    full, script = half_made
    ran = full.run(script, "--check")
    assert (ran.status, ran.writes, ran.err) == (3, [], "")
    told = {line.split(":")[0].split()[-1] for line in ran.out.splitlines() if line.startswith("  + ")}
    assert {"trail.tags", "bucket.notifications", "trail.logging"} <= told
    assert "trail" not in told


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("theirs", ["tagged", "another bucket"])
def test_a_trail_that_only_looks_so_is_somebody_elses(half_made: tuple[Ground, Path], theirs: str) -> None:
    full, script = half_made
    trail = str(next(r for r in full.blueprint if r.name == "trail").lookup.params["Name"])
    if theirs == "tagged":
        tags = [{"Key": "palisade-wizard:origin", "Value": "adopted"}]
        do(full.aws, "cloudtrail", "AddTags", ResourceId=trail, TagsList=tags)
    else:
        bucket = f"{full.answers.text('storage.bucket')}-access-logs"
        do(full.aws, "cloudtrail", "UpdateTrail", Name=trail, S3BucketName=bucket)
    ran = full.run(script, "--check")
    assert (ran.status, ran.writes) == (6, [])
    assert "this set-up did not make it" in ran.err


@pytest.mark.parametrize(
    ("command", "code", "status"),
    [
        ("kms list-keys", "AccessDeniedException", 5),
        ("kms describe-key", "AccessDeniedException", 5),
        ("s3api head-bucket|s3api list-buckets", "403", 5),
        ("s3api get-bucket-tagging|s3api head-bucket", "403", 6),
        ("iam get-role", "AccessDenied", 5),
        ("iam get-role", "ExpiredToken", 4),
        ("kms list-aliases", "ThrottlingException", 7),
        ("sts get-caller-identity", "InvalidClientTokenId", 4),
    ],
)
def test_what_aws_refuses_to_tell_is_not_absent(
    account: Ground, command: str, code: str, status: int
) -> None:
    ran = account.run(account.export(), faults=Faults(deny=command, code=code))
    assert (ran.status, ran.writes) == (status, [])
    assert "Nothing was changed." in ran.err
    assert account.keys() == 0


def test_a_write_that_is_denied_names_the_right_and_what_was_made_is_kept(account: Ground) -> None:
    script = account.export()
    ran = account.run(script, faults=Faults(deny="s3api put-bucket-policy"))
    assert ran.status == 5
    assert "set the bucket's policy (s3:PutBucketPolicy)" in ran.err
    assert "Run this script again" in ran.err
    assert account.run(script).status == 0
    assert account.journey.plan().steps == ()


def test_a_bucket_of_another_account_is_taken(account: Ground) -> None:
    script = account.export()
    other = replace(account, environment={**account.environment, "AWS_ACCESS_KEY_ID": "999988887777"})
    made = other.run(_only(account.folder, account.answers.text("storage.bucket")))
    assert made.status == 0
    ran = account.run(script)
    assert (ran.status, ran.writes) == (6, [])
    assert "the name is taken" in ran.err


def _only(folder: Path, bucket: str) -> Path:
    script = folder / "other.sh"
    place = "LocationConstraint=eu-west-1"
    script.write_text(f"aws s3api create-bucket --bucket {bucket} --create-bucket-configuration {place}\n")
    return script


def test_another_account_is_refused_before_anything_is_looked_at(account: Ground) -> None:
    script = account.export()
    other = replace(account, environment={**account.environment, "AWS_ACCESS_KEY_ID": "999988887777"})
    ran = other.run(script)
    assert (ran.status, len(ran.asked)) == (6, 1)
    assert f"the script is for {account.number}" in ran.err


def test_what_somebody_else_made_is_left_alone(account: Ground) -> None:
    script = account.export()
    do(
        account.aws,
        "iam",
        "CreateRole",
        RoleName="PalisadeS3BackupRole-sandbox",
        AssumeRolePolicyDocument="{}",
    )
    ran = account.run(script)
    assert (ran.status, ran.writes) == (6, [])
    assert "this set-up did not make it" in ran.err
    looked = account.run(account.export())
    assert looked.status == 0
    assert "role:" not in looked.out, "an export after that only looks at the role"


def test_what_changed_since_the_export_is_not_written_over_and_an_export_after_it_keeps_it(
    account: Ground,
) -> None:
    script = account.export()
    assert account.run(script).status == 0
    bucket = account.answers.text("storage.bucket")
    policy = json.loads(str(do(account.aws, "s3", "GetBucketPolicy", Bucket=bucket)["Policy"]))
    theirs = {**policy["Statement"][0], "Sid": "Theirs"}
    policy["Statement"] = [policy["Statement"][1], theirs]
    do(account.aws, "s3", "PutBucketPolicy", Bucket=bucket, Policy=json.dumps(policy))
    tags = do(account.aws, "s3", "GetBucketTagging", Bucket=bucket)["TagSet"]
    more = [*tags, {"Key": "cost", "Value": "12"}]
    do(account.aws, "s3", "PutBucketTagging", Bucket=bucket, Tagging={"TagSet": more})
    ran = account.run(script)
    assert (ran.status, ran.writes) == (6, [])
    assert "bucket.tags bucket.policy" in ran.err
    assert account.run(account.export()).status == 0
    assert account.journey.plan().steps == ()
    kept = json.loads(str(do(account.aws, "s3", "GetBucketPolicy", Bucket=bucket)["Policy"]))
    assert theirs in kept["Statement"]
    assert do(account.aws, "s3", "GetBucketTagging", Bucket=bucket)["TagSet"] == more


def test_an_endpoint_that_is_not_aws_is_named(account: Ground) -> None:
    ran = account.run(account.export(), "--check")
    assert ran.out.splitlines()[0].startswith(f"! Endpoint: {account.environment['AWS_ENDPOINT_URL']}")


@pytest.mark.parametrize("option", ["--nonsense", "--accept"])
def test_wrong_usage_is_told(account: Ground, option: str) -> None:
    ran = account.run(account.export(), option)
    assert (ran.status, ran.asked) == (2, [])


def test_without_the_aws_program_it_says_so(account: Ground, tmp_path: Path) -> None:
    found = subprocess.run(
        ["/bin/sh", str(account.export())],
        env={"PATH": str(tmp_path), "HOME": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 2
    assert "aws program is not installed" in found.stderr
