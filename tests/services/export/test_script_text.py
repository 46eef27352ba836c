"""The text of exported scripts: what the shell and the `aws` program make of it is what the calls say, whatever is in them."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.answers import Answers
from services.engine.world import Present, World
from services.export import script
from services.export.commands import command
from services.export.shell import Var, comment, word
from services.model.calls import Call, filled
from services.model.operations import OPERATIONS, reads
from services.model.resource import calls_of
from services.model.values import Json, Ref, Text, Tree
from services.problems import ProblemError
from tests.exporting import subject_of
from tests.programs import need
from tests.sampling import every
from tests.services.model.test_emitted_calls import VARIANTS, Variant, possible
from tests.world import ACCOUNT, ALARMS, EXTERNAL_ID, HARD, KEY_ARN, TRAIL, sample, sample_lookup, tagged

LOOKUP = sample_lookup()
IN_EUROPE = [variant for variant in VARIANTS if variant.region == "eu-west-1"]
FULL = sample(**HARD, **TRAIL, **ALARMS)


def text_of(answers: Answers, world: World | None = None) -> str:
    return script.text(subject_of(answers, world=world))


def exported(variant: Variant) -> str:
    """The script of a variant; what it refers to and does not make is there."""
    states: dict[str, Any] = {}
    for resource in variant.blueprint:
        if resource.create is None:
            outputs = {o: LOOKUP(Ref(resource.name, o)) or "known" for o in resource.lookup.outputs}
            states[resource.name] = Present(outputs, "adopted")
    return text_of(variant.answers, World(states))


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_every_variant_has_a_script_that_both_shells_can_read(variant: Variant, tmp_path: Path) -> None:
    path = tmp_path / "setup.sh"
    path.write_text(exported(variant))
    for shell in ("dash", "bash"):
        done = subprocess.run([need(shell), "-n", str(path)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "answers", every(3, [sample(), FULL, tagged(sample(), team='it\'s `$x` \\ "y"')], start=1)
)
def test_shellcheck_has_nothing_to_say(answers: Answers, tmp_path: Path) -> None:
    path = tmp_path / "setup.sh"
    path.write_text(text_of(answers))
    done = subprocess.run(
        [need("shellcheck"), "--shell=sh", str(path)], capture_output=True, text=True, check=False
    )
    assert done.stdout == ""


def naming(ref: Ref) -> str | Var:
    return Var(f"{ref.resource}_{ref.output}")


def in_the_shell(lines: Sequence[str]) -> list[list[str]]:
    """What a shell makes of commands: the arguments of each, with the references' values in variables."""
    names = ("key", "log_key", "topic", "bucket", "log_bucket", "trail", "role")
    outputs = ("arn", "id", "log_group", "home")
    known = {Ref(n, o): LOOKUP(Ref(n, o)) for n in names for o in outputs}
    head = [f"{r.resource}_{r.output}={word(value)}" for r, value in known.items() if value]
    aws = 'aws() { for a in "$@"; do printf "%s\\0" "$a"; done; printf "\\1"; }'
    done = subprocess.run(
        [need("dash")], input="\n".join([aws, *head, *lines]).encode(), capture_output=True, check=True
    )
    assert done.stderr == b""
    return [one.decode().split("\0")[:-1] for one in done.stdout.split(b"\1")[:-1]]


class Program:
    """The `aws` program inside this process, up to the point where it would send: what it understood."""

    def __init__(self) -> None:
        from awscli.clidriver import create_clidriver

        self._driver = create_clidriver()
        self._seen: list[tuple[str, str, Mapping[str, Any]]] = []
        self._driver.session.register("before-parameter-build", self._take)

    def _take(self, params: Any, model: Any, **_rest: Any) -> None:
        self._seen.append((model.service_model.service_name, model.name, dict(params)))
        raise StopAsyncIteration

    def understands(self, argv: list[str]) -> tuple[str, str, Mapping[str, Any]]:
        self._seen.clear()
        self._driver.main([*argv, "--region", "eu-west-1", "--no-paginate"])
        assert len(self._seen) == 1, argv
        return self._seen[0]


@pytest.fixture(scope="module")
def program() -> Iterator[Program]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (
            ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "no"),
            ("AWS_DATA_PATH", ""),
        ):
            patch.setenv(name, value)
        yield Program()


def test_the_aws_program_understands_every_command_as_the_call_that_it_is(program: Program) -> None:
    """With its own parser: names of commands and options, structures, switches."""
    calls: dict[str, Call] = {}
    for variant in IN_EUROPE:
        for resource in variant.blueprint:
            for call in possible(resource):
                if "split(" not in str(call.outputs):
                    calls.setdefault(command(call, naming), call)
    assert {call.name for call in calls.values()} > {
        name for name in OPERATIONS if name.startswith("kms:Put")
    }
    for argv, call in zip(in_the_shell(list(calls)), calls.values(), strict=True):
        service, op, params = program.understands(argv)
        wanted = filled(call, LOOKUP)
        assert (service, op) == (call.service, call.op)
        assert _data(params) == _data(wanted.params), argv


def _data(value: Any) -> Any:
    match value:
        case Mapping():
            return {key: _data(part) for key, part in value.items()}
        case list() | tuple():
            return [_data(part) for part in value]
        case str() if value.startswith('{"'):  # a document: its spelling does not matter
            return json.loads(value)
        case str() if value.startswith('{\n  "'):
            return json.loads(value)
        case _:
            return value


def test_a_call_for_another_region_says_so() -> None:
    call = Call("cloudtrail", "GetTrail", {"Name": "x"}, region=Ref("trail", "home"))
    assert command(call, naming) == 'aws cloudtrail get-trail --region "${trail_home}" --name x'
    assert (
        command(Call("kms", "ListKeys"), naming, region="eu-west-1") == "aws kms list-keys --region eu-west-1"
    )


