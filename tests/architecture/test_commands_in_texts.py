"""A command in a text of the program can be copied as it stands: it is seen where it begins and where it ends.

In a sentence it stands in quotes, so that neither the full stop nor a bracket nor the end of a line gets into it. Without
quotes it has the line to itself, from its beginning or from a colon on, but for a remark in brackets that stands apart.
"""

from __future__ import annotations

import re

import pytest

from tests.texts import COMMAND, VALUE, Text, begins, texts

ENDS = {"“": "”", "'": "'", "`": "`", '"': '"', "$(": ")"}
PROMPT = "$ "


def loose(text: str) -> list[str]:
    """The commands of a text that could not be copied."""
    return [text[found.start() :] for found in begins().finditer(text) if not _whole(text, found.start())]


def _whole(text: str, at: int) -> bool:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    rest = text[at:].split("\n", maxsplit=1)[0]
    if line.rfind("“") > line.rfind("”"):
        return "”" in rest
    for mark, end in ENDS.items():
        if line.endswith(mark):
            return end in rest
    alone = re.split(r"  [(#]", rest)[0]
    stands = not line.strip() or line.endswith((": ", PROMPT))
    return stands and not re.search(r"(?<! )[.,;:)]$|(?<!\.\.)[.;,] ", alone)


def test_every_command_can_be_copied_as_it_stands() -> None:
    found = [(one.place, said) for one in texts() for said in loose(one.text)]
    assert not found


def test_in_a_text_that_others_put_into_sentences_a_command_has_its_quotes() -> None:
    """What stands before a colon in `services` may be followed by another sentence, which only its reader knows of."""
    found = [
        one.place
        for one in texts()
        if one.place.startswith("services/") and re.search(rf"^[^#\n].*: (?:{begins().pattern})", one.text)
    ]
    assert not found


def test_there_are_commands_to_be_looked_at() -> None:
    assert sum(len(begins().findall(one.text)) for one in texts()) > 200


@pytest.mark.parametrize(
    "text",
    [
        f"This mends that: {COMMAND}.",
        f"Put it back with: cp {VALUE} {VALUE}.",
        f"(or let the set-up do it: {COMMAND})",
        "Then run palisade-wizard verify.",
        "Compare the names: aws kms list-aliases, aws kms list-keys.",
        f"aws kms list-keys --region {VALUE}, then look again",
        "Look with “palisade-wizard plan",
    ],
)
def test_a_command_that_cannot_be_copied_is_seen(text: str) -> None:
    assert loose(text)


@pytest.mark.parametrize(
    "text",
    [
        f"This mends that: “{COMMAND}”, and more.",
        f"“mv {VALUE} {VALUE}.old && cp {VALUE} {VALUE}”.",
        f"aws kms list-keys --key-id {VALUE}  (the call lists. Twice.)",
        f"Next: {COMMAND}",
        f"aws s3 cp {VALUE} .",
        "See 'palisade-wizard plan'.",
    ],
)
def test_one_that_can_be_copied_is_let_through(text: str) -> None:
    assert not loose(text)


def test_a_text_is_one_text_with_its_place() -> None:
    assert Text("services/own_command.py:37", "“uv tool install --force '.[demo,audit,hsm]'”") in texts()
