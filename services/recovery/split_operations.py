"""The child's work with shares: making a key whose password is split, dealing the shares out, combining them again.

The password is a random 256-bit secret in lower-case hex, so that Trezor's tool prints what the recovery tool takes.
Order: everything slow, then the share files, read back and recombined in every way, then the sealed file, its proof,
and the public files. So a sealed file never exists without all of its shares, and a public one never without both.
"""

from __future__ import annotations

import os
import secrets as randomness
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from services import files
from services.problems import ProblemError, refuse
from services.recovery import combining, formats, keyfiles, operations, proof, share_files, slip39
from services.recovery.encoding import MAGIC
from services.recovery.keyfiles import KeyFiles, Paths
from services.recovery.operations import Json, Parameters, Secrets
from services.recovery.passwords import wipe
from services.recovery.proof import Bench
from services.recovery.stages import Say, stage

Ask = Callable[[Mapping[str, Any]], Json]


def generate(
    of: Paths,
    shares: Sequence[Path],
    threshold: int,
    bench: Bench,
    *,
    make: Callable[[], rsa.RSAPrivateKey] = operations.new_key,
    random: Callable[[int], bytes] = randomness.token_bytes,
) -> tuple[KeyFiles, Json]:
    """Make a key pair sealed with a split password; the files, and what can be said of the set.

    Errors: `exists`, `folder`, `invalid-answer`. A failure before the sealed file takes the share files away again.
    """
    share_files.check_numbers(threshold, len(shares))
    for path in shares:
        keyfiles.refuse_taken(path)
    secret = random(slip39.SECRET)
    written: list[files.Published] = []
    about: Json = {}

    def before(fingerprint: str) -> None:
        words = _split(secret, threshold, len(shares), bench)
        contents = _contents(words, threshold, fingerprint, of.sealed.name)
        with stage("share-write", bench.say, bench.clock):
            for path, content in zip(shares, contents, strict=True):
                written.append(files.publish(path, content, proof.PRIVATE, bench.disk))
        with stage("share-read", bench.say, bench.clock):
            found = [_read_back(path, content) for path, content in zip(shares, contents, strict=True)]
        about.update(_recombined(found, secret, bench))

    try:
        made = operations.generate(of, "pke1", bytearray(secret.hex().encode()), bench, make, before=before)
    except BaseException:
        if not os.path.lexists(of.sealed):
            share_files.remove([published.path for published in written])
        raise
    about["shares"] = [str(path) for path in shares]
    about["share_notes"] = [note for published in written for note in published.notes]
    return made, about


def _split(secret: bytes, threshold: int, count: int, bench: Bench) -> tuple[str, ...]:
    with stage("split", bench.say, bench.clock):
        return slip39.split(secret, threshold, count)


def _contents(words: Sequence[str], threshold: int, fingerprint: str, sealed: str) -> list[bytearray]:
    shares = [_whole(line) for line in words]
    return [
        share_files.share_text(
            line,
            index=share.index,
            count=len(words),
            threshold=threshold,
            identifier=share.identifier,
            fingerprint=fingerprint,
            sealed=sealed,
        )
        for line, share in zip(words, shares, strict=True)
    ]


def _whole(words: str) -> slip39.Share:
    share = slip39.read(words.split())
    if isinstance(share, slip39.Fault):
        raise slip39.NoSecretError
    return share


def _read_back(path: Path, content: bytearray) -> slip39.Share:
    found = files.read_back(path, share_files.LIMIT)
    words = share_files.words_of(found)
    if found != content or words is None:
        raise proof.spoiled(path)
    return _whole(" ".join(words))


def _recombined(shares: Sequence[slip39.Share], secret: bytes, bench: Bench) -> Json:
    with stage("recombine", bench.say, bench.clock):
        groups = slip39.every_group_recovers(shares, secret)
    return {
        "identifier": shares[0].identifier,
        "threshold": shares[0].threshold,
        "count": len(shares),
        "groups": groups,
    }


def combine(
    given: Sequence[tuple[str, bytes | bytearray]], sealed: bytes, bench: Bench
) -> tuple[Json, bytearray]:
    """Recombine shares and open the sealed file with what they give; what can be said of it, and the password.

    Errors: `unreadable-file`, `invalid-answer` (too few, too many, the same twice, of other sets), `wrong-password`.
    """
    _refuse_unsealed(sealed)
    shares = [(name, combining.read(name, content)) for name, content in given]
    combining.check_set(shares)
    password, description = _opened(shares, sealed, bench)
    first = shares[0][1]
    about: Json = {
        "identifier": first.identifier,
        "threshold": first.threshold,
        "sha256": description.sha256,
        "acceptable": description.acceptable,
        "recovery_tool_accepts": description.recovery_tool_accepts,
        "notes": list(description.notes),
    }
    return about, password


