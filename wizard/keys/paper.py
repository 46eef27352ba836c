"""The papers of a key as the commands write them: where they would overwrite something, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from services.problems import ProblemError

if TYPE_CHECKING:
    from services.papers import Papers, Purpose
    from services.recovery.keypair import Request
    from wizard.keys.making import Made
    from wizard.keys.wanted import Wanted
    from wizard.root import Program


def refuse_taken(request: Request, wanted: Wanted) -> None:
    """Refuse a name whose papers would overwrite something, before any work."""
    from services import papers

    names = bool(wanted.custodians)
    papers.refuse_taken(request.folder, request.name, sheet=False, custodians=names)
    try:
        papers.refuse_taken(request.folder, request.name, sheet=wanted.sheet, custodians=False)
    except ProblemError as error:
        if error.problem.code != "exists":
            raise
        hint = "Or make no sheet, with --no-sheet."
        raise ProblemError(replace(error.problem, remedy=(*error.problem.remedy, hint))) from None


def written(program: Program, made: Made, of: Purpose, *, split: bool, with_sheet: bool) -> Papers:
    """Write the papers and say what did not go as it should; `split` says that the password is known to be split."""
    from services import papers

    found = papers.written(
        made.files,
        of,
        program.around.clock.wall(),
        split=split,
        custody=made.custody,
        with_sheet=with_sheet,
    )
    for sentence in found.mind:
        program.voice.tell(f"! {sentence}")
    if found.mind:
        program.voice.tell(
            "  The key is complete. Once that is mended, --complete without --config writes what is missing; "
            "of a split key, with --share for each share that is needed and --custodian for each name."
        )
    return found
