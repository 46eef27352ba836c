"""The offline record: which wallets are on it, which were seen and are not, and the file to print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button

from screens import record_words
from screens.dialogs import Ask, AskLine, AskPath, TextView
from screens.frame import Page
from screens.paths import here, typed
from screens.widgets.action import Action
from screens.widgets.listing import Lines
from screens.widgets.words import Words
from screens.work import Job
from services import files
from services.ledger import Ledger
from services.own_command import on_setup
from services.problems import ProblemError
from services.record import book, paper
from services.record.book import Record
from services.record.comparing import Comparison, compare
from services.record.paper import Style
from services.record.proposals import Proposals, adding, proposals
from services.record.wallet import Wallet
from services.verify.checks import Report

WHY = (
    "The quorum ID is nowhere in a backup, and the key ID only in its folder's name. Whoever loses them loses the wallet: "
    "keep this record outside Palisade, on paper too."
)
UNSEEN = "Nothing was looked at in this sitting: go back, and the verification page looks at once."
_STYLES: dict[str, Style] = {".json": "json", ".csv": "csv", ".md": "markdown"}


class RecordPage(Page):
    """Visited from the verification page, which saw what is proposed here; Enter shows all values of a wallet."""

    name_ = "record"
    next_only_when_possible = True

    def body(self) -> ComposeResult:
        yield Words(WHY)
        yield Words(id="standing")
        yield Lines(id="wallets")
        with Horizontal(classes="row-of-buttons"):
            yield Action("Put on record", id="put")
            yield Action("Compare with the bucket", id="compare")
        with Horizontal(classes="row-of-buttons close"):
            yield Action("Set the address", id="address")
            yield Action("Remove", id="remove")
            yield Action("Write a file", id="write-file")
        yield Words(id="command", classes="apart")

    def ready(self) -> None:
        self.record = Record()
        self.found = Proposals()
        self.compared: Comparison | None = None
        self.keys: list[str] = []
        self._read()

    def can_next(self) -> bool:
        return False

    @property
    def place(self) -> Ledger | None:
        setup = self.session.setup
        return book.place(setup, self.session.host.state) if setup is not None else None

    def _read(self) -> None:
        """Reads the record, and what verification has for it."""
        session, place = self.session, self.place
        if session.setup is None or place is None:
            return
        try:
            self.record = book.read(place)
        except ProblemError as error:
            self.query_one("#put", Action).disabled = True
            self.show_problem(error.problem, ("again", "Try again", self._again))
            return
        report = session.report or Report(())
        self.found = proposals(report, self.record, session.setup, session.host.clock.wall())
        self._show()

    def _again(self) -> None:
        self.hide_problem()
        self._read()

    def _show(self) -> None:
        record, found = self.record, self.found
        rows = [record_words.wallet_row(wallet) for wallet in record.wallets]
        self.keys = [wallet.key_id for wallet in record.wallets]
        rows += record_words.copy_rows(record) + record_words.proposal_rows(found, self._adding("--all"))
        if self.compared is not None:
            rows += record_words.compared_rows(self.compared)
        self.query_one("#wallets", Lines).show(rows)
        new, fresh = len(found.new), len(record_words.fresh(found, record))
        put = self.query_one("#put", Action)
        put.rename(f"Put {new} on record" if new else "Renew the proofs" if fresh else "Put on record")
        put.disabled = not (new or fresh)
        for name in ("#address", "#remove", "#write-file"):
            self.query_one(name, Action).disabled = not record.wallets
        self.query_one("#command", Words).say(f"The same without the wizard: {self._adding()}")
        self._stand(new)

    def _adding(self, *more: str) -> str:
        setup = self.session.setup
        answered = self.session.answers.text("palisade.quorum_id")
        return adding(setup.path if setup else None, answered, *more)

    def _stand(self, new: int) -> None:
        bare = sum(1 for wallet in self.record.wallets if not wallet.proofs)
        standing = self.query_one("#standing", Words)
        if new:
            standing.say(f"{_count(new)} seen by verification {_are(new)} not on record yet.", "warn")
        elif not self.record.wallets:
            standing.say(UNSEEN if self.session.report is None else "No wallet is on record yet.", "todo")
        elif bare:
            standing.say(f"{_count(bare)} on record {_are(bare)} not verified.", "todo")
        else:
            standing.say(f"{_count(len(self.record.wallets))} on record, each verified.", "ok")

    @on(Lines.Opened)
    def _open(self, event: Lines.Opened) -> None:
        self.app.push_screen(TextView("What is known", self.named(event.behind)))

    @on(Button.Pressed, "#put")
    def _put(self) -> None:
        found, fresh = self.found, record_words.fresh(self.found, self.record)
        if self._write(lambda place: book.take_over(place, self.session.host.clock, found.new, fresh)):
            put = len(found.new)
            words = f"{_count(put)} put on record" if put else "The proofs are renewed"
            self.say(f"{words}. Now write a file, print it, and keep it elsewhere.", "ok")

    def _write(self, how: Callable[[Ledger], object]) -> bool:
        """Changes the record and shows it; a refusal is shown."""
        place = self.place
        if place is None or not self.attempt(lambda: how(place)):
            return False
        self.compared = None
        self._read()
        return True

    # One wallet -----------------------------------------------------------------------------------------------------

    def _chosen(self) -> Wallet | None:
        """The wallet whose line is marked, if the line is that of one on record."""
        at = self.query_one("#wallets", Lines).highlighted or 0
        wallet = self.record.find(self.keys[at]) if at < len(self.keys) else None
        if wallet is None:
            self.say("Choose a wallet on record with the arrow keys first.", "warn")
        return wallet

    @on(Button.Pressed, "#address")
    def _ask_address(self) -> None:
        wallet = self._chosen()
        if wallet is not None:

            def take(text: str | None) -> None:
                self._set_address(wallet, text)

            asks = f"One of its addresses, as Palisade shows it, to know the wallet {wallet.key_id} by."
            self.app.push_screen(AskLine("The wallet's address", asks, "Save", wallet.address), take)

    def _set_address(self, wallet: Wallet, text: str | None) -> None:
        clock = self.session.host.clock
        if text is not None and self._write(
            lambda place: book.change(place, clock, wallet.key_id, lambda one: replace(one, address=text))
        ):
            self.say(f"The address of {wallet.key_id} is saved.", "ok")

    @on(Button.Pressed, "#remove")
    def _ask_remove(self) -> None:
        wallet = self._chosen()
        if wallet is not None:

            def take(really: bool | None) -> None:
                self._remove(wallet, really)

            says = (
                f"The wallet {wallet.key_id} goes off the record and off every sheet that is printed from now on. Without "
                "its quorum ID and key ID it cannot be recovered. The file keeps its values."
            )
            self.app.push_screen(Ask("Remove this wallet from the record?", says, "Remove", "Keep"), take)

    def _remove(self, wallet: Wallet, really: bool | None) -> None:
        clock = self.session.host.clock
        if really and self._write(lambda place: book.remove(place, clock, wallet.key_id)):
            setup = self.session.setup
            back = on_setup("record restore", setup.path if setup else None, "--key-id", wallet.key_id)
            self.say(f"Removed. Put it back with: {back}", "ok")

    # The bucket, and the file ---------------------------------------------------------------------------------------

    @on(Button.Pressed, "#compare")
    def _compare(self) -> None:
        session, record = self.session, self.record
        setup = session.setup
        if setup is None or self.wizard.runner.running("compare-record"):
            return

        def look(_job: Job, _tell: object) -> tuple[Comparison, object]:
            signed_in = session.sign_in()
            desk = session.desk_of(setup, signed_in)
            bucket = desk.setup.answers.text("storage.bucket")
            return compare(desk.aws, bucket, desk.identity.account, record.wallets), signed_in

        def finish(found: Any) -> None:
            session.signed_in = found[1]

        self.watch_job(
            self.wizard.runner.start("compare-record", "Reading the names of the folders", look, finish)
        )

    async def job_ended(self, job: Job) -> None:
        if job.name != "compare-record":
            return
        if job.problem is not None:
            self.session.signed_in = None
            self.show_problem(job.problem, ("again", "Try again", self._compare))
            return
        self.compared = job.result[0]
        self._show()

    @on(Button.Pressed, "#write-file")
    def _ask_file(self) -> None:
        proposed = here() / f"{self.session.answers.text('setup.name')}-record.txt"
        hint = "A sheet to print; a name that ends with .json, .csv or .md gives that form. "
        self.app.push_screen(AskPath(str(proposed), "Write the record to a new file", hint), self._write_file)

    def _write_file(self, text: str | None) -> None:
        setup = self.session.setup
        if not text or setup is None:
            return
        path = typed(text)
        sheet = paper.sheet(self.record, setup, self.session.host.clock.wall())
        content = paper.written(sheet, _STYLES.get(path.suffix.lower(), "text")).encode()
        if self.attempt(lambda: files.publish(path, content, mode=0o600)):
            self.say(f"Written to {path}. Print it, and keep it outside Palisade and this computer.", "ok")


def _count(number: int) -> str:
    return f"{number} wallet{'s' * (number != 1)}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
