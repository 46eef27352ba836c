"""The way to the terminal, such that a terminal that is gone or that nobody reads cannot hold the program.

Textual writes through a queue of a bounded length. Its writer ends with the first failed write, and whoever fills the
queue then waits for ever, on a lock, deaf to every signal; its reader turns round and round at the end of its input.
"""

from __future__ import annotations

import queue
import termios
import threading
import time
from typing import IO, TYPE_CHECKING, TypeAlias

from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from textual.app import App

Size: TypeAlias = "tuple[int, int] | None"

PATIENCE = 2.0
"""Seconds that the end of the program waits for a terminal to take what is still to be written."""


class Writer(WriterThread):
    """Writes in the background; what a lost terminal does not take is dropped, and `lost` is set."""

    def __init__(self, file: IO[str], leaving: threading.Event) -> None:
        super().__init__(file)
        self.lost = threading.Event()
        self._leaving = leaving

    def write(self, text: str) -> None:
        self._put(text)

    def run(self) -> None:
        try:
            super().run()
        except (OSError, ValueError):  # the terminal is gone, or its stream is closed
            self.lost.set()

    def stop(self) -> None:
        if self._put(None):
            self.join(PATIENCE)

    def _put(self, text: str | None) -> bool:
        """Whether it could be handed over. A terminal that takes nothing is waited for, but not when it is time to go."""
        since = time.monotonic()
        while not self.lost.is_set():
            try:
                self._queue.put(text, timeout=0.1)
            except queue.Full:
                if self._leaving.is_set() and time.monotonic() - since > PATIENCE:
                    self.lost.set()
            else:
                return True
        return False


class TerminalDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, which knows when its terminal is gone.

    `leaving` is to be set when the program has been asked to end.
    """

    def __init__(
        self, app: App[object], *, debug: bool = False, mouse: bool = True, size: Size = None
    ) -> None:
        self.leaving = threading.Event()
        self._writer: Writer | None = None
        self._nothing_to_read = False
        super().__init__(app, debug=debug, mouse=mouse, size=size)

    @property
    def _writer_thread(self) -> WriterThread | None:
        return self._writer

    @_writer_thread.setter
    def _writer_thread(self, made: WriterThread | None) -> None:
        """Textual makes its own writer, and starts what it finds here."""
        self._writer = None if made is None or self._file is None else Writer(self._file, self.leaving)

    def run_input_thread(self) -> None:
        try:
            super().run_input_thread()
        except OSError:
            self._nothing_to_read = True

    @property
    def gone(self) -> bool:
        """Whether the terminal is there no more."""
        if self._nothing_to_read or (self._writer is not None and self._writer.lost.is_set()):
            return True
        try:
            termios.tcgetattr(self.fileno)
        except termios.error:
            return True
        return False
