"""What kind of place a key file is about to go to: which disk, removable or not, what its file system cannot do.

Linux tells it under /sys and in its table of mounts. Elsewhere the disk can be told apart from others, but not
whether it is removable: then nothing is claimed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from services import seen

SYS = Path("/sys")
MOUNTS = Path("/proc/self/mounts")

_FAT = frozenset({"vfat", "msdos", "exfat", "fat", "umsdos"})
_MEMORY = frozenset({"tmpfs", "ramfs"})
_NETWORK = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "afs",
        "ceph",
        "9p",
        "virtiofs",
        "fuse.sshfs",
        "davfs",
        "fuse.s3fs",
    }
)


@dataclass(frozen=True)
class Finding:
    """One whole sentence about a place; `warn` where it speaks against keeping a private key there."""

    level: Literal["note", "warn"]
    says: str


@dataclass(frozen=True)
class Medium:
    """A place, as far as it is known: `removable` is None where nobody can tell, `filesystem` empty likewise."""

    folder: Path
    disk: Hashable
    removable: bool | None
    filesystem: str
    read_only: bool


def disk(path: Path, sys: Path = SYS, device: Callable[[Path], int] | None = None) -> Hashable:
    """The disk on which a path is, or would be: partitions of one disk are the same. Compare it, show it to nobody."""
    number = _number(path, device)
    found = _disks(_block(number, sys))
    return frozenset(one.name for one in found) if found else number


def look(
    folder: Path, *, mounts: str, sys: Path = SYS, device: Callable[[Path], int] | None = None
) -> Medium:
    """Describe the place of a folder, which need not exist yet; `mounts` is the text of the system's mount table."""
    mount = _mount(_existing(folder), mounts)
    number = _number(folder, device)
    disks = _disks(_block(number, sys)) or _disks(_named(mount.source, sys))
    return Medium(
        folder,
        disk(folder, sys, device),
        all(_removable(one) for one in disks) if disks else None,
        mount.filesystem,
        "ro" in mount.options,
    )


def findings(
    medium: Medium,
    credentials: Sequence[Path] = (),
    *,
    where: Callable[[Path], Hashable] = disk,
) -> tuple[Finding, ...]:
    """What a person should know before a private key goes there; `credentials` are the files of the AWS sign-in."""
    said = [
        *_of_place(medium),
        *_of_credentials(medium, credentials, where),
        *_of_file_system(medium),
    ]
    if not any(finding.level == "warn" for finding in said) and medium.removable:
        said.insert(0, Finding("note", f"{medium.folder} is on a removable medium."))
    return tuple(said)


def _of_place(medium: Medium) -> list[Finding]:
    if medium.filesystem in _MEMORY:
        return [Finding("warn", f"{medium.folder} is in memory only: switching off loses the key.")]
    if medium.filesystem in _NETWORK:
        return [
            Finding("warn", f"{medium.folder} is on the network, so the private key would not be offline.")
        ]
    if medium.removable is None:
        return [
            Finding(
                "note",
                f"The program cannot tell whether {medium.folder} is on a removable medium: check that it is.",
            )
        ]
    if not medium.removable:
        return [
            Finding(
                "warn",
                f"{medium.folder} is on a disk built into this computer: move the private key to an offline medium.",
            )
        ]
    return []


def _of_credentials(
    medium: Medium, credentials: Sequence[Path], where: Callable[[Path], Hashable]
) -> list[Finding]:
    for path in credentials:
        if where(path) == medium.disk:
            return [
                Finding(
                    "warn",
                    f"{medium.folder} is on the same disk as {path}: whoever takes it has the key and the way to "
                    "the backups.",
                )
            ]
    return []


def _of_file_system(medium: Medium) -> list[Finding]:
    said = []
    if medium.filesystem in _FAT:
        said.append(
            Finding(
                "note",
                f"The medium is formatted as {medium.filesystem}: it keeps no file permissions, so whoever holds it "
                "can read the file, and no hard links, so do not unplug it before the program says that it is done.",
            )
        )
    if medium.read_only:
        said.append(
            Finding(
                "warn", f"{medium.folder} is on a medium that is mounted read-only: nothing can be written."
            )
        )
    return said


@dataclass(frozen=True)
class _Mount:
    source: str = ""
    filesystem: str = ""
    options: tuple[str, ...] = ()


def _mount(path: Path, mounts: str) -> _Mount:
    """The mount with the longest path above this one; of several on one path the last, which hides the others."""
    best, found = -1, _Mount()
    for line in mounts.splitlines():
        fields = [_unescaped(field) for field in line.split(" ")]
        if len(fields) < 4 or not path.is_relative_to(fields[1]):
            continue
        length = len(Path(fields[1]).parts)
        if length >= best:
            best, found = length, _Mount(fields[0], fields[2], tuple(fields[3].split(",")))
    return found


def _unescaped(field: str) -> str:
    """Blanks and the like stand in the table as octal numbers."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match.group(1), 8)), field)


def _existing(path: Path) -> Path:
    """The path itself, or the nearest folder above it that is there."""
    path = path.absolute()
    return next(part.resolve() for part in (path, *path.parents) if seen.anything(part))


def _number(path: Path, device: Callable[[Path], int] | None) -> int:
    existing = _existing(path)
    return device(existing) if device else existing.stat().st_dev


def _block(number: int, sys: Path) -> Path | None:
    link = sys / "dev" / "block" / f"{os.major(number)}:{os.minor(number)}"
    return link.resolve() if seen.anything(link) else None


def _named(source: str, sys: Path) -> Path | None:
    """For file systems like btrfs, whose device number belongs to no block device."""
    link = sys / "class" / "block" / Path(source).name
    return link.resolve() if source.startswith("/dev/") and seen.anything(link) else None


def _disks(block: Path | None) -> list[Path]:
    """The whole disks under a block device: above a partition, below an encrypted or joined volume."""
    if block is None:
        return []
    whole = block.parent if seen.anything(block / "partition") else block
    below = whole / "slaves"
    parts = sorted(below.iterdir()) if seen.folder(below) else []
    return [one for part in parts for one in _disks(part.resolve())] if parts else [whole]


def _removable(disk: Path) -> bool:
    """Sticks say so; disks in a USB case do not, but they hang on that bus."""
    try:
        said = (disk / "removable").read_text("ascii").strip() == "1"
    except OSError:
        said = False
    return said or any(part.startswith("usb") for part in disk.parts)
