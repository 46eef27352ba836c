"""What to do when something happens: a key reshare, a quorum restructure, a person who leaves."""

from __future__ import annotations

from services.backups.rehearsal import Step
from services.lifecycle.situation import Situation
from services.own_command import own_command


def reshare(of: Situation) -> tuple[Step, ...]:
    """A new backup at once: the old ones open nothing any more."""
    return (
        Step("Note the time (UTC) at which the reshare was complete in Palisade."),
        *_new_backup(of, "the reshare"),
        Step("The files from before stay as earlier versions. Count none of them as a way back any more."),
        _mark(of, "key-reshare"),
    )


def restructure(of: Situation) -> tuple[Step, ...]:
    """A new backup after it is complete."""
    return (
        Step(
            "Let the restructure be completed: every member accepts within 60 minutes, or the request dies. The quorum "
            "keeps its backup kit; a restructure cannot add, remove or change it."
        ),
        Step("Note the time (UTC) at which it was complete in Palisade."),
        *_new_backup(of, "the restructure"),
        _mark(of, "quorum-restructure"),
    )


def _new_backup(of: Situation, after: str) -> tuple[Step, ...]:
    since = f"Wait for the backup that was written after {after}, with that time in place of TIME."
    ask = (
        "Palisade's pages do not say whether this writes a backup by itself. If none arrives, ask Palisade for one, and "
        "keep funds out of the quorum's wallets until it is there and passes."
    )
    return (
        Step(since, of.program("verify", "--since", "TIME", "--wait", "15m")),
        Step(ask),
        Step(
            "Put the newest wallets on record: known ones get the new proof, others are added, and it says how many were not "
            "looked at. Name those with --key-id, or take all that are not on record with --all.",
            of.adding(),
        ),
        Step(
            "Write the record out anew, and replace the printed one.",
            of.program("record export", "--format", "text", "--out", "RECORD.txt"),
        ),
    )


def personnel(of: Situation) -> tuple[Step, ...]:
    """A new kit for future quorums; those that exist keep theirs."""
    return (
        Step(
            "Find out what the person holds: the sealed file, its password, a share, a token, or AWS rights. The sheet "
            "beside the key names the custodians."
        ),
        Step(
            "Take the rights to read backups away from the person: without the files, the key opens nothing. These are "
            "the rights.",
            of.program("policy", "--for", "recover"),
        ),
        *_shares(of),
        Step("Make a set-up for a new kit, with names of its own in place of NEW.", _new_set_up(of)),
        Step(
            "Make the new recovery key pair, and choose who holds it.",
            "palisade-wizard keygen --config NEW.toml --out FOLDER",
        ),
        Step("Create what the new set-up needs in AWS.", "palisade-wizard apply --config NEW.toml"),
        Step(
            "Create the new kit in Palisade with these values, and assign it to every future quorum.",
            "palisade-wizard values --config NEW.toml",
        ),
        Step(
            "Quorums that exist cannot change their kit. If the old key must be retired, plan the migration or the "
            "replacement of their wallets with Palisade support. Until then keep the old key: it alone opens their backups."
        ),
        _mark(of, "personnel-change"),
    )


def _shares(of: Situation) -> tuple[Step, ...]:
    if of.answers.text("recovery_key.custody") != "split":
        return ()
    return (
        Step(
            "A share that left cannot be called back. See that as many as are needed are still in good hands: they must "
            "open the sealed file without it.",
            own_command("shares combine", "SHARE...", "--sealed", of.private_file or "PRIVATE-FILE"),
        ),
    )


def _new_set_up(of: Situation) -> str:
    names = (
        ("--setup-name", "NEW"),
        ("--storage-bucket", "NEW-BUCKET"),
        ("--role-name", "NEW-ROLE"),
        ("--palisade-kit-name", "NEW-KIT"),
        ("--recovery-key-public-files", ""),
    )
    flags = [word for pair in names for word in pair]
    return own_command("answers new", "--from", of.setup.path, "--out", "NEW.toml", *flags)


def _mark(of: Situation, duty: str) -> Step:
    return Step("Write down that it was done.", of.program("lifecycle", "--done", duty))
