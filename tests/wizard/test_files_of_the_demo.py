"""The files by which the demo tells its programs of its stage: whatever stands there instead is refused in a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from services.demo.palisade import Service, load_service, save_service
from services.demo.profile import Keys
from services.problems import ProblemError
from wizard import stage

LOADED: dict[str, Callable[[Path], object]] = {"stage": stage.load, "service": load_service}
DEEP = "[" * 100_000 + "]" * 100_000


def saved(name: str, folder: Path) -> Path:
    if name == "stage":
        return stage.save(folder / "it.json", stage.Stage(folder / "service.json", folder / "keys", {"a": 1}))
    service = Service(Keys("AKIA", "secret"), "https://127.0.0.1:1", "http://127.0.0.1:2", folder / "ca.pem")
    return save_service(folder / "it.json", service)


@pytest.mark.parametrize("name", LOADED)
def test_what_is_not_the_demos_is_refused(tmp_path: Path, name: str) -> None:
    path = saved(name, tmp_path)
    LOADED[name](path)
    whole = json.loads(path.read_text())
    each = [json.dumps({**whole, key: "DEEP"}).replace('"DEEP"', DEEP) for key in whole]
    without = [json.dumps({name: value for name, value in whole.items() if name != key}) for key in whole]
    wrong = [json.dumps({**whole, key: value}) for key in whole for value in (None, 1, [1])]
    for content in ("", "{", "{}", "[]", "null", "1", '"x"', DEEP, *each, *without, *wrong):
        path.write_text(content)
        with pytest.raises(ProblemError) as raised:
            LOADED[name](path)
        assert raised.value.problem.code == "unreadable-file", content[:200]
        assert raised.value.problem.remedy
    path.write_bytes(b"\xff\xfe{}")
    with pytest.raises(ProblemError):
        LOADED[name](path)
