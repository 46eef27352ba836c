"""How long a session may last is told in one unit, before and after."""

from __future__ import annotations

import pytest

from tests.world import sample_blueprint


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3600, "60 minutes"), (7200, "120 minutes"), (3601, "3601 seconds"), (43200, "720 minutes")],
)
def test_the_longest_session_is_told_in_one_unit(seconds: int, words: str) -> None:
    (found,) = (one for one in sample_blueprint(role__max_session_seconds=seconds) if one.name == "role")
    (facet,) = (one for one in found.facets("created") if one.name == "session")
    assert facet.says == f"gives sessions of at most {words}"
    assert facet.words is not None
    assert facet.words(seconds) == f"sessions of at most {words}"
    assert facet.words(None) == "not set"
