"""Problems as a support engineer may read them: the program's own sentences, and of AWS's words only what is known."""

from __future__ import annotations

from services.aws.failures import FAILURES
from services.aws.translate import own_words
from services.bundle import vocabulary
from services.bundle.redact import Redactor
from services.problems import KINDS, Problem


def problem(of: Problem, redactor: Redactor) -> dict[str, object]:
    """A problem that this very run met."""
    said = _own(of.summary)
    more = [word for word in vocabulary.essence(of.summary) if word not in said]
    return {
        "code": of.code,
        "summary": redactor(said),
        **({"aws_names": more} if more else {}),
        "remedy": [redactor(sentence) for sentence in of.remedy],
        "where": vocabulary.place(of.where) or redactor(of.where.rsplit("/", 1)[-1]),
        "exit_code": of.exit_code,
    }


def about_answers(of: Problem) -> dict[str, object]:
    """A problem of a setup file: which answer, never what stands in its place."""
    return {"code": of.code, "where": vocabulary.place(of.where), "exit_code": of.exit_code}


def recorded(value: object) -> dict[str, object]:
    """A problem out of a file: its code, its place and what is known in it; everything else could be anybody's."""
    if not isinstance(value, dict) or value.get("code") not in KINDS:
        return {"code": "unknown"}
    code, summary = str(value["code"]), value.get("summary")
    return {
        "code": code,
        "where": vocabulary.place(value.get("where")),
        "names": list(vocabulary.essence(summary)) if isinstance(summary, str) else [],
        "exit_code": KINDS[code],
    }


def _own(summary: str) -> str:
    """The program's part of a summary."""
    for _, sentence, _ in FAILURES.values():
        if summary.startswith(sentence):
            return sentence
    return own_words(summary)
