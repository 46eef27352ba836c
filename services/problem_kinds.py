"""The kinds of problems: one row a code, with what it means and what to do, whatever the sentence of the moment says.

Codes and exit codes are the command contract's: programs read them, so rows are added and none is changed.
`docs/troubleshooting.md` is written from this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Kind:
    """One kind of problem: its exit code, what has happened, and what a person does about it; whole sentences."""

    exit_code: int
    means: str
    remedy: str


_INPUT = {
    "usage": Kind(
        2,
        "The command line cannot be understood: a command or option that does not exist, or two that exclude each other.",
        "Read the sentence, which names the word; `palisade-wizard COMMAND --help` lists what there is.",
    ),
    "invalid-answer": Kind(
        2,
        "An answer, a flag, a setup file or the AWS settings of this computer break a rule.",
        "Correct what is named. `answers explain KEY` says what an answer must look like, `answers check` looks at a "
        "whole file without asking AWS.",
    ),
    "missing-answer": Kind(
        2,
        "The command needs an answer that the setup file does not have.",
        "Give it with its flag or put it into the file; `answers check` lists everything that is missing.",
    ),
    "wrong-password": Kind(
        2,
        "The password or the shares do not open the sealed key, or that file is damaged: the two look alike.",
        "Type it again, then try another copy of the sealed file. Compare its SHA-256 with the printed sheet.",
    ),
    "bad-password": Kind(
        2,
        "A new password could not be taken: it was not typed twice alike, or the vendor's recovery tool would refuse it.",
        "Use 8 to 128 printable ASCII characters, or `keygen --generate-password`.",
    ),
    "unreadable-file": Kind(
        2,
        "A file is not there, may not be read, or is not what it should be.",
        "Check the path, the owner and the permissions. A damaged file is never written over: put a good copy back.",
    ),
    "no-terminal": Kind(
        2,
        "Something must be asked, or pages drawn, and there is no terminal that can do it.",
        "Run it in a terminal, use `--plain` where the cursor cannot be placed, or give the option that is named, such "
        "as `--password-file` or `--yes`.",
    ),
    "missing-extra": Kind(
        2,
        "An optional part of the program is not installed.",
        "Install it with the command that is named: `[demo]`, `[hsm]` or `[audit]`.",
    ),
}

_THE_ANSWER_IS_NO = {
    "unacceptable-key": Kind(
        3,
        "A key is not RSA-4096 with exponent 65537, is not the expected one, or is in a form that the vendor's "
        "recovery tool refuses.",
        "Do not use it. `keycheck FILE` says what it is, and `--convert-to pke1` brings a good key into the right form.",
    ),
    "failed-check": Kind(
        3,
        "The look worked, and what was looked at is not right.",
        "Do what the lines with ✗ say, then look again.",
    ),
    "differences": Kind(
        3,
        "AWS is not as the set-up wants it.",
        "Look at `plan`, then `apply`, or find out who changed it.",
    ),
}

_AWS_SAYS_WHO = {
    "sign-in": Kind(
        4,
        "There is no valid AWS sign-in: none was made, it ended, or it gives no credentials.",
        "Sign in again (`aws sso login`, `aws login`), or choose another one with `--profile`; then run the same "
        "command again. Nothing is lost.",
    ),
    "denied": Kind(
        5,
        "AWS refused an action. The sentence names it, and says whether the organisation forbids it.",
        "Have the right added: `policy --for setup` (or verify, recover, audit, destroy) prints the whole least "
        "policy. Where a service control policy is named, only whoever runs the organisation can help.",
    ),
}

_A_DECISION = {
    "taken": Kind(
        6,
        "A name belongs to another account or another set-up.",
        "Choose another name. An account-regional bucket name (`storage.namespace`) cannot be taken by others.",
    ),
    "unfit": Kind(
        6,
        "Something with this name exists, and must not be used for this: the sentence says why.",
        "Choose another name, or have its owner change it.",
    ),
    "limit": Kind(
        6,
        "A quota of the account, or the room in a file or a token, is used up.",
        "Have the quota raised, remove something, or use another place.",
    ),
    "region": Kind(
        6,
        "The region is unknown, not enabled in this account, or not the one in which the thing is.",
        "Correct `aws.region`, or enable the region in the account.",
    ),
    "wrong-account": Kind(
        6,
        "The sign-in is for another account than the one in which this set-up lives.",
        "Sign in to the account that is named, or use the profile that does. Nothing was written.",
    ),
    "wrong-owner": Kind(
        6,
        "The bucket does not belong to the recorded account, or not any more.",
        "Let nothing write to it. Find out who deleted it, and who owns the name now.",
    ),
    "consent": Kind(
        6,
        "Something needs your word and did not get it; nothing was changed.",
        "Look at `plan`, then agree in a terminal, or with `--yes` and an `--accept RISK` for each risk that it names.",
    ),
    "stale": Kind(
        6,
        "What you looked at has changed since: the plan, an answer, or a thing that others use too.",
        "Look at it anew, then run the command again. Nothing of the change was written over.",
    ),
    "exists": Kind(
        6,
        "There is a file already, and no file is ever overwritten.",
        "Choose another name or folder, or move the file away.",
    ),
    "refused": Kind(
        6,
        "AWS, or a rule of this program, refuses this value; trying again will not help.",
        "Change the value that is named. For a principal, compare the ARN letter by letter with Palisade's.",
    ),
    "other-environment": Kind(
        6,
        "Sandbox and production would share something that each must have for itself.",
        "Change the answer that is named; `answers compare` shows two set-ups side by side.",
    ),
}

_LATER = {
    "network": Kind(
        7,
        "AWS could not be reached, or its answer did not arrive whole.",
        "Check the network, its proxy and its sign-in page, then run the same command again.",
    ),
    "clock": Kind(
        7,
        "The clock of this computer is wrong, so AWS refuses its signatures.",
        "Set the clock, best by itself from the network, then try again.",
    ),
    "throttled": Kind(
        7,
        "AWS asks for fewer calls a second; the program has waited already.",
        "Wait some minutes, then run the same command again.",
    ),
    "busy": Kind(
        7,
        "AWS is still working on the same thing, or has a fault of its own.",
        "Wait some minutes, then run the same command again.",
    ),
    "not-ready": Kind(
        7,
        "Something was written and cannot be seen yet, or is not made yet.",
        "Run the same command again in some minutes; where the sentence names `apply`, that first.",
    ),
    "locked": Kind(
        7,
        "Another run of this program works on the same set-up or file; the sentence says which, where it is known.",
        "Wait until it has ended, or end it if it hangs: what it has done is kept.",
    ),
    "folder": Kind(
        7,
        "A folder or medium is full, read-only or gone.",
        "Free some room, plug the medium in again or choose another folder; then run the same command again.",
    ),
    "waiting": Kind(
        7,
        "Something is awaited that has not come yet: a backup, a log record, a confirmation.",
        "Do what the lines with … say, then look again; `verify --wait 15m` keeps looking.",
    ),
}

_THE_PROGRAM = {
    "our-bug": Kind(
        70,
        "The program met a fault of its own; what was done so far is kept.",
        "Run the same command again. If it fails again, make a `bundle` and report the place that is named.",
    ),
    "hang-up": Kind(
        129,
        "The terminal was closed; what had been finished is kept.",
        "Run the same command again: it goes on from there.",
    ),
    "interrupted": Kind(
        130,
        "Ctrl-C was pressed; what had been finished is kept.",
        "Run the same command again: it goes on from there.",
    ),
    "terminated": Kind(
        143,
        "Another program ended this one; what had been finished is kept.",
        "Run the same command again: it goes on from there.",
    ),
}

TABLE: Mapping[str, Kind] = MappingProxyType(
    _INPUT | _THE_ANSWER_IS_NO | _AWS_SAYS_WHO | _A_DECISION | _LATER | _THE_PROGRAM
)
"""Every kind of problem by its code, in the order of the exit codes."""
