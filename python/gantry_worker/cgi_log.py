"""What a CGI program tells: lines on the standard error, which web servers put into their log. The layout is src/observe/log.ts's."""

from __future__ import annotations

import os
import time

_LINE_ENDS = "\u2028\u2029"


class CgiLog:
    """Of one request, which `request` names: id, method and target."""

    def __init__(self, request: str) -> None:
        self._request = request

    def failed(self, text: str, why: str = "") -> None:
        """An error of the application's, with what there is to read about it."""
        lines = text.rstrip("\n").split("\n")
        details = "".join(f"    {_printable(line)}\n" for line in lines)
        _write(_line("error", f"Error on request {self._request}{why}") + details)

    def warning(self, text: str) -> None:
        # A finding of lint names its request itself.
        request = "" if text.startswith("lint: ") else f" (request {self._request})"
        _write(_line("warning", f"{text.rstrip()}{request}"))

    def info(self, text: str) -> None:
        _write(_line("info", f"{text}: {self._request}"))

    def errors(self, text: str) -> None:
        """What was written to `wsgi.errors`."""
        mark = f"[{self._request.partition(' ')[0]}]"
        _write("".join(_line("error", f"{mark} {line}") for line in text.rstrip("\n").split("\n")))


def _line(level: str, message: str) -> str:
    now = time.time()
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
    return f"{stamp}.{int(now * 1000) % 1000:03d}Z {level} {_printable(message)}\n"


def _write(text: str) -> None:
    try:
        os.write(2, text.encode("utf-8", "backslashreplace"))
    except OSError:
        pass  # a web server whose log is full or gone still wants its answer


def _printable(line: str) -> str:
    """Control characters as escapes, but a tab: nothing of a request may forge a line or drive a terminal."""
    if line.isprintable():
        return line
    return "".join(
        f"\\x{ord(each):02x}" if (ord(each) < 32 and each != "\t") or 127 <= ord(each) < 160 or each in _LINE_ENDS else each
        for each in line
    )
