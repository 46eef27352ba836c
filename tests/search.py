"""The search for secrets: in files, streams, screens and tracebacks, in every spelling in which one could slip out.

Case never matters, nor do line breaks, blanks and the borders of a screen: both sides are brought to one form first.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import html
import json
import re
import stat
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric import rsa

LIMIT = 2 << 20
"""Bytes of the largest file that is searched: everything that the program writes is much smaller."""

SHORTEST = 8
"""Bytes of the shortest spelling that is looked for: a shorter one is found by chance."""

_PIECE, _WINDOW = 24, 4
_LOOSE = bytes([*b" \t\r\n\v\f\\", *range(0x80, 0x100)])
_TAG = re.compile(rb"<[^>]*>")


def spellings(secret: bytes) -> Iterator[tuple[str, bytes]]:
    """The ways to spell a secret, by name; upper case and lower case are the same to the search."""
    text = secret.decode("latin-1")
    yield "it is", secret
    yield "hex", secret.hex().encode()
    yield "spaced hex", secret.hex(" ").encode()
    yield "Python's repr", repr(secret).encode()[2:-1]
    yield "numbers", str(list(secret)).encode()[1:-1]
    for shift in range(3):
        coded = _base64(secret, shift)
        yield f"base64 at {shift}", coded
        yield f"base64 for URLs at {shift}", coded.replace(b"+", b"-").replace(b"/", b"_")
    if text.isascii() and text.isprintable():
        yield "a URL", quote(text, safe="").encode()
        yield "a form", quote(text, safe=" ").replace(" ", "+").encode()
        yield "percent signs", "".join(f"%{byte:02x}" for byte in secret).encode()
        yield "JSON", json.dumps(text).encode()[1:-1]
        yield "JSON's escapes", "".join(f"\\u{byte:04x}" for byte in secret).encode()
        yield "markup", html.escape(text).encode()
        yield "UTF-16", text.encode("utf-16-le")
        yield "UTF-32", text.encode("utf-32-le")


def _base64(secret: bytes, shift: int) -> bytes:
    """The letters of a base64 text that depend on the secret alone, where it begins `shift` bytes after a boundary."""
    coded = base64.b64encode(bytes(shift) + secret)
    return coded[-(-8 * shift // 6) : 8 * (shift + len(secret)) // 6]


def _forms(content: bytes) -> Iterator[bytes]:
    """What is searched of a content: itself, without breaks, and the text of a picture without its tags."""
    low = content.lower()
    yield low
    yield low.translate(None, _LOOSE)
    if b"<svg" in low:
        text = html.unescape(_TAG.sub(b"", low).decode("utf-8", "replace"))
        yield text.encode().translate(None, _LOOSE)


@dataclass(frozen=True)
class Search:
    """Looks for these secrets, by name; `shares` are lines of words, of which any four in a row are one."""

    secrets: Mapping[str, bytes]
    shares: Iterable[str] = ()
    _needles: dict[bytes, str] = field(default_factory=dict, init=False, repr=False)
    _windows: dict[bytes, str] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for name, secret in self.secrets.items():
            self._add(name, secret)
        for number, line in enumerate(self.shares, 1):
            words = line.lower().split()
            for at in range(len(words) - _WINDOW + 1):
                four = " ".join(words[at : at + _WINDOW]).encode()
                self._windows[b" " + four + b" "] = f"words of share {number}"
                self._add(f"words of share {number}", four)

    def _add(self, name: str, secret: bytes) -> None:
        for how, spelt in spellings(secret):
            low = spelt.lower()
            for needle in (low, low.translate(None, _LOOSE)):
                if len(needle) >= SHORTEST:
                    self._needles.setdefault(needle, f"{name}, spelt as {how}")

    def inside(self, content: bytes | str) -> list[str]:
        """What is found in a content; nothing, where all is well."""
        raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        found = {
            name: None for form in _forms(raw) for needle, name in self._needles.items() if needle in form
        }
        if self._windows:
            words = b" " + re.sub(rb"[^a-z]+", b" ", raw.lower()) + b" "
            found |= {name: None for needle, name in self._windows.items() if needle in words}
        return list(found)

    def below(self, folder: Path) -> dict[Path, list[str]]:
        """The files below a folder, and what is found in each, their names included."""
        return {
            path: self.inside(bytes(path.relative_to(folder)) + b"\n" + content)
            for path, content in files_below(folder)
        }


def files_below(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """The regular files below a folder, and what is in archives; links are not followed, pipes and sockets not opened."""
    for path in sorted(folder.rglob("*")):
        with contextlib.suppress(FileNotFoundError):  # a process that ends takes its files along
            status = path.lstat()
            if stat.S_ISREG(status.st_mode) and status.st_size <= LIMIT:
                yield path, path.read_bytes()
                yield from unpacked(path)


def unpacked(path: Path) -> Iterator[tuple[Path, bytes]]:
    """The files in a ZIP archive; nothing for any other file."""
    if path.suffix == ".zip" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                yield path / entry.filename, entry.comment + archive.read(entry)


def key_secrets(key: rsa.RSAPrivateKey, every: int = 48) -> dict[str, bytes]:
    """A private key as secrets: its numbers in decimal and as bytes, in pieces of 24, one every so many.

    So whatever holds a longer part of the key is found: PKCS#8, PKCS#1, PEM, hex, base64, a traceback with numbers.
    """
    numbers = key.private_numbers()
    secret = {
        "d": numbers.d, "p": numbers.p, "q": numbers.q,
        "dp": numbers.dmp1, "dq": numbers.dmq1, "qinv": numbers.iqmp,
    }  # fmt: skip
    found = {}
    for name, number in secret.items():
        whole = number.to_bytes(-(-number.bit_length() // 8), "big")
        for kind, content in ((name, whole), (f"decimal {name}", str(number).encode())):
            for at in range(0, len(content) - _PIECE + 1, every):
                found[f"{kind} of the key, from byte {at}"] = content[at : at + _PIECE]
    return found


_RSA = bytes.fromhex("020100300d06092a864886f70d010101050004")
"""Version, algorithm and the beginning of the key in PKCS#8."""

_MARKS = {
    "a PEM label": b"PRIVATE KEY-----",
    "PKCS#8 in hex": _RSA.hex().encode(),
    "PKCS#8": _RSA,
    "PKCS#1": bytes.fromhex("0201000282020100"),
    "PKCS#1 in hex": b"0201000282020100",
    **{f"PKCS#8 in base64 at {shift}": _base64(_RSA, shift) for shift in range(3)},
}


def private_marks(content: bytes) -> list[str]:
    """Traces of any private RSA key, known or not."""
    return [name for name, mark in _MARKS.items() if mark in content]


@functools.cache
def _known() -> frozenset[bytes]:
    from shamir_mnemonic.wordlist import WORDLIST

    return frozenset(word.encode() for word in WORDLIST)


_WORDS = re.compile(rb"(?<![a-z])[a-z]{4,8}(?:[\s\d',.\"\[\]]+[a-z]{4,8}){4,}(?![a-z])")


def word_runs(content: bytes, longest: int = 5) -> list[bytes]:
    """Runs of five or more words of which shares are made: no sentence of the program has one."""
    known, found = _known(), []
    for run in _WORDS.finditer(content.lower()):
        inside = 0
        for word in re.findall(rb"[a-z]+", run.group()):
            inside = inside + 1 if word in known else 0
            if inside >= longest:
                found.append(word)
    return found
