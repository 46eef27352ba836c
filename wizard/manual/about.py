"""What the manual page says beyond the definitions: files, environment, exit statuses, examples."""

from __future__ import annotations

from wizard import PROGRAM

NAME = "sets up an organisation's own backups of its Palisade wallets on AWS"

_WHAT = (
    "Palisade, a wallet-as-a-service, can write an encrypted backup of every wallet key to a bucket that only you "
    "control. This program sets that up: a recovery key that nobody but you holds, a bucket, a KMS key, a role that "
    "Palisade may assume, the values for Palisade's form, and then the proof that a backup arrives, is whole, and is "
    "yours."
)
_HOW = (
    "One set-up is one Palisade environment (sandbox or production) of one organisation. The wizard writes its answers "
    "into a setup file as they are given; the same file drives the commands. plan shows what would change and only "
    "reads; apply makes it so and can be stopped and run again at any moment; values prints what to enter in Palisade; "
    "verify watches until the first backup is there."
)
_STREAMS = (
    "Data go to the standard output, talk goes to the standard error. With --json the standard output holds one JSON "
    "document, or for commands that take long one event a line."
)
DESCRIPTION = (_WHAT, _HOW, _STREAMS)

SETUP_FILE = (
    "TOML, without secrets; the external ID in it is confidential. A key TABLE.NAME stands as NAME in the table "
    "[TABLE]. Only the keys without a default must be there; unknown keys are refused. The table [tags] holds tags of "
    f"your own. '{PROGRAM} answers explain KEY' explains a key. On the command line, the flag of a key goes over the file."
)

FILES = {
    "setups/NAME.toml": (
        "In the state directory (--state-dir; usually ~/.local/state/palisade-wizard, on macOS ~/Library/Application "
        "Support/palisade-wizard): the set-ups that the wizard made."
    ),
    "setups/ID.journal.jsonl": "There too: what each set-up began and ended, and which keys it made; by its id.",
    "setups/ID.drafts.json": "There too: what was typed in the wizard and not accepted yet. Never a secret.",
    "setups/ID.path": "There too: where a setup file is that is kept elsewhere.",
    "NAME.pub.der, NAME.pub.hex": "The recovery public key, for Palisade.",
    "NAME.pke1": "The recovery private key, sealed with a password. It stays with you, offline.",
    "NAME.private.hex": "The private key as open text; only if keygen was asked for it by name.",
    "NAME.share-I-of-N.txt": "One custodian's share of the password of a sealed key.",
    "NAME.txt, NAME.custody.json": "The sheet to print, and who holds which share; no secrets.",
}

ENVIRONMENT = {
    "AWS_PROFILE, AWS_REGION, AWS_ACCESS_KEY_ID, …": (
        "AWS's own variables are honoured as by the AWS CLI, where the set-up names no profile or region."
    ),
    "AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 and so on for each service": (
        "Another endpoint than AWS's own. It is named on every page and at the head of every report."
    ),
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "With true, those are ignored.",
    "AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE": (
        "Where the profiles are. A folder for a key on the same disk is warned of."
    ),
    "TERM": "Where it is dumb, the pages cannot be drawn: use --plain.",
    "NO_COLOR": "If set, the wizard uses no colours; nothing is told by colour alone.",
    "PATH": "Where the vendor's recovery tool is looked for.",
    "TEXTUAL_LOG, TEXTUAL_DEBUG, TEXTUAL, TEXTUAL_SCREENSHOT": (
        "Debugging of the pages. While it writes down keys or takes pictures, the wizard takes no password."
    ),
    "_PALISADE_WIZARD_COMPLETE, COMP_WORDS, COMP_CWORD": "Set by the script that 'completion' prints, when a shell asks what may follow.",
}

STATUSES = {
    0: "Done, or nothing to do.",
    2: "Wrong usage, an answer that breaks a rule, a wrong password, a file that cannot be read: correct the input.",
    3: "It works, and the answer is no: differences, failed checks, findings, an unacceptable key, something shared.",
    4: "Sign in to AWS again.",
    5: "AWS denied an action; the message names the right that is missing.",
    6: "A decision is needed: a name is taken, a quota, the region, consent, an existing file, a stale plan, the wrong account.",
    7: "Try again later: network, throttling, busy, not ready, another run, a full disk, still waiting.",
    70: "A fault of the program's own.",
    129: "The terminal hung up.",
    130: "Interrupted with Ctrl-C.",
    143: "Terminated.",
}

EXAMPLES = (
    ("See it all happen without an account:", (f"{PROGRAM} demo",)),
    (
        "A sandbox from nothing to verified, without a terminal:",
        (
            f"{PROGRAM} answers new --out acme.toml --setup-name acme \\",
            "    --aws-region eu-west-1 --storage-bucket acme-palisade-backup \\",
            "    --palisade-principal-arn arn:aws:iam::444455556666:role/mpc \\",
            "    --palisade-external-id 9f1c2d34-5e6f-4a7b-8c9d-0e1f2a3b4c5d",
            f"{PROGRAM} keygen --config acme.toml --out keys \\",
            "    --password-file password.txt",
            f"{PROGRAM} apply --config acme.toml --yes",
            f"{PROGRAM} values --config acme.toml --out values.txt",
            f"{PROGRAM} verify --config acme.toml --wait 15m",
        ),
    ),
    (
        "More set-ups like it, each with names of its own:",
        (
            f"{PROGRAM} answers template --out team.toml --from acme.toml",
            f"{PROGRAM} answers new --out blue.toml --template team.toml",
            f"{PROGRAM} answers compare acme.toml blue.toml",
        ),
    ),
    (
        "Look at what is there, without a setup file:",
        (f"{PROGRAM} doctor --bucket acme-palisade-backup \\", "    --role PalisadeS3BackupRole-sandbox"),
    ),
)

SEE_ALSO = "aws(1), openssl(1). The documentation is in the folder docs of the program's source."
