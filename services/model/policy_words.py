"""What each statement of a policy says, in a sentence: for whoever reads the document before it is written.

Words follow the name of the statement (its Sid), because what a statement says as a whole, with its conditions, is what
the person who wrote it meant. A test holds every statement of every policy that the program writes to have its words.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from services.model.policies import OURS, text
from services.model.values import Tree, document, entries, items
from services.printable import one_line

OTHERS = "A statement that this set-up did not write; it stays as it is."

SAYS: Mapping[str, str] = MappingProxyType(
    {
        "Delegation": "This account's own IAM policies decide who may use the key; no other account can let anybody in.",
        "TlsOnly": "Nobody gets in without TLS: what goes over the network is encrypted.",
        "Tls12": "Nobody gets in with a TLS older than 1.2.",
        "OnlyKms": "An upload that asks for an encryption other than KMS is refused.",
        "KmsNeedsOurKey": "An upload that asks for KMS must name this set-up's key.",
        "OnlyOurKey": "An upload that names another key is refused.",
        "NoCustomerKeys": "An upload with a key of the uploader's own is refused: nobody else could read it.",
        "NeedsKmsHeader": "An upload must say that it wants KMS.",
        "NeedsKeyHeader": "An upload must say which key it wants.",
        "Trust": "Palisade may assume this role, and only with your external ID.",
        "Write": "The role may put files into the bucket. What else stands here you chose under role.extra_actions.",
        "Key": "The role may have the key encrypt what it puts there, only through S3 of this region.",
        "Bucket": "The role may look at the bucket itself, as you chose under role.extra_actions.",
        "AccessLogsOfBackups": "S3 may write down here who reached the backup bucket.",
        "AccessLogsOfTrail": "S3 may write down here who reached the trail's bucket.",
        "InventoryOfBackups": "S3 may put its daily lists of the backup bucket here.",
        "TrailAclCheck": "CloudTrail may look whether it can write here, for this set-up's trail alone.",
        "TrailWrite": "CloudTrail may write this account's records here, for this set-up's trail alone.",
        "TrailEncrypt": "CloudTrail may encrypt the records of this set-up's trail.",
        "TrailCheck": "CloudTrail may try the key when the trail is made.",
        "LogGroup": "CloudWatch Logs may encrypt and read the log group of this set-up's trail.",
        "Alarms": "This set-up's alarms may use it, to send their messages.",
        "BucketEvents": "The backup bucket may use it, to send its messages.",
        "Notifications": "The backup bucket may send its messages here.",
        "Owner": "This account may look after the topic.",
        "TrailTrust": "CloudTrail alone may assume this role, for this set-up's trail.",
        "TrailLogs": "The role may write the trail's records into its log group.",
    }
)


def sentences(policy: Tree) -> tuple[str, ...]:
    """A sentence for each statement, in the policy's order."""
    return tuple(_says(entries(one)) for one in items(entries(document(policy)).get("Statement")))


def explained(policy: Tree) -> str:
    """The sentences, and below them the document as JSON."""
    said = (f"{number}. {sentence}" for number, sentence in enumerate(sentences(policy), 1))
    return "\n".join([*said, "", text(policy)])


def _says(statement: Mapping[str, Tree]) -> str:
    sid = str(statement.get("Sid", ""))
    words = SAYS.get(sid.removeprefix(OURS)) if sid.startswith(OURS) else None
    if words is not None:
        return words
    return OTHERS if not sid else f"{OTHERS[:-1]} ({one_line(sid)})."
