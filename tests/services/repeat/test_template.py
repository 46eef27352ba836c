"""Templates: every placeholder is filled or named, and what comes out passes the same questions as any answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services import rules, setup_file
from services.answers import problems
from services.problems import ProblemError
from services.repeat import template
from services.repeat.template import KNOWN, Filling, Template
from services.repeat.writing import doubled, template_text
from services.separation.compare import compare
from services.separation.things import Footprint
from services.setup_file import SetupFile
from tests.services.repeat.valid_names import BUCKETS, REGIONAL, ROLES, SET_UPS
from tests.world import ACCOUNT, HARD, KEY_ARN, TRAIL, sample, tagged

PLAIN = Filling(MappingProxyType({}), MappingProxyType({}), "acme-two", "20261124")


def of(tags: object = None, **values: object) -> Template:
    return Template({key.replace("__", ".", 1): value for key, value in values.items()}, tags or {})


def problem(found: Template, filling: Filling = PLAIN) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        template.filled(found, filling)
    assert caught.value.problem.exit_code == 2
    return caught.value


def test_what_the_program_knows_needs_no_filling() -> None:
    found = of(
        {"made": "{date}"},
        setup__name="{name}",
        setup__environment="production",
        aws__region="eu-west-1",
        aws__account=ACCOUNT,
        storage__bucket="acme-{name}-{environment}-{n}-{account}-{region}-an",
        storage__object_lock_days="{n}0",
        role__extra_actions=["kms:{verb}"],
    )
    answers = template.filled(found, replace(PLAIN, given={"verb": "Decrypt"}, number=3))
    assert answers.text("storage.bucket") == f"acme-acme-two-production-3-{ACCOUNT}-eu-west-1-an"
    assert answers.number("storage.object_lock_days") == 30
    assert answers.texts("role.extra_actions") == ("kms:Decrypt",)
    assert answers.tags == {"made": "20261124"}


@pytest.mark.parametrize(
    ("filling", "name", "region"),
    [
        (PLAIN, "x-acme-two", "eu-west-1"),
        (replace(PLAIN, given={"name": "by-hand"}), "x-by-hand", "eu-west-1"),
        (replace(PLAIN, wanted={"setup.name": "flag", "aws.region": "us-east-1"}), "x-flag", "us-east-1"),
        (replace(PLAIN, given={"name": "by-hand"}, wanted={"setup.name": "flag"}), "x-by-hand", "eu-west-1"),
    ],
)
def test_what_is_given_by_hand_goes_before_flags_and_flags_before_the_template(
    filling: Filling, name: str, region: str
) -> None:
    found = of(
        setup__name="{name}",
        aws__region="eu-west-1",
        storage__bucket="x-{name}",
        palisade__kit_name="{region}",
    )
    answers = template.filled(found, filling)
    assert answers.text("storage.bucket") == name
    assert answers.text("palisade.kit_name") == region


def test_a_set_ups_name_may_be_made_of_other_words() -> None:
    found = of(setup__name="{team}-{region}", aws__region="eu-west-1", storage__bucket="b-{name}")
    assert (
        template.filled(found, replace(PLAIN, given={"team": "blue"})).text("storage.bucket")
        == "b-blue-eu-west-1"
    )


@pytest.mark.parametrize(
    ("found", "filling", "words"),
    [
        pytest.param(
            of(storage__bucket="a-{team}"), PLAIN, ("{team}", "storage.bucket", "--fill team="), id="unfilled"
        ),
        pytest.param(of({"owner": "{who}"}), PLAIN, ("{who}", "tags.owner"), id="unfilled in a tag"),
        pytest.param(of(storage__bucket="a-{account}"), PLAIN, ("{account}",), id="the account is not known"),
        pytest.param(of(aws__region="{region}"), PLAIN, ("{region}", "aws.region"), id="needs itself"),
        pytest.param(
            of(aws__region="{account}", aws__account="{region}"),
            PLAIN,
            ("{account}", "aws.region"),
            id="in a circle",
        ),
        pytest.param(
            of(storage__bucket="a-{team}"),
            replace(PLAIN, given={"team": "x", "taem": "y"}),
            ("{taem}", "{team}"),
            id="a word that it has not",
        ),
        pytest.param(
            of(storage__bucket="a-{Team}"), PLAIN, ("storage.bucket", "small letters"), id="capitals"
        ),
        pytest.param(
            of(storage__bucket="a-}"), PLAIN, ("storage.bucket", "doubled"), id="half a placeholder"
        ),
        pytest.param(of(storage__bucket="A-{name}"), PLAIN, ("storage.bucket",), id="no bucket's name"),
        pytest.param(
            of(storage__bucket="{long}"),
            replace(PLAIN, given={"long": "x" * 64}),
            ("storage.bucket", "63"),
            id="long",
        ),
        pytest.param(
            of(storage__object_lock_days="{name}"), PLAIN, ("storage.object_lock_days",), id="no number"
        ),
        pytest.param(of({"owner": "{name}\n"}), PLAIN, ("tags.owner",), id="no tag"),
    ],
)
def test_what_cannot_be_filled_is_named(found: Template, filling: Filling, words: tuple[str, ...]) -> None:
    told = problem(found, filling).problem
    text = " ".join((told.summary, *told.remedy, told.where))
    assert all(word in text for word in words), text


def test_what_a_flag_replaces_needs_no_filling() -> None:
    found = of(storage__bucket="a-{team}", aws__region="eu-west-1")
    answers = template.filled(found, replace(PLAIN, wanted={"storage.bucket": "given"}))
    assert answers.text("storage.bucket") == "given"


@given(st.text())
def test_doubled_braces_are_braces(text: str) -> None:
    line = "".join(c for c in text if c.isprintable())[:90].strip() or "x"
    answers = template.filled(of(palisade__kit_name=doubled(line)), PLAIN)
    assert answers.text("palisade.kit_name") == line


def test_the_number_is_the_first_one_that_is_free() -> None:
    found = of(storage__bucket="acme-{n}", role__name="Fixed", aws__region="eu-west-1")
    others = [Footprint(SetupFile(Path(f"/{n}"), sample(storage__bucket=f"acme-{n}"))) for n in (1, 2, 4)]
    assert template.numbered(found, PLAIN, others).text("storage.bucket") == "acme-3"
    assert (
        template.numbered(found, replace(PLAIN, given={"n": "1"}), others).text("storage.bucket") == "acme-1"
    )
    taken = [Footprint(SetupFile(Path("/1"), sample(role__name="fixed")))]
    with pytest.raises(ProblemError) as caught:
        template.numbered(found, PLAIN, taken)
    assert caught.value.problem.code == "invalid-answer"


@given(name=SET_UPS, second=SET_UPS, bucket=BUCKETS | REGIONAL, role=ROLES | st.none(), hard=st.booleans())
def test_a_template_of_a_set_up_gives_a_set_up_like_it_beside_it(
    name: str, second: str, bucket: str, role: str | None, hard: bool
) -> None:
    regional = bucket.endswith("-an") and "123456789012" in bucket
    values = {**HARD, **TRAIL} if hard else {}
    old = sample(
        setup__name=name,
        storage__bucket=bucket,
        storage__namespace="account-regional" if regional else "global",
        storage__kms_key=KEY_ARN,
        role__name=role,
        palisade__kit_name="{odd} kit",
        **values,
    )
    text = template_text(SetupFile(Path("/old.toml"), tagged(old, team="custody", at="a:b=c")))
    found = Template(*setup_file.unchecked(text))
    filling = replace(PLAIN, given={"account": ACCOUNT} if regional else {}, wanted={"setup.name": second})
    try:
        new = template.filled(found, filling)
    except ProblemError as error:
        # Only a name can grow too long, and somebody else than the program chose it.
        where = error.problem.where
        assume(where not in {"storage.bucket", "role.name"})
        raise
    assert new.tags == {"team": "custody", "at": "a:b=c"}
    assert new.text("storage.kms_key") == "create"
    assert new.text("palisade.kit_name") == f"{second} kit"
    assert [new.get(key) for key in HARD_KEYS] == [old.get(key) for key in HARD_KEYS]
    if second != name:
        pair = (Footprint(SetupFile(Path("/a"), old)), Footprint(SetupFile(Path("/b"), new)))
        assert {one.key for one in compare(*pair).refused} <= {
            "hardening.trail_bucket",
            "storage.access_log_bucket",
        }
        if rules.bucket_name(bucket) and not regional:
            assert problems(new) == problems(old)


HARD_KEYS = [key.replace("__", ".", 1) for key in {**HARD, **TRAIL}]


def test_a_template_tells_every_word_that_the_program_knows() -> None:
    text = template_text(SetupFile(Path("/old.toml"), sample()))
    assert all(f"{{{word}}}: {says}" in text for word, says in KNOWN.items())
