"""The walls between the layers that import contracts cannot express: read from the source text itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = sorted(
    path for folder in ("wizard", "screens", "services") for path in (ROOT / folder).rglob("*.py")
)
NAMES = [str(path.relative_to(ROOT)) for path in PRODUCT]


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def called(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)
        elif isinstance(node, ast.Attribute):
            yield ast.unparse(node)


@pytest.mark.parametrize("name", NAMES)
def test_only_the_port_imports_boto3(name: str) -> None:
    tree = ast.parse((ROOT / name).read_text())
    aws = {module for module in imported(tree) if module.split(".")[0] in {"boto3", "botocore", "s3transfer"}}
    assert not aws or name == "services/aws/port.py", aws


@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith("services/")])
def test_services_neither_print_nor_ask_nor_read_the_environment(name: str) -> None:
    used = set(called(ast.parse((ROOT / name).read_text())))
    forbidden = {"print", "input", "getpass.getpass", "os.environ", "os.getenv", "time.sleep"}
    children = {"services/clock.py", "services/recovery/child.py", "services/demo/serve.py"}
    assert name in children or not used & forbidden, used & forbidden


@pytest.mark.parametrize("name", [n for n in NAMES if not n.startswith("services/demo/")])
def test_the_product_knows_nothing_of_its_demo_or_of_an_emulator(name: str) -> None:
    text = (ROOT / name).read_text().lower()
    assert "moto" not in text.replace("remoto", "")
    if not name.startswith("wizard/"):
        assert "services.demo" not in text
        assert "ministack" not in text


@pytest.mark.parametrize("name", NAMES)
def test_every_module_says_why_it_exists_and_stays_short(name: str) -> None:
    text = (ROOT / name).read_text()
    assert len(text.splitlines()) <= 300
    if text.strip():
        assert ast.get_docstring(ast.parse(text))


def test_the_walls_are_tested_on_real_files() -> None:
    assert len(PRODUCT) > 60
    port = set(imported(ast.parse((ROOT / "services/aws/port.py").read_text())))
    assert "boto3" in port
