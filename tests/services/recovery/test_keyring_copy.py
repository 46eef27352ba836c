"""The copy in a keyring: known backends alone, only after a probe, never in production, never hanging."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as Fail
from keyring.backends.null import Keyring as Null

from services.problems import ProblemError
from services.recovery import keyring_copy
from services.recovery.keyring_copy import ALLOWED, Backend
from tests import planted
from tests.services.recovery.keyrings import Kept, called, known

UNSAFE: tuple[Callable[[], Backend], ...] = (Fail, Null)
PASSWORD = planted.PASSWORD.encode()
MARK = "ab" * 32


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(ProblemError) as caught:
        work()
    assert "horse" not in repr(caught.value) + repr(caught.value.problem)
    return caught.value.problem.code


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_a_copy_is_kept_read_and_forgotten(name: str) -> None:
    backend = called(name)
    assert keyring_copy.fetch(backend, MARK) is None
    keyring_copy.store(backend, MARK, PASSWORD, production=False)
    assert list(backend.kept) == [(keyring_copy.SERVICE, MARK)]
    assert bytes(keyring_copy.fetch(backend, MARK) or b"") == PASSWORD
    keyring_copy.forget(backend, MARK)
    keyring_copy.forget(backend, MARK)
    assert backend.kept == {}


def test_production_and_over_long_texts_are_refused_before_the_keyring_hears_of_them() -> None:
    backend = known()
    assert refused(lambda: keyring_copy.store(backend, MARK, PASSWORD, production=True)) == "refused"
    assert refused(lambda: keyring_copy.store(backend, MARK, b"x" * 1281, production=False)) == "unfit"
    assert backend.kept == {}


@pytest.mark.parametrize(
    "backend",
    [
        UNSAFE[0](),
        UNSAFE[1](),
        Kept(),
        called("keyrings.alt.file.PlaintextKeyring"),
        called("keyrings.cryptfile.cryptfile.CryptFileKeyring"),
        called("keyring.backends.chainer.ChainerBackend"),
    ],
)
def test_keyrings_that_are_unknown_or_unsafe_are_refused(backend: Backend) -> None:
    assert refused(lambda: keyring_copy.store(backend, MARK, PASSWORD, production=False)) == "unfit"
    assert refused(lambda: keyring_copy.fetch(backend, MARK)) == "unfit"


def test_of_chained_keyrings_the_first_known_one_is_used() -> None:
    plain, good = called("keyrings.alt.file.PlaintextKeyring"), known()
    chain = called("keyring.backends.chainer.ChainerBackend")
    vars(chain)["backends"] = [plain, good]
    keyring_copy.store(chain, MARK, PASSWORD, production=False)
    assert (plain.kept, len(good.kept), chain.kept) == ({}, 1, {})
    assert isinstance(ChainerBackend.backends, list)  # the library still calls them so


class Forgets(Kept):
    def set_password(self, service: str, username: str, password: str) -> None:
        return


class Cuts(Kept):
    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password[:20])


class KeepsForEver(Kept):
    def delete_password(self, service: str, username: str) -> None:
        return


class Shouts(Kept):
    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError(f"cannot store {password}")


@pytest.mark.parametrize("kind", [Forgets, Cuts, KeepsForEver, Shouts])
def test_a_keyring_that_fails_the_probe_never_sees_the_password(kind: type) -> None:
    backend = known(kind)
    assert refused(lambda: keyring_copy.store(backend, MARK, PASSWORD, production=False)) == "unfit"
    assert PASSWORD.decode() not in str(backend.kept)


def test_a_keyring_that_waits_for_a_person_is_left_behind() -> None:
    released = threading.Event()

    class Hangs(Kept):
        def set_password(self, service: str, username: str, password: str) -> None:
            released.wait()

    backend = known(Hangs)
    try:
        assert (
            refused(lambda: keyring_copy.store(backend, MARK, PASSWORD, production=False, seconds=0.01))
            == "busy"
        )
    finally:
        released.set()
