"""Names of key files, and what an interruption leaves under them."""

from __future__ import annotations

import itertools
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.problems import ProblemError
from services.recovery import keyfiles

LETTERS = string.ascii_letters + string.digits + "._-"


@given(st.text(LETTERS, min_size=1, max_size=64).filter(lambda name: not name.startswith(".")))
def test_good_names_stay_in_their_folder(name: str) -> None:
    of = keyfiles.paths(Path("/keys"), keyfiles.check_name(name))
    assert {path.parent for path in of.all} == {Path("/keys")}
    assert len(set(of.all)) == 4


@given(st.text(max_size=80))
def test_a_name_is_taken_exactly_if_the_rule_says_so(name: str) -> None:
    good = 1 <= len(name) <= 64 and set(name) <= set(LETTERS) and not name.startswith(".")
    if good:
        assert keyfiles.check_name(name) == name
    else:
        with pytest.raises(ProblemError) as refused:
            keyfiles.check_name(name)
        assert refused.value.problem.code == "invalid-answer"


@pytest.mark.parametrize(
    "name", ["", ".", "..", ".hidden", "a/b", "../a", "a\n", "a\0", "ä", "x" * 65, "a b"]
)
def test_dangerous_names_are_refused(name: str) -> None:
    with pytest.raises(ProblemError):
        keyfiles.paths(Path("/keys"), name)


def test_only_two_formats_exist() -> None:
    assert [keyfiles.check_format(name) for name in ("pke1", "hex")] == ["pke1", "hex"]
    for name in ("", "pem", "PKE1", "plain"):
        with pytest.raises(ProblemError) as refused:
            keyfiles.check_format(name)
        assert refused.value.problem.code == "invalid-answer"


ENDINGS = ("pke1", "private.hex", "pub.der", "pub.hex")


@given(st.sets(st.sampled_from(ENDINGS)))
@settings(deadline=None)
def test_a_leftover_is_a_private_file_that_lacks_a_public_one(
    tmp_path_factory: pytest.TempPathFactory, there: set[str]
) -> None:
    folder = tmp_path_factory.mktemp("keys")
    for ending in there:
        (folder / f"recovery.{ending}").write_bytes(b"")
    left = keyfiles.leftover(folder, "recovery")
    private = there & {"pke1", "private.hex"}
    missing = {"pub.der", "pub.hex"} - there
    assert (left is not None) is bool(private and missing)
    if left is not None:
        assert {path.name for path in left.missing} == {f"recovery.{ending}" for ending in missing}
        assert left.private_file.exists()
        assert left.format == ("pke1" if "pke1" in there else "hex")
    if there:
        with pytest.raises(ProblemError) as refused:
            keyfiles.refuse_existing(keyfiles.paths(folder, "recovery"))
        assert refused.value.problem.code == "exists"
    else:
        keyfiles.refuse_existing(keyfiles.paths(folder, "recovery"))


def test_temporary_copies_of_all_four_files_are_found(tmp_path: Path) -> None:
    made = [tmp_path / f".recovery.{ending}.{number:016x}.tmp" for number, ending in enumerate(ENDINGS)]
    for path in itertools.chain(made, [tmp_path / ".other.pke1.0000000000000000.tmp"]):
        path.write_bytes(b"")
    assert set(keyfiles.temporary(keyfiles.paths(tmp_path, "recovery"))) == set(made)
