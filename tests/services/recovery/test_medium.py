"""Where a key file would go, on machines that are made up here as Linux would describe them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.recovery import medium
from services.recovery.medium import Finding, findings, look

STICK, SSD, CASE, CRYPT, MEMORY = (os.makedev(*n) for n in ((8, 17), (259, 2), (8, 33), (253, 0), (0, 40)))


@dataclass(frozen=True)
class Machine:
    """A built-in SSD, a stick, a disk in a USB case, an encrypted volume on that disk."""

    root: Path
    sys: Path

    def folder(self, name: str) -> Path:
        path = self.root / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def mounts(self, *lines: tuple[str, str, str, str]) -> str:
        return "".join(f"{source} {where} {kind} {options} 0 0\n" for source, where, kind, options in lines)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    sys = tmp_path / "sys"
    (sys / "dev" / "block").mkdir(parents=True)
    (sys / "class" / "block").mkdir(parents=True)

    def disk(where: str, name: str, removable: str, partition: str, number: int) -> Path:
        whole = sys / "devices" / where / name
        part = whole / partition
        part.mkdir(parents=True)
        (part / "partition").write_text("1\n")
        (whole / "removable").write_text(removable + "\n")
        (sys / "dev" / "block" / f"{os.major(number)}:{os.minor(number)}").symlink_to(part)
        (sys / "class" / "block" / partition).symlink_to(part)
        return part

    disk("pci0/nvme", "nvme0n1", "0", "nvme0n1p2", SSD)
    disk("pci0/ata1", "sdb", "1", "sdb1", STICK)
    case = disk("pci0/usb2/2-1/host3", "sdc", "0", "sdc1", CASE)
    mapped = sys / "devices" / "virtual" / "block" / "dm-0"
    (mapped / "slaves").mkdir(parents=True)
    (mapped / "slaves" / "sdc1").symlink_to(case)
    (mapped / "removable").write_text("0\n")
    (sys / "dev" / "block" / f"{os.major(CRYPT)}:{os.minor(CRYPT)}").symlink_to(mapped)
    return Machine(tmp_path / "root", sys)


def levels(found: tuple[Finding, ...]) -> list[str]:
    return [finding.level for finding in found]


@pytest.mark.parametrize(
    ("number", "removable"), [(STICK, True), (SSD, False), (CASE, True), (CRYPT, True), (MEMORY, None)]
)
def test_sticks_and_disks_on_usb_are_removable_even_under_encryption(
    machine: Machine, number: int, removable: bool | None
) -> None:
    folder = machine.folder("place")
    found = look(folder, mounts="", sys=machine.sys, device=lambda _: number)
    assert found.removable is removable


def test_partitions_and_volumes_of_one_disk_are_one(machine: Machine) -> None:
    folder = machine.folder("place")

    def on(number: int) -> object:
        return medium.disk(folder, machine.sys, lambda _: number)

    assert on(CASE) == on(CRYPT)
    assert len({on(number) for number in (STICK, SSD, CASE, MEMORY)}) == 4


def test_file_systems_without_a_block_device_number_are_found_by_their_source(machine: Machine) -> None:
    folder = machine.folder("place")
    mounts = machine.mounts(("/dev/sdb1", str(folder), "btrfs", "rw"))
    assert look(folder, mounts=mounts, sys=machine.sys, device=lambda _: MEMORY).removable is True


def test_a_good_stick_is_praised_and_nothing_else(machine: Machine) -> None:
    folder = machine.folder("stick")
    mounts = machine.mounts(("/dev/nvme0n1p2", "/", "ext4", "rw"), ("/dev/sdb1", str(folder), "ext4", "rw"))
    found = look(folder / "not" / "yet", mounts=mounts, sys=machine.sys, device=lambda _: STICK)
    said = findings(found, [Path("/home/me/.aws/credentials")], where=lambda _: "another disk")
    assert levels(said) == ["note"]
    assert "removable" in said[0].says


def test_a_built_in_disk_with_the_credentials_on_it_is_warned_of_twice(machine: Machine) -> None:
    folder = machine.folder("home")
    found = look(
        folder,
        mounts=machine.mounts(("/dev/nvme0n1p2", "/", "ext4", "rw")),
        sys=machine.sys,
        device=lambda _: SSD,
    )
    said = findings(
        found,
        [machine.root / ".aws" / "credentials", machine.root / ".aws" / "config"],
        where=lambda path: medium.disk(path, machine.sys, lambda _: SSD),
    )
    assert levels(said) == ["warn", "warn"]
    assert "built into" in said[0].says
    assert "credentials" in said[1].says


@pytest.mark.parametrize(
    ("kind", "options", "level", "says"),
    [
        ("vfat", "rw", "note", "no file permissions"),
        ("exfat", "rw", "note", "no hard links"),
        ("ext4", "ro,noatime", "warn", "read-only"),
        ("tmpfs", "rw", "warn", "in memory only"),
        ("nfs4", "rw", "warn", "on the network"),
    ],
)
def test_what_a_file_system_lacks_is_said(
    machine: Machine, kind: str, options: str, level: str, says: str
) -> None:
    folder = machine.folder("a stick")
    escaped = str(folder).replace(" ", "\\040")
    mounts = machine.mounts(("/dev/sdb1", escaped, kind, options))
    said = findings(look(folder, mounts=mounts, sys=machine.sys, device=lambda _: STICK))
    assert [finding.says for finding in said if finding.level == level and says in finding.says]


def test_where_nothing_is_known_nothing_is_claimed(tmp_path: Path) -> None:
    found = look(tmp_path, mounts="", sys=tmp_path / "none")
    assert (found.removable, found.filesystem) == (None, "")
    (only,) = findings(found)
    assert (only.level, "cannot tell" in only.says) == ("note", True)


def test_the_last_mount_on_a_path_hides_the_others(tmp_path: Path) -> None:
    lines = f"a / ext4 rw 0 0\nb {tmp_path} vfat rw 0 0\nc {tmp_path} ext2 rw 0 0\nd {tmp_path}/other xfs rw 0 0\n"
    assert look(tmp_path, mounts=lines, sys=tmp_path / "none").filesystem == "ext2"


@given(st.text(max_size=200))
def test_any_table_of_mounts_is_survived(mounts: str) -> None:
    findings(look(Path("/"), mounts=mounts, sys=Path("/nowhere")))


def test_this_machine_is_described() -> None:
    mounts = medium.MOUNTS.read_text() if medium.MOUNTS.exists() else ""
    found = look(Path.cwd(), mounts=mounts)
    assert findings(found)
    assert medium.disk(Path.cwd()) == medium.disk(Path.cwd() / "not" / "there")
