"""`export --format terraform`: the file that comes out of the command, before and after a set-up is made."""

from __future__ import annotations

from pathlib import Path

from services.model.calls import Aws
from tests.ports import Recording
from tests.services.export.hcl_reading import read
from tests.wizard.driving import BUCKET, EXTERNAL_ID, Terminal, refused
from tests.world import ACCOUNT


def test_without_asking_aws_everything_is_new(offline: Terminal) -> None:
    setup = offline.answered("--aws-account", ACCOUNT)
    ran = offline("export", "--config", setup, "--format", "terraform", "--offline")
    assert ran.status == 0, ran.err
    file = read(ran.out)
    assert file.inner("import") == []
    assert [block.labels[0] for block in file.inner("resource")][:3] == [
        "aws_kms_key",
        "aws_kms_alias",
        "aws_s3_bucket",
    ]
    assert EXTERNAL_ID in ran.out
    assert EXTERNAL_ID not in ran.err


def test_what_apply_made_is_imported_and_nothing_is_written_to_aws(
    terminal: Terminal, aws: Aws, tmp_path: Path
) -> None:
    setup = terminal.answered()
    assert terminal("apply", "--config", setup, "--yes").status == 0
    recording = Recording(aws)
    looking = Terminal(terminal.folder, recording)
    out = tmp_path / "palisade.tf"
    ran = looking("export", "--config", setup, "--format", "terraform", "--out", out, "--json")
    assert ran.status == 0, ran.err
    assert ran.document["format"] == "terraform"
    assert recording.writes == []
    assert out.stat().st_mode & 0o777 == 0o600
    imports = {
        block.arguments["to"].path: block.arguments["id"] for block in read(out.read_text()).inner("import")
    }
    assert imports["aws_s3_bucket.bucket"] == BUCKET
    assert imports["aws_s3_bucket_policy.bucket"] == BUCKET
    again = looking("export", "--config", setup, "--format", "terraform", "--out", out, "--json")
    refused(again, "exists")
