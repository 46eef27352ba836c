"""Who can do what: every row for every column, judged by this program's own reading of the set-up's policies.

A cell is "yes" where every way of doing it is allowed, "no" where none is, and "if" where it depends on how: each way
that makes a difference is a note of the cell. Nothing here says an outcome; it is what the policies say of requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, TypeAlias

from services.model.policy_conditions import Answer, all_of, any_of
from services.model.policy_reading import Document, Finding, Request, decide, let_in
from services.overview.askers import NOBODY_KNOWN, Asker, Column, columns
from services.overview.named import named
from services.overview.scene import Scene, policy_of
from services.overview.verbs import BY_SIGNATURE, BY_TOKEN, Need, Part, Variation, Verb, parts

Verdict: TypeAlias = Literal["yes", "no", "if", "unclear"]

_DELEGATING = frozenset({"key", "log_key", "role"})
"""What is reached by nobody of the account but through its own policy."""


@dataclass(frozen=True)
class Cell:
    """What one column can do of one row; `notes` are whole sentences."""

    verdict: Verdict
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One row, with a cell for each column."""

    says: str
    cells: Mapping[Column, Cell]


@dataclass(frozen=True)
class Matrix:
    """Rows by the title of their part, and the columns in their order."""

    columns: tuple[Column, ...]
    parts: tuple[tuple[str, tuple[Row, ...]], ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for _, rows in self.parts for row in rows)

    @property
    def notes(self) -> tuple[str, ...]:
        """Every note once, in the order in which they are met: a note's number is its place, from 1."""
        met = (note for row in self.rows for cell in row.cells.values() for note in cell.notes)
        return tuple(dict.fromkeys(met))


@dataclass(frozen=True)
class Judged:
    """One request of one identity, and what this program reads about it."""

    asker: Asker
    need: Need
    request: Request
    finding: Finding


@dataclass(frozen=True)
class Bench:
    """Who is judged, by which policies."""

    policies: Mapping[str, Document]
    columns: Mapping[Column, tuple[Asker, ...]]
    parts: tuple[Part, ...]


def bench(scene: Scene) -> Bench:
    """Everything that the matrix is made of. Raises a problem if a policy that AWS gave cannot be read."""
    policies = scene.policies()
    return Bench(policies, columns(scene, policies), parts(scene, named(policies)))


def matrix(scene: Scene) -> Matrix:
    """The matrix of a set-up. Raises a problem if a policy that AWS gave cannot be read."""
    by = bench(scene)
    found = tuple((part.title, tuple(_row(by, verb) for verb in part.verbs)) for part in by.parts)
    return Matrix(tuple(by.columns), found)


def tries(verb: Verb, asker: Asker) -> Iterator[tuple[Asker, tuple[Need, ...]]]:
    """The ways of a row that this identity can try, and as whom.

    A role is assumed with a signature, or with a token. Who can sign may have a token too, but comes with it as nobody known.
    """
    for way in verb.ways:
        actions = {need.action for need in way}
        if not actions.isdisjoint(BY_TOKEN) and asker.signs:
            if asker.kind == "AWS":
                yield NOBODY_KNOWN, way
        elif asker.signs or BY_SIGNATURE not in actions:
            yield asker, way


def judged(by: Bench, asker: Asker, need: Need, variation: Variation | None = None) -> Judged:
    """What the policies say of one request."""
    given = {**need.context, **(need.served if asker.kind == "Service" else {})}
    if variation is not None and need.action.startswith(f"{variation.service}:"):
        changed = {**given, **variation.change}
        given = {name: value for name, value in changed.items() if name not in variation.free}
    service = "true" if asker.kind == "Service" else "false"
    context = {name: value for name, value in given.items() if value is not None}
    context |= {**asker.context, "aws:principalisawsservice": service}
    if asker.account:
        context |= {"kms:calleraccount": asker.account}
    absent = {name for name, value in given.items() if value is None} | asker.absent
    if asker.kind == "AWS":
        absent |= {"aws:sourcearn", "aws:sourceaccount"}
    request = Request(
        need.action, need.resource, asker.principal, asker.account, context, frozenset(absent), asker.kind
    )
    policy = policy_of(by.policies, need.on)
    if asker.own is None:
        return Judged(asker, need, request, let_in(request, policy))
    of_key = need.on in _DELEGATING
    found = decide(request, asker.own, asker.boundary, policy, of_key=of_key)
    return Judged(asker, need, request, found)


def _row(by: Bench, verb: Verb) -> Row:
    found = {column: _cell(by, verb, askers) for column, askers in by.columns.items()}
    if verb.root and found["administrators"].verdict == "no":
        found["administrators"] = Cell("if", (verb.root,))
    return Row(verb.says, found)


@dataclass(frozen=True)
class _Tried:
    """A row done in one way by everybody of a column: whether it can be done, and what was judged for that."""

    answer: Answer
    ways: tuple[tuple[Judged, ...], ...]


def _tried(by: Bench, verb: Verb, askers: Sequence[Asker], variation: Variation | None = None) -> _Tried:
    tried = []
    for asker in askers:
        if variation is not None and variation.served and asker.kind != "Service":
            continue
        for who, way in tries(verb, asker):
            needs = [need for need in way if not (variation and variation.keyless and need.on == "key")]
            tried.append(tuple(judged(by, who, need, variation) for need in needs))
    return _Tried(any_of(all_of(one.finding.allowed for one in way) for way in tried), tuple(tried))


def _cell(by: Bench, verb: Verb, askers: Sequence[Asker]) -> Cell:
    plain = _tried(by, verb, askers)
    if verb.locked and plain.answer is not False:
        return Cell("no", (verb.locked,))
    if verb.unclear and plain.answer is not False:
        return Cell("unclear", (verb.unclear,))
    if plain.answer is None:
        return Cell("unclear", tuple(dict.fromkeys(_doubts(plain))))
    others = [
        (variation, _tried(by, verb, askers, variation))
        for variation in verb.variations
        if not variation.served or any(asker.kind == "Service" for asker in askers)
    ]
    proviso = (verb.proviso,) if verb.proviso and plain.answer else ()
    notes = (*proviso, *_differing(plain.answer, others), *_unclear(others))
    if notes:
        return Cell("if", notes)
    return Cell("yes") if plain.answer else Cell("no", tuple(dict.fromkeys(_nearly(plain))))


def _differing(plain: bool, others: Sequence[tuple[Variation, _Tried]]) -> Iterator[str]:
    """A sentence for each group of ways in which it comes out otherwise."""
    word = "Never" if plain else "Only"
    for _, group in groupby(others, key=lambda other: other[0].group):
        hows = [variation.how for variation, tried in group if tried.answer is (not plain)]
        if hows:
            yield f"{word} {_listed(hows)}."


def _unclear(others: Sequence[tuple[Variation, _Tried]]) -> Iterator[str]:
    for variation, tried in others:
        if tried.answer is None:
            yield f"Whether {variation.how}: {' '.join(dict.fromkeys(_doubts(tried)))}"


def _doubts(tried: _Tried) -> Iterator[str]:
    for way in tried.ways:
        for one in way:
            if one.finding.allowed is None:
                yield f"It depends on {one.finding.because}, of which this program cannot tell what it does."


def _nearly(tried: _Tried) -> Iterator[str]:
    """Of what is not allowed: that a part of it is, and what alone is in its way."""
    for way in tried.ways:
        given = [one.need.action for one in way if one.finding.allowed]
        lacking = [one.need.action for one in way if not one.finding.allowed]
        if given and lacking:
            yield f"No, but only for want of {_listed(lacking)}: {_listed(given)} is allowed."


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
