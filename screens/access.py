"""The role that Palisade assumes: who may write, and what the role may do."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Collapsible

from screens import flow
from screens.form import FormPage
from screens.widgets.words import Words
from services.model.place import parse_arn
from services.rules import EXTRA_ACTIONS


class Access(FormPage):
    """One field that matters; what organisations rarely need is folded away."""

    name_ = "access"
    asks = (
        "role.name",
        "role.path",
        "role.permissions_boundary",
        "role.max_session_seconds",
        "role.extra_actions",
    )

    def body(self) -> ComposeResult:
        arn = parse_arn(self.session.answers.text("palisade.principal_arn"))
        who = f"Account {arn.account}" if arn else "Palisade's account"
        yield Words(
            "Palisade writes through a role in your account. This is what that role can do:", classes="lead"
        )
        yield Words(
            f"{who} may put backups into the bucket and use the KMS key for that.", kind="ok", classes="item"
        )
        yield Words("It must name your external ID each time.", kind="ok", classes="item")
        yield Words(
            "It can never read or delete a backup; writing one again keeps the old version.",
            kind="ok",
            classes="item",
        )
        yield Words(id="extra")
        yield self.field("role.name")
        folded = not any(key in self.session.drafts for key in self.asks[1:]) and not self._advanced()
        with Collapsible(title="More, rarely needed", collapsed=folded, id="advanced"):
            yield self.field("role.path")
            yield self.field("role.permissions_boundary", placeholder="none")
            yield self.field("role.max_session_seconds")
            yield self.field(
                "role.extra_actions",
                hint="Beyond the minimal ones, with commas between them, if Palisade asks for them. kms:Decrypt is "
                "the first to try when a write is denied. Possible: " + ", ".join(EXTRA_ACTIONS) + ".",
                placeholder="none",
            )

    def ready(self) -> None:
        super().ready()
        self.settled("role.extra_actions")

    def settled(self, key: str) -> None:
        if key == "role.extra_actions":
            given = self.session.answers.texts(key)
            said = "; ".join(f"{action} {EXTRA_ACTIONS[action]}" for action in given)
            self.query_one("#extra", Words).say(f"You also allow: {said}." if said else "", "warn")

    def _advanced(self) -> bool:
        answers = self.session.answers
        return bool(
            answers.text("role.path") != "/"
            or answers.text("role.permissions_boundary")
            or answers.number("role.max_session_seconds") != 3600
            or answers.texts("role.extra_actions")
        )

    def all_good(self) -> bool:
        if not super().all_good():
            self.query_one("#advanced", Collapsible).collapsed = not any(
                key in self.session.drafts for key in self.asks[1:]
            )
            return False
        flow.mark(self.session, flow.ACCESS, "yes")
        return True
