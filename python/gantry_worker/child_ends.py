"""A descriptor that becomes readable when a child process has ended, so that one `poll` waits for that and for others."""

from __future__ import annotations

import os
import signal
from typing import Any


class ChildEnds:
    """For the main thread. Stands in for what the application may have set for SIGCHLD until `close`."""

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        os.set_blocking(self._writing, False)
        self._wakeup_before = signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        # Only with a handler of Python's is anything written when the signal comes.
        self._handler_before = signal.signal(signal.SIGCHLD, _do_nothing)

    def fileno(self) -> int:
        return self._reading

    def forget(self) -> None:
        """Until the next child has ended there is nothing to read again."""
        try:
            while os.read(self._reading, 4096):
                pass
        except BlockingIOError:
            pass

    def close(self) -> None:
        # None: a handler that was not Python's, which cannot be put back.
        before = signal.SIG_DFL if self._handler_before is None else self._handler_before
        signal.signal(signal.SIGCHLD, before)
        signal.set_wakeup_fd(self._wakeup_before)
        os.close(self._reading)
        os.close(self._writing)


def _do_nothing(_number: int, _frame: Any) -> None:
    pass
