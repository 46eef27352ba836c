"""The audit is reached from the verification page, shows what is not well, and says what is behind each line."""

from __future__ import annotations

from screens.dialogs import TextView
from screens.widgets.action import Action
from screens.widgets.listing import Lines
from tests.ports import Recording
from tests.screens.stage import Stage, curtain, refusal
from tests.world import BUCKET, do


async def test_findings_stand_under_what_they_are_about_and_enter_shows_the_remedy(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage) as show:
        await show.go("review")
        show.page.query_one("#create", Action).press()
        await show.settle()
        off = {"Status": "Suspended"}
        do(stage.account, "s3", "PutBucketVersioning", Bucket=BUCKET, VersioningConfiguration=off)
        await show.go("verify")
        stage.account.below = recording = Recording(stage.account.below)
        show.page.query_one("#audit", Action).press()
        await show.settle()
        assert show.page.name_ == "audit"
        assert recording.writes == []
        lines = show.page.query_one("#findings", Lines)
        assert "✗ S3 bucket: " in lines.words
        assert "✓ KMS key: 9 of 9 pass" in lines.words
        # What was seen stands below what it is about, on a line of its own.
        assert "\\n" not in "".join(show.lines())
        assert show.shows("1 of ")
        at = next(n for n, (line, _) in enumerate(lines.lines) if line[1].startswith("critical: keeps old"))
        lines.highlighted = at
        lines.focus()
        await show.press("enter")
        assert isinstance(show.app.screen, TextView)
        assert "aws s3api put-bucket-versioning" in show.app.screen._text
        assert "config.bucket.versioning; also asked by S3.14" in show.app.screen._text
        await show.press("escape", "escape")
        assert show.page.name_ == "verify"


async def test_what_is_denied_is_shown_and_looking_again_looks_again(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    stage.account.broken["iam:GetRole"] = refusal("AccessDenied")
    async with curtain(stage, at="audit") as show:
        lines = show.page.query_one("#findings", Lines)
        assert "? critical: it is there\n" in lines.words
        assert "it lacks iam:GetRole" in lines.words
        del stage.account.broken["iam:GetRole"]
        show.page.query_one("#look-again", Action).press()
        await show.settle()
        assert "✗ critical: it is there\n" in lines.words
        assert "it lacks iam:GetRole" not in lines.words


async def test_a_sign_in_that_ended_is_told_and_can_be_tried_again(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    stage.account.broken["iam:GetRole"] = refusal("ExpiredToken", status=400)
    async with curtain(stage, at="audit") as show:
        assert show.shows("Sign in again")
        stage.account.broken.clear()
        show.page.query_one("#again", Action).press()
        await show.settle()
        assert "✗" in show.page.query_one("#findings", Lines).words
