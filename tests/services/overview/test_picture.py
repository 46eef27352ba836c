"""The picture: what is in the set-up is in it once, nothing else is, and it fits every terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest

from services.engine.world import Absent, Present, State, Unknown, World
from services.model.resource import needs
from services.overview.drawing import ASCII, BOXES, drawn, legend
from services.overview.picture import ALSO, FLOWS, WORDS, Box, Frame, group, picture
from services.overview.scene import Scene
from services.printable import draws_boxes
from services.problems import Problem
from tests.hostile import TEXTS
from tests.who_can import WHOLE, changed, scene
from tests.world import ACCOUNT, ALARMS, BUCKET, EXTERNAL_ID, HARD, KEY_ARN, TRAIL, TRAIL_ARN

REUSED = {"hardening__trail": TRAIL_ARN.replace("palisade-acme-sandbox", "everything"), **ALARMS}
SETS: Mapping[str, Mapping[str, object]] = {
    "sandbox": {},
    "hard": HARD,
    "trail": TRAIL,
    "production": WHOLE,
    "a trail of others": REUSED,
    "a key of others": {"storage__kms_key": KEY_ARN, **HARD},
}


def squeezed(text: str) -> str:
    """The text without blanks and without what boxes are drawn of."""
    return "".join(character for character in text if character not in " │|┌┐└┘┬├─▶▼`")


def boxes(found: Sequence[Box]) -> Iterator[Box]:
    for box in found:
        yield box
        yield from boxes([other for _, other in box.arrows])


def arrows(found: Sequence[Box]) -> Iterator[tuple[Box, str, Box]]:
    for box in boxes(found):
        yield from ((box, words, other) for words, other in box.arrows)


def account(found: Sequence[Frame]) -> tuple[Box, ...]:
    return found[1].boxes


def box_words(of: Scene) -> dict[str, str]:
    """What each box of the blueprint says, by the name of the box."""
    members: dict[str, list[str]] = {}
    for resource in of.blueprint:
        if resource.name not in {"alias", "log_alias"}:
            members.setdefault(group(resource.name), []).append(resource.title)
    word = {"filter": "metric filters", "alarm": "alarms"}
    return {
        name: titles[0] if len(titles) == 1 else f"{len(titles)} {word[name]}"
        for name, titles in members.items()
    }


@pytest.mark.parametrize("name", SETS)
def test_everything_of_the_set_up_is_in_it_once_and_nothing_else(name: str) -> None:
    of = scene(**SETS[name])
    marked = [box.says for box in boxes(account(picture(of))) if box.mark]
    assert sorted(marked) == sorted(box_words(of).values())


@pytest.mark.parametrize("name", SETS)
def test_an_arrow_is_a_reference_of_the_blueprint(name: str) -> None:
    of = scene(**SETS[name])
    words = box_words(of)
    there = {resource.name for resource in of.blueprint}
    linked = {(words[group(r.name)], words[group(o)]) for r in of.blueprint for o in needs(r) & there}
    linked |= {(other, one) for one, other in linked}
    for source, _, target in arrows(account(picture(of))):
        by_metric = "metric filters" in source.says and "alarms" in target.says
        assert by_metric or (source.says, target.says) in linked
    assert [box.says for box in account(picture(of))] == [words["role"]], "nothing stands alone"
    drawn_words = {said for _, said, _ in arrows(account(picture(of)))}
    assert drawn_words <= {said for _, _, said in (*FLOWS, *ALSO)}


def test_what_the_set_up_gains_the_picture_gains() -> None:
    plain, whole = (
        {box.says for box in boxes(account(picture(scene(**kind))))} for kind in (SETS["sandbox"], WHOLE)
    )
    assert plain < whole
    assert [box.says for box in picture(scene())[2].boxes] == ["Recovery key pair, never in AWS"]
    assert any("security@example.com" in box.says for box in picture(scene(**WHOLE))[2].boxes)


def test_what_is_of_others_is_used_and_not_created() -> None:
    found = {box.says: box.mark for box in boxes(account(picture(scene(**REUSED))))}
    assert {says for says, mark in found.items() if mark == "used"} == {"CloudTrail trail everything"}
    found = {box.says: box.mark for box in boxes(account(picture(scene(**SETS["a key of others"]))))}
    assert {says for says, mark in found.items() if mark == "used"} == {f"KMS key {KEY_ARN}"}
    assert "(used, not created)" in " ".join(drawn(picture(scene(**REUSED)), 78))


def test_how_each_part_stands_is_told() -> None:
    of = scene()
    states: dict[str, State] = {
        "key": Present({"arn": KEY_ARN}, "created"),
        "bucket": Present({"arn": "arn:aws:s3:::theirs"}, "foreign"),
        "role": Unknown(Problem("denied", "AWS did not tell.")),
    }
    frames = picture(Scene(of.answers, ACCOUNT, of.blueprint, World(states)))
    marked = {box.says.split()[0]: box.mark for box in boxes(account(frames)) if box.mark}
    assert marked == {"KMS": "there", "S3": "used", "IAM": "unknown"}
    said = squeezed("".join(drawn(frames, 78)))
    assert squeezed(f"S3 bucket {BUCKET}{WORDS['used']}") in said
    assert squeezed(WORDS["unknown"]) in said
    assert len(legend(frames)) == 2
    other = World({"key": Present({"arn": KEY_ARN}, "other-setup"), "bucket": Absent()})
    assert "another set-up" in " ".join(drawn(picture(Scene(of.answers, ACCOUNT, of.blueprint, other)), 78))


def test_alarms_that_are_there_in_part_are_counted() -> None:
    of = scene(**WHOLE)
    there = {r.name: Present({"arn": "x"}, "created") for r in of.blueprint if r.name.startswith("alarm-r")}
    found = boxes(account(picture(Scene(of.answers, ACCOUNT, of.blueprint, World(there)))))
    assert [box.mark for box in found if box.says == "8 alarms, 2 of them there already"] == ["new"]


@pytest.mark.parametrize("name", ["sandbox", "production"])
@pytest.mark.parametrize("width", [40, 57, 78, 200])
def test_no_line_is_too_long_and_no_word_is_lost(name: str, width: int) -> None:
    frames = picture(scene(**SETS[name]))
    for signs in (BOXES, ASCII):
        lines = drawn(frames, width, signs)
        assert max(map(len, lines)) <= min(width, 78)
        said = squeezed("".join(lines))
        for frame in frames:
            assert squeezed(frame.title) in said
            assert squeezed(frame.onward) in said
            assert all(squeezed(box.says) in said for box in boxes(frame.boxes))
    assert "".join(drawn(frames, width, ASCII)).isascii()


def test_it_is_drawn_with_what_the_terminal_has() -> None:
    assert draws_boxes("utf-8")
    for encoding in ("ascii", "latin-1", "iso8859-15", "no such encoding", None):
        assert not draws_boxes(encoding)
    "".join(drawn(picture(scene()), 78, BOXES)).encode("utf-8")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_text_in_it_acts_on_a_terminal(text: str) -> None:
    frame = Frame(text, (Box(text, "new", ((text, Box(text)),)),), text)
    lines = drawn((frame,), 78)
    assert all(line.isprintable() and len(line) <= 78 for line in lines)


def test_the_external_id_is_called_needed_where_it_is() -> None:
    before = scene()
    assert picture(before)[0].onward == "assumes the role, only with your external ID"
    after = changed(before, {"role.trust": lambda statements: statements[0].pop("Condition")})
    assert picture(after)[0].onward == "assumes the role"
    kept_back = World({}, {"role.trust": Unknown(Problem("denied", "AWS did not tell."))})
    hidden = Scene(before.answers, ACCOUNT, before.blueprint, kept_back, after=False)
    assert picture(hidden)[0].onward == "assumes the role"


def test_the_external_id_is_in_neither() -> None:
    assert EXTERNAL_ID not in "".join(drawn(picture(scene(**WHOLE)), 78))
