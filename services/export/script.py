"""The blueprint as a POSIX shell script over the `aws` program, for whoever wants to read every command before it runs.

The script keeps the engine's laws: it looks at everything before it writes anything, tells denied from absent, writes
nothing over what somebody changed, and can be run again at any time. Its fixed parts are in `assets/`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from services.aws.codes import CODES
from services.costs import DATA_EVENTS
from services.engine.order import ordered
from services.engine.plan import Plan, plan
from services.engine.world import Absent
from services.export.comparing import Scene, backticked, referred, shell_name
from services.export.managing import Part, managed, theirs
from services.export.shell import WIDTH, Var, comment, word
from services.export.subject import Subject
from services.model.paths import literal
from services.model.resource import Resource, Risk
from services.model.tags import RESOURCE, SETUP
from services.model.values import Ref
from services.problems import KINDS, ProblemError, refuse

_ASSETS = Path(__file__).resolve().parent.parent.parent / "assets"
_FIXED = (_ASSETS / "aws-cli.sh", _ASSETS / "aws-cli-policies.sh")
_RISKS: dict[Risk, str] = {
    "irreversible": "this can never be undone",
    "cost": DATA_EVENTS,
    "principal": "this changes who can write backups",
}


def text(subject: Subject) -> str:
    """The whole script."""
    if not subject.place.setup:
        raise refuse(
            "missing-answer",
            "The set-up has no id yet, by which the script would know again what it made.",
            "Leave out --offline once: the program then gives it one.",
            where="setup.id",
        )
    found = plan(subject.blueprint, subject.world)
    _refuse_blocked(subject, found)
    scene, used = Scene.of(subject), referred(subject.blueprint)
    parts = [_part(scene, resource, used) for resource in ordered(subject.blueprint)]
    return "\n".join(
        (
            _head(subject, found, parts),
            *(path.read_text(encoding="utf-8") for path in _FIXED),
            _errors(),
            *(part.functions for part in parts),
            _main(subject, parts),
        )
    )


def _part(scene: Scene, resource: Resource, used: frozenset[Ref]) -> Part:
    outputs = tuple(
        output
        for output in resource.lookup.outputs
        if (ref := Ref(resource.name, output)) in used and isinstance(scene.naming(ref), Var)
    )
    if any("split(" in resource.lookup.outputs[output] for output in outputs):
        raise refuse(
            "missing-answer",
            f"What the script needs to know of the {resource.title}, only AWS can tell.",
            "Leave out --offline.",
            where=resource.name,
        )
    if scene.subject.standing(resource) == "theirs":
        return theirs(resource, scene.naming, outputs)
    return managed(scene, resource, outputs)


def _refuse_blocked(subject: Subject, found: Plan) -> None:
    """A script for a set-up that cannot be completed helps nobody. What is only missed is looked for by the script."""
    for step in found.blocked:
        missed = isinstance(subject.world.resources.get(step.resource.name, Absent()), Absent)
        if step.problem is not None and not (missed and step.facet is None):
            raise ProblemError(step.problem)


def _head(subject: Subject, found: Plan, parts: list[Part]) -> str:
    answers = subject.setup.answers
    name, environment = answers.text("setup.name"), answers.text("setup.environment")
    lines = [
        "#!/bin/sh",
        comment(
            f"Sets up the Palisade backup path {name} ({environment}) in the AWS account {subject.account}, region "
            f"{answers.text('aws.region')}, with the aws program: the same resources as palisade-wizard's own 'apply'."
        ),
        "#",
        comment(
            "This file holds the external ID, which is confidential: keep it where only those who need it can read it."
        ),
        "# Look first: sh SCRIPT --check          Then: sh SCRIPT          All options: sh SCRIPT --help",
    ]
    risks = [(side.risk, side) for part in parts for side in part.sides if side.risk is not None]
    if risks:
        lines += ["#", "# Needs your consent:"]
        for risk, side in risks:
            says = f"{side.facet.says}; {_RISKS.get(risk, risk)}."
            lines.append(comment(f"  --accept {risk}:{side.address}: {says}"))
    kept = [part.resource for part in parts if not part.ours]
    if kept:
        lines += ["#", "# Not made by this set-up, so only looked at and never changed:"]
        lines += [comment(f"  {resource.title}") for resource in kept]
    notes = [note.says for note in found.notes]
    if notes:
        lines += ["#", "# Worth knowing:", *(comment(f"  {note}") for note in notes)]
    return "\n".join((*lines, "", *_STRICT))


_STRICT = (
    "# The backquotes in single quotes are JMESPath's own.",
    "# shellcheck disable=SC2016",
    "set -eu",
    "",
)


def _errors() -> str:
    """A shell function that sorts AWS's error codes as the program itself does."""
    by_exit: dict[str, list[str]] = {"denied": [], "sign-in": [], "later": []}
    names = {KINDS["denied"]: "denied", KINDS["sign-in"]: "sign-in", KINDS["busy"]: "later"}
    for code, kind in CODES.items():
        if KINDS[kind] in names:
            by_exit[names[KINDS[kind]]].append(code)
    lines = ["# kind_of_error CODE MESSAGE", "kind_of_error() {", '    case "$1" in']
    for name, codes in by_exit.items():
        lines += [*_pattern(sorted(codes)), f"            echo {name} ;;"]
    return "\n".join((*lines, *_LOCAL_ERRORS, "    esac", "}", ""))


