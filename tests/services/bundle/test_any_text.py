"""The redactor over any text: a planted secret is never in what comes out, and a second pass changes nothing."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from tests.generated import share
from tests.mutations import JSON
from tests.search import Search
from tests.services.bundle.test_redact import FORBIDDEN, REDACTOR, SECRETS

BREAKS = st.sampled_from((" ", "\n", '"', "'", "(", ")", ": ", "=", ",", ";", "\t", "\x1b[0m", "\u202e", "\u2028", "|", "<", ">"))  # fmt: skip
AROUND = st.text(max_size=40)


@share(12)
@given(
    name=st.sampled_from(sorted(set(SECRETS) - {"home", "path", "half a PEM"})),
    before=AROUND, first=BREAKS, then=BREAKS, after=AROUND,
)  # fmt: skip
@example(name="person", before="", first=" ", then="=", after="/")
def test_no_text_gets_a_secret_through(name: str, before: str, first: str, then: str, after: str) -> None:
    said = REDACTOR(f"{before}{first}{SECRETS[name]}{then}{after}")
    assert not [word for word in FORBIDDEN if word in said], said
    assert not Search({name: SECRETS[name].encode()}).inside(said), said
    assert all(sign.isprintable() or sign == "\n" for sign in said)
    assert REDACTOR(said) == said


@share(3)
@given(tree=JSON, name=st.sampled_from(("secret key", "session token", "PEM", "JWT", "hex")))
def test_no_tree_gets_a_secret_through(tree: object, name: str) -> None:
    said = repr(REDACTOR.tree({"theirs": tree, "said": [f"it was {SECRETS[name]}"]}))
    assert not Search({name: SECRETS[name].encode()}).inside(said), said
