"""Two wizards on one set-up: what the other one answered meanwhile is shown, and neither writes over the other unsaid."""

from __future__ import annotations

from screens.form import FormPage
from screens.widgets.field import Field
from services import setup_file
from services.setup_file import SetupFile
from tests.screens.stage import Show, Stage, curtain

BUCKET, ROLE = "storage.bucket", "role.name"


def other(setup: SetupFile, key: str, value: str) -> None:
    """What another wizard or command writes into the file."""
    setup_file.record(setup_file.read(setup.path), {key: value})


def there(setup: SetupFile, key: str) -> str:
    return setup_file.read(setup.path).answers.text(key)


def text(show: Show, key: str) -> str:
    return next(field.text for field in show.page.query(Field) if field.question.key == key)


async def test_an_answer_of_the_other_one_stays_and_is_shown(stage: Stage) -> None:
    """The page that changes one answer has the others on it as they were before."""
    setup = stage.setup()
    stage.more["open_first"] = setup.path
    async with curtain(stage, at="access") as show:
        assert text(show, ROLE) == setup.answers.text(ROLE)
        other(setup, ROLE, "TheirRole")
        await show.fill("role.path", "/acme/")
        assert isinstance(show.page, FormPage)
        assert show.page.take(show.page.field_of("role.path"))
        assert there(setup, "role.path") == "/acme/"
        await show.press("ctrl+n")
        assert show.page.name_ != "access"
        assert (there(setup, ROLE), there(setup, "role.path")) == ("TheirRole", "/acme/")
        await show.go("access")
        assert text(show, ROLE) == "TheirRole"


async def test_the_same_answer_of_both_is_told_and_the_second_try_is_meant(stage: Stage) -> None:
    setup = stage.setup()
    stage.more["open_first"] = setup.path
    async with curtain(stage, at="storage") as show:
        other(setup, BUCKET, "acme-their-backup")
        await show.fill(BUCKET, "acme-my-backup")
        await show.press("ctrl+n")
        assert show.page.name_ == "storage", "the page is not left with an answer that was not saved"
        assert show.shows('storage.bucket is now "acme-their-backup". Nothing was written over that.')
        assert there(setup, BUCKET) == "acme-their-backup"
        assert text(show, BUCKET) == "acme-my-backup"
        await show.press("ctrl+n")
        assert show.page.name_ != "storage"
    assert there(setup, BUCKET) == "acme-my-backup"
