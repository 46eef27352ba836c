"""Work that takes longer than a blink: threads of the application, whose outcome comes back as messages.

Pages come and go while work is done, so threads never belong to a page. A job's state is changed on the
interface's thread alone; the thread only posts what it found. Secrets are never arguments: they stay in closures.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.message import Message

from services.problems import Problem, ProblemError

if TYPE_CHECKING:
    from textual.app import App


def _nothing() -> None:
    pass


def _ignore(_result: Any) -> None:
    pass


@dataclass(eq=False)
class Job:
    """One piece of work: what it told so far, and its outcome (`problem`, or `result` once `done`).

    `finish` takes the result on the interface's thread, whether or not a page still looks at the job.
    """

    name: str
    says: str
    began: float
    finish: Callable[[Any], None] = _ignore
    cancel: Callable[[], None] = _nothing
    told: list[Any] = field(default_factory=list)
    result: Any = None
    problem: Problem | None = None
    done: bool = False
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def running(self) -> bool:
        return not self.done

    def ask_to_stop(self) -> None:
        """Asks the work to end after what it is doing now."""
        self.stop.set()
        self.cancel()


class Told(Message):
    """Something that a job says while it works."""

    def __init__(self, job: Job, what: object) -> None:
        super().__init__()
        self.job, self.what = job, what


class Ended(Message):
    """A job is over."""

    def __init__(self, job: Job, result: Any, problem: Problem | None) -> None:
        super().__init__()
        self.job, self.result, self.problem = job, result, problem


Work = Callable[[Job, Callable[[object], None]], object]
"""Work gets its job (to see whether it should stop) and a function to tell what happens."""


class Runner:
    """The application's jobs, the newest one of each name."""

    def __init__(self, app: App[None], now: Callable[[], float]) -> None:
        self._app, self._now = app, now
        self.jobs: dict[str, Job] = {}

    def running(self, name: str) -> bool:
        return name in self.jobs and self.jobs[name].running

    def any_running(self) -> bool:
        return any(job.running for job in self.jobs.values())

    def start(
        self,
        name: str,
        says: str,
        work: Work,
        finish: Callable[[Any], None] = _ignore,
        cancel: Callable[[], None] = _nothing,
    ) -> Job:
        """Starts a job; an older one of the same name is not listened to any more."""
        job = Job(name, says, self._now(), finish, cancel)
        self.jobs[name] = job
        self._app.run_worker(
            lambda: self._run(job, work),
            name=name,
            group=name,
            description=name,
            thread=True,
            exit_on_error=False,
        )
        return job

    def current(self, job: Job) -> bool:
        """Whether this is still the job of its name."""
        return self.jobs.get(job.name) is job

    def forget(self, *but: str) -> None:
        """Listens to no job any more except those named: what they found belongs to a set-up that was put away."""
        self.jobs = {name: job for name, job in self.jobs.items() if name in but}

    def stop_all(self) -> None:
        for job in self.jobs.values():
            if job.running:
                job.ask_to_stop()

    def _run(self, job: Job, work: Work) -> None:
        try:
            result = work(job, lambda what: self._post(Told(job, what)))
        except ProblemError as error:
            self._post(Ended(job, None, error.problem))
        except BaseException as error:  # noqa: BLE001 - the last place where it can be told without its values
            self._post(Ended(job, None, fault(error)))
        else:
            self._post(Ended(job, result, None))

    def _post(self, message: Message) -> None:
        self._app.post_message(message)


def fault(error: BaseException) -> Problem:
    """A fault of the program as a problem: where it happened, never with which values."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
    return Problem(
        "our-bug",
        "The program met a fault of its own and did not go on; what was done so far is kept.",
        ("Try again; if it fails again, report the place that is named here.",),
        f"{type(error).__name__} at {where}",
    )
