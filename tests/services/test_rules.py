"""Every rule: what it takes, what it refuses with a sentence, and that nothing else can come out of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import rules
from services.problems import ProblemError
from services.questions import QUESTIONS
from tests.world import KEY_ARN, PRINCIPAL, SETUP

Rule = Callable[[str], str]

GOOD: tuple[tuple[Rule, str], ...] = (
    (rules.setup_id, SETUP),
    (rules.uuid_text, SETUP),
    *((rules.setup_name, name) for name in ("a", "acme-sandbox", "0", "a" * 31)),
    *((rules.region, name) for name in ("eu-west-1", "us-gov-west-1", "cn-northwest-1", "ap-southeast-12")),
    *((rules.profile, name) for name in ("default", "Admin (prod)", "ünïcode")),
    (rules.account, "012345678901"),
    *((rules.external_id, text) for text in ("ab", "A_b+c=d,e.f@g:h/i-j", "x" * 1224, SETUP)),
    *((rules.kit_name, text) for text in ("Kit", "Kit № 1 — 東京", "x" * 100)),
    (rules.fingerprint, "0123456789abcdef" * 4),
    *((rules.role_path, text) for text in ("/", "/a/", "/a/b!/c~/")),
    *((rules.role_name, text) for text in ("R", "a+b=c,d.e@f-g_h", "x" * 64)),
    (rules.email, "kim@example.com"),
    *((rules.bucket_name, text) for text in ("abc", "a" * 63, "acme-1-2-3", "0-0")),
    (rules.kms_key, "create"),
    (rules.kms_key, KEY_ARN),
    (rules.kms_key, "arn:aws-cn:kms:cn-north-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab"),
    (rules.boundary, "arn:aws:iam::123456789012:policy/teams/Bound"),
    (rules.boundary, "arn:aws:iam::aws:policy/PowerUserAccess"),
    (rules.principal_arn, PRINCIPAL),
    *(
        (rules.principal_arn, f"arn:{partition}:iam::444455556666:{kind}")
        for partition in rules.PARTITIONS
        for kind in ("root", "user/mpc", "role/path/mpc")
    ),
    *((rules.extra_action, action) for action in rules.EXTRA_ACTIONS),
)

BAD: tuple[tuple[Rule, str], ...] = (
    *((rules.setup_id, text) for text in ("", "acme", SETUP[:-1], SETUP + "0")),
    *((rules.setup_name, text) for text in ("", "-a", "a-", "A", "a_b", "a.b", "a" * 32, "a\n", "ä")),
    *((rules.region, text) for text in ("", "eu", "eu-west", "EU-WEST-1", "eu-west-0", "eu-west-1\n", "*")),
    *((rules.profile, text) for text in ("", "a\nb", "a\x00", "x" * 129, "\ud800", "a\u2028b", "a\x85b")),
    *((rules.account, text) for text in ("", "12345678901", "1234567890123", "12345678901x", "١٢٣٤٥٦٧٨٩٠١٢")),
    *((rules.external_id, text) for text in ("", "a", "a b", "a*b", "x" * 1225, "ab\n", "äb", "a;b", '"ab"')),
    *((rules.kit_name, text) for text in ("", "a\nb", "\x1b[31m", "x" * 101, "\ud800", "a\u2029b")),
    *((rules.fingerprint, text) for text in ("", "ab", "G" * 64, "A" * 64)),
    *(
        (rules.role_path, text)
        for text in ("", "a", "/a", "a/", "//", "/a b/", "/a//b/", "/" + "x" * 511 + "/", "/ä/")
    ),
    *((rules.role_name, text) for text in ("", "a b", "x" * 65, "a/b", "ä", "a\n")),
    *((rules.email, text) for text in ("", "kim", "kim@", "@x.y", "a b@c.d", "kim@example")),
    *(
        (rules.bucket_name, text)
        for text in (
            "",
            "ab",
            "a" * 64,
            "Acme",
            "acme.backup",
            "192.168.0.1",
            "-acme",
            "acme-",
            "ac_me",
            "xn--acme",
            "sthree-acme",
            "amzn-s3-demo-x",
            "acme-s3alias",
            "acme--ol-s3",
            "acme--x-s3",
            "acme--table-s3",
            "acme\n",
            "ácme",
        )
    ),
    *(
        (rules.kms_key, text)
        for text in (
            "",
            "Create",
            "alias/x",
            "1234abcd-12ab-34cd-56ef-1234567890ab",
            KEY_ARN.replace(":key/", ":alias/"),
            KEY_ARN.replace(":kms:", ":s3:"),
            KEY_ARN + " ",
            KEY_ARN + "\n",
        )
    ),
    *(
        (rules.boundary, text)
        for text in ("", "Bound", "arn:aws:iam::123456789012:role/x", "arn:aws:s3:::policy/x")
    ),
    *(
        (rules.principal_arn, text)
        for text in (
            "",
            "*",
            "arn:aws:iam::*:root",
            "arn:aws:iam::444455556666:role/*",
            "444455556666",
            "arn:aws:iam::44445555666:root",
            "arn:aws:iam::aws:root",
            "arn:aws:iam::٤٤٤٤٥٥٥٥٦٦٦٦:root",
            "arn:aws-us-iso:iam::444455556666:root",
            "arn:aws:sts::444455556666:assumed-role/mpc/session",
            "arn:aws:iam:eu-west-1:444455556666:root",
            "arn:aws:iam::444455556666:group/x",
            "arn:aws:iam::444455556666:role/",
            "arn:aws:iam::444455556666:role/a b",
            PRINCIPAL + "\n",
        )
    ),
    *(
        (rules.extra_action, text)
        for text in ("", "s3:*", "s3:DeleteObject", "kms:decrypt", "s3:GetObject", "*")
    ),
    (rules.anything, "a\nb"),
)


@pytest.mark.parametrize(("rule", "text"), GOOD)
def test_what_is_right_is_taken_as_it_is(rule: Rule, text: str) -> None:
    assert rule(text) == text


@pytest.mark.parametrize(("rule", "text"), BAD)
def test_what_is_wrong_is_refused_with_a_whole_sentence(rule: Rule, text: str) -> None:
    with pytest.raises(ProblemError) as caught:
        rule(text)
    assert_whole(caught.value)


def assert_whole(error: ProblemError) -> None:
    assert error.problem.code == "invalid-answer"
    assert error.problem.exit_code == 2
    for sentence in (error.problem.summary, *error.problem.remedy):
        assert sentence.endswith("."), sentence
        assert sentence[0].isupper() or sentence[0] in "'\"", sentence


RULES = sorted({question.rule for question in QUESTIONS}, key=lambda rule: str(rule.__qualname__))

LIKELY = st.one_of(
    st.text(),
    st.text(st.characters()),  # with surrogates
    st.text("abc-019./:*@ \n_ABC", max_size=80),
    st.from_regex(r"arn:aws[a-z-]{0,7}:(iam|kms|s3):[a-z0-9-]{0,10}:\d{0,13}:.{0,20}"),
    st.builds(
        lambda text, position, put: text[:position] + put + text[position:],
        st.sampled_from([text for _, text in GOOD]),
        st.integers(0, 40),
        st.text(max_size=2),
    ),
)


@pytest.mark.parametrize("rule", RULES)
@given(text=LIKELY)
def test_a_rule_gives_a_stable_value_or_a_sentence(rule: Rule, text: str) -> None:
    try:
        value = rule(text)
    except ProblemError as error:
        assert_whole(error)
    else:
        assert rule(value) == value
        assert value.encode() or value == ""
        assert "\n" not in value


@given(key=st.one_of(st.text(), st.from_regex(r"[\w .:/=+@-]{1,140}")), value=st.one_of(st.text(), LIKELY))
def test_free_tags_are_ones_that_aws_takes(key: str, value: str) -> None:
    try:
        rules.tag(key, value)
    except ProblemError as error:
        assert_whole(error)
    else:
        assert 1 <= len(key) <= 128
        assert len(value) <= 256
        assert not key.lower().startswith(("aws:", "palisade-wizard:"))


@pytest.mark.parametrize(
    "key", ["aws:x", "AWS:x", "palisade-wizard:setup", "Palisade-Wizard:x", "", "a\n", "x" * 129]
)
def test_a_tag_of_awss_or_ours_is_refused(key: str) -> None:
    with pytest.raises(ProblemError):
        rules.tag(key, "value")
