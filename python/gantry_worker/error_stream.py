"""`wsgi.errors`: what an application writes appears in the server's error log, tagged with its request."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Iterable

from . import frames
from .request_ends import LinkClosed

if TYPE_CHECKING:
    from .thread_link import ThreadLink


class ErrorStream:
    """A text stream that hands on whole lines at once, and a line begun at `flush` or at the end of the request.

    Kept and used after its request is over it writes to the process's stderr, which the front logs as well.
    """

    __slots__ = ("_link", "_serial", "begun")

    def __init__(self, link: ThreadLink) -> None:
        self._link = link
        self._serial = link.serial
        # Text that waits for the end of its line.
        self.begun = ""

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"wsgi.errors takes str, not {type(text).__name__}")
        self.begun += text
        if "\n" in text:
            lines, _, self.begun = self.begun.rpartition("\n")
            self._emit(lines + "\n")
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        if self.begun:
            begun, self.begun = self.begun, ""
            self._emit(begun)

    def warn(self, text: str) -> None:
        """Tells the application's author something, in the server's own name: a warning of one line."""
        if self._serial == self._link.serial:
            self._link.hold(frames.encode_log(frames.LOG_WARNING, text))
        else:
            sys.stderr.write(text + "\n")

    def _emit(self, text: str) -> None:
        if self._serial != self._link.serial:
            sys.stderr.write(text)
            return
        try:
            self._link.send(frames.encode_log(frames.LOG_ERRORS, text))
        except LinkClosed:
            # Nobody waits for the answer any more, but the words are as true as before.
            sys.stderr.write(text)
