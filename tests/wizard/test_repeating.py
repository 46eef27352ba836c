"""Repeat runs from the command line: after a pattern, from a template, each beside the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.wizard.driving import BUCKET, EXTERNAL_ID, Terminal, refused


def shared(offline: Terminal, one: Path, two: Path) -> list[str]:
    ran = offline("answers", "compare", one, two, "--json")
    assert ran.status == (0 if ran.document["apart"] else 3)
    return [found["key"] for found in ran.document["shared"] if found["weight"] == "refused"]


def test_set_ups_after_a_pattern_say_which_names_they_got(offline: Terminal) -> None:
    first = offline.answered("--storage-access-log-bucket", "acme-logs", "--storage-access-logs", "true")
    second, third = offline.folder / "second.toml", offline.folder / "third.toml"
    ran = offline("answers", "new", "--out", second, "--from", first)
    assert ran.status == 0
    assert f"New name: storage.bucket = {BUCKET}-second (instead of {BUCKET}" in ran.err
    assert "New name: storage.access_log_bucket = acme-logs-second" in ran.err
    assert "New name: role.name = PalisadeS3BackupRole-sandbox-second" in ran.err
    document = offline("answers", "new", "--out", third, "--from", first, "--json").document
    assert [row["key"] for row in document["fresh"]] == [
        "storage.bucket",
        "storage.access_log_bucket",
        "role.name",
    ]
    for one, two in ((first, second), (first, third), (second, third)):
        assert shared(offline, one, two) == []
    assert shared(offline, first, first.parent / "second.toml") == []


def test_a_name_that_another_set_up_has_is_numbered(offline: Terminal) -> None:
    first = offline.answered()
    for folder in "ab":
        (offline.folder / folder).mkdir()
        ran = offline("answers", "new", "--out", offline.folder / folder / "blue.toml", "--from", first)
        assert ran.status == 0
    assert 'name = "blue"' in (offline.folder / "a" / "blue.toml").read_text()
    assert 'name = "blue-2"' in (offline.folder / "b" / "blue.toml").read_text()
    assert shared(offline, offline.folder / "a" / "blue.toml", offline.folder / "b" / "blue.toml") == []


def test_what_was_asked_for_by_name_stays_and_is_warned_of(offline: Terminal) -> None:
    first = offline.answered()
    offline("answers", "new", "--out", offline.folder / "two.toml", "--from", first)
    third = offline.folder / "three.toml"
    ran = offline("answers", "new", "--out", third, "--from", first, "--storage-bucket", f"{BUCKET}-two")
    assert ran.status == 0
    assert f"! Both have the bucket {BUCKET}-two." in ran.err
    assert shared(offline, offline.folder / "two.toml", third) == ["storage.bucket"]


def test_a_template_makes_set_ups_in_a_loop(offline: Terminal) -> None:
    first, made = offline.answered(), offline.folder / "template.toml"
    ran = offline("answers", "template", "--out", made, "--from", first)
    assert ran.status == 0
    assert made.stat().st_mode & 0o077 == 0
    made.write_text(made.read_text() + '\n[tags]\nteam = "{team}"\nday = "{date}"\n')
    names = [offline.folder / f"{name}.toml" for name in ("blue", "green", "red")]
    for path in names:
        ran = offline("answers", "new", "--out", path, "--template", made, "--fill", "team=custody", "--json")
        assert (ran.status, ran.document["missing"], ran.document["name"]) == (0, [], path.stem)
        assert offline("answers", "check", "--config", path).status == 0
        assert 'team = "custody"' in path.read_text()
    for one in names:
        assert all(shared(offline, one, two) == [] for two in names if two != one)


def test_a_default_that_the_template_leaves_is_made_free(offline: Terminal) -> None:
    made = offline.folder / "template.toml"
    made.write_text('[aws]\nregion = "eu-west-1"\n[storage]\nbucket = "acme-{n}"\n')
    for number, name in enumerate(("one", "two"), 1):
        ran = offline("answers", "new", "--out", offline.folder / f"{name}.toml", "--template", made)
        assert ran.status == 0
        assert f'bucket = "acme-{number}"' in (offline.folder / f"{name}.toml").read_text()
    assert "role.name = PalisadeS3BackupRole-sandbox-two" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("--template", "T"), "missing-answer", "{team}"),
        (("--template", "T", "--fill", "team=A B"), "invalid-answer", "storage.bucket"),
        (("--template", "T", "--fill", "team"), "usage", "WORD=VALUE"),
        (("--template", "T", "--fill", "team=a", "--fill", "team=b"), "usage", "twice"),
        (("--template", "T", "--fill", "team=a", "--fill", "tema=b"), "usage", "{tema}"),
        (("--template", "T", "--from", "S0"), "usage", "--from"),
        (("--fill", "team=a"), "usage", "--template"),
        (("--template", "gone"), "unreadable-file", "gone"),
        (("--template", "broken"), "invalid-answer", "TOML"),
        (("--template", "unknown"), "invalid-answer", "storage.bukcet"),
    ],
)
def test_what_cannot_be_filled_writes_nothing(
    offline: Terminal, arguments: tuple[str, ...], code: str, word: str
) -> None:
    paths = {name: offline.folder / f"{name}.toml" for name in ("T", "S0", "gone", "broken", "unknown")}
    paths["T"].write_text('[storage]\nbucket = "acme-{team}"\n')
    paths["broken"].write_text("[")
    paths["unknown"].write_text('[storage]\nbukcet = "x"\n')
    out = offline.folder / "new.toml"
    words = [paths.get(one, one) for one in arguments]
    problem = refused(offline("--json", "answers", "new", "--out", out, *words), code)
    assert word in " ".join((problem["summary"], *problem["remedy"], problem["where"]))
    assert not out.exists()


def test_comparing_says_in_words_and_numbers_what_is_shared(offline: Terminal) -> None:
    first, second = offline.answered(), offline.folder / "production.toml"
    flags = ("--environment", "production", "--storage-bucket", BUCKET, "--palisade-external-id", EXTERNAL_ID)
    more = (
        "--palisade-principal-arn",
        "arn:aws:iam::777788889999:root",
        "--hardening-alarm-email",
        "a@b.example",
    )
    assert offline("answers", "new", "--out", second, "--from", first, *flags, *more).status == 0
    ran = offline("answers", "compare", first, second)
    assert ran.status == 3
    assert "production (PRODUCTION)" in ran.out
    assert f"✗ Both have the bucket {BUCKET}. Sandbox and production share nothing" in ran.out
    assert "! The external ID is also that of" in ran.out
    assert EXTERNAL_ID not in ran.out
    assert (
        max(len(line) for line in ran.out.partition("What differs")[2].partition("The same")[0].splitlines())
        <= 80
    )
    problem = refused(offline("answers", "check", "--config", second, "--json"), "other-environment")
    assert problem["where"] == "storage.bucket"
    text = second.read_text().replace(f'bucket = "{BUCKET}"', 'bucket = "acme-production"')
    second.write_text(text)
    ran = offline("answers", "compare", first, second)
    assert (ran.status, "Nothing is refused. Look at the lines with !" in ran.out) == (0, True)
    assert (
        "same setup file"
        in refused(offline("answers", "compare", first, first, "--json"), "usage")["summary"]
    )
