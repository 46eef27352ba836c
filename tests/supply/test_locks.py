"""What is installed is what was looked at: exact versions, hashes, agreeing lists, known licences, and nothing else."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.supply import licences, locks
from tests.supply.locks import FOLDER, ROOT, USES, Use, pins

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.mark.parametrize("use", USES)
def test_every_line_of_a_lock_is_an_exact_pin_with_hashes(use: Use) -> None:
    found = pins(use)
    assert len(found) > (0 if use == "build" else 20)
    names = [(pin.name, pin.marker) for pin in found]
    assert len(set(names)) == len(names)
    assert all(pin.hashes for pin in found)


@pytest.mark.parametrize(
    "line",
    [
        "boto3>=1.43",
        "boto3==1.43.106",
        "boto3==1.43.* \\\n    --hash=sha256:" + "0" * 64,
        "boto3==1.43.106 \\\n    --hash=md5:" + "0" * 32,
        "-r other.txt",
        "git+https://example.com/boto3",
        "--extra-index-url https://example.com",
    ],
)
def test_what_is_no_exact_pin_is_seen(line: str) -> None:
    good = "attrs==25.1.0 \\\n    --hash=sha256:" + "0" * 64 + "\n"
    assert len(locks.read(good)) == 1
    with pytest.raises(ValueError, match="no pin"):
        locks.read(good + line + "\n")


def test_no_lock_names_where_packages_come_from() -> None:
    for path in FOLDER.iterdir():
        assert not re.search(r"https?://|index|find-links|trusted-host|@ ", path.read_text("utf-8")), path


def _wanted(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=!~ \[]", one)[0].lower().replace("_", "-") for one in requirements}


def test_the_locks_have_what_the_project_asks_for_and_agree_with_each_other() -> None:
    extras = PROJECT["optional-dependencies"]
    wanted: dict[Use, set[str]] = {
        "run": _wanted(PROJECT["dependencies"]),
        "demo": _wanted(PROJECT["dependencies"] + extras["demo"]),
        "dev": _wanted([*PROJECT["dependencies"], *(one for extra in extras.values() for one in extra)]),
    }
    for use, names in wanted.items():
        assert names <= {pin.name for pin in pins(use)}, use
    dev = {(pin.name, pin.version): set(pin.hashes) for pin in pins("dev")}
    for pin in (*pins("run"), *pins("demo")):
        assert set(pin.hashes) == dev[pin.name, pin.version], f"{pin.name} is another one in dev"


def test_every_version_that_is_asked_for_is_the_locked_one() -> None:
    """A bound that was raised, as after a finding of the audit, leads nowhere until the lists are made anew."""
    locked = {pin.name: pin.version for pin in pins("dev")}
    extras = PROJECT["optional-dependencies"].values()
    for one in map(Requirement, [*PROJECT["dependencies"], *(o for extra in extras for o in extra)]):
        version = locked[canonicalize_name(one.name)]
        assert one.specifier.contains(version), f"{one} is asked for, {version} is locked: run 'make lock'"


def test_the_page_of_licences_is_the_lock_s() -> None:
    listed = licences.rows()
    locked = locks.first_use()
    assert {name: version for name, (version, _) in listed.items()} == {
        name: pin.version for name, (_, pin) in locked.items()
    }, "run 'make licences'"
    for name, (_, said) in listed.items():
        here = licences.licence(name)
        assert here is None or here == said, f"{name}: run 'make licences'"


def test_no_licence_is_one_that_nobody_agreed_to() -> None:
    used = {name: use for name, (use, _) in locks.first_use().items()}
    for name, (_, said) in licences.rows().items():
        allowed = licences.PERMISSIVE | (licences.ONLY_FOR_TESTS if used[name] == "dev" else frozenset())
        assert said, f"{name} has no licence in the list"
        assert set(licences.parts(said)) <= allowed, f"{name} is under {said}"


def test_a_build_depends_on_one_exact_version_and_runs_no_code_of_the_project() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]
    assert build["requires"] == [f"{pin.name}=={pin.version}" for pin in pins("build")]
    assert not [name for name in ("setup.py", "setup.cfg") if Path(ROOT / name).exists()]


def test_the_audit_looks_at_every_lock_and_fails_where_it_cannot_look() -> None:
    (rule,) = re.findall(r"^audit:.*\n\t(.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert re.findall(r"-r requirements/(\w+)\.txt", rule) == list(USES)
    assert {"--strict", "--require-hashes", "--disable-pip"} <= set(rule.split())
    assert not re.search(r"--(ignore-vuln|dry-run)|\|\||^-", rule)


@pytest.mark.parametrize("page", ["README.md", "docs/guide-administrator.md"])
def test_the_documented_way_to_install_takes_the_locks_and_nothing_else(page: str) -> None:
    text = (ROOT / page).read_text("utf-8").split("\n## Install it\n")[1].split("\n## ")[0]
    (installs,) = (block for block in re.findall(r"```\n(.*?)```", text, re.DOTALL) if "venv" in block)
    with_locks, program = re.findall(r"pip install (.*)", installs)
    files = re.findall(r"-r (\S+)", with_locks)
    assert with_locks.split()[0] == "--require-hashes"
    assert files == ["requirements/demo.txt", "requirements/build.txt"]
    assert program.split() == ["--no-index", "--no-deps", "--no-build-isolation", "."]
    assert text.index("--require-hashes") < text.index("pipx")


def test_no_text_has_a_package_installed_by_a_name_that_may_be_somebody_else_s() -> None:
    texts = {
        path: path.read_text("utf-8")
        for folder, kind in (
            ("services", "py"),
            ("screens", "py"),
            ("wizard", "py"),
            ("docs", "md"),
            ("assets", "md"),
        )
        for path in (ROOT / folder).rglob(f"*.{kind}")
    }
    texts[ROOT / "README.md"] = (ROOT / "README.md").read_text("utf-8")
    assert not [
        str(path) for path, text in texts.items() if re.search(r"install '?palisade-wizard|wizard\[", text)
    ]
