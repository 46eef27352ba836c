"""Values survive the template, whatever is in them: YAML, its many readers, and `Fn::Sub`."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from services.answers import Answers
from services.export.cloudformation import text
from services.export.cloudformation_values import EXTERNAL_ID, Values, references
from services.export.cloudformation_yaml import commented, dumped, indented
from services.model.values import Json, Ref, Text, Tree
from services.problems import ProblemError
from tests.services.export.cloudformation_cases import PRODUCTION, subject_of
from tests.stacks import Stack, values
from tests.world import sample, sample_lookup, tagged

CHARACTERS = st.one_of(
    st.sampled_from(
        ["${", "!", "}", "{{", "'", '"', ": ", " #", "- ", "\n", "\t", "\\", "%", "@", "`", "|", "\0"]
    ),
    st.characters(exclude_categories=["Cs"]),
)
TEXTS = st.one_of(
    st.lists(CHARACTERS, max_size=12).map("".join),
    st.sampled_from(
        [
            *("on", "Yes", "n", "null", "Null", "~", "", " ", "=", "<<", "@x", "*", "&a", "!Ref x", "|", ">"),
            *(
                "1e3",
                "0123",
                "089999999999",
                "0x1F",
                "1_000",
                "12:30:45",
                "2012-10-17",
                ".5",
                ".inf",
                "-.nan",
            ),
            *(
                "---",
                "...",
                "? x",
                "a: b",
                "a #b",
                "x:",
                "{a}",
                "[a]",
                "a\n\nb\n",
                "a \nb\nc\n",
                "\ufeff",
                "é",
            ),
        ]
    ),
)
TREES = st.recursive(
    st.one_of(TEXTS, st.booleans(), st.integers(), st.just(1.0)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(TEXTS, inner, max_size=3),
        st.fixed_dictionaries({"Key": TEXTS, "Value": TEXTS}),
        st.just({"Fn::GetAtt": ["LogKey", "Arn"]}),
    ),
    max_leaves=8,
)
# YAML 1.1 and 1.2, PyYAML and SnakeYAML: nothing of it begins with a letter but these words.
WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}


@given(tree=st.dictionaries(st.sampled_from(["A", "B"]), TREES, min_size=1))
def test_what_is_written_is_read(tree: Any) -> None:
    written = dumped(tree)
    assert yaml.safe_load(written) == tree
    assert written.isascii()
    assert yaml.safe_load("X:\n" + indented(written)) == {"X": tree}


@given(tree=TREES)
def test_a_bare_text_is_a_text_to_every_reader(tree: Any) -> None:
    for event in yaml.parse(dumped({"A": tree}), Loader=yaml.SafeLoader):
        if not isinstance(event, yaml.ScalarEvent) or not event.implicit[0]:
            continue
        if isinstance(yaml.safe_load(str(event.value)), str):
            assert str(event.value)[0].isalpha(), event.value
            assert str(event.value).lower() not in WORDS


@pytest.mark.parametrize("name", ["palisade-wizard:setup", "a", "AWS::Region", "x, y: {z}"])
def test_what_shares_a_line_is_quoted(name: str) -> None:
    """Within braces some readers take no bare text that has a colon in it."""
    assert dumped([{"Key": name, "Value": name}]) == f"- {{Key: '{name}', Value: '{name}'}}\n"
    quoted = name if name == "a" else f"'{name}'"
    assert dumped({"a": {name: name}, "b": [name]}) == f"a: {{{quoted}: {quoted}}}\nb: [{quoted}]\n"
    assert dumped({"Fn::GetAtt": ["Key", "Arn"]}) == "{'Fn::GetAtt': [Key, Arn]}\n"


def test_what_is_long_has_a_line_of_its_own() -> None:
    assert dumped({"a": {"b": "x" * 80}}) == f"a:\n  b: {'x' * 80}\n"
    assert dumped({"a": {"b": {"c": 1, "d": 2}}}) == "a:\n  b:\n    c: 1\n    d: 2\n"


@given(said=TEXTS)
def test_a_comment_is_one_line_whatever_it_says(said: str) -> None:
    line = commented(said, "  ")
    assert line.isascii()
    assert line.count("\n") == 1
    assert yaml.safe_load(f"a: 1\n{line}b: 2\n") == {"a": 1, "b": 2}


KEY, LOG_KEY = Ref("key"), Ref("log_key", "id")
MADE: dict[Ref, Tree] = {KEY: {"Fn::GetAtt": ["Key", "Arn"]}, LOG_KEY: {"Ref": "LogKey"}}
NAMES = {KEY: "Key", LOG_KEY: "LogKey"}
STACK = Stack(
    {"Resources": {"Key": {"Type": "AWS::KMS::Key"}, "LogKey": {"Type": "AWS::KMS::Key"}}},
    ("key", "log_key"),
    sample_lookup(),
)


@given(parts=st.lists(st.one_of(TEXTS, st.sampled_from([KEY, LOG_KEY])), max_size=6), known=st.booleans())
def test_a_text_around_references_comes_out_as_it_is(parts: list[str | Ref], known: bool) -> None:
    refs = tuple(part for part in parts if isinstance(part, Ref))
    template = "".join(
        "{}" if isinstance(part, Ref) else part.replace("{", "{{").replace("}", "}}") for part in parts
    )
    lookup = sample_lookup()
    wanted = "".join(str(lookup(part)) if isinstance(part, Ref) else part for part in parts)
    point = lookup if known else MADE.__getitem__
    rendered = Values(point).rendered({"A": Text(template, refs)})
    read = yaml.safe_load(dumped(rendered))
    assert STACK.resolved(read) == {"A": wanted}
    assert set(references(read)) == (set() if known else {NAMES[ref] for ref in refs})


def test_only_under_its_condition_the_external_id_is_a_parameter() -> None:
    rendered = Values(sample_lookup(), "the-id").rendered(
        Json({"StringEquals": {"STS:ExternalID": ["the-id", "other"], "aws:x": "the-id"}})
    )
    assert rendered == {
        "StringEquals": {"STS:ExternalID": [{"Ref": EXTERNAL_ID}, "other"], "aws:x": "the-id"}
    }


PRINTABLE = st.characters(min_codepoint=0x21, max_codepoint=0x7E)
MAILBOX = st.one_of(
    st.sampled_from("${}!'\"#:|>%`\\&*,[]é"),
    st.characters().filter(lambda c: c != "@" and not c.isspace() and c.isprintable()),
)
TAGS = st.dictionaries(st.text("aé0 .:/=+@-_", min_size=1, max_size=9), st.text("eé1 .:/=+@-_", max_size=9))


def read_back(answers: Answers) -> tuple[Stack, dict[str, Any]]:
    subject = subject_of(answers)
    stack = Stack.read(text(subject), tuple(r.name for r in subject.blueprint), sample_lookup())
    return stack, values(stack)


@settings(max_examples=20, deadline=None)
@given(
    path=st.text(PRINTABLE, min_size=1, max_size=20).map(lambda part: f"/{part}/"),
    external_id=st.text("Aa1_+=,.@:/-", min_size=2, max_size=40),
    name=st.text("aZ9_+=,.@-", min_size=1, max_size=30),
    tags=TAGS,
)
def test_whatever_is_answered_comes_back(
    path: str, external_id: str, name: str, tags: dict[str, str]
) -> None:
    try:
        answers = tagged(sample(role__path=path, palisade__external_id=external_id, role__name=name), **tags)
    except ProblemError:
        reject()  # two slashes
    stack, told = read_back(answers)
    trust = json.loads(told["role.trust"])["Statement"][0]["Condition"]
    assert trust == {"StringEquals": {"sts:ExternalId": external_id}}
    assert told["role.path"] == path
    assert stack.properties("Role")["RoleName"] == name
    found = {tag["Key"]: tag["Value"] for tag in told["bucket.tags"]}
    assert {key: found[key] for key in tags} == tags


@settings(max_examples=6, deadline=None)
@given(mailbox=st.text(MAILBOX, min_size=1, max_size=9))
def test_any_mailbox_comes_back(mailbox: str) -> None:
    email = f"{mailbox}@example.com"
    stack, _ = read_back(sample(**PRODUCTION).with_(hardening__alarm_email=email))
    assert stack.properties("Subscription")["Endpoint"] == email


@pytest.mark.parametrize("line", ["a\nb: 1", "x\u2028y", "tab\there", "bell\x07"])
def test_nothing_in_a_comment_ends_it(line: str) -> None:
    assert yaml.safe_load(commented(line) + "a: 1\n") == {"a": 1}
