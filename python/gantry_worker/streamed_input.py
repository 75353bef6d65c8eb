"""`wsgi.input` of a request that is streamed (`--stream-requests`): reads the body while the client still sends it.

Whatever waits here waits for the client. One that leaves, breaks a rule or is too slow ends the link, and the read raises LinkClosed, as
`write` does then. Code that runs on other threads may read too, but whoever does holds up the end of the request.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from .frames import MAX_INPUT_BYTES

if TYPE_CHECKING:
    from .thread_link import ThreadLink


class StreamedInput(io.BufferedReader):
    """The whole input stream of PEP 3333. `read1` and `peek` give what has arrived; all else waits for as much as was asked for."""

    def __init__(self, link: ThreadLink) -> None:
        self._arrivals = _Arrivals(link)
        super().__init__(self._arrivals, MAX_INPUT_BYTES)

    def end(self) -> None:
        """The request is over: all reading raises ValueError from now on. Waits for a read that another thread is in."""
        self._arrivals.is_over = True
        try:
            self.close()
        except ValueError:
            pass  # the application has detached what lies beneath, which is_over has ended


class _Arrivals(io.RawIOBase):
    """Gives what has arrived, as soon as there is any."""

    def __init__(self, link: ThreadLink) -> None:
        self.is_over = False
        self._link = link
        self._is_at_end = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with memoryview(buffer).cast("B") as room:
            data = self._next(min(len(room), MAX_INPUT_BYTES))
            room[: len(data)] = data
            return len(data)

    def readall(self) -> bytes:
        return b"".join(iter(lambda: self._next(MAX_INPUT_BYTES), b""))

    def _next(self, max_bytes: int) -> bytes:
        if self.closed or self.is_over:
            raise ValueError("the request is over, and its input with it")
        if self._is_at_end or max_bytes == 0:
            return b""
        data = self._link.want_input(max_bytes)
        self._is_at_end = not data
        return data
