"""What the document says of the recovery key: what is recorded, names and fingerprints, never a path or a secret."""

from __future__ import annotations

from pathlib import Path

from services import papers
from services.engine.world import World
from services.export.architecture import text
from services.export.subject import Subject
from services.recovery import custodians
from services.recovery.formats import public_key
from services.recovery.keyfiles import KeyFiles
from services.setup_file import SetupFile
from tests import keys
from tests.services.export.reading import rows, sections, titled
from tests.world import ACCOUNT, sample, sample_blueprint

PUBLIC = keys.public_der()
SHA256 = public_key(PUBLIC).sha256


def written(folder: Path, **answers: object) -> str:
    setup = SetupFile(folder / "s.toml", sample(**answers))
    return text(Subject(setup, ACCOUNT, sample_blueprint(), World()))


def key(folder: Path) -> dict[str, object]:
    (folder / "keys").mkdir()
    (folder / "keys" / "recovery.pub.der").write_bytes(PUBLIC)
    return {
        "recovery_key__public_files": ["keys/recovery.pub.der"],
        "recovery_key__fingerprint": SHA256,
        "recovery_key__private_file": str(folder / "keys" / "recovery.pke1"),
    }


def test_the_custodians_are_named(tmp_path: Path) -> None:
    answers = key(tmp_path)
    folder = tmp_path / "keys"
    files = KeyFiles(folder / "recovery.pub.der", folder / "recovery.pub.hex", folder / "recovery.pke1", "pke1", SHA256, 4096, 65537)  # fmt: skip
    custody = custodians.custody(4711, 2, ["Ada | Lovelace", "Ben", "<b>Cleo</b>"])
    assert papers.write_record(papers.record_path(folder, "recovery"), files, custody).path is not None
    document = written(tmp_path, **answers, recovery_key__custody="split")
    found = sections(document)
    assert list(rows(found, "Share", "Custodian")) == [
        ["1", "Ada | Lovelace"],
        ["2", "Ben"],
        ["3", "<b>Cleo</b>"],
    ]
    recorded = dict(rows(found, "About the key", "Recorded"))
    assert recorded["Fingerprint (SHA-256)"] == SHA256
    assert recorded["Private key file"] == "recovery.pke1"
    assert "split among custodians" in recorded["Kept"]
    assert any("Any 2 of the 3 shares" in line for line in titled(found, "Recovery key").lines)
    assert str(tmp_path) not in document


def test_names_that_nobody_wrote_down_are_asked_for(tmp_path: Path) -> None:
    document = written(tmp_path, **key(tmp_path), recovery_key__custody="split")
    assert "Who holds the shares is not written down here." in document


def test_a_public_file_that_is_gone_is_not_read(tmp_path: Path) -> None:
    answers = key(tmp_path)
    (tmp_path / "keys" / "recovery.pub.der").unlink()
    document = written(tmp_path, **answers)
    recorded = dict(rows(sections(document), "About the key", "Recorded"))
    assert recorded["Public key file"] == "recovery.pub.der: not read (unreadable-file)"
    assert recorded["Fingerprint (SHA-256)"] == SHA256
    assert str(tmp_path) not in document


def test_an_open_private_key_is_said_to_be_open(tmp_path: Path) -> None:
    answers = {**key(tmp_path), "recovery_key__private_file": "keys/recovery.private.hex"}
    assert "NOT sealed" in written(tmp_path, **answers)


def test_without_a_key_it_says_so(tmp_path: Path) -> None:
    assert "No recovery key is recorded" in written(tmp_path)


def test_the_recovery_is_the_vendors_command_with_words_to_replace(tmp_path: Path) -> None:
    found = sections(written(tmp_path, **key(tmp_path), recovery_key__custody="split"))
    (_, shell), (_, policy) = titled(found, "How to recover").fences
    assert (
        "wallet-recovery-cli recover --recovery-kit-file=recovery_shard-N.txt --private-key-file=recovery.pke1 "
        in shell
    )
    assert "--quorum-id=QUORUM-ID --key-id=KEY-ID --key-type=ALGORITHM --output-file=recovered.txt" in shell
    assert "palisade-wizard shares combine SHARE-1 SHARE-2 --sealed recovery.pke1 --reveal" in shell
    assert '"s3:GetObject"' in policy
    assert "PutObject" not in policy
