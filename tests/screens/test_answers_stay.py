"""Nothing typed is ever lost: by Back, by a wrong answer, by closing; and no secret is ever kept."""

from __future__ import annotations

import pytest
from textual.widgets import Input, RadioSet

from screens import flow
from screens.suggest import name_spaces
from screens.widgets.field import Field, widget_id
from services import setup_file
from services.answers import Answers
from services.problems import ProblemError
from services.questions import BY_KEY, accept
from tests.sampling import every
from tests.screens.stage import Show, Stage, curtain

GOOD: dict[str, dict[str, str]] = {
    "account": {
        "aws.region": "us-east-1",
        "palisade.principal_arn": "arn:aws:iam::444455556666:user/mpc",
        "palisade.external_id": "an-id-of-theirs",
    },
    "storage": {
        "storage.bucket": "another-bucket-of-acme",
        "storage.namespace": "account-regional",
        "storage.kms_key": "arn:aws:kms:eu-west-1:123456789012:key/1234abcd",
        "storage.encryption_headers": "strict",
    },
    "access": {
        "role.name": "AnotherRole",
        "role.path": "/team/",
        "role.permissions_boundary": "arn:aws:iam::123456789012:policy/Bound",
        "role.max_session_seconds": "7200",
        "role.extra_actions": "kms:Decrypt, sts:TagSession",
    },
    "retention": {
        "storage.object_lock": "governance",
        "storage.object_lock_days": "30",
        "storage.noncurrent_versions": "5",
        "storage.noncurrent_days": "60",
        "hardening.mfa_delete": "off",
    },
    "watching": {
        "hardening.trail": "create",
        "hardening.data_events": "write",
        "hardening.alarms": "true",
        "hardening.alarm_email": "alarms@acme.example",
        "storage.access_logs": "true",
        "hardening.inventory": "true",
        "storage.access_log_bucket": "acme-logs-of-access",
        "hardening.trail_bucket": "acme-logs-of-the-trail",
    },
    "palisade": {"palisade.kit_name": "The kit"},
    "quorum": {"palisade.quorum_id": "20b7aefb-0000-4000-8000-00000000000b"},
}

BAD: dict[str, dict[str, str]] = {
    "account": {
        "aws.region": "Ireland, please",
        "palisade.principal_arn": "arn:aws:iam::*:root",
        "palisade.external_id": "blanks in it",
    },
    "storage": {"storage.bucket": "Bucket.With.Dots", "storage.kms_key": "alias/mine"},
    "access": {
        "role.name": "no blanks allowed",
        "role.path": "team",
        "role.permissions_boundary": "Bound",
        "role.max_session_seconds": "soon",
        "role.extra_actions": "s3:*",
    },
    "retention": {
        "storage.object_lock_days": "for ever",
        "storage.noncurrent_versions": "101",
        "storage.noncurrent_days": "-1",
    },
    "watching": {
        "hardening.trail": "arn:aws:s3:::trail",
        "hardening.alarm_email": "nobody",
        "storage.access_log_bucket": "Logs",
        "hardening.trail_bucket": "a.b",
    },
    "palisade": {"palisade.kit_name": "k" * 101},
    "quorum": {"palisade.quorum_id": "not a quorum"},
}


def test_every_field_of_every_form_is_tried() -> None:
    asked = {key for step in flow.STEPS for key in step.asks if step.key != "setup"}
    assert {key for typed in GOOD.values() for key in typed} == asked - {"aws.profile"}
    choices = {key for key in asked if BY_KEY[key].kind in {"choice", "flag"}}
    assert {key for typed in BAD.values() for key in typed} == asked - choices - {"aws.profile"}


def shown(show: Show, page: str) -> dict[str, str]:
    """What stands in the fields of the page."""
    assert show.page.name_ == page
    return {field.question.key: field.text for field in show.page.query(Field)}


def refusal_of(key: str, text: str) -> str:
    try:
        accept(BY_KEY[key], text)
    except ProblemError as error:
        return error.problem.summary
    return ""


@pytest.mark.parametrize("page", every(4, GOOD))
async def test_back_and_a_restart_keep_what_was_typed(stage: Stage, page: str) -> None:
    """What is no answer is kept too, as a draft, and the answer before it stays in the file."""
    setup = stage.setup()
    stage.more = {"open_first": setup.path}
    before = setup.answers
    async with curtain(stage, at=page) as show:
        await typed(show, page, GOOD[page])
    kept(before, setup_file.read(setup.path).answers, GOOD[page])
    async with curtain(stage, at=page) as again:
        assert shown(again, page).items() >= GOOD[page].items()
        before = setup_file.read(setup.path).answers
        await typed(again, page, BAD[page])
    kept(before, setup_file.read(setup.path).answers, BAD[page])
    async with curtain(stage, at=page) as third:
        assert shown(third, page).items() >= BAD[page].items()


async def typed(show: Show, page: str, wanted: dict[str, str]) -> None:
    """Types it, goes back, and finds it there again."""
    for key, text in wanted.items():
        await show.fill(key, text)
    await show.press("escape")
    assert show.page.name_ == flow.before(page)
    if show.page.name_ == "welcome":
        await show.press("enter")
    await show.go(page)
    assert shown(show, page).items() >= wanted.items()


def kept(before: Answers, saved: Answers, wanted: dict[str, str]) -> None:
    """The file has every text that is an answer, and the answer before where the text is none."""
    for key, text in wanted.items():
        if refusal_of(key, text):
            assert saved.get(key) == before.get(key)
        else:
            assert saved.get(key) == accept(BY_KEY[key], text)


