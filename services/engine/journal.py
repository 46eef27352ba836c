"""What a setup began and ended, one JSON line an event, each on the disk before the next thing happens.

The journal never says what AWS has: a resume observes and plans again. It only proves that a resource without tags
was begun by this setup, it is the history that support reads, and it knows which KMS keys the setup made, so that no
other setup of this computer takes one for its own.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from services import file_trust, files, json_text, own_files, seen
from services.clock import Clock, stamp
from services.disk import flush
from services.events import Event, event_json
from services.model.place import parse_arn
from services.problems import ProblemError, refuse


@dataclass(frozen=True)
class Journal:
    """An append-only file, readable by its owner alone."""

    path: Path
    clock: Clock

    def append(self, entry: Mapping[str, object], *, anew: bool = True) -> None:
        """One line, on the disk when this returns. A torn last line of an earlier crash is ended first.

        Without `anew` the file must be there: one that is gone in the middle of a run went with its medium, and another
        one in its place would say nothing of what was begun. Errors: `folder`.
        """
        line = json.dumps({"at": stamp(self.clock.wall()), **entry}) + "\n"
        try:
            if anew:
                own_files.private_folder(self.path.parent)
            new = not seen.anything(self.path)
            handle = file_trust.open_own(self.path, os.O_RDWR | os.O_APPEND | (os.O_CREAT if anew else 0))
            try:
                size = os.fstat(handle).st_size
                torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
                rest = (b"\n" if torn else b"") + line.encode()
                while rest:
                    rest = rest[os.write(handle, rest) :]
                flush(handle)
            finally:
                os.close(handle)
            if new:
                files.sync(self.path.parent)
        except OSError as error:
            raise self._unwritten(str(error.strerror)) from None
        except ProblemError as error:
            raise self._unwritten(error.problem.summary.rstrip(".")) from None

    def _unwritten(self, why: str) -> ProblemError:
        return refuse(
            "folder",
            f"The journal cannot be written ({why}), so nothing more is changed in AWS.",
            "Make room on the disk, or choose another folder with --state-dir, then run the command again.",
            where=str(self.path),
        )

    def entries(self) -> Iterator[Mapping[str, object]]:
        """The whole lines; damaged ones are passed over."""
        return _entries(self.path)

    def begun(self) -> dict[str, datetime]:
        """When the creation of each resource, by its title, was last begun: right before, it was observed absent.

        One whose name turned out to be taken was not begun, and one that was deleted is not any more.
        """
        return self._lives()[0]

    def ended(self) -> dict[str, datetime]:
        """When the deletion of each of them, by its title, was begun after that, and not answered."""
        return self._lives()[1]

    def done_of(self, plan: str, identity: str = "") -> set[str] | None:
        """The addresses that were done since the plan of this fingerprint was last begun whole; None if it never was.

        With the id of a plan, another one of the same content is not meant. A run that does the rest of a plan is no new
        beginning of it, and what a teardown took down, which is a run without a plan, is not done any more.
        """
        done: dict[str, str] | None = None
        making: set[str] = set()
        for entry in self.entries():
            address, run = str(entry.get("address")), str(entry.get("run"))
            match entry:
                case {"event": "plan", "fingerprint": begun}:
                    making.add(run)
                    if begun == plan and identity in {"", entry.get("id")}:
                        done = (done or {}) if entry.get("rest") else {}
                case _ if done is None:
                    continue
                case {"event": "succeeded" | "skipped"} if run in making:
                    done[address] = run
                case {"event": "succeeded" | "skipped"}:
                    done = {k: v for k, v in done.items() if k != address and not k.startswith(f"{address}.")}
                case {"event": "failed", "problem": {"code": "stale"}} if done.get(address) == run:
                    # What this run had written was written over by another one before its end, and is missing again.
                    done.pop(address, None)
                case _:
                    continue
        return None if done is None else set(done)

    def _lives(self) -> tuple[dict[str, datetime], dict[str, datetime]]:
        begun: dict[str, datetime] = {}
        ended: dict[str, datetime] = {}
        titles: dict[str, str] = {}
        for entry in self.entries():
            address, title = str(entry.get("address")), str(entry.get("title", ""))
            match entry:
                case {"event": "started", "verb": "create" | "delete" as verb, "at": str(at)} if title:
                    with contextlib.suppress(ValueError, OverflowError):
                        (begun if verb == "create" else ended)[title] = _moment(at)
                        titles[address] = title
                        if verb == "create":
                            ended.pop(title, None)
                case {"event": "failed", "problem": {"code": "taken"}}:
                    begun.pop(titles.get(address, ""), None)
                case {"event": "succeeded"} if titles.get(address, "") in ended:
                    begun.pop(titles[address], None)
                    ended.pop(titles[address])
                case {"event": "destroyed", "titles": list(gone)}:
                    for each in gone:
                        begun.pop(str(each), None)
                        ended.pop(str(each), None)
                case _:
                    continue
        return begun, ended

    def unanswered(self) -> dict[str, datetime]:
        """The creations, by title, that were begun and of which no end is written: AWS may have done them or not."""
        begun, open_addresses = self.begun(), dict[str, str]()
        for entry in self.entries():
            address = str(entry.get("address"))
            if entry.get("event") == "started" and entry.get("verb") == "create":
                open_addresses[address] = str(entry.get("title", ""))
            elif entry.get("event") in ("succeeded", "failed"):
                open_addresses.pop(address, None)
        return {title: begun[title] for title in open_addresses.values() if title in begun}


def _moment(text: str) -> datetime:
    """A moment in UTC; one that somebody wrote without a zone is that already, so that moments can be compared."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def is_key(arn: str) -> bool:
    """Whether an ARN is that of a KMS key (an alias has one, too)."""
    found = parse_arn(arn)
    return found is not None and found.service == "kms" and found.name.startswith("key/")


def keys_made(path: Path) -> dict[str, str]:
    """The ARNs of KMS keys, by resource, that a journal says belong to its setup; the last ones that it names."""
    found = {}
    for entry in _entries(path):
        match entry:
            case {"event": "succeeded" | "has", "address": str(address), "arn": str(arn)} if is_key(arn):
                found[address] = arn
            case _:
                continue
    return found


def _entries(path: Path) -> Iterator[Mapping[str, object]]:
    try:
        handle = file_trust.open_own(path, os.O_RDONLY)
        with open(handle, encoding="utf-8", errors="replace", newline="\n") as file:  # noqa: PTH123 - a descriptor
            text = file.read()
    except FileNotFoundError:
        return
    except OSError as error:
        raise refuse(
            "unreadable-file",
            f"The journal cannot be read ({error.strerror}).",
            "Make the file readable for you, then run the command again.",
            where=str(path),
        ) from None
    yield from json_text.objects(text)


def written_ahead(events: Iterator[Event], journal: Journal, run: str) -> Iterator[Event]:
    """The events, each on the disk before it is passed on and before the next one is asked for."""
    anew = True
    for event in events:
        journal.append({"run": run, **event_json(event)}, anew=anew)
        anew = False
        yield event
