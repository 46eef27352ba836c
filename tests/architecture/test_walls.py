"""The walls between the layers that import contracts cannot express: read from the source text itself."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = sorted(
    path for folder in ("wizard", "screens", "services") for path in (ROOT / folder).rglob("*.py")
)
NAMES = [str(path.relative_to(ROOT)) for path in PRODUCT]


@functools.cache
def tree(name: str) -> ast.Module:
    return ast.parse((ROOT / name).read_text())


def imported(module: ast.AST) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def called(module: ast.AST) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)
        elif isinstance(node, ast.Attribute):
            yield ast.unparse(node)


def test_only_the_port_imports_boto3() -> None:
    found = {
        name
        for name in NAMES
        if any(module.split(".")[0] in {"boto3", "botocore", "s3transfer"} for module in imported(tree(name)))
    }
    assert found == {"services/aws/port.py"}


def test_services_neither_print_nor_ask_nor_read_the_environment() -> None:
    forbidden = {"print", "input", "getpass.getpass", "os.environ", "os.getenv", "time.sleep"}
    children = {"services/clock.py", "services/recovery/child.py", "services/demo/serve.py"}
    services = {name for name in NAMES if name.startswith("services/")} - children
    found = {name: used for name in services if (used := forbidden & set(called(tree(name))))}
    assert not found


def test_threads_that_a_pool_waits_for_are_made_in_one_place_only() -> None:
    """Python waits for such threads wherever a block or the program ends; a signal must not wait with it."""
    pools = re.compile(r"\b(Thread|Process)Pool(Executor)?\b")
    found = {name for name in NAMES if pools.search(ast.unparse(tree(name)))}
    assert found == {"services/side_by_side.py"}


def test_a_path_is_looked_at_in_one_way_only() -> None:
    """What `pathlib` says of a path it says with an exception for names that are too long and links in a circle."""
    raising = {"exists", "is_file", "is_dir", "glob", "rglob", "resolve"}
    found = {
        f"{name}:{node.lineno}"
        for name in NAMES
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in raising and ast.unparse(node.func.value) not in {"Path(__file__)", "os.path"}
    }
    guarded = {
        "services/own_files.py": 1,
        "services/recovery/medium.py": 4,
        "services/recovery/process.py": 1,
        "services/recovery/vendor_tool.py": 1,
        "wizard/keys/tokens.py": 1,
    }  # each of these looks at what was found before, or under a `try` of its own
    counted = {name: sum(place.startswith(f"{name}:") for place in found) for name in NAMES}
    assert {name: number for name, number in counted.items() if number} == guarded


def test_json_of_others_is_read_in_one_place_only() -> None:
    """`json.loads` ends in no `ValueError` for what is nested without end: a file like that would be a fault of ours."""
    found = {name for name in NAMES if {"json.loads", "json.load"} & set(called(tree(name)))}
    own = {"services/recovery/child.py", "services/recovery/process.py", "wizard/journey.py"}  # own children
    guarded = {"services/backups/encoding.py", "services/engine/lock.py"}  # which tell that end from others
    assert found == {"services/json_text.py"} | own | guarded


def test_the_product_knows_nothing_of_its_demo_or_of_an_emulator() -> None:
    for name in (name for name in NAMES if not name.startswith("services/demo/")):
        text = (ROOT / name).read_text().lower()
        assert "moto" not in text.replace("remoto", ""), name
        if not name.startswith("wizard/"):
            assert "services.demo" not in text, name
            assert "ministack" not in text, name


def test_the_demo_knows_its_emulator_by_the_front_door_alone() -> None:
    """Nothing of it can be changed where nothing of it is known: what it lacks is supplied from outside."""
    known = {
        f"{name}: {ast.unparse(node)}"
        for name in NAMES
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Import | ast.ImportFrom) and "ministack" in ast.unparse(node)
    }
    assert known == {"services/demo/serve.py: from ministack.app import app"}


def test_every_module_says_why_it_exists_and_stays_short() -> None:
    for name in NAMES:
        text = (ROOT / name).read_text()
        assert len(text.splitlines()) <= 300, name
        assert not text.strip() or ast.get_docstring(tree(name)), name


def test_the_walls_are_tested_on_real_files() -> None:
    assert len(PRODUCT) > 60
    with pytest.raises(FileNotFoundError):
        tree("services/no_such_module.py")


_WORDS = r"palisade-wizard(?: [\w.…/-]+)*"
_LOOSE = re.compile(rf"{_WORDS}[ =](?:\x00|\{{)|--(?:config|out|plan|sealed|template)[ =]\x00")


def test_a_value_in_a_printed_command_is_a_word_for_the_shell() -> None:
    """A path with a blank in it, such as the usual folder of the set-ups on macOS: only `own_command` quotes it."""
    named = {"services/recovery/share_files.py", "services/recovery/sheet.py"}
    """These name a key's file in its folder, and `keygen --name` takes no blank and no quote."""
    found = {
        f"{name}:{node.lineno}"
        for name in NAMES
        if name not in named and re.search(r"palisade-wizard|PROGRAM|--config", (ROOT / name).read_text())
        for node in ast.walk(tree(name))
        if isinstance(node, ast.JoinedStr | ast.Constant) and _LOOSE.search(_spelt(node))
    }
    assert not found


def _spelt(node: ast.JoinedStr | ast.Constant) -> str:
    """A text with NUL for each value that is put into it as it is."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    parts = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            value = ast.unparse(part.value)
            parts.append(
                "palisade-wizard"
                if value == "PROGRAM"
                else "WORD"
                if "quote(" in value or value.isupper()
                else "\x00"
            )
        else:
            parts.append(ast.literal_eval(part))
    return "".join(parts)
