"""Where the backups live and whom the organisation lets write them: the AWS account, and Palisade's writer."""

from __future__ import annotations

from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button

from screens.form import FormPage
from screens.session import SignedIn
from screens.widgets.action import Action
from screens.widgets.words import Words
from screens.work import Job
from services import rights
from services.answers import place
from services.model.place import parse_arn
from services.problems import Problem

USUAL = "the usual AWS rules (environment, default profile)"
REGIONS = (
    *("eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1"),
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1", "af-south-1"),
    *("ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-east-1"),
    *("me-central-1", "me-south-1", "il-central-1", "us-gov-west-1", "us-gov-east-1", "cn-north-1"),
)
"""Offered while typing; any other region code is taken as well."""


class Account(FormPage):
    """Signs in by itself as soon as a region is known, and again whenever profile or region change."""

    name_ = "account"
    asks = ("aws.profile", "aws.region", "palisade.principal_arn", "palisade.external_id")

    def body(self) -> ComposeResult:
        yield Words("Where should the backups live, and whom do you let write them?")
        chosen = self.session.shown("aws.profile")
        known = {"": USUAL} | ({chosen: chosen} if chosen else {})
        yield self.field(
            "aws.profile", hint="", choices=[(words, profile) for profile, words in known.items()]
        )
        yield self.field("aws.region", hint="", suggestions=REGIONS, placeholder="for example eu-west-1")
        with Horizontal(classes="field-line"):
            yield Words("Signed in as", classes="field-label")
            yield Words("Not signed in yet: choose a region.", id="identity")
        yield self.field("palisade.principal_arn", placeholder="like arn:aws:iam::111122223333:role/Name")
        yield self.field("palisade.external_id")
        with Horizontal(classes="row-of-buttons"):
            yield Action("Generate an external ID", id="generate")
            yield Action("Sign in again", id="sign-in")
        yield Words(id="rights")
        yield Words(id="who-writes")

    def ready(self) -> None:
        super().ready()
        self.wizard.runner.start(
            "profiles", "Reading profiles", lambda _job, _tell: self.session.host.profiles()
        )
        found = self.session.signed_in
        wanted = (self.session.answers.text("aws.profile"), self.session.answers.text("aws.region"))
        if found is not None and (found.profile, found.region) == wanted:
            self._show_identity(found)
        else:
            self._sign_in()
        self._say_who()

    def settled(self, key: str) -> None:
        if key in {"aws.profile", "aws.region"}:
            self._sign_in()
        self._say_who()

    def _sign_in(self) -> None:
        region = self.session.answers.text("aws.region")
        if not region:
            return
        profile = self.session.answers.text("aws.profile")
        self.session.signed_in = self.session.rights = None
        self.query_one("#identity", Words).say("Signing in…", "now")
        self.query_one("#rights", Words).say("")
        job = self.wizard.runner.start(
            "sign-in",
            "Signing in",
            lambda _job, _tell: self.session.connect(profile, region),
            self._signed_in,
        )
        self.watch_job(job)

    def _signed_in(self, found: SignedIn) -> None:
        """Records the account at first use; the wrong one is refused."""
        session = self.session
        place(session.answers, found.identity.account)
        if not session.answers.text("aws.account"):
            session.record({"aws.account": found.identity.account})
        session.signed_in = found

    async def job_ended(self, job: Job) -> None:
        match job.name:
            case "profiles" if job.problem is None:
                self._offer_profiles(job.result)
            case "sign-in" if job.problem is not None:
                self._refused(job.problem)
            case "sign-in" if self.session.signed_in is not None:
                self._show_identity(self.session.signed_in)
                self.refresh_frame()
            case "rights":
                self.session.rights = job.result
                self._show_rights()
            case _:
                pass

    def _refused(self, problem: Problem) -> None:
        self.query_one("#identity", Words).say("Not signed in.", "bad")
        self.show_problem(problem, ("sign-in-again", "Try again", self._sign_in))
        self.refresh_frame()

    def _offer_profiles(self, names: tuple[str, ...]) -> None:
        chosen = self.session.shown("aws.profile")
        offered = {"": USUAL} | {name: name for name in (*names, *([chosen] if chosen else []))}
        self.field_of("aws.profile").offer(offered)

    def _show_identity(self, found: SignedIn) -> None:
        who = found.identity
        self.query_one("#identity", Words).say(f"{who.arn} in account {who.account}", "ok")
        if self.session.rights is not None:
            self._show_rights()
            return
        answers = self.session.answers

        def ask(_job: Job, _tell: Any) -> rights.Rights:
            calls = rights.needed(answers, who.account)
            return rights.check(found.aws, who, calls, place(answers, who.account))

        self.query_one("#rights", Words).say("Looking at the rights of this sign-in…", "now")
        self.wizard.runner.start("rights", "Looking at your rights", ask)

    def _show_rights(self) -> None:
        found = self.session.rights
        words = self.query_one("#rights", Words)
        if found is None:
            words.say("Your rights could not be checked beforehand; the review page will tell.", "warn")
            return
        forbidden = f" Your organisation forbids: {', '.join(found.forbidden)}." if found.forbidden else ""
        words.say(found.says + forbidden, "ok" if not (found.denied or found.unchecked) else "warn")

    def _say_who(self) -> None:
        arn = parse_arn(self.session.answers.text("palisade.principal_arn"))
        words = self.query_one("#who-writes", Words)
        if arn is None:
            words.say("")
        else:
            words.say(f"Account {arn.account} will be able to write backups, and no other account.", "ok")

    @on(Button.Pressed, "#generate")
    def _generate(self) -> None:
        field = self.field_of("palisade.external_id")
        field.fill(self.session.host.new_id())
        field.focus_input()
        self.say("Made a new external ID. Enter the same one in Palisade.", "ok")

    @on(Button.Pressed, "#sign-in")
    def _again(self) -> None:
        if not self.session.answers.text("aws.region"):
            self.field_of("aws.region").focus_input()
            self.say("Choose a region first.", "bad")
            return
        self._sign_in()

    def all_good(self) -> bool:
        if not super().all_good():
            return False
        if self.session.signed_in is None:
            if not self.wizard.runner.running("sign-in"):
                self._sign_in()
            self.say("Waiting for the sign-in: go on when it is there.", "warn")
            return False
        return True
