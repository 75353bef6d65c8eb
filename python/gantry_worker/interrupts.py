"""Ends what a request thread runs when nobody waits for it any more: the control thread raises an exception in it.

Such an exception may come between any two instructions of the thread, ours included, and it must never come in a later request. So each
opening of a link has an `Interruption` of its own, which raises at most once, and which the thread ends before it opens the link again.
"""

from __future__ import annotations

import signal
import threading
from typing import Any, Optional

from .request_ends import RequestTimeout

try:
    import ctypes
except ImportError:  # some builds of Python come without it
    ctypes = None  # type: ignore[assignment]

# Ignored unless somebody handles it, so that it does no harm where the application has taken our handler away.
_WAKING_SIGNAL = signal.SIGURG


class Interruption:
    """The one exception that may be raised in the thread which makes this."""

    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.name = threading.current_thread().name
        self.is_raised = False
        # Held by the control thread while it raises; by the thread itself, for good, when its time here is over.
        self._turn = threading.Lock()

    def interrupt(self) -> bool:
        """Called by the control thread: tells whether the exception is raised, or was by an earlier call. Wakes the thread in any case."""
        if not self._turn.acquire(blocking=False):
            return False
        try:
            if not self.is_raised:
                self.is_raised = _raise_in(self.thread, RequestTimeout)
            if self.is_raised:
                _wake(self.thread)
            return self.is_raised
        finally:
            self._turn.release()

    def end(self) -> None:
        """Called by the thread: when it returns, and also when it raises, nothing can come any more.

        It raises RequestTimeout where the exception has come just now: it is the only one.
        """
        self._turn.acquire()
        if self.is_raised:
            _raise_in(self.thread, None)


def prepare_to_be_woken() -> None:
    """Call in the main thread, before the application is imported: lets calls of the system that block the main thread be interrupted.

    Python repeats a call that a signal has broken off unless the signal's handler raises, and a handler is a place where the exception
    that waits for its thread comes. Handlers run in the main thread only: other threads come back when what they wait for does.
    """
    signal.signal(_WAKING_SIGNAL, _do_nothing)


def _do_nothing(_number: int, _frame: Any) -> None:
    pass


def _wake(thread: int) -> None:
    if thread == threading.main_thread().ident:
        signal.pthread_kill(thread, _WAKING_SIGNAL)


def _raise_in(thread: int, exception: Optional[type]) -> bool:
    """Raises `exception` in `thread` when it runs its next instruction of Python; None takes one back that has not come yet."""
    if ctypes is None:
        return False
    what = None if exception is None else ctypes.py_object(exception)
    return bool(ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), what))
