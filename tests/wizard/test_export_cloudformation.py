"""`export --format cloudformation`: the file that comes out of the command, before and after a set-up is made."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from services import setup_file
from services.model.calls import Aws
from tests.ports import Recording
from tests.wizard.driving import BUCKET, EXTERNAL_ID, Terminal, refused
from tests.world import ACCOUNT


def test_without_asking_aws_everything_is_new(offline: Terminal) -> None:
    setup = offline.answered("--aws-account", ACCOUNT)
    ran = offline("export", "--config", setup, "--format", "cloudformation", "--offline")
    assert ran.status == 0, ran.err
    template = yaml.safe_load(ran.out)
    assert list(template["Resources"]) == ["Key", "Alias", "Bucket", "BucketPolicy", "Role"]
    assert template["Parameters"]["ExternalId"]["Default"] == EXTERNAL_ID
    assert EXTERNAL_ID not in ran.err


def test_the_set_up_gets_its_id_before_it_is_written_on_what_is_made(offline: Terminal) -> None:
    setup = offline.answered("--aws-account", ACCOUNT)
    lines = [line for line in setup.read_text().splitlines(keepends=True) if not line.startswith("id = ")]
    setup.write_text("".join(lines))
    ran = offline("export", "--config", setup, "--format", "cloudformation", "--offline")
    given = setup_file.read(setup).answers.text("setup.id")
    assert given
    tags = yaml.safe_load(ran.out)["Resources"]["Bucket"]["Properties"]["Tags"]
    assert {"Key": "palisade-wizard:setup", "Value": given} in tags


def test_what_apply_made_is_taken_over_and_nothing_is_written_to_aws(
    terminal: Terminal, aws: Aws, tmp_path: Path
) -> None:
    setup = terminal.answered()
    assert terminal("apply", "--config", setup, "--yes").status == 0
    recording = Recording(aws)
    looking = Terminal(terminal.folder, recording)
    out = tmp_path / "palisade.yaml"
    ran = looking("export", "--config", setup, "--format", "cloudformation", "--out", out, "--json")
    assert ran.status == 0, ran.err
    assert ran.document["format"] == "cloudformation"
    assert recording.writes == []
    assert out.stat().st_mode & 0o777 == 0o600
    listed = json.loads(yaml.safe_load(out.read_text())["Metadata"]["PalisadeWizard"]["ResourcesToImport"])
    assert {"BucketName": BUCKET} in [item["ResourceIdentifier"] for item in listed]
    again = looking("export", "--config", setup, "--format", "cloudformation", "--out", out, "--json")
    refused(again, "exists")
