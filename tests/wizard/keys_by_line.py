"""A sitting at the recovery key line by line, and what became of the key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from services import setup_file
from services.answers import Answers
from services.recovery import check
from tests.wizard.driving import Ran, Terminal
from tests.wizard.script import Script, marks, sit, state

KEY = "How is the key kept"


def enter(_script: Script, _label: str) -> str:
    return ""


def at_the_key(
    machine: Terminal,
    answers: Mapping[str, Sequence[str]],
    otherwise: Callable[[Script, str], str] = enter,
    *,
    words: bool = False,
) -> tuple[Ran, Script]:
    """A sitting at the recovery key of a set-up, up to the step behind it."""
    setup = machine.setup if machine.setup.exists() else machine.answered()
    found = setup_file.record(setup_file.identified(setup_file.read(setup)), {"aws.account": "123456789012"})
    kept = state(machine).drafts(found.answers.text("setup.id"))
    state(machine).keep_drafts(
        found.answers.text("setup.id"), {**kept, **marks(machine, found, "recovery-key")}
    )
    stick = str(machine.folder / "stick")
    script = Script(
        {"Name space": ["quit"], **answers},
        otherwise=lambda script, label: stick if label == "Folder" else otherwise(script, label),
        words=words,
    )
    return sit(machine, script, "--config", setup), script


def answers(machine: Terminal) -> Answers:
    return setup_file.read(machine.setup).answers


def opens(machine: Terminal, password: str) -> bool:
    """Whether the private file opens, fits the public one, and is in the recovery tool's form."""
    sealed = machine.folder / answers(machine).text("recovery_key.private_file")
    (public,) = (machine.folder / path for path in answers(machine).texts("recovery_key.public_files"))
    found = check.keycheck(
        sealed.read_bytes(), public.read_bytes(), bytearray(password.encode()), prove=True, iterations=2
    )
    return bool(found.proven and found.matches_public and found.recovery_tool_accepts)
