"""What a person is told to do in Palisade with the values of the kit."""

from __future__ import annotations

from services.kit import KIND_OF_QUORUM, STEPS


def test_the_kind_of_quorum_is_told_right_after_its_making() -> None:
    assert all(kind in KIND_OF_QUORUM for kind in ("Cloud", "Mobile", "Mixed"))
    assert (
        STEPS.index(KIND_OF_QUORUM) == next(n for n, step in enumerate(STEPS) if "new MPC quorum" in step) + 1
    )
