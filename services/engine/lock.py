"""One run at a time works on a setup in an account and region."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services import own_files
from services.problems import ProblemError, refuse


@contextmanager
def held(folder: Path, account: str, region: str, setup: str) -> Iterator[None]:
    """Holds the lock, or refuses at once if another run has it."""
    import filelock

    path = folder / f"{setup}.{account}.{region}.lock"
    lock = filelock.FileLock(path, timeout=0, mode=0o600)
    try:
        own_files.private_folder(folder)
        lock.acquire()
    except filelock.Timeout:
        raise refuse(
            "locked",
            "Another run of this program is working on this set-up.",
            "Wait until it has ended, then try again; or end it if it hangs.",
            where=str(path),
        ) from None
    except (OSError, ProblemError) as error:
        why = error.strerror if isinstance(error, OSError) else error.problem.summary.rstrip(".")
        raise refuse(
            "folder",
            f"The lock file cannot be written ({why}).",
            "Choose a writable folder with --state-dir.",
            where=str(path),
        ) from None
    try:
        yield
    finally:
        lock.release()
