"""The bucket for the backups and the key that encrypts them at rest."""

from __future__ import annotations

from textual.app import ComposeResult

from screens import suggest
from screens.form import FormPage
from screens.widgets.words import Words
from services.model.naming import WITHOUT_REGIONAL_NAMES


class Storage(FormPage):
    """Proposes a bucket name until the person gives one."""

    name_ = "storage"
    asks = ("storage.bucket", "storage.namespace", "storage.kms_key", "storage.encryption_headers")

    def body(self) -> ComposeResult:
        session = self.session
        namespace = session.shown("storage.namespace")
        if not session.shown("storage.bucket"):
            session.keep("storage.bucket", suggest.bucket(session.answers, namespace))
        yield Words("A bucket of its own, encrypted with a key of its own, is what Palisade writes to.")
        yield self.field("storage.bucket")
        yield self.field(
            "storage.namespace",
            choices=name_spaces(session.answers.text("aws.region"), namespace),
        )
        yield self.field("storage.kms_key", placeholder="create")
        yield self.field(
            "storage.encryption_headers",
            choices=[("tolerant: the bucket encrypts", "tolerant"), ("strict: they are denied", "strict")],
        )
        yield Words(
            "Old versions are kept, nothing in it can be made public, and only TLS 1.2 or newer is accepted."
            " Nothing is created yet.",
            kind="ok",
            classes="apart",
        )

    def settled(self, key: str) -> None:
        if key != "storage.namespace":
            return
        answers = self.session.answers
        chosen = answers.text("storage.namespace")
        other = "global" if chosen == "account-regional" else "account-regional"
        field = self.field_of("storage.bucket")
        if field.text.strip() in {"", suggest.bucket(answers, other)}:
            field.fill(suggest.bucket(answers, chosen))
            self.say("Proposed a bucket name for this name space.", "ok")


def name_spaces(region: str, chosen: str) -> list[tuple[str, str]]:
    """The choices that AWS has in the region, and one that was made before its region."""
    found = [("global: free in all of AWS", "global")]
    if region not in WITHOUT_REGIONAL_NAMES or chosen == "account-regional":
        found.append(("account-regional: yours alone", "account-regional"))
    return found