def _refuse_unsealed(sealed: bytes) -> None:
    if not sealed.startswith(MAGIC):
        raise refuse(
            "unreadable-file",
            "The file that the shares should open is no sealed key.",
            "Give the .pke1 file that belongs to the shares.",
        )


def _opened(
    shares: Sequence[tuple[str, slip39.Share]], sealed: bytes, bench: Bench
) -> tuple[bytearray, formats.Description]:
    """The password that the shares give, and what it opens."""
    with stage("recombine", bench.say, bench.clock):
        try:
            password = bytearray(slip39.recover([share for _, share in shares]).hex().encode())
        except slip39.NoSecretError:
            raise combining.contradictory() from None
    with stage("share-open", bench.say, bench.clock):
        try:
            description = formats.recognise(sealed, password, iterations=bench.iterations).description
        except ProblemError as error:
            if error.problem.code != "wrong-password":
                raise
            raise combining.other_file() from None
    return password, description


def gather(bench: Bench) -> tuple[Json, Ask]:
    """Take shares one at a time, keep them here, and complete with them what an interrupted run left.

    A share that is refused leaves the others as they are, and so does a completion that fails: it can be asked again.
    """
    taken: list[tuple[str, slip39.Share]] = []

    def take(name: str, content: bytearray) -> Json:
        share = combining.read(name, content)
        combining.check_together([*taken, (name, share)])
        if len(taken) >= share.threshold:
            raise combining.enough(share.threshold)
        taken.append((name, share))
        return {"identifier": share.identifier, "threshold": share.threshold, "index": share.index}

    def finish(of: Paths) -> Json:
        combining.check_set(taken)
        sealed = share_files.read_sealed(of.sealed)
        _refuse_unsealed(sealed)
        password, _ = _opened(taken, sealed, bench)
        try:
            return keyfiles.as_json(operations.complete(of, "pke1", password, bench))
        finally:
            wipe(password)

    def ask(question: Mapping[str, Any]) -> Json:
        if question["ask"] == "take":
            return take(question["name"], question["share"])
        return finish(keyfiles.paths(Path(question["folder"]), question["name"]))

    return {}, ask


def deal(
    threshold: int,
    count: int,
    bench: Bench,
    make: Callable[[], rsa.RSAPrivateKey] = operations.new_key,
    random: Callable[[int], bytes] = randomness.token_bytes,
) -> tuple[Json, Ask]:
    """Split a new secret, recombine it in every way, and answer for it: one share at a time, then the sealed key.

    Nothing is written before the question `finish`; one that failed can be asked again, for another folder.
    """
    share_files.check_numbers(threshold, count)
    secret = random(slip39.SECRET)
    words = _split(secret, threshold, count, bench)
    about = _recombined([_whole(line) for line in words], secret, bench)

    def ask(question: Mapping[str, Any]) -> Json:
        if question["ask"] == "share":
            return {"words": bytearray(words[question["number"] - 1].encode("ascii"))}
        of = keyfiles.paths(Path(question["folder"]), question["name"])
        password = bytearray(secret.hex().encode())
        return keyfiles.as_json(operations.generate(of, "pke1", password, bench, make))

    return about, ask


def _generate(parameters: Parameters, _: Secrets, say: Say) -> Json:
    made, about = generate(
        keyfiles.paths(Path(parameters["folder"]), parameters["name"]),
        [Path(path) for path in parameters["shares"]],
        parameters["threshold"],
        Bench(say, parameters["iterations"]),
    )
    return {**keyfiles.as_json(made), **about}


def _combine(parameters: Parameters, secrets: Secrets, say: Say) -> Json:
    given = [(name, secrets[f"share-{number}"]) for number, name in enumerate(parameters["names"])]
    about, password = combine(given, bytes(secrets["sealed"]), Bench(say, parameters["iterations"]))
    return {**about, "password": password} if parameters["reveal"] else about


def _deal(parameters: Parameters, _: Secrets, say: Say) -> tuple[Json, Ask]:
    return deal(parameters["threshold"], parameters["count"], Bench(say, parameters["iterations"]))


def _gather(parameters: Parameters, _: Secrets, say: Say) -> tuple[Json, Ask]:
    return gather(Bench(say, parameters["iterations"]))


WORK: Mapping[str, Callable[[Parameters, Secrets, Say], Json]] = MappingProxyType(
    {"split": _generate, "combine": _combine}
)
"""What an order can ask for."""

TALKS: Mapping[str, Callable[[Parameters, Secrets, Say], tuple[Json, Ask]]] = MappingProxyType(
    {"deal": _deal, "gather": _gather}
)
"""What an order can begin: the first answer, and who answers the questions that follow."""
