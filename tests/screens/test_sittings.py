"""Two sittings at one set-up: each writes down what it changed itself, and shows what the other one did meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from screens import flow, key_place
from screens.host import Connection, Host
from screens.session import NEW, Session
from screens.setup_lines import line
from services import setup_file
from services.alone import alone
from services.kit import Kit
from services.progress import DEEDS
from services.setup_file import SetupFile
from services.setups import State
from tests.ports import FakeClock
from tests.world import OTHER_SETUP, SETUP, sample

BUCKET, ROLE = "storage.bucket", "role.name"


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "state")


def sitting(state: State, setup: SetupFile | None = None) -> Session:
    """A wizard that has just been started, with this set-up open."""
    session = Session(
        Host(state, FakeClock(), lambda _profile, _region: Connection(lambda _call: {}), lambda: ())
    )
    if setup is None:
        session.close()
    else:
        session.open(setup)
    return session


def made(state: State, identifier: str = SETUP) -> SetupFile:
    name = f"acme-{identifier[:4]}"
    state.setups.mkdir(parents=True, exist_ok=True)
    return setup_file.create(state.path_of(name), sample(setup__name=name, setup__id=identifier))


def finished(session: Session) -> None:
    for name in (flow.ACCESS, flow.HARDENING):
        flow.mark(session, name, "yes")
    flow.mark(session, flow.APPLIED, flow.digest(session))
    for name in (flow.KIT, flow.QUORUM, flow.VERIFIED):
        flow.mark(session, name, flow.kit_digest(session))


def test_marks_of_a_set_up_that_was_taken_down_meanwhile_do_not_come_back(state: State) -> None:
    """`destroy` runs in another terminal while the wizard is open."""
    setup = made(state)
    session = sitting(state, setup)
    finished(session)
    assert flow.sign(session, flow.step_of("review"), -1) == "✓"
    state.forget(SETUP, DEEDS)
    session.keep(BUCKET, "Typed.Meanwhile")
    session.flush()
    assert DEEDS & state.drafts(SETUP).keys() == set()
    assert session.drafts == state.drafts(SETUP), "the page shows what is true"
    assert [flow.sign(session, flow.step_of(page), -1) for page in ("review", "palisade", "verify")] == [
        "·"
    ] * 3
    assert "verified" not in line(session, setup)


def test_a_mark_that_is_earned_again_after_that_is_written_again(state: State) -> None:
    """The sitting still believes in the old one, which is the same."""
    session = sitting(state, made(state))
    finished(session)
    state.forget(SETUP, DEEDS)
    flow.mark(session, flow.APPLIED, flow.digest(session))
    assert state.drafts(SETUP)[flow.APPLIED] == flow.digest(session)
    assert flow.VERIFIED not in state.drafts(SETUP)


def test_two_wizards_keep_each_other_s_marks_and_texts(state: State) -> None:
    setup = made(state)
    one, two = sitting(state, setup), sitting(state, setup)
    one.keep(BUCKET, "Not.Yet")
    one.flush()
    two.keep(ROLE, "no role?")
    flow.mark(two, flow.ACCESS, "yes")
    flow.mark(one, flow.HARDENING, "yes")
    marks = {flow.ACCESS: "yes", flow.HARDENING: "yes"}
    assert state.drafts(SETUP) == {BUCKET: "Not.Yet", ROLE: "no role?", **marks}
    assert one.drafts == {BUCKET: "Not.Yet", **marks}, "of the other one's it shows the marks, not the words"
    one.forget(BUCKET)
    one.forget(flow.ACCESS)
    one.flush()
    two.keep(ROLE, "no role!")
    two.flush()
    assert two.drafts == state.drafts(SETUP) == {ROLE: "no role!", flow.HARDENING: "yes"}
    flow.mark(one, flow.ACCESS, "")
    assert (one.drafts, one.changes) == ({flow.HARDENING: "yes"}, {})
    assert sitting(state, setup).drafts == state.drafts(SETUP) == two.drafts


NEW_ANSWERS = ("setup.name", "setup.environment")
PLACE = (key_place.FOLDER, key_place.NAME, key_place.KIND, key_place.NAMES, key_place.THRESHOLD)


@pytest.mark.parametrize(
    ("keys", "open_"), [(NEW_ANSWERS, False), (PLACE, True)], ids=["a new set-up", "a key's place"]
)
def test_a_sitting_goes_on_with_its_own_words(state: State, keys: tuple[str, ...], *, open_: bool) -> None:
    """Whoever answered two questions gets what they answered, whatever another sitting answers in between."""
    setup = made(state) if open_ else None
    one, two = sitting(state, setup), sitting(state, setup)
    for key in keys:
        for session, text in ((one, f"one's {key}"), (two, f"two's {key}")):
            session.keep(key, text)
            session.flush()
    flow.mark(one, flow.COMPARED[0], "/some/where.toml")
    assert {key: one.shown_draft(key) for key in keys} == {key: f"one's {key}" for key in keys}
    for key in keys:
        two.forget(key)
    two.flush()
    one.flush()
    assert {key: one.shown_draft(key) for key in keys} == {key: f"one's {key}" for key in keys}


def test_an_accepted_answer_ends_the_draft_of_another_sitting_too(state: State) -> None:
    setup = made(state)
    one, two = sitting(state, setup), sitting(state, setup)
    two.keep(BUCKET, "my-ha")
    two.flush()
    flow.mark(one, flow.ACCESS, "yes")
    one.record({BUCKET: "my-real-bucket"})
    one.flush()
    assert sitting(state, setup_file.read(setup.path)).shown(BUCKET) == "my-real-bucket"


def test_values_for_palisade_go_with_the_answers_that_they_were_made_for(state: State) -> None:
    setup = made(state)
    session = sitting(state, setup_file.read(setup.path))
    session.kit = values = Kit("acme", (), BUCKET, ROLE, "eu-west-1", "", "", "sandbox")
    session.reload()
    assert session.kit is values
    setup_file.record(setup_file.read(setup.path), {BUCKET: "my-real-bucket"})
    session.reload()
    assert session.kit is None


def test_a_mark_is_taken_away_that_this_sitting_never_saw(state: State) -> None:
    setup = made(state)
    one, two = sitting(state, setup), sitting(state, setup)
    flow.mark(one, flow.VERIFIED, "x")
    flow.mark(two, flow.VERIFIED, "")
    assert state.drafts(SETUP) == {}


def test_nobody_is_kept_from_leaving_and_what_was_typed_waits(state: State) -> None:
    """Another run writes there and hangs; a full disk or a folder that cannot be written is met the same way."""
    session = sitting(state, made(state))
    session.keep(BUCKET, "Typed.Text")
    with alone(state.setups / f"{SETUP}.drafts.json"):
        session.flush()
        assert "Another run of this program is writing" in session.log[-1]
        session.close()
        assert (session.setup, session.drafts, state.drafts(SETUP)) == (None, {}, {})
    session.keep("setup.name", "acme-new")
    session.flush()
    assert state.drafts(SETUP) == {BUCKET: "Typed.Text"}, "it went to the set-up that it is of"
    assert state.drafts(NEW) == {"setup.name": "acme-new"}


def test_what_could_not_be_written_is_there_when_its_set_up_is_opened_again(state: State) -> None:
    first, second = made(state), made(state, OTHER_SETUP)
    session = sitting(state, first)
    flow.mark(session, flow.ACCESS, "yes")
    obstacle = state.setups / f"{SETUP}.drafts.json"
    obstacle.unlink()
    obstacle.mkdir()  # can be neither read nor replaced
    session.keep(BUCKET, "Typed.Text")
    session.flush()
    assert session.drafts == {BUCKET: "Typed.Text", flow.ACCESS: "yes"}
    session.open(second)
    assert session.drafts == {}
    session.open(first)
    assert session.drafts == {BUCKET: "Typed.Text"}
    obstacle.rmdir()
    session.flush()
    assert (state.drafts(SETUP), session.changes) == ({BUCKET: "Typed.Text"}, {})


def test_a_file_that_is_damaged_meanwhile_becomes_what_this_sitting_knows(state: State) -> None:
    session = sitting(state, made(state))
    flow.mark(session, flow.ACCESS, "yes")
    (state.setups / f"{SETUP}.drafts.json").write_bytes(bytes(20))
    session.keep(BUCKET, "x" * 70_000)  # more than is read again
    for _ in range(2):
        flow.mark(session, flow.HARDENING, "yes")
        assert set(session.drafts) == {BUCKET, flow.ACCESS, flow.HARDENING}


def test_a_new_set_up_takes_its_drafts_along_and_leaves_those_of_another_sitting(state: State) -> None:
    session, other = sitting(state), sitting(state)
    session.keep("setup.name", "acme")
    session.flush()
    flow.mark(other, flow.COMPARED[0], "/some/where.toml")
    session.create("acme", "sandbox")
    assert session.drafts == {}
    assert state.drafts(NEW) == {flow.COMPARED[0]: "/some/where.toml"}
    session.close()
    assert session.drafts == {flow.COMPARED[0]: "/some/where.toml"}


def test_a_line_of_the_log_stays_one(state: State) -> None:
    session = sitting(state)
    session.note("kms:CreateKey: Odd\n✓ FORGED")
    assert session.log[-1].endswith("kms:CreateKey: Odd\\n✓ FORGED")
