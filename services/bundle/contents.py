"""Everything that is in a bundle, file by file, with what each is: this list is shown before anything is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.bundle import accounts, answers, history, world
from services.bundle.answers import Read
from services.bundle.archive import checked
from services.bundle.redact import Redactor
from services.clock import Clock, stamp
from services.desk import Desk
from services.model.place import parse_arn
from services.problems import ProblemError
from services.setup_file import SetupFile
from services.setups import State

README = "README.txt"
STRANGE = "This is not AWS's own endpoint: nothing in this bundle says anything about a real AWS account."


@dataclass(frozen=True)
class Piece:
    """A file of the bundle: `says` is what it is, `found` what is in this one, both in words."""

    name: str
    says: str
    found: str
    content: str

    @property
    def size(self) -> int:
        return len(self.content.encode())


@dataclass(frozen=True)
class Case:
    """What the bundle is made from. `about` are facts of the program and the computer; `errors` are of one of the
    `commands`; `log` holds the lines of a log file, None if there is none.
    """

    setup: Read
    state: State
    clock: Clock
    about: Mapping[str, object]
    connect: world.Connect
    commands: frozenset[str] = frozenset()
    errors: Sequence[Mapping[str, object]] = ()
    log: Sequence[str] | None = None
    private: Sequence[str] = field(default=(), repr=False)

    @property
    def redactor(self) -> Redactor:
        known = tuple(answers.parts_known(self.setup))
        return Redactor(self.setup.answers.text("palisade.external_id"), self.private, known)


def bundle(case: Case, *, mask_accounts: bool = False) -> tuple[Piece, ...]:
    """The files, the index first; checked. Errors: `our-bug` if a secret would have got in."""
    redactor = case.redactor
    pieces = list(_pieces(case, redactor))
    if mask_accounts:
        hidden = accounts.masked({p.name: p.content for p in pieces}, _accounts(case))
        pieces = [Piece(p.name, p.says, p.found, hidden[p.name]) for p in pieces]
    readme = redactor(_readme(pieces, case, mask_accounts=mask_accounts))
    whole = (Piece(README, "what each file is, and what was left out", "", readme), *pieces)
    checked({piece.name: piece.content for piece in whole}, redactor)
    return whole


def _accounts(case: Case) -> tuple[str, ...]:
    found = case.setup.answers
    arn = parse_arn(found.text("palisade.principal_arn"))
    return (found.text("aws.account"), arn.account if arn else "")


def _pieces(case: Case, redactor: Redactor) -> Iterator[Piece]:
    setup = case.setup
    drafts = case.state.drafts(setup.answers.text("setup.id") or "new")
    yield _json(
        "versions.json", "the program, its libraries, the system and the terminal", "", case.about, redactor
    )
    said = answers.as_json(setup, drafts)
    problems = said["problems"]
    count = len(problems) if isinstance(problems, list) else 0
    state = "cannot be read" if setup.line else f"{count} problem{'' if count == 1 else 's'}"
    yield _json("answers.json", "the answers of the setup file", state, said, redactor)
    plan, doctor, endpoint = _of_aws(case, redactor)
    if endpoint:
        yield _json(
            "endpoint.json",
            "NOT AWS's own endpoint",
            endpoint,
            {"endpoint": endpoint, "says": STRANGE},
            redactor,
        )
    yield _json("plan.json", "what differs in AWS from the answers", _counted(plan, "steps"), plan, redactor)
    yield _json("doctor.json", "the audit of the set-up", _judged(doctor), doctor, redactor)
    lines = _journal(case)
    yield _lines("journal.jsonl", "what apply did, newest last", lines, redactor)
    errors = history.errors(case.errors, case.commands)
    yield _lines("errors.jsonl", "the last problems of any command, newest last", errors, redactor)
    if case.log is not None:
        told = history.log(case.log)
        yield _lines("log.jsonl", "the last lines of the log file", told, redactor)


def _json(name: str, says: str, found: str, content: object, redactor: Redactor) -> Piece:
    return Piece(name, says, found, json.dumps(redactor.tree(content), indent=1) + "\n")


def _lines(name: str, says: str, lines: Sequence[object], redactor: Redactor) -> Piece:
    content = "".join(f"{json.dumps(redactor.tree(line))}\n" for line in lines)
    return Piece(name, says, f"{len(lines)} line{'' if len(lines) == 1 else 's'}", content)


def _of_aws(case: Case, redactor: Redactor) -> tuple[dict[str, object], dict[str, object], str]:
    """The plan, the audit, and the endpoint if it is not AWS's own; where AWS is out of reach, both say so."""
    made: list[Desk] = []
    endpoint = ""

    def connect(setup: SetupFile) -> world.Connected:
        nonlocal endpoint
        found = case.connect(setup)
        endpoint = redactor(found.endpoint)
        return found

    def sign_in() -> dict[str, object]:
        made.append(world.desk(case.setup.setup, connect, case.state, case.clock))
        return world.plan_of(made[0], redactor)

    plan = world.attempted(sign_in, redactor)
    doctor = world.attempted(lambda: world.doctor_of(made[0], redactor), redactor) if made else plan
    return {"endpoint": endpoint, **plan}, {"endpoint": endpoint, **doctor}, endpoint


def _journal(case: Case) -> list[dict[str, object]]:
    setup_id = case.setup.answers.text("setup.id")
    if not setup_id:
        return []
    try:
        return history.journal(case.state.journal(setup_id, case.clock).entries())
    except ProblemError as error:
        return [{"event": "unreadable", "code": error.problem.code}]


def _counted(plan: Mapping[str, object], what: str) -> str:
    if "problem" in plan:
        return "could not be made; the reason is in it"
    found = plan.get(what)
    return f"{len(found) if isinstance(found, list) else 0} {what}"


def _judged(doctor: Mapping[str, object]) -> str:
    if "problem" in doctor:
        return "could not be made; the reason is in it"
    summary = doctor.get("summary")
    counts = summary if isinstance(summary, dict) else {}
    return ", ".join(
        f"{counts.get(status, 0)} {status}" for status in ("pass", "warn", "fail", "unknown", "waiting")
    )


def listed(pieces: Iterable[Piece]) -> Iterator[str]:
    """A line for each file: name, size, what it is, what is in it."""
    for piece in pieces:
        found = f" ({piece.found})" if piece.found else ""
        yield f"{piece.name:<14} {piece.size:>8,} bytes  {piece.says}{found}"


_LEFT_OUT = (
    "keys, passwords, shares, AWS keys and session tokens: the program never had them in any file but their own;",
    "the external ID, but for its last four characters; e-mail addresses; the names of people and sessions in ARNs;",
    "paths, but for their last part; the names of the kit, of the AWS profile and of the key files;",
    "tags that are not the program's; keys of the setup file that it does not know, and everything written as a comment;",
    "AWS's own words about a refusal, but for the actions and the kinds of policies in them (aws_names, names);",
    "whatever a journal, a log or a list of errors holds that the program did not write: it is counted as unknown.",
)


def _readme(pieces: Sequence[Piece], case: Case, *, mask_accounts: bool) -> str:
    masked = (
        "are replaced by account-1, account-2: the same number is the same account"
        if mask_accounts
        else "are whole"
    )
    return "\n".join(
        [
            f"Support bundle of palisade-wizard, made on {stamp(case.clock.wall())}.",
            "It was made by reading alone: nothing was changed in AWS or on the computer.",
            "",
            "Files",
            *(f"  {line}" for line in listed(pieces)),
            "",
            "Left out",
            *(f"  - {line}" for line in _LEFT_OUT),
            f"Account ids {masked}.",
            "",
        ]
    )
