"""`demo --play` plays Palisade on the AWS of a served demo and on no other; the guides' tests run it there."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.demo.palisade import Service, save_service
from services.demo.profile import Keys
from services.model.calls import Aws
from tests.wizard.driving import Terminal, refused

SERVED = "https://127.0.0.1:1"


def served(machine: Terminal) -> Terminal:
    """A computer on which the variables of a served demo are set."""
    service = Service(
        Keys("AKIAEXAMPLE", "of-the-stand-in"), SERVED, "http://127.0.0.1:2", machine.folder / "ca"
    )
    save_service(machine.folder / "service.json", service)
    machine.environ["AWS_CONFIG_FILE"] = str(machine.folder / "aws-config")
    return machine


@pytest.mark.parametrize(
    "variables", [{}, {"AWS_CONFIG_FILE": "config"}, {"AWS_CONFIG_FILE": "/nowhere/config"}]
)
def test_without_a_served_demo_nobody_plays(offline: Terminal, variables: dict[str, str]) -> None:
    offline.environ.update(variables)
    problem = refused(offline("demo", "--play", offline.answered(), "--json"), "usage")
    assert "demo --serve" in problem["remedy"][0]


@pytest.mark.parametrize("endpoint", ["", "https://s3.eu-west-1.amazonaws.com", "https://127.0.0.1:3"])
def test_nothing_is_played_where_the_set_up_is_in_another_aws(
    tmp_path: Path, aws: Aws, endpoint: str
) -> None:
    machine = served(Terminal(tmp_path, aws, endpoint))
    refused(machine("demo", "--play", machine.answered(), "--json"), "usage")


def test_a_set_up_that_is_not_made_yet_has_no_values_to_play_with(tmp_path: Path, aws: Aws) -> None:
    machine = served(Terminal(tmp_path, aws, SERVED))
    refused(machine("demo", "--play", machine.with_key(), "--json"), "not-ready")


@pytest.mark.parametrize("other", [("--headless",), ("--serve",), ("--dir", "x")])
def test_it_goes_with_no_other_option(offline: Terminal, other: tuple[str, ...]) -> None:
    refused(offline("demo", "--play", "S", *other, "--json"), "usage")
