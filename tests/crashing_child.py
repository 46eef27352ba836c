"""Stands in for the interpreter that runs key work, and crashes in it: started like it, with its words behind a spec.

The spec is JSON: a crash or nothing, where to leave the evidence, and a private key to take instead of making one.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def stand_in(folder: Path) -> Path:
    """An executable that takes the place of `sys.executable`; it reads `folder/spec.json` at each start."""
    folder.mkdir(exist_ok=True)
    program = folder / "python"
    program.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -I -X utf8 "{Path(__file__).resolve()}" "{folder}/spec.json" "$@"\n'
    )
    program.chmod(0o755)
    return program


def main() -> None:
    """Arms the crash, then does what the interpreter was asked for: `-I -X utf8 -c PROGRAM FOLDERS...`."""
    spec = json.loads(Path(sys.argv[1]).read_text())
    program, folders = sys.argv[6], sys.argv[7:]
    sys.path.append(str(ROOT))
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    from tests.crashes import Crash, arm

    def ready(*_: object) -> rsa.RSAPrivateKey:
        der = Path(spec["key"]).read_bytes()
        key = load_der_private_key(der, None, unsafe_skip_rsa_key_validation=True)
        assert isinstance(key, rsa.RSAPrivateKey)
        return key

    vars(rsa)["generate_private_key"] = ready
    sys.argv = ["-c", *folders]
    if spec["crash"]:
        arm(Crash(**spec["crash"]), Path(spec["evidence"]))
    exec(program, {"__name__": "__main__"})


if __name__ == "__main__":
    main()
