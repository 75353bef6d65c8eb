"""Signals in a worker. The front decides when a worker ends; what reaches the whole process group is not for us.

Ctrl-C in a terminal and systemd's SIGTERM go to front and workers alike: a worker that died of them would lose its requests.
"""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

_LEFT_TO_THE_FRONT = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_forking = threading.local()


def leave_signals_to_the_front() -> None:
    """Call in the main thread, before the application is imported (it may install handlers of its own)."""
    for number in _LEFT_TO_THE_FRONT:
        signal.signal(number, _do_nothing)
    # A handler, not SIG_IGN, and undone after a fork: programs and multiprocessing children that the application starts
    # must still end when they are told to.
    # Blocked while it forks, or a signal that finds the child before its handlers are undone would be lost.
    os.register_at_fork(before=_block, after_in_parent=_unblock, after_in_child=_restore_defaults)


def fork_worker() -> int:
    """Forks a process that is a worker as well: what the front decides here, it decides there."""
    _forking.is_worker = True
    try:
        return os.fork()
    finally:
        _forking.is_worker = False


def _do_nothing(_number: int, _frame: Any) -> None:
    pass


def _block() -> None:
    _forking.mask = signal.pthread_sigmask(signal.SIG_BLOCK, _LEFT_TO_THE_FRONT)


def _unblock() -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, _forking.mask)


def _restore_defaults() -> None:
    if not getattr(_forking, "is_worker", False):
        for number in _LEFT_TO_THE_FRONT:
            if signal.getsignal(number) is _do_nothing:
                default = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
                signal.signal(number, default)
    _unblock()