@pytest.mark.parametrize("page", every(3, BAD))
async def test_a_wrong_answer_shows_its_rule_and_next_stays(stage: Stage, page: str) -> None:
    setup = stage.setup()
    stage.more = {"open_first": setup.path}
    async with curtain(stage, at=page) as show:
        for key, text in BAD[page].items():
            before = shown(show, page)[key]
            await show.fill(key, text)
            await show.press("ctrl+n")
            assert show.page.name_ == page
            assert show.shows(refusal_of(key, text))
            assert show.app.focused is not None
            assert show.app.focused.id == widget_id(key)
            assert flow.sign(show.app.session, flow.step_of(page), -1) == "!"
            await show.fill(key, before)


async def test_what_is_typed_is_kept_even_if_nobody_says_anything_more(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="access") as show:
        await show.fill("role.name", "half a na")
        show.app.end(129)
    assert show.app.return_code == 129
    async with curtain(stage, at="access") as again:
        assert shown(again, "access")["role.name"] == "half a na"


async def test_a_new_set_up_keeps_its_drafts_before_it_has_a_file(stage: Stage) -> None:
    async with curtain(stage, at="new") as show:
        await show.fill("setup.name", "Not Yet Right")
        await show.press("tab", "down", "enter")
        await show.press("ctrl+n")
        assert show.page.name_ == "new"
        assert show.shows("The name of a set-up has 1 to 31 small letters")
    async with curtain(stage, at="new") as again:
        assert shown(again, "new")["setup.name"] == "Not Yet Right"
        assert again.page.query_one(RadioSet).pressed_index == 1
        await again.fill("setup.name", "acme-production")
        await again.press("ctrl+n")
        assert again.page.name_ == "account"
        assert again.app.session.production


async def test_a_name_that_exists_is_refused_and_its_file_stays(stage: Stage) -> None:
    before = stage.setup().path.read_bytes()
    async with curtain(stage, at="new") as show:
        await show.fill("setup.name", "acme-sandbox")
        await show.press("ctrl+n")
        assert show.page.name_ == "new"
        assert show.shows("exists already and is never overwritten")
    assert stage.state.path_of("acme-sandbox").read_bytes() == before


async def test_the_recovery_key_page_keeps_its_fields(stage: Stage) -> None:
    setup = stage.setup()
    setup_file.record(setup, {"recovery_key.public_files": []})
    stage.more = {"open_first": setup.path}
    async with curtain(stage, at="recovery-key") as show:
        show.page.query_one("#key-folder", Input).value = "/media/usb0"
        show.page.query_one("#key-name", Input).value = "bad/name"
        await show.press("ctrl+n")
        assert show.shows("cannot be the name of key files")
        await show.press("escape")
    async with curtain(stage, at="recovery-key") as again:
        assert again.page.query_one("#key-folder", Input).value == "/media/usb0"
        assert again.page.query_one("#key-name", Input).value == "bad/name"


RESUMES: tuple[tuple[dict[str, object], str], ...] = (
    ({"aws.account": None}, "account"),
    ({"recovery_key.public_files": []}, "recovery-key"),
    ({"storage.bucket": None}, "storage"),
    ({}, "access"),
)


@pytest.mark.parametrize(("gone", "page"), RESUMES)
async def test_a_start_opens_the_first_step_that_is_not_done(
    stage: Stage, gone: dict[str, object], page: str
) -> None:
    stage.more = {"open_first": setup_file.record(stage.setup(), gone).path}
    async with curtain(stage) as show:
        assert show.page.name_ == page


async def test_a_start_goes_on_where_it_was_left(stage: Stage) -> None:
    stage.more = {"open_first": stage.setup().path}
    async with curtain(stage, at="storage") as show:
        await show.press("ctrl+n")
        assert show.page.name_ == "access"
        await show.press("ctrl+n", "ctrl+n", "ctrl+n")
        assert show.page.name_ == "review"
    async with curtain(stage) as again:
        assert again.page.name_ == "review"
        await again.press("escape", "escape", "escape", "escape")
    async with curtain(stage) as third:
        assert third.page.name_ == "storage"


async def test_set_ups_that_cannot_be_read_are_listed_with_the_reason(stage: Stage) -> None:
    stage.setup()
    bad = stage.state.path_of("[broken]")
    bad.write_text("[setup]\nnombre = 'x'\n")
    async with curtain(stage) as show:
        assert "cannot be read" in show.text()
        assert "[broken].toml cannot be read" in show.text()
        await show.press("enter")
        assert show.page.name_ == "welcome"
        assert show.shows("nombre")
        await show.press("tab")
    assert bad.read_text().startswith("[setup]")


async def test_a_file_given_at_the_start_that_cannot_be_read_is_explained(stage: Stage) -> None:
    stage.more = {"open_first": stage.folder / "nowhere.toml"}
    async with curtain(stage) as show:
        assert show.page.name_ == "welcome"
        assert show.shows("nowhere.toml does not exist.")


def test_a_name_space_that_the_region_lacks_is_no_choice() -> None:
    offered = {
        (region, chosen): [value for _, value in name_spaces(region, chosen)]
        for region in ("eu-west-1", "me-south-1", "me-central-1", "")
        for chosen in ("global", "account-regional")
    }
    assert {pair for pair, values in offered.items() if "account-regional" not in values} == {
        ("me-south-1", "global"),
        ("me-central-1", "global"),
    }
