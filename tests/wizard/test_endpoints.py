"""Law 12: an endpoint that is not AWS's own is named at the head of every report."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.wizard.driving import Terminal
from wizard.root import endpoint_of

URL = "https://127.0.0.1:4566"


def test_every_report_names_a_foreign_endpoint_first(terminal: Terminal) -> None:
    setup = terminal.with_key()
    machine = replace(terminal, endpoint=URL)
    head = f"! Endpoint: {URL}\n"
    assert machine("plan", "--config", setup).out.startswith(head)
    assert machine("apply", "--config", setup, "--yes").err.startswith(head)
    for command in ("plan", "values", "verify"):
        assert machine(command, "--config", setup).out.startswith(head), command
        assert machine(command, "--config", setup, "--json").document["endpoint"] == URL
    assert json.loads(machine("apply", "--config", setup, "--json").out.splitlines()[-1])["endpoint"] == URL
    out = terminal.folder / "values.md"
    assert machine("values", "--config", setup, "--format", "markdown", "--out", out).status == 0
    assert out.read_text().startswith(head)


def test_no_report_names_awss_own(terminal: Terminal) -> None:
    setup = terminal.with_key()
    for command in ("plan", "verify"):
        ran = terminal(command, "--config", setup)
        assert "Endpoint" not in ran.out + ran.err
        assert terminal(command, "--config", setup, "--json").document["endpoint"] == ""


@pytest.mark.parametrize(
    ("option", "environ", "expected"),
    [
        ("", {}, ""),
        (URL, {}, URL),
        ("", {"AWS_ENDPOINT_URL": URL}, URL),
        ("", {"AWS_ENDPOINT_URL_S3": URL}, URL),
        ("", {"AWS_ENDPOINT_URL_STS": URL}, URL),
        ("", {"AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": URL}, URL),
        ("", {"AWS_ENDPOINT_URL": URL, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, ""),
        ("https://s3.eu-west-1.amazonaws.com", {}, ""),
        (
            "https://api.execute-api.eu-west-1.amazonaws.com",
            {},
            "https://api.execute-api.eu-west-1.amazonaws.com",
        ),
        ("http://s3.eu-west-1.amazonaws.com", {}, "http://s3.eu-west-1.amazonaws.com"),
        ("https://a:b@c@host/p@q", {}, "https://host/p@q"),
        ("https://s3.cn-north-1.amazonaws.com.cn/", {}, ""),
        ("https://amazonaws.com.example.net", {}, "https://amazonaws.com.example.net"),
        ("https://example.net/.amazonaws.com", {}, "https://example.net/.amazonaws.com"),
        ("https://kim:secret@proxy:1/x", {}, "https://proxy:1/x"),
        ("https://s3.amazonaws.com@proxy:1", {}, "https://proxy:1"),
    ],
)
def test_which_endpoint_is_foreign(option: str, environ: dict[str, str], expected: str) -> None:
    assert endpoint_of(option, environ) == expected


def test_a_service_alone_that_is_led_elsewhere_is_named_too(terminal: Terminal) -> None:
    setup = terminal.with_key()
    machine = replace(terminal, environ={"AWS_ENDPOINT_URL_KMS": URL})
    assert machine("plan", "--config", setup, "--json").document["endpoint"] == URL
