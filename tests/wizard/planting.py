"""Secrets in every place that a run could have put them, or a hand: to see which of them get into a bundle."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from services.model.calls import Aws
from tests import planted
from tests.wizard.driving import BUCKET, Terminal
from tests.world import do

WORDS = " and ".join(text.decode() for text in planted.ALL.values())


def journal_of(terminal: Terminal) -> Path:
    (path,) = (terminal.folder / "state" / "setups").glob("*.journal.jsonl")
    return path


def plant(terminal: Terminal, setup: Path, aws: Aws) -> None:
    """Secrets in every place that a run could have put them, or a hand."""
    text = setup.read_text().replace(
        "[aws]", f"# {WORDS}\n[aws]\nsecret = '{planted.AWS_SECRET_KEY}'\n'{planted.PASSWORD}' = 1"
    )
    text += f"\n'{planted.NEVER}' = '{planted.PASSWORD}'\n[{planted.PIN}]\npin = '{planted.PIN}'\n"
    setup.write_text(text)
    entry = {
        "at": planted.NEVER,
        "event": "failed",
        "address": planted.PIN,
        "run": planted.PASSWORD,
        "note": WORDS,
    }
    problem = {
        "code": "denied",
        "summary": f"It said: {WORDS} s3:PutObject",
        "where": planted.PIN,
        "remedy": [WORDS],
    }
    with journal_of(terminal).open("a") as journal:
        for added in (
            {**entry, "problem": problem},
            {"event": WORDS},
            {**entry, "event": "started", "says": WORDS, "title": WORDS},
        ):
            journal.write(json.dumps(added) + "\n")
        journal.write(f"{WORDS}\n" + '{"event": "failed", "problem": {"code": "')
    (terminal.folder / "log").write_text(
        f"2026-11-02T10:00:00Z s3:HeadBucket: ok\n{WORDS}\n2026-11-02T10:00:00Z fault: {WORDS}\n"
    )
    (terminal.folder / "state" / "errors.jsonl").write_text(
        json.dumps({**problem, "command": WORDS, "way": WORDS}) + f"\n{WORDS}\n"
    )
    drafts = {"palisade.kit_name": WORDS, planted.PASSWORD: WORDS, ".at": WORDS}
    for name in ("new", setup_id(text)):
        (terminal.folder / "state" / "setups" / f"{name}.drafts.json").write_text(json.dumps(drafts))
    tags = do(aws, "s3", "GetBucketTagging", Bucket=BUCKET)["TagSet"]
    tags = [tag for tag in tags if not tag["Key"].endswith("environment")]
    do(
        aws,
        "s3",
        "PutBucketTagging",
        Bucket=BUCKET,
        Tagging={
            "TagSet": [
                *tags,
                {"Key": "password", "Value": planted.PASSWORD},
                {"Key": "pin", "Value": planted.PIN},
            ]
        },
    )
    policy = json.loads(do(aws, "s3", "GetBucketPolicy", Bucket=BUCKET)["Policy"])
    policy["Statement"][0]["Condition"] = {
        "Bool": {"aws:SecureTransport": "false"},
        "StringEquals": {"aws:UserAgent": WORDS},
    }
    do(aws, "s3", "PutBucketPolicy", Bucket=BUCKET, Policy=json.dumps(policy))


def sweep(terminal: Terminal, out: Path) -> None:
    """Takes away what was planted: the search at the end of all tests is for what the program wrote."""
    shutil.rmtree(terminal.folder / "state")
    for path in terminal.folder.iterdir():
        if path.is_file() and path != out:
            path.unlink()


def setup_id(text: str) -> str:
    return next(line.split('"')[1] for line in text.splitlines() if line.startswith("id ="))
