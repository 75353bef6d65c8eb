"""What threads are doing just now, as text for people: through Python, and where Python is held up, by a signal."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import traceback
from itertools import dropwhile
from typing import Any, Dict, List

from .tracebacks import is_own_file

# From the end of the real-time signals, where nobody looks for one: those at the beginning are taken by libraries.
_BEFORE_LAST_SIGNAL = 3
NO_DUMP: Dict[str, Any] = {"dumpSignal": 0, "dumpFile": ""}


def stack_of(thread: int) -> str:
    """The calls of the application in `thread`, the innermost last; empty where it runs none."""
    frame = sys._current_frames().get(thread)
    if frame is None:
        return ""
    calls: List[traceback.FrameSummary] = list(traceback.StackSummary.extract(traceback.walk_stack(frame)))
    calls.reverse()
    # Threads begin in Python's own modules, and ours follow.
    below_ours = dropwhile(lambda call: not is_own_file(call.filename), calls)
    applications = list(dropwhile(lambda call: is_own_file(call.filename), below_ours))
    return "".join(traceback.StackSummary.from_list(applications).format())


def write_stacks_on_signal(path: str) -> Dict[str, Any]:
    """Lets a signal write the stacks of all threads to the end of `path`, also while the interpreter's lock is held."""
    number = _dump_signal()
    try:
        # Kept open: there is no opening of files in a handler of signals. faulthandler holds on to it.
        file = open(path, "ab", buffering=0)
        faulthandler.register(number, file=file, all_threads=True)
    except (OSError, RuntimeError):
        return NO_DUMP
    return {"dumpSignal": int(number), "dumpFile": path}


def dump_path(socket_path: str, worker: int) -> str:
    return os.path.join(os.path.dirname(socket_path), f"stacks-{worker}")


def _dump_signal() -> int:
    last = getattr(signal, "SIGRTMAX", None)
    return int(signal.SIGUSR2 if last is None else last - _BEFORE_LAST_SIGNAL)
