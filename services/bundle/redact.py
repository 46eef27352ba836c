"""Takes out of a text what must not leave: secrets by their form, people, paths, and the external ID of the set-up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.model.values import Tree, mask

OUT = "(left out)"

LONGEST_KNOWN = 8
"""Characters that the external ID or a value of the environment must have to be looked for: a shorter one is found by chance."""

KEY_BLOCK = re.compile(r"-----BEGIN [^-]*-----.*?(?:-----END [^-]*-----|\Z)", re.DOTALL)
PRIVATE = re.compile(r"PRIVATE KEY-{5}|PKE1(?=[^\w\s.,;:()'\"`-])|UEtFMQ|504b4531", re.IGNORECASE)
"""The beginnings of private keys, open and sealed, in the spellings that a text can have."""
AWS_IDS = re.compile(r"(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA|AGPA|AIPA|ANPA|ANVA|APKA|ASCA)[A-Z0-9]{12,}")
"""Access keys, and the unique IDs of people and roles, which hold the account's number."""

_WORD = r"[A-Za-z0-9/+=]"
LONG = re.compile(rf"(?<!{_WORD}){_WORD}{{32,}}(?!{_WORD})")
"""Candidates for secret keys and tokens: those with capitals, small letters and digits are taken for one."""

TOKEN = re.compile(r"[A-Za-z0-9/+=_-]{80,}")
JWT = re.compile(r"eyJ[\w-]{8,}(?:\.[\w-]+)*")
HEX = re.compile(r"(?<!mrk-)[0-9a-f]{32,}", re.IGNORECASE)
E_MAIL = re.compile(r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;:]+\.[^\s@<>\"'(),;:]+")
SIGN_IN = re.compile(r"(?<=://)[^/\s@]+@")
PERSON = re.compile(
    r"(?P<kind>arn:[\w-]+:(?:iam|sts)::\d{12}:(?:user/|federated-user/|assumed-role/[\w+=,.@-]+/))(?!\(name\))[^\s\"',;)]+"
)
HOME = re.compile(r"/(?:home|Users)/[^/\s\"',;)]+|~[\w.+-]+(?=/)")
PATH = re.compile(r"(?<![\w:.*/~-])(?:~[^\s/\"']*|\.{1,2})?/(?:[^\s/\"']+/)*(?P<last>[^\s/\"',;)]*)")


def printable(text: str) -> str:
    """The text without signs that a terminal or a reader would act on: they are spelled out."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


@dataclass(frozen=True)
class Redactor:
    """`private` are words that are secret wherever they stand; `known` is what may stay: fingerprints, the writer's
    ARN, the role's path."""

    external_id: str = ""
    private: Sequence[str] = ()
    known: Sequence[str] = ()

    def __call__(self, text: str) -> str:
        """The text, with what must not leave taken out."""
        found = KEY_BLOCK.sub(OUT, text)
        found = self._exact(found)
        found = printable(found)
        found = SIGN_IN.sub("", found)
        found = E_MAIL.sub("(e-mail)", found)
        found = PERSON.sub(self._person, found)
        found = AWS_IDS.sub(OUT, found)
        found = JWT.sub(OUT, found)
        found = LONG.sub(lambda match: OUT if looks_random(match.group()) else match.group(), found)
        found = TOKEN.sub(self._unless_known, found)
        found = HEX.sub(self._unless_known, found)
        found = HOME.sub("~", found)
        found = PATH.sub(self._shortened, found)
        return PRIVATE.sub(OUT, found)

    def tree(self, value: object) -> object:
        """The same for every text in a value, names included."""
        match value:
            case str():
                return self(value)
            case Mapping():
                return {self(str(name)): self.tree(part) for name, part in value.items()}
            case bool() | int() | float() | None:
                return value
            case list() | tuple():
                return [self.tree(part) for part in value]
            case _:
                return self(str(value))

    def _exact(self, text: str) -> str:
        for word in sorted((w for w in self.private if len(w) >= LONGEST_KNOWN), key=len, reverse=True):
            text = text.replace(word, OUT)
        if len(self.external_id) >= LONGEST_KNOWN:
            text = text.replace(self.external_id, mask(self.external_id))
        return text

    def _person(self, match: re.Match[str]) -> str:
        arn = match.group()
        return (
            arn if arn in self.known else f"{match.group('kind')}(name)"
        )  # a path of users can name one too

    def _shortened(self, match: re.Match[str]) -> str:
        """A path by its last part; what is no path of a computer stays."""
        whole, last = match.group(), match.group("last")
        if whole in self.known or (whole.count("/") == 1 and whole[0] == "/"):
            return whole
        return f"…/{last}"

    def _unless_known(self, match: re.Match[str]) -> str:
        return match.group() if match.group() in self.known else OUT


def looks_random(word: str) -> bool:
    """Whether a long word has what secrets have and names seldom do: capitals, small letters and digits."""
    return all(any(kind(c) for c in word) for kind in (str.isupper, str.islower, str.isdigit))


def cautious(value: Tree, wanted: Tree) -> Tree:
    """A value from AWS with every free text in it left out, unless the set-up itself wants it there."""
    known = set(_texts(wanted))

    def part(tree: Tree) -> Tree:
        match tree:
            case str():
                return tree if tree in known or not any(c.isspace() for c in tree.strip()) else OUT
            case Mapping():
                return {name: part(inner) for name, inner in tree.items()}
            case list() | tuple():
                return [part(inner) for inner in tree]
            case _:
                return tree

    return part(value)


def _texts(tree: Tree) -> Sequence[str]:
    match tree:
        case str():
            return (tree,)
        case Mapping():
            return [text for inner in tree.values() for text in _texts(inner)]
        case list() | tuple():
            return [text for inner in tree for text in _texts(inner)]
        case _:
            return ()
