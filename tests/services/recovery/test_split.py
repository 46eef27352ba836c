"""Splitting, combining and handing out as the interfaces use them, with the real child process."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import shamir_mnemonic

from services.problems import ProblemError
from services.recovery import keyfiles, keypair, split
from services.recovery.dealing import Dealing
from services.recovery.process import Work
from services.recovery.split import SplitKey, SplitRequest
from services.recovery.stages import Stage
from services.recovery.wordcheck import ShownShare, positions
from tests.sampling import every
from tests.services.recovery.forms import ROUNDS
from tests.services.recovery.independent import check_pair


def request(
    folder: Path, *, production: bool = False, count: int = 3, name: str = "recovery"
) -> SplitRequest:
    folders = tuple(folder / f"stick-{number}" for number in range(1, count + 1))
    for one in folders:
        one.mkdir(exist_ok=True)
    return SplitRequest(folder / "keys", 2, folders, production, name, ROUNDS)


def apart(path: Path) -> str:
    """As if every folder were on a disk of its own."""
    return path.name


def given(made: SplitKey, *indexes: int) -> list[tuple[str, bytearray]]:
    return [(made.shares[n - 1].name, bytearray(made.shares[n - 1].read_bytes())) for n in indexes]


def test_a_split_key_is_made_and_its_shares_reveal_the_password(tmp_path: Path) -> None:
    made = split.splitting(request(tmp_path, production=True), apart).run()
    shares = given(made, 3, 1)
    sealed = made.files.private_file.read_bytes()
    found = split.combining(shares, sealed, reveal=True, iterations=ROUNDS).run()
    assert found.password is not None
    check_pair(
        made.files.private_file, made.files.public_der, made.files.public_hex, bytes(found.password), ROUNDS
    )
    assert not any(any(share) for _, share in shares)
    assert (found.sha256, found.threshold, found.identifier, found.acceptable) == (
        made.files.sha256,
        2,
        made.identifier,
        True,
    )
    shown = split.as_json(made)
    assert shown["shares"] == [
        str(tmp_path / f"stick-{n}" / f"recovery.share-{n}-of-3.txt") for n in (1, 2, 3)
    ]
    assert any("also needs a copy of recovery.pke1" in note for note in made.files.notes)
    closed = split.combining(given(made, 1, 2), sealed, iterations=ROUNDS).run()
    assert closed.password is None
    password = found.password.decode()
    assert password not in repr(found) + repr(closed) + str(split.combined_as_json(found)) + str(shown)


def test_bad_requests_are_refused_before_any_process(tmp_path: Path) -> None:
    good = request(tmp_path)
    one, two, three = good.share_folders
    (tmp_path / "again").symlink_to(one)
    cases = [
        (SplitRequest(tmp_path, 1, (one, two), False), "invalid-answer"),
        (SplitRequest(tmp_path, 3, (one, two), False), "invalid-answer"),
        (SplitRequest(tmp_path, 2, (one,) * 17, False), "invalid-answer"),
        (SplitRequest(tmp_path, 2, (one, two, one), False), "invalid-answer"),
        (SplitRequest(tmp_path, 2, (one, tmp_path / "again"), False), "invalid-answer"),
        (SplitRequest(tmp_path, 2, (one, tmp_path / "unplugged"), False), "folder"),
        (SplitRequest(tmp_path, 2, (one, two), False, "../up"), "invalid-answer"),
    ]
    for bad, code in cases:
        with pytest.raises(ProblemError) as refused:
            split.splitting(bad, apart)
        assert refused.value.problem.code == code
    (three / "recovery.share-3-of-3.txt").write_bytes(b"theirs")
    with pytest.raises(ProblemError) as refused:
        split.splitting(good, apart)
    assert refused.value.problem.code == "exists"
    assert any("interrupted" in remedy for remedy in refused.value.problem.remedy)


def test_folders_on_one_disk_are_refused_in_production_and_named_in_a_sandbox(tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as refused:
        split.splitting(request(tmp_path, production=True), lambda _: "one disk")
    assert refused.value.problem.code == "invalid-answer"
    with pytest.raises(ProblemError):
        split.splitting(request(tmp_path, production=True))  # the real check: these folders are on one disk
    made = split.splitting(request(tmp_path), lambda _: "one disk").run()
    assert any("are on one disk" in note for note in made.files.notes)


STAGES = ["seal", "split", "share-write", "recombine", "write", "open", "public-hex"]


@pytest.mark.parametrize("name", every(len(STAGES), STAGES, start=2))
def test_killed_at_any_stage_the_key_is_completed_with_its_shares_or_made_anew(
    tmp_path: Path, name: str
) -> None:
    work = split.splitting(request(tmp_path), apart)

    def kill(stage: Stage) -> None:
        if stage.name == name and not stage.done and work.pid is not None:
            os.kill(work.pid, signal.SIGKILL)

    # The kill may come too late for the short stages at the end, and then the key is whole.
    try:
        work.run(kill)
    except ProblemError as error:
        code = error.problem.code
    else:
        code = "done"
    assert code in ("terminated", "done")
    of = keyfiles.paths(tmp_path / "keys", "recovery")
    shares = sorted(tmp_path.glob("stick-*/recovery.share-*.txt"))
    pair = [(path.name, bytearray(path.read_bytes())) for path in shares[:2]]
    if keyfiles.leftover(tmp_path / "keys", "recovery") is not None:
        assert len(shares) == 3
        split.complete(keypair.Request(tmp_path / "keys", iterations=ROUNDS), pair)
    elif not of.sealed.exists():
        assert not of.public_der.exists()
        made = split.splitting(request(tmp_path, name="second"), apart).run()
        of, pair = keyfiles.paths(tmp_path / "keys", "second"), given(made, 1, 2)
    pair = [
        (path.name, bytearray(path.read_bytes()))
        for path in sorted(tmp_path.glob(f"stick-*/{of.sealed.stem}.share*"))[1:]
    ]
    found = split.combining(pair, of.sealed.read_bytes(), reveal=True, iterations=ROUNDS).run()
    check_pair(of.sealed, of.public_der, of.public_hex, bytes(found.password or b""), ROUNDS)


def cancelling(work: Work[SplitKey], name: str) -> Callable[[Stage], None]:
    return lambda stage: work.cancel() if stage == Stage(name) else None


def test_a_cancelled_split_leaves_nothing_or_all(tmp_path: Path) -> None:
    for number, name in enumerate(("generate", "share-write", "recombine")):
        work = split.splitting(request(tmp_path, name=f"key-{number}"), apart)
        with pytest.raises(ProblemError) as refused:
            work.run(cancelling(work, name))
        assert refused.value.problem.code == "interrupted"
        shares = len(list(tmp_path.glob(f"stick-*/key-{number}.share*")))
        assert shares == (3 if (tmp_path / "keys" / f"key-{number}.pke1").exists() else 0)


def confirmed(dealing: Dealing, share: ShownShare) -> tuple[str, ...]:
    words = share.words
    assert dealing.confirm(share, {n: words[n - 1] for n in positions(len(words))}) == ()
    return words


def test_shares_are_handed_out_one_at_a_time_and_nothing_is_sealed_before_all_are_confirmed(
    tmp_path: Path,
) -> None:
    where = keypair.Request(tmp_path / "keys", iterations=ROUNDS)
    with Dealing(2, 3, ROUNDS) as dealing:
        deal = dealing.begin()
        written = []
        for number in dealing.missing:
            with pytest.raises(ProblemError) as refused:
                dealing.finish(where)
            assert refused.value.problem.code == "failed-check"
            with dealing.share(number) as share:
                assert dealing.confirm(share, {5: "x", 9: share.words[8], 33: share.words[32]}) == (5,)
                assert number in dealing.missing
                written.append(confirmed(dealing, share))
            assert share.words == ()
        assert not (tmp_path / "keys").exists()
        (tmp_path / "keys").write_bytes(b"in the way")
        with pytest.raises(ProblemError) as refused:
            dealing.finish(where)
        assert refused.value.problem.code == "folder"
        (tmp_path / "keys").unlink()
        made = dealing.finish(where)
    secret = shamir_mnemonic.combine_mnemonics([" ".join(words) for words in written[1:]])
    check_pair(made.private_file, made.public_der, made.public_hex, secret.hex().encode(), ROUNDS)
    assert (deal.threshold, deal.count, deal.groups) == (2, 3, 3)
    assert dealing.pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(dealing.pid, 0)


def test_a_hand_out_that_ends_early_leaves_nothing(tmp_path: Path) -> None:
    for end in ("cancel", "kill"):
        with Dealing(2, 2, ROUNDS) as dealing:
            dealing.begin()
            assert dealing.pid is not None
            if end == "cancel":
                dealing.cancel()
            else:
                os.kill(dealing.pid, signal.SIGKILL)
            with pytest.raises(ProblemError) as refused:
                dealing.share(1)
        assert refused.value.problem.code == ("interrupted" if end == "cancel" else "terminated")
    cancelled = Dealing(2, 2, ROUNDS)
    cancelled.cancel()
    with pytest.raises(ProblemError), cancelled:
        cancelled.begin()
    assert list(tmp_path.iterdir()) == []


def test_a_hand_out_of_what_is_no_split_never_begins() -> None:
    for threshold, count in ((1, 2), (3, 2), (2, 17)):
        with pytest.raises(ProblemError) as refused:
            Dealing(threshold, count)
        assert refused.value.problem.code == "invalid-answer"


@pytest.mark.slow
def test_all_12870_groups_of_8_of_16_are_recombined(tmp_path: Path) -> None:
    wide = request(tmp_path, count=16)
    made = split.splitting(
        SplitRequest(wide.folder, 8, wide.share_folders, False, iterations=ROUNDS), apart
    ).run()
    assert made.groups == 12870
