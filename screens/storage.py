"""The bucket for the backups and the key that encrypts them at rest."""

from __future__ import annotations

from textual.app import ComposeResult

from screens import suggest
from screens.form import FormPage
from screens.widgets.words import Words


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
            choices=suggest.name_spaces(session.answers.text("aws.region"), namespace),
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
