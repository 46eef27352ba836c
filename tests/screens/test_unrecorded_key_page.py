"""The key's page after a run that was cut off between a whole pair and its record: it says so, and records the pair."""

from __future__ import annotations

from pathlib import Path

from screens.widgets.action import Action
from services.recovery import keyfiles
from tests.keys import public_der
from tests.screens.stage import Stage, curtain


def pair(stage: Stage) -> dict[Path, bytes]:
    """The files of a key pair where the page proposes to put them; nobody opens the private one."""
    of = keyfiles.paths(stage.folder / "keys", "acme-sandbox-recovery")
    of.sealed.parent.mkdir()
    found = {of.sealed: b"sealed", of.public_der: public_der(), of.public_hex: public_der().hex().encode()}
    for path, content in found.items():
        path.write_bytes(content)
    return found


async def test_a_whole_pair_is_named_and_recorded_without_a_password(stage: Stage) -> None:
    stage.keyless()
    before = pair(stage)
    async with curtain(stage, at="recovery-key") as show:
        assert show.shows("A whole key pair is there already")
        assert show.shows("this set-up only has to record it")
        assert str(show.page.query_one("#next", Action).label) == "[ Record this key ]"
        await show.press("ctrl+n")
        assert show.page.name_ == "making"
        assert show.shows("This set-up has the key now. It was proven when it was made, and not again")
        answers = show.app.session.answers
        (public,) = answers.texts("recovery_key.public_files")
        assert show.shows(answers.text("recovery_key.fingerprint"))
        assert {path: path.read_bytes() for path in before} == before
        await show.go("recovery-key")
        assert show.shows("This set-up has its recovery key.")
        assert Path(public) in before
