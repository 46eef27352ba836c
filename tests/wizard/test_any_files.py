"""Every file that the program reads, damaged in some way: it is read as it is meant, or refused in one sentence, and kept."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.model.calls import Call, Refused, Reply
from tests.generated import share
from tests.mutations import DEEP, JSON, changed, changed_json
from tests.wizard.driving import Terminal
from tests.wizard.test_any_arguments import ended_well

KEY_ID, QUORUM = "c4b083d4-0000-4000-8000-00000000000a", "20b7aefb-0000-4000-8000-00000000000b"
DUTY = "annual-review"
ADD = ("--quorum-id", QUORUM, "--key-id", KEY_ID, "--algorithm", "SECP256K1")


def denying(call: Call) -> Reply:
    raise Refused(call, "AccessDenied", "not authorized", 403)


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A machine on which every kind of file was written once."""
    machine = Terminal(tmp_path_factory.mktemp("files"), denying)
    setup = machine.with_key()
    for words in (
        ("record", "add", "--config", setup, *ADD),
        ("lifecycle", "--config", setup, "--done", DUTY, "--note", "by hand"),
        ("answers", "template", "--from", setup, "--out", machine.folder / "template.toml"),
    ):
        ran = machine(*words)
        assert ran.status == 0, ran
    return machine


@pytest.fixture(scope="module")
def copy(pattern: Terminal) -> Callable[[], Terminal]:
    """The machine anew, at the same paths, so that nothing of an earlier input is left."""
    kept = pattern.folder.with_name(f"{pattern.folder.name}-kept")
    shutil.copytree(pattern.folder, kept)

    def anew() -> Terminal:
        shutil.rmtree(pattern.folder)
        shutil.copytree(kept, pattern.folder)
        return replace(pattern)

    return anew


READERS: dict[str, tuple[tuple[str, ...], ...]] = {
    "setup.toml": (
        ("answers", "check", "--config", "{file}"),
        ("values", "--config", "{file}"),
        ("plan", "--config", "{file}"),
        ("record", "list", "--config", "{file}"),
        ("lifecycle", "--config", "{file}"),
        ("policy", "--config", "{file}"),
        ("answers", "compare", "{file}", "{file}"),
        ("answers", "new", "--from", "{file}", "--out", "{new}"),
        ("answers", "template", "--from", "{file}", "--out", "{new}"),
    ),
    "template.toml": (
        ("answers", "new", "--template", "{file}", "--out", "{new}", "--setup-name", "acme-two"),
    ),
    "setup.record.json": (
        ("record", "list", "--config", "{setup}"),
        ("record", "export", "--config", "{setup}", "--out", "{new}"),
        ("record", "add", "--config", "{setup}", *ADD[:2], "--key-id", QUORUM, *ADD[4:]),
        ("record", "remove", "--config", "{setup}", "--key-id", KEY_ID, "--yes"),
        ("lifecycle", "--config", "{setup}"),
    ),
    "setup.lifecycle.json": (
        ("lifecycle", "--config", "{setup}"),
        ("lifecycle", "--config", "{setup}", "--done", DUTY, "--note", "again"),
        ("lifecycle", "--config", "{setup}", "--ics", "{new}"),
    ),
}
OPENED: dict[str, tuple[tuple[str, ...], ...]] = {
    "keys/recovery.pub.der": (("keycheck", "{file}"), ("values", "--config", "{setup}")),
    "keys/recovery.pub.hex": (("keycheck", "{file}"),),
    "keys/recovery.pke1": (
        ("keycheck", "{file}"),
        ("keycheck", "{file}", "--password-file", "{password}", "--prove"),
    ),
    "password.txt": (("keycheck", "{sealed}", "--password-file", "{file}"),),
}  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, valid: bytes) -> bytes:
    """Another content: nearly the valid one, another JSON document, or nothing of the kind."""
    kinds = [changed(valid), changed(valid, 12), st.binary(max_size=300)]
    if valid.startswith(b"{"):
        kinds += [changed_json(valid), changed_json(valid), changed_json(valid), st.sampled_from(DEEP)]
        kinds.append(JSON.map(lambda tree: json.dumps(tree).encode()))
    return draw(st.one_of(kinds))


@share(3)
@given(data=st.data())
@pytest.mark.parametrize("name", READERS)
def test_a_damaged_file_is_refused_and_kept(
    copy: Callable[[], Terminal], name: str, data: st.DataObject
) -> None:
    _refused_or_read(copy(), name, READERS[name], data)


@share(0.12)  # each is read in a process of its own
@given(data=st.data())
@pytest.mark.parametrize("name", OPENED)
def test_a_damaged_key_file_is_refused_and_kept(
    copy: Callable[[], Terminal], name: str, data: st.DataObject
) -> None:
    _refused_or_read(copy(), name, OPENED[name], data)


def _refused_or_read(
    machine: Terminal, name: str, commands: Sequence[tuple[str, ...]], data: st.DataObject
) -> None:
    path, new = machine.folder / name, machine.folder / "new"
    content = data.draw(damaged(path.read_bytes()))
    words = [*data.draw(st.sampled_from(commands)), *data.draw(st.sampled_from(((), ("--json",))))]
    path.write_bytes(content)
    places = {
        "{file}": path, "{setup}": machine.setup, "{new}": new,
        "{sealed}": machine.folder / "keys" / "recovery.pke1", "{password}": machine.password_file,
    }  # fmt: skip
    given_ = [str(places.get(word, word)) for word in words]
    ran = machine(*given_)
    ended_well(ran, given_)
    if ran.status == 2:
        assert path.read_bytes() == content, given_
        assert not new.exists()
