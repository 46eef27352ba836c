"""`answers new`: a commented setup file with defaults, from nothing, after the pattern of another one, or from a template."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.own_command import on_setup
from services.problems import ProblemError, refuse
from wizard.cli import Subcommand
from wizard.options import ENVIRONMENTS, PATH, among, together
from wizard.render.jsonl import named

if TYPE_CHECKING:
    from services.answers import Answers
    from services.repeat.pattern import Repeated
    from services.separation.things import Footprint
    from services.setup_file import SetupFile
    from wizard.root import Program


@dataclass(frozen=True)
class Source:
    """What the new file is made after: another setup file, or a template and what fills it; or neither."""

    out: Path
    pattern: Path | None
    template: Path | None
    fill: tuple[str, ...]

    @property
    def repeats(self) -> bool:
        return self.pattern is not None or self.template is not None


@click.command(
    "new",
    cls=Subcommand,
    answers="shown",
    help="Writes a commented setup file with defaults. Give answers with flags, or edit the file afterwards. With --from or "
    "--template, what must exist only once (bucket, role, log buckets) gets a name that no other set-up here has.",
)
@click.option("--out", type=PATH, required=True, metavar="S", help="The file to write; it must not exist.")
@click.option(
    "--environment",
    metavar="sandbox|production",
    shell_complete=among(*ENVIRONMENTS),
    help="The same as --setup-environment (sandbox).",
)
@click.option(
    "--from", "pattern", type=PATH, metavar="S0", help="Take over the answers of S0, except what is its own."
)
@click.option(
    "--template",
    type=PATH,
    metavar="T",
    help="Fill the placeholders of T, a setup file with texts like {team}.",
)
@click.option("--fill", multiple=True, metavar="WORD=VALUE", help="What stands for {WORD}; may be repeated.")
@click.pass_obj
def command(
    program: Program,
    *,
    given: dict[str, object],
    out: Path,
    environment: str | None,
    pattern: Path | None,
    template: Path | None,
    fill: tuple[str, ...],
) -> int:
    """See the help text."""
    from services import setup_file
    from services.recovery.keyfiles import refuse_taken
    from services.separation.things import footprints

    refuse_taken(out)
    state = program.state  # where there is none, it is told before anything is written
    wanted = program.answers(given)
    if environment is not None:
        wanted = together(wanted, {"setup.environment": environment})
    source = Source(out, pattern, template, fill)
    known = footprints(state) if source.repeats else ()
    made = _made(program, source, wanted, known)
    setup = setup_file.create(out, made.answers)
    state.remember(setup)
    others = footprints(state, but=setup) if source.repeats else ()
    _tell(program, out, setup, made, others)
    return 0


def _made(
    program: Program, source: Source, wanted: dict[str, object], known: tuple[Footprint, ...]
) -> Repeated:
    from services.answers import Answers
    from services.repeat import pattern, template

    if source.pattern is not None and source.template is not None:
        raise refuse(
            "usage",
            "--from and --template exclude each other.",
            "Give one of them; 'palisade-wizard answers template' makes a template out of a setup file.",
            where="--template",
        )
    if source.fill and source.template is None:
        raise refuse(
            "usage",
            "--fill fills a template, and none is given.",
            "Give it with --template T.",
            where="--fill",
        )
    if source.template is not None:
        found = template.read(source.template)
        filling = template.Filling(
            _filling(source.fill), wanted, _name(source, known), f"{program.around.clock.wall():%Y%m%d}"
        )
        answers = _named(_placed(template.numbered(found, filling, known)), source, known)
        return pattern.with_fresh_names(answers, None, known, frozenset({*found.values, *wanted}))
    if source.pattern is not None:
        old = pattern.read(source.pattern)
        if old.answers.get("setup.id"):
            program.state.remember(old)
        base = pattern.taken_over(old, source.out, str(wanted.get("setup.environment", "")))
        answers = _named(_placed(base.updated(wanted)), source, (*known, pattern.as_known(old)))
        return pattern.with_fresh_names(answers, old, known, frozenset(wanted))
    return pattern.Repeated(_named(_placed(Answers().updated(wanted)), source, ()), ())


def _filling(fill: tuple[str, ...]) -> dict[str, str]:
    given: dict[str, str] = {}
    for text in fill:
        word, equals, value = text.partition("=")
        if not equals or word in given:
            why = "is given twice" if equals else "has no '='"
            raise refuse(
                "usage",
                f"--fill wants WORD=VALUE once for each word, and {text!r} {why}.",
                "Write it like --fill team=blue.",
                where="--fill",
            )
        given[word] = value
    return given


def _name(source: Source, known: tuple[Footprint, ...]) -> str:
    """The file's own name as that of a set-up; numbered if another one has it."""
    from services.repeat import names

    return names.set_up(source.out.stem.lower(), frozenset(of.answers.text("setup.name") for of in known))


def _placed(answers: Answers) -> Answers:
    return answers if answers.get("setup.environment") else answers.updated({"setup.environment": "sandbox"})


def _named(answers: Answers, source: Source, known: tuple[Footprint, ...]) -> Answers:
    """The file's own name names the setup, if it can and nobody gave another one."""
    if answers.get("setup.name"):
        return answers
    try:
        return answers.updated({"setup.name": _name(source, known)})
    except ProblemError:
        return answers


def _tell(
    program: Program, out: Path, setup: SetupFile, made: Repeated, known: tuple[Footprint, ...]
) -> None:
    """The file, the names that were made, what is still to answer, and what it would share with another set-up."""
    from services.answers import missing
    from services.questions import find
    from services.separation.compare import compare
    from services.separation.things import Footprint

    left = missing(setup.answers)
    if program.voice.json:
        fresh = [{"key": name.key, "old": name.old, "new": name.new} for name in made.fresh]
        program.voice.document({**named(setup), "missing": list(left), "fresh": fresh})
    else:
        program.voice.data(str(out))
    program.voice.tell(f"{out} is written, for the environment {setup.answers.text('setup.environment')}.")
    for name in made.fresh:
        program.voice.tell(
            f"  New name: {name.key} = {name.new} (instead of {name.old}, which another set-up has)"
        )
    for key in left:
        program.voice.tell(f"  Still to answer: {key} ({find(key).label})")
    shared = {one.key: one for other in known for one in compare(Footprint(setup), other).shared}
    for one in shared.values():
        program.voice.tell(f"! {one.says} {one.remedy}")
    keyed = bool(setup.answers.texts("recovery_key.public_files"))
    then = on_setup("plan", out) if keyed else on_setup("keygen", out, "--out", "DIR")
    program.voice.tell(f"Next: {then}")
