"""Tokens: the sealed file or its password stored, hidden and read back; SoftHSM is the token, its faults are made here."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pkcs11
import pytest

from services.problems import ProblemError
from services.recovery import token, token_operations, token_problems
from services.recovery.token import Driver, Token
from tests import planted
from tests.programs import need

PIN = planted.PIN.encode()
SEALED = b"PKE1" + bytes(range(256)) * 19
LABEL = "acme recovery key"


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Driver:
    program = need("softhsm2-util")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    config = folder / "softhsm2.conf"
    config.write_text(
        f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    environment = {"SOFTHSM2_CONF": str(config)}
    for label in ("safe", "spare"):
        command = [
            program,
            "--init-token",
            "--free",
            "--label",
            label,
            "--so-pin",
            "so-pin-1234",
            "--pin",
            PIN.decode(),
        ]
        subprocess.run(command, env=environment, check=True, capture_output=True)
    (module, *_) = token.modules()
    return Driver(module, environment)


@pytest.fixture
def safe(driver: Driver) -> Token:
    return next(one for one in token.listing(driver).run() if one.label == "safe")


def pin() -> bytearray:
    return bytearray(PIN)


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(ProblemError) as caught:
        work()
    assert caught.value.problem.remedy
    assert PIN.decode() not in repr(caught.value) + repr(caught.value.problem)
    return caught.value.problem.code


def test_tokens_are_listed(driver: Driver) -> None:
    found = {one.label: one for one in token.listing(driver).run()}
    assert set(found) == {"safe", "spare"}
    assert all(one.ready and one.serial and "SoftHSM" in one.manufacturer for one in found.values())


def test_a_sealed_file_of_full_size_is_kept_and_given_back(driver: Driver, safe: Token) -> None:
    given = pin()
    heard: list[str] = []
    stored = token.storing(driver, safe, LABEL, "sealed-file", content=SEALED, pin=given).run(
        lambda stage: heard.append(stage.says)
    )
    assert (stored.size, stored.what, any(given)) == (len(SEALED), "sealed-file", False)
    assert len(set(heard)) == 4
    held = token.reading(driver, safe, LABEL, pin()).run()
    assert (held.what, bytes(held.content)) == ("sealed-file", SEALED)
    assert (
        refused(token.storing(driver, safe, LABEL, "sealed-file", content=SEALED, pin=pin()).run) == "exists"
    )
    assert token.reading(driver, safe, LABEL, pin()).run().content == SEALED


def test_a_password_is_kept_instead(driver: Driver, safe: Token) -> None:
    password = bytearray(planted.PASSWORD.encode())
    token.storing(driver, safe, "the password", "password", content=password, pin=pin()).run()
    assert not any(password)
    held = token.reading(driver, safe, "the password", pin()).run()
    assert (held.what, bytes(held.content)) == ("password", planted.PASSWORD.encode())
    assert "horse" not in repr(held)


def test_what_can_go_wrong_is_told(driver: Driver, safe: Token, tmp_path: Path) -> None:
    (tmp_path / "text.so").write_text("no library")
    cases: list[tuple[Callable[[], object], str]] = [
        (token.reading(driver, safe, LABEL, bytearray(b"0000")).run, "wrong-password"),
        (token.reading(driver, safe, LABEL, bytearray(b"")).run, "wrong-password"),
        (token.reading(driver, safe, LABEL, bytearray(b"\xff\xfe\xff\xfe")).run, "wrong-password"),
        (
            token.storing(driver, safe, "x", "sealed-file", content=SEALED, pin=bytearray(b"0")).run,
            "wrong-password",
        ),
        (token.reading(driver, safe, "not there", pin()).run, "unreadable-file"),
        (token.reading(driver, replace(safe, serial="0"), LABEL, pin()).run, "unreadable-file"),
        (token.listing(Driver(tmp_path / "none.so")).run, "unreadable-file"),
        (token.listing(Driver(tmp_path / "text.so")).run, "unreadable-file"),
        (token.listing(Driver(driver.module, {"SOFTHSM2_CONF": "/none"})).run, "unreadable-file"),
        (
            lambda: token.storing(driver, safe, "x", "sealed-file", content=b"-----BEGIN", pin=pin()),
            "unreadable-file",
        ),
        (lambda: token.storing(driver, safe, "x", "password", content=b"short", pin=pin()), "bad-password"),
        (lambda: token.storing(driver, safe, "", "sealed-file", content=SEALED, pin=pin()), "invalid-answer"),
        (
            lambda: token.storing(driver, safe, "a\nb", "sealed-file", content=SEALED, pin=pin()),
            "invalid-answer",
        ),
    ]
    for work, code in cases:
        assert refused(work) == code


def test_only_what_drivers_read_reaches_them() -> None:
    environ = {"SOFTHSM2_CONF": "/c", "HOME": "/root", "AWS_SECRET_ACCESS_KEY": "x", "LD_PRELOAD": "/evil"}
    assert token.environment_for_drivers(environ) == {"SOFTHSM2_CONF": "/c", "HOME": "/root"}


class Session:
    """A token that misbehaves on purpose: `fault` is raised by `create_object`."""

    def __init__(self, kept: dict[str, bytes], faulty: Faulty, *, open_to: bool) -> None:
        self.kept, self.faulty, self.open_to = kept, faulty, open_to

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def get_objects(self, wanted: dict[Any, Any]) -> Iterator[Kept]:
        label = wanted[pkcs11.Attribute.LABEL]
        if label in self.kept and self.open_to:
            yield Kept(self.kept, label)

    def create_object(self, template: dict[Any, Any]) -> None:
        assert template[pkcs11.Attribute.TOKEN] is template[pkcs11.Attribute.PRIVATE] is True
        if self.faulty.creating is not None:
            raise self.faulty.creating
        value: bytes = template[pkcs11.Attribute.VALUE]
        self.kept[template[pkcs11.Attribute.LABEL]] = value[: self.faulty.keeps]


class Kept:
    def __init__(self, kept: dict[str, bytes], label: str) -> None:
        self.kept, self.label = kept, label

    def __getitem__(self, _: object) -> bytes:
        return self.kept[self.label]

    def destroy(self) -> None:
        del self.kept[self.label]


class Faulty:
    """`pkcs11.Token.open` of a token with one fault."""

    def __init__(
        self,
        *,
        opening: Exception | None = None,
        creating: Exception | None = None,
        keeps: int | None = None,
        shows_all: bool = False,
    ) -> None:
        self.opening, self.creating, self.keeps, self.shows_all = opening, creating, keeps, shows_all
        self.kept: dict[str, bytes] = {}

    def __call__(self, *, rw: bool = False, user_pin: str = "") -> Session:
        if self.opening is not None:
            raise self.opening
        return Session(self.kept, self, open_to=bool(user_pin) or self.shows_all)


FAULTS = [
    (Faulty(), None),
    (Faulty(opening=pkcs11.PinLocked()), "unfit"),
    (Faulty(opening=pkcs11.PinExpired()), "unfit"),
    (Faulty(opening=pkcs11.UserPinNotInitialized()), "unfit"),
    (Faulty(opening=pkcs11.DeviceRemoved()), "folder"),
    (Faulty(opening=pkcs11.TokenWriteProtected()), "folder"),
    (Faulty(opening=pkcs11.GeneralError(f"PIN was {planted.PIN}")), "unfit"),
    (Faulty(creating=pkcs11.DeviceMemory()), "limit"),
    (Faulty(creating=pkcs11.DataLenRange()), "limit"),
    (Faulty(creating=pkcs11.AttributeValueInvalid()), "limit"),
    (Faulty(creating=pkcs11.DeviceRemoved()), "folder"),
    (Faulty(keeps=100), "unfit"),
    (Faulty(shows_all=True), "unfit"),
]


@pytest.mark.parametrize(("faulty", "code"), FAULTS)
def test_a_token_with_a_fault_keeps_nothing(faulty: Faulty, code: str | None) -> None:
    def store() -> object:
        return token_operations.store(faulty, LABEL, SEALED, PIN.decode(), lambda _: None)

    if code is None:
        assert store() == {"size": len(SEALED)}
        assert faulty.kept == {LABEL: SEALED}
        assert refused(store) == "exists"
    else:
        assert refused(store) == code
        assert faulty.kept == {}


def test_too_large_for_a_token_offers_the_password_instead() -> None:
    with pytest.raises(ProblemError) as caught:
        token_operations.store(Faulty(creating=pkcs11.DeviceMemory()), LABEL, SEALED, "1", lambda _: None)
    assert "password" in caught.value.problem.remedy[0]


def test_every_error_of_the_library_has_words() -> None:
    kinds = [kind for kind in vars(pkcs11.exceptions).values() if isinstance(kind, type)]
    errors = [kind for kind in kinds if issubclass(kind, pkcs11.PKCS11Error)]
    assert len(errors) > 50

    def failing(error: Exception) -> Callable[[], None]:
        def fail() -> None:
            with token_problems.told():
                raise error

        return fail

    for kind in errors:
        assert refused(failing(kind(planted.PIN))) != "our-bug"


FLAGS = pkcs11.TokenFlag


@pytest.mark.parametrize(
    ("flags", "ready", "note"),
    [
        (FLAGS.USER_PIN_INITIALIZED, True, ""),
        (FLAGS.USER_PIN_INITIALIZED | FLAGS.USER_PIN_FINAL_TRY, True, "One more wrong PIN"),
        (FLAGS.USER_PIN_INITIALIZED | FLAGS.USER_PIN_LOCKED, False, "locked"),
        (FLAGS.USER_PIN_INITIALIZED | FLAGS.WRITE_PROTECTED, False, "write-protected"),
        (FLAGS(0), False, "no PIN"),
    ],
)
def test_a_token_that_cannot_be_used_says_why(flags: Any, ready: bool, note: str) -> None:
    class Plugged:
        label, serial, manufacturer_id, model = "safe", b"12 ", "Maker", "One"

    plugged = Plugged()
    vars(plugged)["flags"] = flags
    described = token_operations.describe(plugged)
    assert described["ready"] is ready
    assert note in str(described["note"])
    assert bool(described["note"]) is bool(note)


WITHOUT = """
import sys
sys.path.insert(0, sys.argv[1])
sys.modules["pkcs11"] = None
from pathlib import Path
from services.problems import ProblemError
from services.recovery import token_operations
try:
    token_operations.WORK["token-list"]({"module": sys.argv[0]}, {}, lambda _: None)
except ProblemError as error:
    print(error.problem.code, error.problem.remedy[0])
"""


def test_without_the_extra_the_remedy_is_to_install_it() -> None:
    root = str(Path(token.__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", WITHOUT, root], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("missing-extra ")
    assert "-m pip install --require-hashes -r requirements/all.txt" in done.stdout
