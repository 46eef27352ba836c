"""What lies beside a finished key on paper: the sheet to print, and who holds which share. Both faces write it here.

The key is finished by then, so nothing here fails it: what could not be written is said. A paper of this very key is
kept as it is, one of anything else is left and said; nothing is overwritten.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from services import files, json_text, seen
from services.backups.command import ANY_FILE, recovery_command
from services.problems import ProblemError
from services.recovery import custodians, keyfiles, sheet
from services.recovery.custodians import Custody
from services.recovery.keyfiles import KeyFiles

Environment = Literal["sandbox", "production", ""]
"""Empty where nobody said what a key is for: then nothing is refused that only production refuses."""

NAMELESS = "No sheet was written, for it names who holds the shares, and nobody was named."


@dataclass(frozen=True)
class Purpose:
    """What a key is for, as far as it is known."""

    environment: Environment = ""
    kit: str = ""

    @property
    def production(self) -> bool:
        return self.environment == "production"


@dataclass(frozen=True)
class Paper:
    """Where it is, or None and a sentence why not; a paper that is kept may have a sentence, too."""

    path: Path | None
    says: str = ""


@dataclass(frozen=True)
class Papers:
    """What lies beside a key now. `custodians` is the record of their names, None where there are none to record."""

    sheet: Paper
    custodians: Paper

    @property
    def mind(self) -> tuple[str, ...]:
        """What did not go as it should."""
        return tuple(paper.says for paper in (self.custodians, self.sheet) if paper.says)


def sheet_path(folder: Path, name: str) -> Path:
    """Where the sheet of a key pair goes."""
    return folder.absolute() / f"{name}.txt"


def token_sheet_path(private_file: Path) -> Path:
    """Where the sheet goes that names the token which guards this file."""
    return private_file.absolute().with_name(f"{private_file.name.removesuffix('.pke1')}.hsm.txt")


def record_path(folder: Path, name: str) -> Path:
    """Where the names of the custodians go."""
    return folder.absolute() / f"{name}.custody.json"


def refuse_taken(folder: Path, name: str, *, sheet: bool, custodians: bool) -> None:
    """Refuse a name whose papers would overwrite something, before any work. Errors: `exists`, `invalid-answer`."""
    keyfiles.check_name(name)
    wanted = ((sheet, sheet_path(folder, name)), (custodians, record_path(folder, name)))
    for path in (path for asked, path in wanted if asked):
        keyfiles.refuse_taken(path)


def written(
    key: KeyFiles,
    of: Purpose,
    moment: datetime,
    *,
    split: bool = False,
    custody: Custody | None = None,
    with_sheet: bool = True,
) -> Papers:
    """Write what is missing of the papers of a key pair.

    `split` says that its password is; where `custody` is None then, an earlier record of the names is taken.
    """
    folder, name = key.public_der.parent, key.public_der.name.removesuffix(".pub.der")
    place = record_path(folder, name)
    named = custody is not None and custody.named
    record = write_record(place, key, custody) if custody is not None and named else Paper(None)
    if not with_sheet:
        return Papers(Paper(None), record)
    known = custody or (recorded(place, key) if split else None)
    return Papers(write_sheet(sheet_path(folder, name), key, of, moment, split=split, custody=known), record)


def write_sheet(
    place: Path,
    key: KeyFiles,
    of: Purpose,
    moment: datetime,
    *,
    split: bool = False,
    custody: Custody | None = None,
    token: str = "",
) -> Paper:
    """Write the sheet to print, unless the one of this key is there."""
    try:
        if seen.anything(place):
            same = key.sha256.encode() in files.read_small(place)
            return Paper(place) if same else Paper(None, _left(place, "the sheet"))
        if split and custody is None:
            return Paper(None, NAMELESS)
        files.publish(place, _text(key, of, moment, custody, token).encode(), 0o444)
    except ProblemError as error:
        return Paper(None, f"No sheet was written. {error.problem.summary}")
    return Paper(place)


def write_token_sheet(private_file: Path, of: Purpose, moment: datetime, token: str) -> Paper:
    """Write the sheet that names the token which guards this file, by the public files beside it."""
    try:
        key = on_disk(private_file)
    except ProblemError as error:
        return Paper(None, f"No sheet was written. {error.problem.summary}")
    return write_sheet(token_sheet_path(private_file), key, of, moment, token=token)


def write_record(place: Path, key: KeyFiles, custody: Custody) -> Paper:
    """Write down who holds which share, unless that is there."""
    document = {"sha256": key.sha256, **custodians.as_json(custody)}
    content = (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()
    try:
        if seen.anything(place):
            if files.read_small(place) == content:
                return Paper(place)
            if recorded(place, key) is None:
                return Paper(None, _left(place, "the record of the custodians"))
            return Paper(place, f"{place} records other custodians for this key; it was left as it is.")
        files.publish(place, content, 0o444)
    except ProblemError as error:
        return Paper(None, f"The names of the custodians were not written down. {error.problem.summary}")
    return Paper(place)


def recorded(place: Path, key: KeyFiles) -> Custody | None:
    """Who holds the shares of this key, as it was once written down; None if that is not there or of another key."""
    return _recorded(place, key.sha256)


def _recorded(place: Path, sha256: str) -> Custody | None:
    try:
        found = json_text.parsed(files.read_small(place))
        if found["sha256"] != sha256:
            return None
        names = [one["name"] for one in sorted(found["custodians"], key=lambda one: one["share"])]
        return custodians.custody(int(found["set"]), int(found["threshold"]), names)
    except (ProblemError, ValueError, LookupError, TypeError, AttributeError):  # not what this program wrote
        return None


def custodians_of(public_file: Path, sha256: str) -> Custody | None:
    """Who holds the shares of the key with this public file, as it was written down beside it; None if nobody did."""
    name = public_file.name.removesuffix(".pub.der").removesuffix(".pub.hex")
    return _recorded(record_path(public_file.parent, name), sha256)


def on_disk(private_file: Path) -> KeyFiles:
    """The key pair that a private file belongs to, by the public files beside it. Errors: `unreadable-file`."""
    from services.recovery.formats import public_key

    style: keyfiles.Format = "hex" if private_file.name.endswith(".private.hex") else "pke1"
    name = private_file.name.removesuffix(".private.hex" if style == "hex" else ".pke1")
    of = keyfiles.paths(private_file.parent, name)
    key = public_key(files.read_small(of.public_der))
    return KeyFiles(of.public_der, of.public_hex, private_file.absolute(), style, key.sha256, 4096, 65537)


def whole_pair(folder: Path, name: str) -> KeyFiles | None:
    """The key pair of this name that has all its files; None where one is missing or the public ones do not agree.

    A public file is written only after the private one was proven, so such a pair lacks nothing but its record.
    Errors: `invalid-answer` for the name.
    """
    of = keyfiles.paths(folder, name)
    private = next((of.private(style) for style in keyfiles.FORMATS if seen.file(of.private(style))), None)
    try:
        if (
            private is None
            or files.read_small(of.public_hex) != files.read_small(of.public_der).hex().encode()
        ):
            return None
        return on_disk(private)
    except ProblemError:
        return None


def _left(place: Path, what: str) -> str:
    return f"{place} exists and is not {what} of this key; it was left as it is."


def _text(key: KeyFiles, of: Purpose, moment: datetime, custody: Custody | None, token: str) -> str:
    private = key.private_file.name
    command = recovery_command(
        "KEY-ID", "ALGORITHM", ANY_FILE, private, "QUORUM-ID", output_file="recovered.txt"
    )
    return sheet.render(
        sheet.sheet(
            key,
            environment=of.environment,
            kit=of.kit,
            moment=moment,
            recovery=command,
            custody=custody,
            token=token,
        )
    )
