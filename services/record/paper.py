"""The record as a sheet to print, and as JSON, CSV and Markdown: nothing in it can be run by what opens it."""

from __future__ import annotations

import csv
import io
import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from services.clock import stamp
from services.record.book import Record
from services.record.wallet import Proof, Wallet, as_json
from services.setup_file import SetupFile

Style: TypeAlias = Literal["text", "json", "csv", "markdown"]
STYLES: tuple[Style, ...] = ("text", "json", "csv", "markdown")

COLUMNS = 78
"""The width of the sheet."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the beginning of a formula, and the mark that keeps it from that."""

_MEANS = re.compile(r"([\\`*_\[\]<>|~&$#!@:])")
"""The signs that Markdown, or a host of it, gives a meaning to inside a line."""

NEEDED = (
    "A backup opens only with four things: the backup file from the bucket, the recovery private key, the quorum ID and "
    "the key ID. The last two are nowhere in the backup. Without them there is no recovery."
)
UNVERIFIED = "not verified"


@dataclass(frozen=True)
class Sheet:
    """A record with what it belongs to; `moment` is when it was written out."""

    record: Record
    name: str
    environment: str
    account: str
    region: str
    bucket: str
    moment: datetime


def sheet(record: Record, setup: SetupFile, moment: datetime) -> Sheet:
    """The record of a set-up as it is to be written out."""
    answers = setup.answers
    return Sheet(
        record,
        name=answers.text("setup.name"),
        environment=answers.text("setup.environment"),
        account=answers.text("aws.account"),
        region=answers.text("aws.region"),
        bucket=answers.text("storage.bucket"),
        moment=moment,
    )


def written(of: Sheet, style: Style) -> str:
    """The whole document, ending with a newline."""
    match style:
        case "text":
            return as_text(of)
        case "json":
            return json.dumps(document(of), indent=2, ensure_ascii=False) + "\n"
        case "csv":
            return as_csv(of.record.wallets)
        case "markdown":
            return as_markdown(of)


def document(of: Sheet) -> dict[str, object]:
    """The JSON shape of `record list` and of the exported file."""
    return {
        "name": of.name,
        "environment": of.environment,
        "account": of.account or None,
        "region": of.region,
        "bucket": of.bucket,
        "written": stamp(of.moment),
        "wallets": [as_json(wallet) for wallet in of.record.wallets],
    }


def proof_words(wallet: Wallet) -> str:
    """Whether and how a wallet's backup was shown to be good, in a few words."""
    return "; ".join(map(_proof, wallet.proofs)) or UNVERIFIED


def _proof(proof: Proof) -> str:
    how = "verified" if proof.how == "verify" else "rehearsed"
    return f"{how} on {proof.on}{f': {proof.evidence}' if proof.evidence else ''}"


# The sheet to print ---------------------------------------------------------------------------------------------


def as_text(of: Sheet) -> str:
    """The sheet: every value on a line of its own, so that it can be typed from paper."""
    return "\n".join(_lines(of)) + "\n"


def _lines(of: Sheet) -> Iterator[str]:
    yield f"RECORD OF WALLETS · {of.environment.upper()}"
    yield "=" * COLUMNS
    yield from _wrapped(
        f"Set-up {of.name}; AWS account {of.account or '(not known yet)'}, region {of.region or '(not known yet)'}, "
        f"bucket {of.bucket or '(not known yet)'}."
    )
    yield f"Written on {of.moment:%Y-%m-%d}. {_count(of.record.wallets)} on record."
    yield ""
    yield from _wrapped(NEEDED)
    for number, wallet in enumerate(of.record.wallets, 1):
        yield ""
        yield f"{number}. {'-' * (COLUMNS - len(f'{number}. '))}"
        yield from _wallet(wallet)
    yield ""
    yield from _recovery(of)


def _wallet(wallet: Wallet) -> Iterator[str]:
    for label, value in rows(wallet):
        yield from _labelled(label, value)
    yield from _labelled("Typing check", wallet.typing_check)


def rows(wallet: Wallet) -> tuple[tuple[str, str], ...]:
    """Label and value of everything about a wallet, in the order in which a recovery asks for it."""
    return (
        ("Quorum ID", wallet.quorum_id),
        ("Key ID", wallet.key_id),
        ("Algorithm", wallet.algorithm),
        ("Address", wallet.address or "(not given)"),
        ("Kit", wallet.kit or "(not given)"),
        *(("Recovery key", one) for one in wallet.fingerprints or ("(not given)",)),
        ("Backup file", f"{wallet.key_id}/{wallet.file}" if wallet.file else "(not seen yet)"),
        ("Written", wallet.written or "(not seen yet)"),
        ("Backup", proof_words(wallet)),
    )