def _pattern(codes: list[str]) -> Iterator[str]:
    line = "        " + codes[0]
    for code in codes[1:]:
        if len(line) + len(code) + 5 > WIDTH:
            yield line + " | \\"
            line = "            " + code
        else:
            line += " | " + code
    yield line + ")"


_LOCAL_ERRORS = (
    "        '')",
    '            case "$2" in',
    "                *redentials* | *SSO* | *' expired'* | *'aws login'*) echo sign-in ;;",
    "                *onnect* | *timeout* | *'timed out'* | *SSL* | *roxy*) echo later ;;",
    "                *) echo usage ;;",
    "            esac ;;",
    "        *) echo refused ;;",
)


def _main(subject: Subject, parts: list[Part]) -> str:
    region, place = subject.setup.answers.text("aws.region"), subject.place
    names = [shell_name(part.resource.name) for part in parts]
    mine = [shell_name(part.resource.name) for part in parts if part.ours]
    tags = f"Tags[?TagKey=='{SETUP}']|[0].TagValue", f"Tags[?TagKey=='{RESOURCE}']|[0].TagValue"
    return "\n".join(
        (
            "# ---- What runs ".ljust(WIDTH, "-"),
            "",
            f"account={word(subject.account)}",
            f"region={word(region)}",
            "# Which of this set-up's keys a KMS key is: '-' for any other.",
            f"key_tags={word(_key_query(place.setup, *tags))}",
            'export AWS_REGION="$region" AWS_DEFAULT_REGION="$region"',
            "",
            "look_at_everything() {",
            "    differences=0 again=no changed='' lacking=''",
            *(f"    look_{name}" for name in names),
            "}",
            "",
            "ask 'ask who is signed in (sts:GetCallerIdentity)' '' '' \\",
            "    aws sts get-caller-identity --query Account --output json",
            "signed_in=$(words -)",
            'if [ "$signed_in" != "$account" ]; then',
            '    stop 6 "This sign-in is for the account $signed_in, and the script is for $account." \\',
            "        'Choose another profile with AWS_PROFILE, then run this script again.'",
            "fi",
            'say "Looking at AWS account $account, region $region. Nothing is changed by that."',
            "look_at_everything",
            *_VERDICT,
            'say "Writing $differences settings."',
            "looking=no quiet=yes",
            *(f"write_{name}" for name in mine),
            *_PROOF,
            "",
        )
    )


def _key_query(setup: str, setup_path: str, resource_path: str) -> str:
    said, which = backticked(setup_path), backticked(resource_path)
    return f'({said}) == {literal(setup)} && ({which}) || `"-"`'


_VERDICT = (
    'if [ -n "$changed" ]; then',
    '    stop 6 "Not as it should be, nor as it was when this script was written:$changed." \\',
    "        'Nothing is written over what somebody else changed. Look at it with \"palisade-wizard plan\", then export again.'",
    "fi",
    'if [ "$differences" -eq 0 ]; then',
    "    say 'Everything is as it should be.'",
    '    [ "$again" = yes ] || exit 0',
    "fi",
    'if [ "$check" = yes ]; then',
    '    [ -z "$lacking" ] || say "It needs your consent:$lacking"',
    '    [ "$differences" -gt 0 ] || exit 0',
    '    say "$differences settings would be written. Nothing was changed."',
    "    exit 3",
    "fi",
    'if [ -n "$lacking" ]; then',
    "    stop 6 'Some of this needs your consent: read what stands at the head of this script.' \"If you agree, add:$lacking\"",
    "fi",
)

_PROOF = (
    "",
    "# The proof: everything is read once more, until it shows.",
    "proofs=0",
    "while :; do",
    "    look_at_everything",
    '    [ "$differences" -eq 0 ] && [ -z "$changed" ] && break',
    "    proofs=$((proofs + 1))",
    '    [ "$proofs" -lt 6 ] || stop 7 "AWS took every change, and does not show all of them yet:$changed." \\',
    "        'Wait some minutes, then run this script with --check.'",
    "    sleep 5",
    "done",
    'say "Done: $written changes. Everything is as it should be."',
)
