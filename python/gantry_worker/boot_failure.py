"""Why an application cannot be served: what the `boot-failed` frame says, in lines that a newcomer can act on."""

from __future__ import annotations

import os
import sys
from typing import Dict

from .late_imports import late

_MAX_LINE = 500


class BootFailure(Exception):
    """Why the application cannot be served.

    `kind` is one of not-found, no-attribute, not-callable, raised, bad-specification (protocol/link.md, `boot-failed`);
    `message` and `hint` are single lines; `traceback` is empty unless the application itself raised.
    """

    def __init__(self, kind: str, message: str, hint: str, traceback: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.message = one_line(message)
        self.hint = one_line(hint)
        self.traceback = traceback

    def to_dict(self) -> Dict[str, str]:
        """Returns the payload of the `boot-failed` frame."""
        return {"kind": self.kind, "message": self.message, "hint": self.hint, "traceback": self.traceback}


def raised(error: BaseException, doing: str) -> BootFailure:
    """Makes the failure of an application that raised, with its traceback. `doing` begins the sentence."""
    kind_of_error, text = type(error).__name__, _first_line(error)
    message = f"{doing} raised {kind_of_error}" + (f": {text}" if text else "")
    hint = f"It was run by {sys.executable} in {os.getcwd()}."
    if isinstance(error, SystemExit):
        message = f"{doing} ended the process: SystemExit({text})"
        hint = "Code that runs and ends a program belongs under `if __name__ == '__main__':`."
    elif isinstance(error, SyntaxError) and error.filename:
        message = f"{doing} met a {kind_of_error} in {error.filename}, line {error.lineno}: {error.msg}"
    elif isinstance(error, ModuleNotFoundError) and error.name:
        message = f'{doing} failed because the module "{error.name}" that it needs was not found'
        top = error.name.partition(".")[0]
        hint = f'To install "{top}": {sys.executable} -m pip install …; --python names another interpreter.'
    elif isinstance(error, ImportError) and "relative import" in text:
        hint = "A file of a package is served by its dotted name, with --chdir to the directory that holds the package."
    return BootFailure("raised", message, hint, late("tracebacks").format_traceback(error))


def one_line(text: str) -> str:
    """Returns a text without its line ends, cut where a log line would get too long."""
    line = " ".join(text.splitlines())
    return line if len(line) <= _MAX_LINE else line[: _MAX_LINE - 1] + "…"


def _first_line(error: BaseException) -> str:
    try:
        return next(iter(str(error).strip().splitlines()), "")
    except Exception:  # an exception whose __str__ raises
        return ""