def _recovery(of: Sheet) -> Iterator[str]:
    yield "To recover a wallet, on an offline computer, with the vendor's own tool:"
    yield "  wallet-recovery-cli recover --recovery-kit-file=recovery_shard-N.txt \\"
    yield "    --private-key-file=PRIVATE-FILE --quorum-id=QUORUM-ID --key-id=KEY-ID \\"
    yield "    --key-type=ALGORITHM --output-file=recovered.txt"
    yield from _wrapped(
        f"The file is at s3://{of.bucket or 'BUCKET'}/KEY-ID/. The recovery key is named by the SHA-256 of its public "
        "half, as on its own sheet. Typing check: the first 8 digits of the SHA-256 of QUORUM-ID-KEY-ID; compare with"
    )
    yield "  printf %s QUORUM-ID-KEY-ID | sha256sum"
    yield "This sheet holds no secret. Keep it outside Palisade and this computer."


def _labelled(label: str, value: str) -> Sequence[str]:
    return textwrap.wrap(
        value,
        COLUMNS,
        initial_indent=f"{label:<14}",
        subsequent_indent=" " * 14,
        break_on_hyphens=False,
    )


def _wrapped(text: str) -> Sequence[str]:
    return textwrap.wrap(text, COLUMNS, break_on_hyphens=False)


# CSV --------------------------------------------------------------------------------------------------------------

HEADINGS = (
    "quorum_id",
    "key_id",
    "algorithm",
    "address",
    "kit",
    "recovery_key_fingerprints",
    "backup_file",
    "backup_written",
    "verified_on",
    "verified_evidence",
    "rehearsed_on",
    "rehearsed_evidence",
)


def as_csv(wallets: Sequence[Wallet]) -> str:
    """A row a wallet, every cell in quotation marks. A cell that looks like a formula begins with an apostrophe.

    A cell that has one of its own gets a second, so taking one away gives every value back.
    """
    out = io.StringIO()
    rows_ = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    rows_.writerow(HEADINGS)
    rows_.writerows([cell(value) for value in _cells(wallet)] for wallet in wallets)
    return out.getvalue()


def cell(value: str) -> str:
    """A value as no spreadsheet runs it."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def _cells(wallet: Wallet) -> Iterator[str]:
    yield from (wallet.quorum_id, wallet.key_id, wallet.algorithm, wallet.address, wallet.kit)
    yield from (" ".join(wallet.fingerprints), wallet.file, wallet.written)
    for proof in (wallet.verified, wallet.rehearsed):
        yield from (proof.on, proof.evidence) if proof is not None else ("", "")


# Markdown ---------------------------------------------------------------------------------------------------------


def as_markdown(of: Sheet) -> str:
    """A table; every value that a person chose is quoted, so that it is shown as it is."""
    lines = [f"# Record of wallets: {quoted(of.name)} ({quoted(of.environment)})", "", NEEDED, ""]
    lines += [f"- {label}: {quoted(value)}" for label, value in _facts(of)]
    lines += [
        "",
        "| Quorum ID | Key ID | Algorithm | Address | Kit | Recovery key (SHA-256) | Backup file | Backup |",
    ]
    lines += ["|---|---|---|---|---|---|---|---|"]
    lines += [f"| {' | '.join(map(quoted, _columns(wallet)))} |" for wallet in of.record.wallets]
    return "\n".join(lines) + "\n"


def _facts(of: Sheet) -> tuple[tuple[str, str], ...]:
    return (
        ("AWS account", of.account or "not known yet"),
        ("Region", of.region),
        ("Bucket", of.bucket),
        ("Written on", f"{of.moment:%Y-%m-%d}"),
        ("On record", _count(of.record.wallets)),
    )


def _columns(wallet: Wallet) -> tuple[str, ...]:
    return (
        wallet.quorum_id,
        wallet.key_id,
        wallet.algorithm,
        wallet.address,
        wallet.kit,
        ", ".join(wallet.fingerprints),
        f"{wallet.key_id}/{wallet.file}" if wallet.file else "",
        proof_words(wallet),
    )


def quoted(text: str) -> str:
    """A text as Markdown shows it unchanged: a backslash before every sign that could mean something."""
    return _MEANS.sub(r"\\\1", text)


def _count(wallets: Sequence[Wallet]) -> str:
    return f"{len(wallets)} wallet{'s' * (len(wallets) != 1)}"
