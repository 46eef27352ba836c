"""Every statement that the program writes says in a sentence what it is for; those of others are told apart."""

from __future__ import annotations

from services.model.policy_words import OTHERS, SAYS, explained, sentences
from services.model.values import Tree, bare, entries, items
from tests.world import ALARMS, HARD, TRAIL, sample_blueprint

FULL = {**HARD, **TRAIL, **ALARMS}
EXTRA = ["s3:GetBucketLocation", "kms:Decrypt"]


def documents() -> list[Tree]:
    """Every policy of the largest set-up."""
    made = sample_blueprint(**FULL, storage__encryption_headers="strict", role__extra_actions=EXTRA)
    facets = (facet for resource in made for facet in resource.facets("created"))
    return [bare(facet.merge(None, facet.want)) for facet in facets if facet.document]


def test_every_statement_of_ours_has_its_words_and_no_words_are_for_nothing() -> None:
    said = [sentence for policy in documents() for sentence in sentences(policy)]
    assert set(said) == set(SAYS.values())
    assert all(sentence.endswith(".") and sentence[0].isupper() for sentence in said)


def test_a_sentence_stands_for_each_statement_and_the_document_below_them() -> None:
    for policy in documents():
        words = explained(policy)
        statements = items(entries(policy).get("Statement"))
        assert words.count("\n\n") == 1
        assert len(words.partition("\n\n")[0].splitlines()) == len(statements)
        assert words.partition("\n\n")[2].startswith("{")


def test_what_others_wrote_is_not_said_to_be_ours() -> None:
    others = [
        {"Sid": "TlsOnly", "Effect": "Allow"},
        {"Sid": "PalisadeWizardOfTheirs\n2. fine", "Effect": "Allow"},
        {"Effect": "Deny"},
    ]
    first, second, third = sentences({"Statement": others})
    assert first == "A statement that this set-up did not write; it stays as it is (TlsOnly)."
    assert second == f"{OTHERS[:-1]} (PalisadeWizardOfTheirs\\n2. fine)."
    assert third == OTHERS