SHELL_TEXT = st.text(st.characters(exclude_characters="\0\1", exclude_categories=["Cs"]), max_size=30)
NASTY = st.sampled_from(
    ["'", '"', "$(id)", "`id`", "\\", "\n", "%s", "!", "${key_id}", "@0@", "é", "-n", "*", "~", "#", " "]
)
ANY = st.lists(NASTY | SHELL_TEXT, max_size=4).map("".join)
AROUND = ANY.map(lambda text: text.replace("{", "").replace("}", "") + "{}")
LEAVES: Any = ANY | st.just(Ref("key")) | st.builds(Text, AROUND, st.just((Ref("key", "id"),)))


TREES: Any = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY, inner, max_size=3), max_leaves=6
)


@settings(max_examples=200, deadline=None)
@given(ANY, TREES, TREES)
def test_whatever_a_value_holds_the_shell_gives_it_on_unchanged(text: str, tree: Tree, policy: Tree) -> None:
    """Quotes, dollars, backquotes, new lines, per cent signs, any script: as an option, in JSON, in JSON inside JSON."""
    parts: dict[str, Tree] = {
        "Tags": [tree, {"Policy": Json({"Statement": policy})}],
        "Policy": Json({"Statement": policy}),
    }
    call = Call("kms", "CreateKey", {"Description": text, **parts})
    (argv,) = in_the_shell([command(call, naming)])
    options = _options(argv)
    wanted = filled(call, LOOKUP).params
    assert options["--description"] == text
    told = json.loads(options["--tags"])
    assert isinstance(wanted["Tags"], list)
    assert told[0] == wanted["Tags"][0]
    assert json.loads(told[1]["Policy"]) == json.loads(str(wanted["Policy"]))
    assert json.loads(options["--policy"]) == json.loads(str(wanted["Policy"]))


def _options(argv: list[str]) -> dict[str, str]:
    """The options and their values; one that begins with a dash is joined to its name."""
    found: dict[str, str] = {}
    rest = iter(argv[2:])
    for part in rest:
        name, equals, value = part.partition("=")
        found[name] = value if equals else next(rest)
    return found


@given(ANY)
def test_a_comment_stays_a_comment(text: str) -> None:
    assert all(line.startswith("#") for line in comment(text).split("\n"))


def test_a_nul_is_refused() -> None:
    with pytest.raises(ValueError, match="NUL"):
        word("a\0b")


def test_every_writing_command_stands_below_put_and_nothing_else_does() -> None:
    """What only looks cannot write: 'put' is one function, and it refuses while the script looks."""
    text = text_of(FULL)
    lines = text.splitlines()
    ops = {
        ("s3api" if call.service == "s3" else call.service, call.op.lower()): reads(call)
        for resource in subject_of(FULL).blueprint
        for call in calls_of(resource)
    }
    below: dict[bool, int] = {True: 0, False: 0}
    for number, line in enumerate(lines):
        found = re.match(r"^\s+(?:env \S+ )?aws (\w+) ([a-z0-9-]+)", line)
        if found is None:
            continue
        only_reads = ops.get((found[1], found[2].replace("-", "")), True)
        before = next(past for past in reversed(lines[:number]) if re.match(r"\s*(put|ask|mine=)\b", past))
        assert ("put " in before) is not only_reads, line
        below[only_reads] += 1
    assert below[False] > 60
    assert below[True] > 60


def test_every_variable_is_set_before_it_is_used() -> None:
    text = text_of(FULL)
    used = set(re.findall(r"\$\{([a-z_]+_(?:arn|id|log_group|home))\}", text))
    assert used == {"key_arn", "key_id", "log_key_arn", "log_key_id", "topic_arn"}
    for name in used:
        assert re.search(rf"read -r [a-z_ ]*\b{name}\b", text), name


def test_the_head_names_what_needs_consent_what_is_kept_and_what_is_confidential() -> None:
    head = text_of(FULL).split("set -eu")[0]
    assert "--accept irreversible:bucket.object-lock" in head
    assert "--accept cost:trail.selectors" in head
    assert "external ID, which is confidential" in head
    assert EXTERNAL_ID in text_of(FULL)
    given = World({"key": Present({"arn": KEY_ARN, "id": KEY_ARN.rsplit("/", 1)[-1]}, "adopted")})
    kept = text_of(sample(storage__kms_key=KEY_ARN), given)
    assert "only looked at and never changed" in kept.split("set -eu")[0]
    assert "kms put-key-policy" not in kept
    assert KEY_ARN in kept


def test_a_given_key_that_nobody_asked_aws_for_is_looked_for_by_the_script() -> None:
    text = text_of(sample(storage__kms_key=KEY_ARN))
    assert re.search(r"read -r there key_arn", text)
    assert "does not exist" in text


def test_what_only_aws_can_tell_of_a_reused_trail_needs_aws() -> None:
    answers = sample(
        **ALARMS,
        hardening__trail=f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/audit",
        hardening__data_events="all",
    )
    with pytest.raises(ProblemError, match="only AWS can tell"):
        text_of(answers)


def test_without_an_id_the_script_could_not_know_its_own_again() -> None:
    with pytest.raises(ProblemError, match="no id yet"):
        text_of(sample(setup__id=None))


def test_nothing_is_exported_for_what_cannot_be_completed() -> None:
    taken = World({"bucket": Present({"arn": "x", "id": "x"}, "other-setup")})
    with pytest.raises(ProblemError, match="belongs to another set-up"):
        text_of(sample(), taken)
