"""What a trail costs is in the plan, with its assumptions, before anybody is asked to agree to it."""

from __future__ import annotations

from dataclasses import replace

from tests.wizard.driving import Terminal, refused

FLAGS = ("--hardening-trail", "create", "--hardening-data-events", "all")


def test_a_plan_with_a_trail_says_what_it_costs_and_what_needs_consent(terminal: Terminal) -> None:
    setup = terminal.answered(*FLAGS)
    ran = terminal("plan", "--config", setup)
    assert ran.status == 0
    assert "$ This set-up costs about $" in ran.out
    assert "Assumed for a month:" in ran.out
    assert "us-east-1" in ran.out
    assert "! trail.selectors: AWS bills every recorded read or write of a backup" in ran.out
    assert "--accept cost:trail.selectors" in ran.out

    found = terminal("plan", "--config", setup, "--json").document
    assert found["costs"][0].startswith("This set-up costs about $")
    assert [step["risk"] for step in found["steps"] if step["address"] == "trail.selectors"] == ["cost"]


def test_a_plan_without_what_costs_says_nothing_of_it(terminal: Terminal) -> None:
    setup = terminal.answered()
    assert "$" not in terminal("plan", "--config", setup).out
    assert terminal("plan", "--config", setup, "--json").document["costs"] == []


def test_nothing_is_written_without_the_word_and_nothing_is_asked_twice(terminal: Terminal) -> None:
    paid = replace(terminal, aws=terminal.aws)
    setup = paid.answered(*FLAGS)
    refused(paid("apply", "--config", setup, "--yes", "--json"), "consent")
    ran = paid("apply", "--config", setup, "--yes", "--accept", "cost")
    assert ran.status == 0, ran.err
    again = paid("plan", "--config", setup, "--check")
    assert again.status == 0
    assert "costs" not in again.out
