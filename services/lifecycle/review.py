"""What to do once a year, part by part, and when a retention runs out."""

from __future__ import annotations

import shlex

from services.backups import rehearsal as tool
from services.backups.rehearsal import Step
from services.lifecycle.situation import Situation
from services.own_command import own_command


def key_opens(of: Situation) -> tuple[Step, ...]:
    """The private key is opened where it lies, by those who hold it."""
    private, public = of.private_file or "PRIVATE-FILE", of.public_file or "PUBLIC-FILE"
    prove = own_command("keycheck", private, "--public", public, "--prove")
    says = "Open the private key and decrypt a test message with it, on a computer that may see it."
    first: tuple[Step, ...] = ()
    match of.answers.text("recovery_key.custody"):
        case "split":
            first = (
                Step(
                    "Let as many custodians as are needed come together, and test their shares.",
                    own_command("shares combine", "SHARE...", "--sealed", private),
                ),
            )
        case "hsm":
            first = (
                Step(
                    "See that the token is there and takes its PIN.",
                    "palisade-wizard token list",
                ),
                Step(
                    "Take out what it guards.",
                    "palisade-wizard token read --token TOKEN --label LABEL --out FILE",
                ),
            )
        case _:
            pass
    moved = "If the file is elsewhere by now, name it there; the program asks for the password."
    return (*first, Step(f"{says} {moved}", prove), _mark(of, "key-opens"))


def rehearsal(of: Situation) -> tuple[Step, ...]:
    """A test recovery with the vendor's own tool."""
    example = of.example
    more = ("--key-id", example.key_id) if example.key_id else ()
    done = Step("Write down that it was done.", of.program("lifecycle", "--done", "rehearsal", *more))
    return (*tool.steps(example), done)


def record(of: Situation) -> tuple[Step, ...]:
    """Every wallet of the bucket is on record, and the paper is not older than the record."""
    return (
        Step("Hold the record against the bucket.", of.program("record list", "--check")),
        Step("Put on record what is missing.", of.adding("--all")),
        Step("Compare quorum IDs, key IDs and algorithms with Palisade while it can be asked."),
        Step(
            "Write the record out, print it, and keep it outside Palisade and outside this computer.",
            of.program("record export", "--format", "text", "--out", "RECORD.txt"),
        ),
        _mark(of, "record-complete"),
    )


def audit(of: Situation) -> tuple[Step, ...]:
    """Nothing weakened the set-up since it was made."""
    return (
        Step("Audit the set-up; it only reads.", of.program("doctor")),
        Step("See whether AWS is still as the set-up wants it.", of.program("plan", "--check")),
        Step(
            "See whether somebody may still read the backups, and whether they are whole.",
            of.program("verify"),
        ),
        _mark(of, "audit"),
    )


def alarm_mail(of: Situation) -> tuple[Step, ...]:
    """An alarm is made to ring; somebody must say that the e-mail arrived."""
    answers = of.answers
    name = f"palisade-{answers.text('setup.name')}-key"
    words = [
        "aws",
        "cloudwatch",
        "set-alarm-state",
        "--region",
        answers.text("aws.region"),
        "--alarm-name",
        name,
    ]
    words += ["--state-value", "ALARM", "--state-reason", "Yearly test of the e-mail"]
    if profile := answers.text("aws.profile"):
        words += ["--profile", profile]
    return (
        Step(
            "Let one alarm ring. It goes back by itself within minutes and changes nothing else.",
            shlex.join(words),
        ),
        Step(
            f"Ask the readers of {answers.text('hardening.alarm_email') or 'the mailbox'} whether the e-mail arrived, and "
            "who of them would act upon it.",
        ),
        Step("If none arrived, see whether the subscription is confirmed.", of.program("verify")),
        _mark(of, "alarm-mail"),
    )


def custodians(of: Situation) -> tuple[Step, ...]:
    """Everybody who is needed is there, and knows where what they hold is."""
    held = {
        "split": "Ask every custodian to look at the share and at the copy of the sealed file, where they lie now. The "
        "sheet beside the key says who they are and how many are needed.",
        "hsm": "Ask who has the token, who knows its PIN, and who knows where the other copy of the sealed file is.",
    }
    usual = "Ask who has the sealed file, who has its password, and whether the two are in different places."
    return (
        Step(held.get(of.answers.text("recovery_key.custody"), usual)),
        Step(
            "Ask who may read the backups in AWS for a recovery: they need these rights.",
            of.program("policy", "--for", "recover"),
        ),
        Step(
            "If somebody has left, do what is to be done then.",
            of.program("lifecycle", "--about", "personnel-change"),
        ),
        _mark(of, "custodians"),
    )


def retention(of: Situation) -> tuple[Step, ...]:
    """The files are kept longer, one by one; AWS has no command for all of them."""
    mode, days = of.answers.text("storage.object_lock"), of.answers.number("storage.object_lock_days")
    return (
        Step(
            f"This set-up keeps every file for {days} day{'s' * (days != 1)} after it was written ({mode} mode), then no "
            "longer."
        ),
        *_first_ends(of),
        Step(
            "The audit prints the command that keeps a file longer, for the newest files; the others need the same with "
            "their own names and versions.",
            of.program("doctor"),
        ),
        Step(
            "Run that command for the newest version of every backup file that you still need. In compliance mode nobody "
            "can shorten it again."
        ),
        _mark(of, "retention"),
    )


def _first_ends(of: Situation) -> tuple[Step, ...]:
    """The wallets on record whose files end first."""
    ends = of.ends
    if not ends:
        return ()
    named = ", ".join(f"{key_id} on {end.isoformat()}" for key_id, end in ends[:3])
    return (Step(f"By the record, these end first, unless somebody extended them: {named}."),)


def _mark(of: Situation, duty: str) -> Step:
    return Step("Write down that it was done.", of.program("lifecycle", "--done", duty))
