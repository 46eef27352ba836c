"""The values for Palisade's Create kit form: what the person copies, and what other programs read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from services import files, seen
from services.engine.world import World
from services.model.values import Ref
from services.problems import Problem, ProblemError, refuse
from services.setup_file import SetupFile

CONSOLE_PATH = "Settings > Backup & Recovery > Create kit"
CONSOLES: Mapping[str, str] = MappingProxyType(
    {"sandbox": "https://app.sandbox.palisade.co", "production": "https://app.palisade.co"}
)
LARGEST_KEY_FILE = 64 * 1024


@dataclass(frozen=True)
class RecoveryKey:
    """A recovery public key: its file, fingerprint (SHA-256 of the DER, hex) and the DER as hex."""

    name: str
    file: Path
    sha256: str
    der: bytes

    @property
    def der_hex(self) -> str:
        return self.der.hex()


@dataclass(frozen=True)
class Kit:
    """The fields of the form, in its order."""

    kit_name: str
    public_keys: tuple[RecoveryKey, ...]
    bucket: str
    role_arn: str
    region: str
    external_id: str
    kms_key_arn: str
    environment: str

    @property
    def console(self) -> str:
        return CONSOLES[self.environment]


def recovery_keys(setup: SetupFile) -> tuple[RecoveryKey, ...]:
    """The setup's recovery public keys, read and checked. One recorded fingerprint must be among them."""
    from services.recovery.formats import public_key

    if not setup.answers.texts("recovery_key.public_files"):
        raise refuse(
            "missing-answer",
            "This set-up has no recovery public key yet.",
            "Make a key pair with 'palisade-wizard keygen --config S --out DIR', or name the files of one that "
            "exists under recovery_key.public_files.",
            where="recovery_key.public_files",
        )
    found: list[RecoveryKey] = []
    for path in setup.public_files():
        try:
            key = public_key(files.read_small(path, LARGEST_KEY_FILE))
        except ProblemError as error:
            raise ProblemError(error.problem.at(str(path))) from None
        found.append(RecoveryKey(path.name, seen.real(path), key.sha256, key.der))
    recorded = setup.answers.text("recovery_key.fingerprint")
    if recorded and recorded not in {key.sha256 for key in found}:
        raise refuse(
            "unacceptable-key",
            "The recovery public key is not the one that this set-up was made with: its fingerprint is "
            f"{found[0].sha256}, and {recorded} is recorded.",
            "Put the right file back. If the key was really replaced, remove recovery_key.fingerprint and make a "
            "new kit for a new quorum: a kit and its quorums keep their key.",
            where=str(found[0].file),
        )
    return tuple(found)


def kit(setup: SetupFile, world: World) -> Kit:
    """The values, once the role and the key are there."""
    answers = setup.answers
    role, key = world.output(Ref("role")), world.output(Ref("key"))
    if role is None or key is None or world.output(Ref("bucket")) is None:
        raise ProblemError(
            Problem(
                "not-ready",
                "The bucket, the KMS key or the role is not there yet, so there are no values to copy.",
                ("Make them with 'palisade-wizard apply --config S', then ask for the values again.",),
            )
        )
    return Kit(
        kit_name=answers.text("palisade.kit_name"),
        public_keys=recovery_keys(setup),
        bucket=answers.text("storage.bucket"),
        role_arn=role,
        region=answers.text("aws.region"),
        external_id=answers.text("palisade.external_id"),
        kms_key_arn=key,
        environment=answers.text("setup.environment"),
    )


def as_json(values: Kit) -> dict[str, object]:
    """The contract's JSON shape."""
    return {
        "kit_name": values.kit_name,
        "public_keys": [
            {"name": key.name, "file": str(key.file), "sha256": key.sha256, "der_hex": key.der_hex}
            for key in values.public_keys
        ],
        "bucket": values.bucket,
        "role_arn": values.role_arn,
        "region": values.region,
        "external_id": values.external_id,
        "kms_key_arn": values.kms_key_arn,
        "console_path": CONSOLE_PATH,
    }


def rows(values: Kit) -> tuple[tuple[str, str], ...]:
    """Label and value of each field, in the form's order."""
    return (
        ("Kit name", values.kit_name),
        *(
            (f"Public key {n}" if n > 1 else "Public key", str(k.file))
            for n, k in enumerate(values.public_keys, 1)
        ),
        ("Bucket", values.bucket),
        ("Role ARN", values.role_arn),
        ("Region", values.region),
        ("External ID", values.external_id),
        ("KMS key ARN", values.kms_key_arn),
    )


KIND_OF_QUORUM = (
    "Choose a Cloud quorum: by Palisade's newer pages only these take a kit, by older ones Mobile quorums, too, and Mixed "
    "ones never."
)

STEPS: tuple[str, ...] = (
    "Sign in to Palisade with the Owner role; only owners can create a kit.",
    "Open Settings > Backup & Recovery > Create kit.",
    'Choose "Use own AWS configuration": "Palisade AWS configuration" is preselected.',
    "Compare every value before you press Create: a kit can never be edited.",
    "Create a new MPC quorum with at least two devices and two signatures.",
    KIND_OF_QUORUM,
    "Assign the kit while creating the quorum: it can never be added, removed or changed later.",
    "Let every member accept within 60 minutes, or the request dies. A majority threshold is advised.",
)
"""What the person does in Palisade, in order."""


def _head(values: Kit) -> str:
    """Where the values go; production is said in capitals."""
    of = values.environment.upper() if values.environment == "production" else values.environment
    return f"Palisade {of}, {values.console}, {CONSOLE_PATH}"


def as_text(values: Kit) -> str:
    """The values for a plain screen or a file; under each public key stands its fingerprint."""
    width = max(len(label) for label, _ in rows(values))
    prints = {str(key.file): key.sha256 for key in values.public_keys}
    lines = [_head(values), ""]
    for label, value in rows(values):
        lines.append(f"{label:<{width}}  {value}")
        if value in prints:
            lines.append(f"{'':<{width}}  SHA-256 {prints[value]}")
    return "\n".join([*lines, "", *(f"{n}. {step}" for n, step in enumerate(STEPS, 1)), ""])


def as_markdown(values: Kit) -> str:
    """The values as a Markdown document."""
    lines = [f"# Values for the Palisade kit {values.kit_name}", "", _head(values), ""]
    lines += [
        "| Field | Value |",
        "|---|---|",
        *(f"| {label} | `{value}` |" for label, value in rows(values)),
    ]
    lines += [f"| SHA-256 of {key.name} | `{key.sha256}` |" for key in values.public_keys]
    return "\n".join([*lines, "", *(f"{n}. {step}" for n, step in enumerate(STEPS, 1)), ""])


def as_file(values: Kit, path: Path) -> bytes:
    """The values in the form that the file's name asks for."""
    match path.suffix.lower():
        case ".json":
            return (json.dumps(as_json(values), indent=2) + "\n").encode()
        case ".md":
            return as_markdown(values).encode()
        case _:
            return as_text(values).encode()
