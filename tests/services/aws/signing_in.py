"""A process with a home folder of its own that tries sign-ins: botocore looks for kept ones where the process began.

On its standard input is a JSON list of cases: `config`, and `kept`, the files of kept sign-ins by name. It prints the
problem of each.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from services.aws.port import Port, Settings
from services.model.calls import Call, Refused
from services.problems import ProblemError, as_json


def main() -> None:
    """Tries each case."""
    home, found = Path.home(), []
    cache = home / ".aws" / "sso" / "cache"
    for case in json.load(sys.stdin):
        cache.mkdir(parents=True, exist_ok=True)
        for old in cache.iterdir():
            old.unlink()
        (home / ".aws" / "config").write_text(case["config"])
        for name, text in case["kept"].items():
            (cache / name).write_text(text)
        try:
            Port(Settings(profile="x"))(Call("kms", "ListKeys"))
        except ProblemError as error:
            found.append(as_json(error.problem))
        except Refused as refused:
            found.append({"refused": str(refused)})
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
