"""Paths reach the child as the bytes that they are, and come back as the parent writes them, whatever the locale."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from services.problems import Problem
from services.recovery import crossing
from tests.generated import share
from tests.keys import key
from tests.planted import PASSWORD
from tests.wizard.driving import ROOT

ENCODINGS = ("utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1251", "euc_jp", "gb18030", "big5")
NAMES = st.binary(min_size=1, max_size=12).filter(
    lambda name: not {0, 47} & {*name} and name not in {b".", b".."}
)


@share(1)
@given(name=NAMES, encoding=st.sampled_from(ENCODINGS))
def test_a_path_is_the_same_bytes_to_the_child_and_the_same_text_on_its_return(
    name: bytes, encoding: str
) -> None:
    path = Path("/keys") / name.decode(encoding, "surrogateescape")
    sent = crossing.sent(path, encoding)
    at_child = Path(sent)
    assert str(at_child).encode("utf-8", "surrogateescape") == str(path).encode(encoding, "surrogateescape")
    answer = {"file": str(at_child / "a.pke1"), "n": 1, "notes": [f"{at_child} is full."]}
    heard = crossing.heard(answer, encoding)
    assert Path(heard["file"]) == path / "a.pke1"
    assert heard["n"] == 1
    assert heard["notes"] == [f"{path} is full."]


@pytest.mark.parametrize("encoding", ["utf-8", "iso8859-1"])
def test_a_problem_names_the_path_as_the_parent_writes_it(encoding: str) -> None:
    path, words = Path("/keys/caf\u00e9"), "{} could not be written: the system says “no”."
    sent = crossing.sent(path, encoding)
    told = Problem("folder", words.format(sent), ("Leave it alone.",), sent)
    heard = crossing.heard_of(told, encoding)
    assert (heard.summary, heard.where) == (words.format(path), str(path))


def pem(of: rsa.RSAPrivateKey) -> bytes:
    return of.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


SCRIPT = """
import sys
from pathlib import Path
from services.problems import ProblemError
from services.recovery import check
print(sys.getfilesystemencoding())
out = Path(sys.argv[1]) / "key.pke1"
password = sys.argv[2].encode()
data = sys.stdin.buffer.read()
made = check.convert(data, out, "pke1", new_password=bytearray(password), iterations=2)
assert made.file == out, made
assert made.file.exists()
try:
    check.convert(data, out.parent / "absent" / "key.pke1", "pke1", new_password=bytearray(password), iterations=2)
except ProblemError as error:
    assert error.problem.where == str(out.parent / "absent" / "key.pke1"), error.problem.where
else:
    raise AssertionError
"""


@pytest.fixture
def latin(tmp_path: Path) -> dict[str, str]:
    """The variables of a locale whose encoding is not UTF-8."""
    if shutil.which("localedef") is None:
        pytest.skip("localedef is not installed")
    made = ["localedef", "--no-archive", "-i", "en_US", "-f", "ISO-8859-1", "./en_US.ISO-8859-1"]
    if subprocess.run(made, cwd=tmp_path, capture_output=True, check=False).returncode > 1:
        pytest.skip("the sources of the locales are not installed")
    return {"LC_ALL": "en_US.ISO-8859-1", "LOCPATH": str(tmp_path)}


@pytest.mark.slow
def test_under_another_encoding_the_key_is_in_the_folder_that_was_named(
    tmp_path: Path, latin: dict[str, str]
) -> None:
    named = os.path.join(os.fsencode(tmp_path), b"caf\xe9")  # noqa: PTH118 - bytes
    os.mkdir(named)  # noqa: PTH102
    ran = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", SCRIPT, named, PASSWORD],
        env={**os.environ, **latin, "PYTHONPATH": str(ROOT)}, input=pem(key()), capture_output=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == b"iso8859-1\n"
    assert os.listdir(named) == [b"key.pke1"]  # noqa: PTH208
