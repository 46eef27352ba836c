"""The blueprint as a CloudFormation template: what the set-up makes, for whoever deploys with stacks.

What somebody else made is referred to by its name and never managed. What this set-up made already can be taken over by
an import; the template then says how, and has no outputs, because an import takes none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.export import cloudformation_words as words
from services.export.cloudformation_parts import Draft, Part, draft, parts
from services.export.cloudformation_values import EXTERNAL_ID
from services.export.cloudformation_yaml import commented, dumped, indented
from services.export.subject import Subject
from services.model.values import Ref, Tree
from services.problems import refuse


def text(subject: Subject) -> str:
    """The template as YAML, with the intrinsic functions in their long form, which every YAML reader can read."""
    plan = draft(subject)
    if not plan.managed:
        raise refuse(
            "unfit",
            "Everything in this set-up was made by somebody else, so there is nothing that a template could make.",
            "Keep the set-up as it should be with 'palisade-wizard plan' and 'apply'.",
        )
    found = parts(plan)
    body = "".join(_sections(plan, found))
    whole = _head(plan, found, large=False) + body
    return whole if len(whole) <= words.LARGEST else _head(plan, found, large=True) + body


def _head(plan: Draft, found: tuple[Part, ...], *, large: bool) -> str:
    return "".join(commented(line) for line in words.head(plan, found, large=large)) + "\n"


def _sections(plan: Draft, found: tuple[Part, ...]) -> Iterator[str]:
    yield dumped(
        {"AWSTemplateFormatVersion": "2010-09-09", "Description": words.description(plan.subject)},
    )
    yield "\n" + dumped({"Metadata": {"PalisadeWizard": words.metadata(plan, found)}})
    parameters = _parameters(plan)
    if parameters:
        yield "\n" + dumped({"Parameters": parameters})
    yield "\n" + dumped({"Rules": _rules(plan)})
    yield "\nResources:\n"
    said: tuple[str, ...] = ()
    for part in found:
        title, *sides = part.words
        yield "\n" + commented(title, "  ")
        # What is said of one alarm need not be said of eight.
        for line in () if tuple(sides) == said else sides:
            yield commented(line, "  ")
        said = tuple(sides)
        yield indented(dumped({part.name: part.body}))
    if not words.import_list(found):
        yield "\n" + dumped({"Outputs": _outputs(plan)})


def _parameters(plan: Draft) -> dict[str, Tree]:
    found: dict[str, Tree] = {}
    if plan.manages("role"):
        found[EXTERNAL_ID] = {
            "Type": "String",
            "NoEcho": True,
            "Description": "Confidential. Palisade names it when it assumes the role; a stack shows it as ****.",
            "Default": plan.subject.setup.answers.text("palisade.external_id"),
            "MinLength": 2,
            "MaxLength": 1224,
            "AllowedPattern": "[A-Za-z0-9_+=,.@:/-]*",
        }
    for name, ref in plan.parameters().items():
        owner = next(r for r in plan.subject.blueprint if r.name == ref.resource)
        found[name] = {
            "Type": "String",
            "MinLength": 1,
            "Description": f"{ref.output} of the {owner.title}, which nobody asked AWS for.",
        }
    return found


def _rules(plan: Draft) -> Mapping[str, Tree]:
    place = plan.subject.place

    def only(pseudo: str, value: str, what: str) -> Tree:
        return {
            "Assert": {"Fn::Equals": [{"Ref": pseudo}, value]},
            "AssertDescription": f"This template is for the {what} {value} alone: its policies name it.",
        }

    return {
        "RightPlace": {
            "Assertions": [
                only("AWS::Region", place.region, "region"),
                only("AWS::AccountId", place.account, "account"),
            ]
        }
    }


def _outputs(plan: Draft) -> Mapping[str, Tree]:
    """The values of Palisade's Create kit form, but for the external ID, which no output can hide."""
    point = plan.point
    rows: tuple[tuple[str, str, Tree], ...] = (
        ("Bucket", "Bucket", point(Ref("bucket", "id"))),
        ("RoleArn", "Role ARN", point(Ref("role"))),
        ("Region", "Region", {"Ref": "AWS::Region"}),
        ("KmsKeyArn", "KMS key ARN", point(Ref("key"))),
    )
    return {name: {"Description": f"Create kit form, {label}", "Value": value} for name, label, value in rows}
