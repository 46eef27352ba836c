"""The quorum that gets the kit: its rules, and its ID, without which no wallet can ever be recovered."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.widgets import Checkbox

from screens import flow
from screens.form import FormPage
from screens.widgets.choice import Check
from screens.widgets.words import Words
from services.kit import KIND_OF_QUORUM

RULES = (
    "Create a new MPC quorum, and assign the kit while creating it: that can never be added, removed or changed later.",
    KIND_OF_QUORUM,
    "It has at least 2 devices and at least 2 signatures; a majority threshold is advised.",
    "Every member accepts within 60 minutes, or the request dies and you begin anew.",
)


class Quorum(FormPage):
    """Everything here happens in Palisade; the page keeps what was done and the quorum's ID."""

    name_ = "quorum"
    asks = ("palisade.quorum_id",)

    def body(self) -> ComposeResult:
        yield Words(
            "Palisade backs up only the quorums that were created with a kit. In Palisade:", classes="lead"
        )
        for rule in RULES:
            yield Words(rule, kind="todo", classes="item")
        done = self.session.drafts.get(flow.QUORUM) == flow.kit_digest(self.session)
        yield Check(
            "A new quorum has the kit, and every member accepted", done, id="quorum-assigned", compact=True
        )
        yield self.field("palisade.quorum_id", placeholder="from the quorum's page in Palisade")
        yield Words(
            "Write the quorum ID down outside Palisade too: it is nowhere in the backups, and without it there is no "
            "recovery.",
            kind="warn",
            classes="apart",
        )

    @on(Checkbox.Changed, "#quorum-assigned")
    def _assigned(self, event: Checkbox.Changed) -> None:
        flow.mark(self.session, flow.QUORUM, flow.kit_digest(self.session) if event.value else "")
        self.refresh_frame()
