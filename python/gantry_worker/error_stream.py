"""`wsgi.errors`: what an application writes appears in the server's error log, tagged with its request."""

from __future__ import annotations

import sys
from typing import Callable, Iterable, Optional


class ErrorStream:
    """A text stream that hands on whole lines at once, and a line begun at `flush` or at the end of the request."""

    __slots__ = ("_log", "_begun")

    def __init__(self, log: Callable[[str], None]) -> None:
        self._log: Optional[Callable[[str], None]] = log
        self._begun = ""

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"wsgi.errors takes str, not {type(text).__name__}")
        self._begun += text
        if "\n" in text:
            lines, _, self._begun = self._begun.rpartition("\n")
            self._emit(lines + "\n")
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        if self._begun:
            begun, self._begun = self._begun, ""
            self._emit(begun)

    def end(self) -> None:
        """The request is over; an application that kept the stream goes on to the process's stderr."""
        self.flush()
        self._log = None

    def _emit(self, text: str) -> None:
        if self._log is None:
            sys.stderr.write(text)
        else:
            self._log(text)
